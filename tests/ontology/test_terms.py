"""Each term is declared, named and defined, each class has an example, and no foreign term is undeclared."""

from __future__ import annotations

import re

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, VANN, Graph, Literal, URIRef, namespace

from unodc_graph.location import rooms
from unodc_graph.namespace import KINDS, ONTOLOGY, ONTOLOGY_DOCUMENT, PREFIXES

KINDS_OF_TERM = {
    OWL.Class: 113,
    OWL.ObjectProperty: 117,
    OWL.DatatypeProperty: 42,
    OWL.AnnotationProperty: 4,
}
VOCABULARIES = ("DCTERMS", "FOAF", "GEO", "ORG", "OWL", "PROV", "RDF", "RDFS", "SKOS", "TIME", "VANN", "XSD")
BUILT_IN = tuple(PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "xsd"))
HEADER = URIRef(ONTOLOGY_DOCUMENT)
README = (rooms().ontology / "README.md").read_text()


def own_terms(graph: Graph, kind: URIRef | None = None) -> list[URIRef]:
    kinds = KINDS_OF_TERM if kind is None else [kind]
    found = {s for k in kinds for s in graph.subjects(RDF.type, k) if str(s).startswith(ONTOLOGY)}
    return sorted(s for s in found if isinstance(s, URIRef))


def name(term: URIRef) -> str:
    return term.removeprefix(ONTOLOGY)


def repeats(definition: str, label: str) -> bool:
    """Whether a definition contains what it is to define, in the singular or plural."""
    return bool(re.search(rf"\b{re.escape(label.lower())}s?\b", definition.lower()))


@pytest.mark.parametrize(("kind", "count"), KINDS_OF_TERM.items())
def test_each_kind_of_term_is_there_in_full(ontology: Graph, kind: URIRef, count: int) -> None:
    assert len(own_terms(ontology, kind)) == count


def test_no_term_is_of_two_kinds(ontology: Graph) -> None:
    assert len(own_terms(ontology)) == sum(KINDS_OF_TERM.values())


def test_every_own_name_is_declared(ontology: Graph) -> None:
    named = {n for triple in ontology for n in triple if isinstance(n, URIRef) and n.startswith(ONTOLOGY)}
    assert named == set(own_terms(ontology))


def test_classes_begin_with_a_capital_and_properties_do_not(ontology: Graph) -> None:
    for kind in KINDS_OF_TERM:
        form = r"[A-Z]\w+" if kind == OWL.Class else r"[a-z]\w+"
        assert [t for t in own_terms(ontology, kind) if not re.fullmatch(form, name(t))] == []


@pytest.mark.parametrize("property_", [RDFS.label, SKOS.definition])
def test_each_term_has_exactly_one_english_label_and_definition(ontology: Graph, property_: URIRef) -> None:
    for term in own_terms(ontology):
        values = list(ontology.objects(term, property_))
        assert len(values) == 1, name(term)
        assert isinstance(values[0], Literal)
        assert values[0].language == "en", name(term)
        assert values[0].strip() == str(values[0]) != "", name(term)


def test_each_term_says_where_it_is_defined(ontology: Graph) -> None:
    for term in own_terms(ontology):
        assert list(ontology.objects(term, RDFS.isDefinedBy)) == [HEADER], name(term)


def test_each_class_has_an_example(ontology: Graph) -> None:
    assert [t for t in own_terms(ontology, OWL.Class) if (t, SKOS.example, None) not in ontology] == []


def test_no_two_terms_of_a_kind_share_a_label_and_none_a_definition(ontology: Graph) -> None:
    for kind in KINDS_OF_TERM:
        terms = own_terms(ontology, kind)
        assert len({str(ontology.value(t, RDFS.label)) for t in terms}) == len(terms)
    terms = own_terms(ontology)
    assert len({str(ontology.value(t, SKOS.definition)) for t in terms}) == len(terms)


def test_a_definition_is_a_sentence_that_does_not_repeat_the_label(ontology: Graph) -> None:
    for term in own_terms(ontology):
        definition = str(ontology.value(term, SKOS.definition))
        assert definition.endswith("."), name(term)
        assert len(definition.split()) >= 5, name(term)
        assert not repeats(definition, str(ontology.value(term, RDFS.label))), name(term)


def test_a_circular_definition_would_be_seen() -> None:
    assert repeats("A trust fund that is a fund.", "trust fund")
    assert repeats("Trust funds of all sorts.", "trust fund")
    assert not repeats("Pool of donations that pays out grants.", "trust fund")


def test_an_example_is_no_definition_over_again(ontology: Graph) -> None:
    for term in own_terms(ontology, OWL.Class):
        assert str(ontology.value(term, SKOS.example)) != str(ontology.value(term, SKOS.definition))


def test_every_foreign_term_in_an_axiom_is_a_declared_stub(ontology: Graph) -> None:
    annotations = set(ontology.subjects(RDF.type, OWL.AnnotationProperty)) | {RDFS.seeAlso, RDFS.isDefinedBy}
    used = {p for _, p, _ in ontology} | {
        node for s, p, o in ontology if p not in annotations for node in (s, o) if isinstance(node, URIRef)
    }
    things = {HEADER, ontology.value(HEADER, OWL.versionIRI)} | set(ontology.objects(None, OWL.hasValue))
    foreign = {n for n in used - things if not str(n).startswith((ONTOLOGY, *BUILT_IN))}
    assert len(foreign) == 62
    for term in foreign:
        assert (term, RDF.type, None) in ontology, term
        assert len(list(ontology.objects(term, RDFS.label))) == 1, term
        assert len(list(ontology.objects(term, RDFS.isDefinedBy))) == 1, term


def test_foreign_terms_exist_in_their_vocabularies(terms: Graph) -> None:
    closed = {str(vocabulary): vocabulary for vocabulary in (getattr(namespace, v) for v in VOCABULARIES)}
    seen = 0
    for node in {node for triple in terms for node in triple if isinstance(node, URIRef)}:
        base = next((b for b in closed if node.startswith(b)), None)
        if base not in (None, str(node)):
            assert node in closed[base], node
            seen += 1
    assert seen >= 70


def test_an_invented_term_of_a_known_vocabulary_would_be_seen() -> None:
    assert URIRef(f"{OWL}someValueFrom") not in OWL


def test_nothing_is_imported(terms: Graph) -> None:
    assert (None, OWL.imports, None) not in terms


@pytest.mark.parametrize(
    "property_",
    [
        *(
            DCTERMS.title,
            DCTERMS.abstract,
            DCTERMS.creator,
            DCTERMS.license,
            DCTERMS.issued,
            DCTERMS.modified,
        ),
        *(OWL.versionIRI, OWL.versionInfo, VANN.preferredNamespacePrefix, VANN.preferredNamespaceUri),
    ],
)
def test_the_header_says_what_this_is(ontology: Graph, property_: URIRef) -> None:
    assert len(list(ontology.objects(HEADER, property_))) == 1


def test_the_header_agrees_with_itself_and_says_unofficial(ontology: Graph) -> None:
    version = ontology.value(HEADER, OWL.versionInfo)
    assert ontology.value(HEADER, OWL.versionIRI) == URIRef(f"{ONTOLOGY_DOCUMENT}/{version}")
    assert str(ontology.value(HEADER, VANN.preferredNamespaceUri)) == ONTOLOGY
    assert "Unofficial" in str(ontology.value(HEADER, RDFS.comment))
    assert ontology.value(HEADER, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")


def test_roles_have_no_domain_and_are_listed_on_the_page(ontology: Graph) -> None:
    involves = URIRef(f"{ONTOLOGY}involves")
    roles = {r for r in ontology.subjects(RDFS.subPropertyOf, involves) if isinstance(r, URIRef)}
    assert len(roles) == 21
    for role in roles | {involves}:
        assert (role, RDFS.domain, None) not in ontology, role
        assert re.search(rf"\b{name(role)}\b", README), role


def test_the_page_names_each_class_and_each_kind_of_address(ontology: Graph) -> None:
    tree = README.split("```")[1]
    listed = set(re.findall(r"\b[A-Z]\w+", tree))
    assert {name(t) for t in own_terms(ontology, OWL.Class)} <= listed
    assert set(re.findall(r"^\| `([a-z-]+)` \|", README, re.MULTILINE)) == KINDS
