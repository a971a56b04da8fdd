"""The ontology's terms as data: all of them, with meaning, place among others, and rules."""

from __future__ import annotations

import pytest

from unodc_graph.description.term import OntologyTerm, ontology_terms
from unodc_graph.location import rooms
from unodc_graph.namespace import ONTOLOGY, SHAPES
from unodc_graph.store.generation import Generation
from unodc_graph.store.parsing import parse_file


@pytest.fixture(scope="module")
def terms(built: Generation) -> dict[str, OntologyTerm]:
    shapes = [
        quad for path in sorted(rooms().shapes.glob("*.ttl")) for quad in parse_file(path, SHAPES).quads
    ]
    return {term.anchor: term for term in ontology_terms(built.open(), shapes)}


def test_every_term_is_there_with_a_name_and_a_meaning(terms: dict[str, OntologyTerm]) -> None:
    assert len(terms) > 250
    assert {term.kind for term in terms.values()} == {
        "class",
        "object property",
        "datatype property",
        "annotation property",
    }
    for term in terms.values():
        assert term.label, term.iri
        assert term.definition, term.iri


def test_a_class_stands_among_others(terms: dict[str, OntologyTerm]) -> None:
    training = terms["Training"]
    assert training.broader == (f"{ONTOLOGY}Activity",)
    assert f"{ONTOLOGY}CriminalJusticeTraining" in training.narrower
    assert training.asserted > 20
    assert training.inferred > 0


def test_members_that_only_follow_are_counted_apart(terms: dict[str, OntologyTerm]) -> None:
    assert terms["MandatedUndertaking"].asserted == 0
    assert terms["MandatedUndertaking"].inferred > 0


def test_a_property_has_domain_range_characteristics_and_chains(terms: dict[str, OntologyTerm]) -> None:
    place = terms["place"]
    assert (place.domains, place.ranges) == ((f"{ONTOLOGY}Undertaking",), (f"{ONTOLOGY}Place",))
    assert place.chains == ((f"{ONTOLOGY}place", f"{ONTOLOGY}within"),)
    assert terms["partOf"].characteristics == ("TransitiveProperty",)
    assert terms["involves"].inverses == (f"{ONTOLOGY}involvedIn",)
    assert terms["involvedIn"].inverses == (f"{ONTOLOGY}involves",)


def test_rules_of_the_shapes_stand_with_their_terms(terms: dict[str, OntologyTerm]) -> None:
    messages = [rule.message for rule in terms["place"].rules]
    assert any("is not declared" in message for message in messages)
    assert sum(bool(term.rules) for term in terms.values()) > 60
    assert all(rule.severity in {"Violation", "Warning", "Info"} for t in terms.values() for rule in t.rules)


def test_without_shapes_there_are_no_rules(built: Generation) -> None:
    assert all(term.rules == () for term in ontology_terms(built.open()))
