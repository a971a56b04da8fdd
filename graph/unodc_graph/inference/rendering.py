"""Explanations as text for people, as JSON, and as RDF with PROV-O."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from unodc_graph.inference.explanation import Explained, Explanation, Standing, Statement, Step
from unodc_graph.inference.term import parse_term
from unodc_graph.namespace import ONTOLOGY_DOCUMENT, PREFIXES, compact
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Quad, Term
from unodc_graph.turtle import turtle


def to_text(explained: Explained) -> str:
    """Return `explained` as lines for a terminal."""
    return "\n".join(_lines(explained))


def _lines(explained: Explained) -> Iterator[str]:
    yield f"{explained.statement.words}."
    yield f"    {_triple(explained.statement)}"
    if explained.standings:
        yield from _stands(explained.standings, "  Asserted in")
    count = len(explained.explanations)
    if not count:
        yield "  It follows from nothing else."
        return
    also = "also " if explained.standings else ""
    more = "" if explained.complete else ", and maybe by others"
    yield f"  It {also}follows in {count} {'way' if count == 1 else 'ways'}{more}."
    for number, explanation in enumerate(explained.explanations, 1):
        yield ""
        yield f"{number}. Because"
        for premise in explanation.premises:
            yield f"     • {premise.statement.words}"
            yield from _stands(premise.standings, "         in")
        for step in explanation.steps:
            yield f"   therefore: {step.conclusion.words}"
            yield f"         since {step.axiom.words}   [{step.axiom.text}]"


def _stands(standings: Iterable[Standing], before: str) -> Iterator[str]:
    for standing in standings:
        name = {
            "passage": "passage",
            "context": "the context of passage",
            "reference": "the reference row of",
        }
        where = f"{name[standing.kind]} “{standing.label}”" if standing.kind in name else standing.label
        source = ", ".join(compact(source) for source in standing.source)
        yield f"{before} {where}: {compact(standing.graph)}{f' ({source})' if source else ''}"


def _triple(statement: Statement) -> str:
    parts = (statement.subject, statement.predicate, statement.object.removeprefix("<").removesuffix(">"))
    return " ".join(map(compact, parts))


def to_json(explained: Explained) -> str:
    """Return `explained` as a JSON object with the fields of Explained, and `inferred`."""
    return json.dumps(asdict(explained) | {"inferred": explained.inferred}, ensure_ascii=False, indent=2)


def to_turtle(explained: Explained) -> str:
    """Return `explained` in Turtle: each triple a prov:Entity, each step a prov:Derivation (PROV-O §3.3)."""
    return "".join(turtle(to_quads(explained)))


def to_quads(explained: Explained) -> Iterator[Quad]:
    """Yield what `to_turtle` writes, in no graph and with repetitions."""
    goal = _Names(explained)
    yield from goal.described(explained.statement)
    yield from goal.stood(explained.statement, explained.standings)
    for number, explanation in enumerate(explained.explanations, 1):
        yield from goal.explained(explanation, number)


class _Names:
    """Blank nodes for the statements of one document, for they have no addresses of their own."""

    def __init__(self, explained: Explained) -> None:
        self._goal = explained.statement
        self._nodes: dict[Statement, BlankNode] = {}

    def node(self, statement: Statement) -> BlankNode:
        return self._nodes.setdefault(statement, BlankNode(f"s{len(self._nodes)}"))

    def quad(self, statement: Statement, predicate: str, value: Term) -> Quad:
        return Quad(self.node(statement), _iri(predicate), value)

    def described(self, statement: Statement) -> Iterator[Quad]:
        yield self.quad(statement, "rdf:type", _iri("rdf:Statement"))
        yield self.quad(statement, "rdf:type", _iri("prov:Entity"))
        yield self.quad(statement, "rdfs:label", Literal(statement.words, language="en"))
        yield self.quad(statement, "rdf:subject", parse_term(statement.subject))
        yield self.quad(statement, "rdf:predicate", NamedNode(statement.predicate))
        yield self.quad(statement, "rdf:object", parse_term(statement.object))

    def explained(self, explanation: Explanation, number: int) -> Iterator[Quad]:
        for premise in explanation.premises:
            yield from self.described(premise.statement)
            yield from self.stood(premise.statement, premise.standings)
        for index, step in enumerate(explanation.steps):
            yield from self.stepped(step, BlankNode(f"e{number}d{index}"))

    def stood(self, statement: Statement, standings: Iterable[Standing]) -> Iterator[Quad]:
        for standing in standings:
            graph = NamedNode(standing.graph)
            yield self.quad(statement, "prov:hadPrimarySource", graph)
            if standing.kind in {"passage", "context"}:
                yield Quad(graph, _iri("rdfs:label"), Literal(standing.label, language="en"))
            for source in standing.source if standing.kind == "reference" else ():
                yield self.quad(statement, "dcterms:source", Literal(source))

    def stepped(self, step: Step, derivation: BlankNode) -> Iterator[Quad]:
        yield from self.described(step.conclusion)
        yield self.quad(step.conclusion, "prov:qualifiedDerivation", derivation)
        yield Quad(derivation, _iri("rdf:type"), _iri("prov:Derivation"))
        yield Quad(derivation, _iri("rdfs:label"), Literal(step.axiom.words, language="en"))
        yield Quad(derivation, _iri("rdfs:comment"), Literal(step.axiom.text))
        yield Quad(derivation, _iri("rdfs:isDefinedBy"), NamedNode(step.axiom.term or ONTOLOGY_DOCUMENT))
        for premise in step.premises:
            yield Quad(derivation, _iri("prov:entity"), self.node(premise))
            yield self.quad(step.conclusion, "prov:wasDerivedFrom", self.node(premise))


def _iri(name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)
