"""Axioms with facts and what must follow, and readers of such texts, for the suites of inference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import rdflib

from unodc_graph.inference.closure import closure
from unodc_graph.inference.rule import Fact, rules
from unodc_graph.namespace import PREFIXES
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Quad, Term

HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())


@dataclass(frozen=True)
class Case:
    """Axioms, facts, and all that follows from them."""

    axioms: str
    facts: str
    follows: str


AXIOMS = {
    "subclass": Case(
        "unodc:C rdfs:subClassOf unodc:D . unodc:D rdfs:subClassOf unodc:E .",
        "body:x a unodc:C .",
        "body:x a unodc:D , unodc:E .",
    ),
    "equivalent class": Case(
        "unodc:C owl:equivalentClass unodc:D .",
        "body:x a unodc:C . body:y a unodc:D .",
        "body:x a unodc:D . body:y a unodc:C .",
    ),
    "subproperty": Case(
        "unodc:p rdfs:subPropertyOf unodc:q .",
        "body:x unodc:p body:y , 'text' .",
        "body:x unodc:q body:y , 'text' .",
    ),
    "equivalent property": Case(
        "unodc:p owl:equivalentProperty unodc:q .",
        "body:x unodc:p body:y . body:z unodc:q body:x .",
        "body:x unodc:q body:y . body:z unodc:p body:x .",
    ),
    "domain": Case("unodc:p rdfs:domain unodc:C .", "body:x unodc:p 1 .", "body:x a unodc:C ."),
    "range": Case("unodc:p rdfs:range unodc:C .", "body:x unodc:p body:y , 1 .", "body:y a unodc:C ."),
    "inverse": Case(
        "unodc:p owl:inverseOf unodc:q .",
        "body:x unodc:p body:y , 1 . body:u unodc:q body:v .",
        "body:y unodc:q body:x . body:v unodc:p body:u .",
    ),
    "symmetric": Case(
        "unodc:p a owl:SymmetricProperty .", "body:x unodc:p body:y .", "body:y unodc:p body:x ."
    ),
    "transitive": Case(
        "unodc:p a owl:TransitiveProperty .",
        "body:a unodc:p body:b . body:b unodc:p body:c . body:c unodc:p body:d .",
        "body:a unodc:p body:c , body:d . body:b unodc:p body:d .",
    ),
    "a circle makes nothing its own": Case(
        "unodc:p a owl:TransitiveProperty .",
        "body:a unodc:p body:b . body:b unodc:p body:c . body:c unodc:p body:a .",
        "body:a unodc:p body:c . body:b unodc:p body:a . body:c unodc:p body:b .",
    ),
    "chain of two": Case(
        "unodc:r owl:propertyChainAxiom ( unodc:p unodc:q ) .",
        "body:a unodc:p body:b . body:b unodc:q body:c , 7 . body:d unodc:q body:e .",
        "body:a unodc:r body:c , 7 .",
    ),
    "chain of three": Case(
        "unodc:r owl:propertyChainAxiom ( unodc:p unodc:q unodc:p ) .",
        "body:a unodc:p body:b . body:b unodc:q body:c . body:c unodc:p body:d .",
        "body:a unodc:r body:d .",
    ),
    "two chains of one property": Case(
        "unodc:r owl:propertyChainAxiom ( unodc:p unodc:q ) , ( unodc:q unodc:r ) .",
        "body:a unodc:p body:b . body:b unodc:q body:c . body:z unodc:q body:a .",
        "body:a unodc:r body:c . body:z unodc:r body:c .",
    ),
    "intersection with a value": Case(
        "[ owl:intersectionOf ( unodc:C [ owl:onProperty unodc:p ; owl:hasValue body:v ] ) ]"
        " rdfs:subClassOf unodc:D .",
        "body:x a unodc:C ; unodc:p body:v . body:y a unodc:C ; unodc:p body:w . body:z unodc:p body:v .",
        "body:x a unodc:D .",
    ),
    "equivalence with a value works both ways": Case(
        "unodc:D owl:equivalentClass"
        " [ owl:intersectionOf ( unodc:C [ owl:onProperty unodc:p ; owl:hasValue body:v ] ) ] .",
        "body:x a unodc:C ; unodc:p body:v . body:y a unodc:D .",
        "body:x a unodc:D . body:y a unodc:C ; unodc:p body:v .",
    ),
    "some value of a class": Case(
        "[ owl:onProperty unodc:p ; owl:someValuesFrom unodc:C ] rdfs:subClassOf unodc:D .",
        "body:x unodc:p body:y . body:y a unodc:C . body:u unodc:p body:v .",
        "body:x a unodc:D .",
    ),
    "some value at all": Case(
        "[ owl:onProperty unodc:p ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf unodc:D .",
        "body:x unodc:p body:y .",
        "body:x a unodc:D .",
    ),
    "two values of two classes": Case(
        "[ owl:intersectionOf ( [ owl:onProperty unodc:p ; owl:someValuesFrom unodc:C ]"
        " [ owl:onProperty unodc:p ; owl:someValuesFrom unodc:E ] ) ] rdfs:subClassOf unodc:D .",
        "body:x unodc:p body:y , body:z . body:y a unodc:C . body:z a unodc:E . body:w unodc:p body:y .",
        "body:x a unodc:D .",
    ),
    "a value of a value": Case(
        "[ owl:onProperty unodc:p ; owl:someValuesFrom"
        " [ owl:onProperty unodc:q ; owl:someValuesFrom unodc:C ] ] rdfs:subClassOf unodc:D .",
        "body:x unodc:p body:y . body:y unodc:q body:z . body:z a unodc:C .",
        "body:x a unodc:D .",
    ),
    "either of two": Case(
        "[ owl:unionOf ( unodc:C unodc:E ) ] rdfs:subClassOf unodc:D .",
        "body:x a unodc:C . body:y a unodc:E . body:z a unodc:F .",
        "body:x a unodc:D . body:y a unodc:D .",
    ),
    "all values of a class": Case(
        "unodc:C rdfs:subClassOf [ owl:onProperty unodc:p ; owl:allValuesFrom unodc:D ] .",
        "body:x a unodc:C ; unodc:p body:y . body:u unodc:p body:v .",
        "body:y a unodc:D .",
    ),
    "what is asserted is not inferred": Case(
        "unodc:p rdfs:subPropertyOf unodc:q . unodc:p rdfs:domain unodc:C .",
        "body:x unodc:p body:y ; unodc:q body:y ; a unodc:C .",
        "",
    ),
    "from one rule to the next": Case(
        "unodc:p rdfs:subPropertyOf unodc:q . unodc:q owl:inverseOf unodc:r . unodc:r rdfs:domain unodc:C ."
        " [ owl:intersectionOf ( unodc:C [ owl:onProperty unodc:r ; owl:hasValue body:x ] ) ]"
        " rdfs:subClassOf unodc:D .",
        "body:x unodc:p body:y .",
        "body:x unodc:q body:y . body:y unodc:r body:x ; a unodc:C , unodc:D .",
    ),
}


def quads(turtle: str) -> list[Fact]:
    """Return the triples of a Turtle text with our prefixes."""
    graph = rdflib.Graph().parse(data=HEAD + turtle, format="turtle")
    return [(_term(s), _term(p), _term(o)) for s, p, o in graph]  # type: ignore[misc]


def as_quads(turtle: str) -> list[Quad]:
    """Return the triples of a Turtle text as quads of no graph."""
    return [Quad(*fact) for fact in quads(turtle)]


def close(axioms: str, facts: str | Iterable[Fact]) -> set[Fact]:
    """Return what follows from `facts` by `axioms`."""
    given = quads(facts) if isinstance(facts, str) else facts
    found = list(closure([Quad(*fact) for fact in given], rules(as_quads(axioms))))
    assert len(found) == len(set(found))
    return set(found)


def _term(term: rdflib.term.Node) -> Term:
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    assert isinstance(term, rdflib.Literal)
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype))) if term.datatype else Literal(str(term))
