"""The concept schemes: each concept is named once, defined, placed in one scheme and reached from its top."""

from __future__ import annotations

from collections import Counter

import pytest
from rdflib import DCTERMS, RDF, RDFS, SKOS, Graph, Literal, URIRef

from unodc_graph.location import rooms
from unodc_graph.namespace import ID, ONTOLOGY, PREFIXES, kind

COUNTS = {
    "theme": 80,
    "iccs": 9,
    "professional-group": 52,
    "population-group": 36,
    "measure": 22,
    "qualifier": 8,
    "status": 6,
    "scope": 4,
    "component-kind": 3,
}
KIND_OF = dict.fromkeys(COUNTS) | {
    "iccs": "theme",
    "professional-group": "group",
    "population-group": "group",
}
MAPPINGS = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch)
ALIGNED = URIRef(f"{ONTOLOGY}alignedTarget")
TARGET = URIRef("http://metadata.un.org/sdg/ontology#Target")


def slug(concept: URIRef) -> str:
    return concept.rsplit("/", 1)[1]


def concepts(graph: Graph, scheme: str | None = None) -> list[URIRef]:
    if scheme is None:
        return sorted(c for c in graph.subjects(RDF.type, SKOS.Concept) if isinstance(c, URIRef))
    in_scheme = graph.subjects(SKOS.inScheme, URIRef(f"{ID}scheme/{scheme}"))
    return sorted(c for c in in_scheme if isinstance(c, URIRef))


def above(graph: Graph, concept: URIRef) -> set[URIRef]:
    """Return every concept that is broader than `concept` at any distance, itself if there is a cycle."""
    found: set[URIRef] = set()
    waiting = list(graph.objects(concept, SKOS.broader))
    while waiting:
        node = waiting.pop()
        if isinstance(node, URIRef) and node not in found:
            found.add(node)
            waiting += graph.objects(node, SKOS.broader)
    return found


@pytest.mark.parametrize(("scheme", "count"), COUNTS.items())
def test_each_scheme_is_there_in_full(schemes: Graph, scheme: str, count: int) -> None:
    node = URIRef(f"{ID}scheme/{scheme}")
    assert (node, RDF.type, SKOS.ConceptScheme) in schemes
    assert len(list(schemes.objects(node, RDFS.label))) == 1
    assert len(list(schemes.objects(node, DCTERMS.description))) == 1
    assert len(concepts(schemes, scheme)) == count
    assert {kind(c) for c in concepts(schemes, scheme)} == {KIND_OF[scheme] or scheme}


def test_each_concept_is_in_one_scheme_and_there_is_no_other(schemes: Graph) -> None:
    assert len(list(schemes.subjects(RDF.type, SKOS.ConceptScheme))) == len(COUNTS)
    assert len(concepts(schemes)) == sum(COUNTS.values())
    for concept in concepts(schemes):
        assert len(list(schemes.objects(concept, SKOS.inScheme))) == 1, concept


@pytest.mark.parametrize(
    ("property_", "language"), [(SKOS.prefLabel, "en"), (SKOS.definition, "en"), (SKOS.notation, None)]
)
def test_each_concept_is_named_defined_and_coded_once(
    schemes: Graph, property_: URIRef, language: str | None
) -> None:
    for concept in concepts(schemes):
        values = list(schemes.objects(concept, property_))
        assert len(values) == 1, (concept, property_)
        assert isinstance(values[0], Literal)
        assert values[0].language == language


def test_a_notation_is_the_slug_or_the_code_of_the_classification(schemes: Graph) -> None:
    for concept in concepts(schemes):
        assert str(schemes.value(concept, SKOS.notation)) == slug(concept).removeprefix("iccs-")


def test_labels_are_unique_within_a_scheme(schemes: Graph) -> None:
    for scheme in COUNTS:
        names = Counter(
            str(label).lower()
            for concept in concepts(schemes, scheme)
            for property_ in (SKOS.prefLabel, SKOS.altLabel)
            for label in schemes.objects(concept, property_)
        )
        assert [n for n, times in names.items() if times > 1] == []


def test_a_definition_is_a_sentence_that_does_not_repeat_the_label(schemes: Graph) -> None:
    for concept in concepts(schemes):
        definition = str(schemes.value(concept, SKOS.definition))
        assert definition.endswith("."), concept
        assert f"{schemes.value(concept, SKOS.prefLabel)} ".lower() not in definition.lower(), concept


def test_a_concept_is_below_others_or_on_top(schemes: Graph) -> None:
    for concept in concepts(schemes):
        top = set(schemes.objects(concept, SKOS.topConceptOf))
        assert bool(top) != ((concept, SKOS.broader, None) in schemes), concept
        assert top <= set(schemes.objects(concept, SKOS.inScheme)), concept


def test_broader_stays_in_the_scheme_has_no_cycle_and_no_short_cut(schemes: Graph) -> None:
    for concept in concepts(schemes):
        direct = {b for b in schemes.objects(concept, SKOS.broader) if isinstance(b, URIRef)}
        for parent in direct:
            assert schemes.value(parent, SKOS.inScheme) == schemes.value(concept, SKOS.inScheme), concept
            assert not above(schemes, parent) & direct, f"{concept}: {parent} makes another broader redundant"
        assert concept not in above(schemes, concept), concept


def test_a_cycle_would_be_seen() -> None:
    a, b = URIRef(f"{ID}theme/a"), URIRef(f"{ID}theme/b")
    graph = Graph()
    graph.add((a, SKOS.broader, b))
    graph.add((b, SKOS.broader, a))
    assert a in above(graph, a)


def test_every_concept_that_is_pointed_to_is_declared(schemes: Graph) -> None:
    pointed = {o for o in schemes.objects() if isinstance(o, URIRef) and o.startswith(ID)}
    assert pointed <= set(concepts(schemes)) | set(schemes.subjects(RDF.type, SKOS.ConceptScheme))


def test_mappings_are_unambiguous(schemes: Graph) -> None:
    exact: Counter[tuple[object, object]] = Counter()
    for concept in concepts(schemes):
        mapped = Counter(target for m in MAPPINGS for target in schemes.objects(concept, m))
        assert [t for t, times in mapped.items() if times > 1] == [], concept
        scheme = schemes.value(concept, SKOS.inScheme)
        exact.update((scheme, target) for target in schemes.objects(concept, SKOS.exactMatch))
    assert len(exact) >= 25
    assert [pair for pair, times in exact.items() if times > 1] == []


def test_mapped_terms_of_the_un_thesaurus_are_in_the_reference(schemes: Graph) -> None:
    reference = Graph().parse(rooms().facts / "reference" / "unbis.ttl")
    mapped = {o for m in MAPPINGS for o in schemes.objects(None, m) if str(o).startswith(PREFIXES["unbis"])}
    assert len(mapped) >= 60
    assert mapped <= set(reference.subjects(RDF.type, SKOS.Concept))


def test_aligned_targets_are_in_the_reference(schemes: Graph) -> None:
    reference = Graph().parse(rooms().facts / "reference" / "sdg.ttl")
    aligned = set(schemes.objects(None, ALIGNED))
    assert len(aligned) == 9
    assert aligned <= set(reference.subjects(RDF.type, TARGET))


def test_violence_against_women_is_mapped_as_agreed(schemes: Graph) -> None:
    concept = URIRef(f"{ID}theme/gender-based-violence")
    unbis = PREFIXES["unbis"]
    assert set(schemes.objects(concept, SKOS.closeMatch)) == {URIRef(f"{unbis}1002609")}
    assert set(schemes.objects(concept, SKOS.relatedMatch)) == {
        URIRef(f"{unbis}1007029"),
        URIRef(f"{unbis}1006882"),
    }
    femicide = URIRef(f"{ID}theme/femicide")
    assert set(schemes.objects(femicide, SKOS.broadMatch)) == {URIRef(f"{ID}theme/iccs-0101")}
