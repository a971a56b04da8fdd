"""The reference files hold together by themselves: named, sourced, declared, in order, and without cycles."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from rdflib import FOAF, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS

from unodc_graph.namespace import ID, ONTOLOGY, PREFIXES

ROOT = Path(__file__).parents[2]
FILES = ROOT / "graph" / "facts" / "reference"

UNODC = Namespace(ONTOLOGY)
SCHEMA = Namespace(PREFIXES["schema"])


@pytest.fixture(scope="module")
def whole() -> Graph:
    graph = Graph()
    for path in FILES.glob("*.ttl"):
        graph.parse(path)
    return graph


def test_every_subject_has_one_source_and_one_english_name(whole: Graph) -> None:
    subjects = set(whole.subjects())
    assert len(subjects) > 150
    for subject in subjects:
        names = [*whole.objects(subject, RDFS.label), *whole.objects(subject, SKOS.prefLabel)]
        assert len(names) == 1, subject
        assert isinstance(names[0], Literal)
        assert names[0].language == "en", subject
        assert len([*whole.objects(subject, DCTERMS.source)]) == 1, subject


def test_things_are_related_only_to_things_declared_here(whole: Graph) -> None:
    related = {value for value in whole.objects() if isinstance(value, URIRef) and value.startswith(ID)}
    assert related
    assert related <= set(whole.subjects())


@pytest.mark.parametrize("prefix", ["sdg", "unbis"])
def test_every_concept_that_a_scheme_is_mapped_to_is_declared(whole: Graph, prefix: str) -> None:
    schemes = Graph()
    for path in (ROOT / "ontology" / "schemes").glob("*.ttl"):
        schemes.parse(path)
    mapped = {value for value in schemes.objects() if str(value).startswith(PREFIXES[prefix])}
    assert mapped
    assert mapped <= set(whole.subjects(RDF.type, SKOS.Concept))


def test_every_country_lies_in_the_world(whole: Graph) -> None:
    countries = set(whole.subjects(RDF.type, UNODC.CountryOrArea))
    world = URIRef(f"{ID}place/m49-001")
    assert countries
    for country in countries:
        assert world in whole.transitive_objects(country, UNODC.within), country


def test_no_place_lies_within_itself(whole: Graph) -> None:
    places = set(whole.subjects(UNODC.within))
    assert len(places) > 50
    for place in places:
        for wider in whole.objects(place, UNODC.within):
            assert place not in whole.transitive_objects(wider, UNODC.within), place


@pytest.mark.parametrize(
    "term", [UNODC.symbol, UNODC.iso2, UNODC.iso3, UNODC.m49, SCHEMA.sameAs, FOAF.homepage]
)
def test_a_code_names_one_thing(whole: Graph, term: URIRef) -> None:
    holders = Counter(whole.objects(None, term))
    assert holders
    assert [code for code, count in holders.items() if count > 1] == []


def test_subjects_stand_in_order_within_their_section() -> None:
    files = sorted(FILES.glob("*.ttl"))
    assert len(files) == 7
    for path in files:
        for section in re.split(r"\n# .*\n", path.read_text(encoding="utf-8")):
            subjects = re.findall(r"^([a-z]+:\S+) a ", section, re.MULTILINE)
            assert subjects == sorted(subjects), path.name
