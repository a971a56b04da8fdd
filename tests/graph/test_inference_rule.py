"""The rules: each kind of axiom says what it must, and an axiom they do not cover is refused by name."""

from __future__ import annotations

import pytest
from tests.graph.inference_facts import AXIOMS, as_quads, close, quads

from unodc_graph.inference.rule import UnsupportedAxiom, rules

REFUSED = {
    "equality": ("body:a owl:sameAs body:b .", "owl:sameAs"),
    "a functional object property": (
        "unodc:p a owl:FunctionalProperty , owl:ObjectProperty .",
        "owl:Functional",
    ),
    "an inverse functional property": ("unodc:p a owl:InverseFunctionalProperty .", "owl:InverseFunctional"),
    "a key": ("unodc:C owl:hasKey ( unodc:p ) .", "owl:hasKey"),
    "a cardinality": (
        "unodc:C rdfs:subClassOf [ owl:onProperty unodc:p ; owl:maxCardinality 1 ] .",
        "maxCard",
    ),
    "an enumeration": ("[ owl:oneOf ( body:a ) ] rdfs:subClassOf unodc:C .", "owl:oneOf"),
    "a union on the right": (
        "unodc:C rdfs:subClassOf [ owl:unionOf ( unodc:D unodc:E ) ] .",
        "ObjectUnionOf",
    ),
    "some value on the right": (
        "unodc:C rdfs:subClassOf [ owl:onProperty unodc:p ; owl:someValuesFrom unodc:D ] .",
        "ObjectSomeValuesFrom(unodc:p unodc:D)",
    ),
    "all values on the left": (
        "[ owl:onProperty unodc:p ; owl:allValuesFrom unodc:D ] rdfs:subClassOf unodc:C .",
        "ObjectAllValuesFrom(unodc:p unodc:D)",
    ),
    "something of everything": ("owl:Thing rdfs:subClassOf unodc:C .", "SubClassOf(owl:Thing unodc:C)"),
    "an inverse without a name": (
        "unodc:q owl:propertyChainAxiom ( unodc:p [ owl:inverseOf unodc:r ] ) .",
        "without a name",
    ),
}

HARMLESS = (
    "unodc:C owl:disjointWith unodc:D . [] a owl:AllDisjointClasses ; owl:members ( unodc:C unodc:D ) .",
    "unodc:p a owl:AsymmetricProperty , owl:IrreflexiveProperty .",
    "unodc:v a owl:DatatypeProperty , owl:FunctionalProperty .",
    "unodc:C rdfs:subClassOf owl:Thing . unodc:p rdfs:range owl:Thing .",
    "unodc:v rdfs:range xsd:integer , rdfs:Literal .",
    "unodc:C rdfs:label 'class'@en ; rdfs:isDefinedBy <https://w3id.org/unodc-kg/ontology> .",
)


@pytest.mark.parametrize("name", AXIOMS)
def test_an_axiom_says_what_it_must(name: str) -> None:
    case = AXIOMS[name]
    assert close(case.axioms, case.facts) == set(quads(case.follows))


@pytest.mark.parametrize("name", REFUSED)
def test_an_axiom_that_is_not_covered_is_refused_by_name(name: str) -> None:
    axiom, part = REFUSED[name]
    with pytest.raises(UnsupportedAxiom) as caught:
        rules(as_quads(axiom))
    assert part in str(caught.value)


@pytest.mark.parametrize("axioms", HARMLESS)
def test_what_forbids_or_declares_makes_no_rule(axioms: str) -> None:
    assert rules(as_quads(axioms)).all == ()


def test_every_kind_of_axiom_is_tried() -> None:
    kinds = {rule.axiom.kind for case in AXIOMS.values() for rule in rules(as_quads(case.axioms)).all}
    assert kinds == {
        "subclass",
        "equivalent class",
        "subproperty",
        "equivalent property",
        "domain",
        "range",
        "inverse",
        "symmetric",
        "transitive",
        "property chain",
    }
    assert len(AXIOMS) >= 15
