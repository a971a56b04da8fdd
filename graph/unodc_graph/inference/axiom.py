"""Axioms as they stand in RDF: read from the triples of an ontology, each with its name for people.

The names are those of the functional syntax with prefixed names, as in the clashes that HermiT reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from unodc_graph.namespace import PREFIXES, compact
from unodc_graph.store.term import Literal, NamedNode, Quad, Term

Node = Term
"""A name, or the blank node of a class expression."""

_RDF: Final = PREFIXES["rdf"]
_RDFS: Final = PREFIXES["rdfs"]
_OWL: Final = PREFIXES["owl"]
_TYPE: Final = f"{_RDF}type"
_NIL: Final = NamedNode(f"{_RDF}nil")

_PAIRS: Final = {
    "subClassOf": (_RDFS, "subclass", "SubClassOf"),
    "equivalentClass": (_OWL, "equivalent class", "EquivalentClasses"),
    "subPropertyOf": (_RDFS, "subproperty", "SubObjectPropertyOf"),
    "equivalentProperty": (_OWL, "equivalent property", "EquivalentObjectProperties"),
    "domain": (_RDFS, "domain", "ObjectPropertyDomain"),
    "range": (_RDFS, "range", "ObjectPropertyRange"),
}
"""Axioms that are one triple, by the local name of its predicate: namespace, kind, functional syntax."""

_READ: Final = """
    subClassOf equivalentClass equivalentProperty inverseOf propertyChainAxiom SymmetricProperty
    TransitiveProperty Class Restriction intersectionOf unionOf onProperty someValuesFrom allValuesFrom
    hasValue AnnotationProperty DatatypeProperty ObjectProperty NamedIndividual Ontology imports
    versionIRI versionInfo priorVersion deprecated
"""
_FORBIDDING: Final = """
    AllDisjointClasses AllDisjointProperties members disjointWith propertyDisjointWith AsymmetricProperty
    IrreflexiveProperty
"""
_KNOWN: Final = frozenset(f"{_OWL}{word}" for word in f"{_READ} {_FORBIDDING}".split())
"""Words of OWL that are read here, declare, or forbid without saying that anything else holds."""


@dataclass(frozen=True)
class Axiom:
    """An axiom of the ontology.

    `kind` is what it is, in a word or two. `term` is the IRI of the class or property that it is stated of,
    None when that has no name. `text` is the axiom in OWL 2 functional syntax with prefixed names.
    """

    kind: str
    term: str | None
    text: str


class Axioms:
    """The axioms among the triples of an ontology (OWL 2 Mapping to RDF Graphs §3)."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        """Take the quads; everything in them that is no axiom is left aside."""
        self._values: dict[tuple[Node, str], list[Node]] = {}
        self._pairs: dict[str, list[tuple[Node, Node]]] = {}
        for subject, predicate, value in sorted({tuple(quad.triple) for quad in quads}, key=str):
            self._values.setdefault((subject, predicate.value), []).append(value)
            self._pairs.setdefault(predicate.value, []).append((subject, value))

    def pairs(self, word: str) -> Iterator[tuple[Axiom, Node, Node]]:
        """Yield each axiom that is one triple, its predicate `word` of RDFS or OWL, with its two ends."""
        vocabulary, kind, name = _PAIRS[word]
        for one, other in self._pairs.get(f"{vocabulary}{word}", ()):
            yield Axiom(kind, _named(one, other), f"{name}({self.name(one)} {self.name(other)})"), one, other

    def inclusions(self, word: str, equivalence: str) -> Iterator[tuple[Axiom, Node, Node]]:
        """Yield each inclusion: the axiom, the lower and the upper class or property."""
        yield from self.pairs(word)
        for axiom, one, other in self.pairs(equivalence):
            yield axiom, one, other
            yield axiom, other, one

    def inverses(self) -> Iterator[tuple[Axiom, Node, Node]]:
        """Yield each pair of a property and its inverse, both ways; a symmetric one is its own."""
        for one, other in self._pairs.get(f"{_OWL}inverseOf", ()):
            text = f"InverseObjectProperties({self.name(one)} {self.name(other)})"
            axiom = Axiom("inverse", _named(one, other), text)
            yield axiom, one, other
            yield axiom, other, one
        for prop in self._typed("SymmetricProperty"):
            yield Axiom("symmetric", _named(prop), f"SymmetricObjectProperty({self.name(prop)})"), prop, prop

    def chains(self) -> Iterator[tuple[Axiom, Node, tuple[Node, ...]]]:
        """Yield each property with a chain that leads to it; a transitive one is a chain of itself twice."""
        for prop in self._typed("TransitiveProperty"):
            axiom = Axiom("transitive", _named(prop), f"TransitiveObjectProperty({self.name(prop)})")
            yield axiom, prop, (prop, prop)
        for prop, cell in self._pairs.get(f"{_OWL}propertyChainAxiom", ()):
            parts = self._list(cell)
            text = f"SubObjectPropertyOf({property_chain(parts)} {self.name(prop)})"
            yield Axiom("property chain", _named(prop), text), prop, parts

    def members(self, node: Node, word: str) -> tuple[Node, ...] | None:
        """Return what an intersection or union is made of, or None when `node` is none."""
        cell = self._value(node, word)
        return None if cell is None else self._list(cell)

    def restriction(
        self, node: Node, value: str, filler: str
    ) -> tuple[NamedNode | None, Node | None, Node | None]:
        """Return the property of a restriction and what follows the word `value`, or `filler`, in it."""
        prop = self._value(node, "onProperty")
        named = prop if isinstance(prop, NamedNode) else None
        return named, self._value(node, value), self._value(node, filler)

    def unknown(self) -> Iterator[tuple[str, str]]:
        """Yield each use of a word of OWL that is not read here, with the reason against it."""
        reason = "the rules do not cover it, so that something that follows would be missing"
        for predicate, pairs in self._pairs.items():
            for one, other in pairs:
                word = other.value if predicate == _TYPE and isinstance(other, NamedNode) else predicate
                if not word.startswith(_OWL) or word in _KNOWN:
                    continue
                if word == f"{_OWL}FunctionalProperty" and one in self._typed("DatatypeProperty"):
                    continue
                yield f"{compact(word)} of {self.name(one)}", reason

    def name(self, node: Node) -> str:
        """Return a class expression, property or value in functional syntax."""
        if isinstance(node, NamedNode):
            return compact(node.value)
        if isinstance(node, Literal):
            return str(node)
        for word, name in (("intersectionOf", "ObjectIntersectionOf"), ("unionOf", "ObjectUnionOf")):
            members = self.members(node, word)
            if members is not None:
                return f"{name}({' '.join(map(self.name, members))})"
        for word in ("hasValue", "someValuesFrom", "allValuesFrom"):
            prop, value, _ = self.restriction(node, word, word)
            if prop is not None and value is not None:
                return f"Object{word[0].upper()}{word[1:]}({self.name(prop)} {self.name(value)})"
        return "an expression without a name"

    def _typed(self, word: str) -> list[Node]:
        wanted = NamedNode(f"{_OWL}{word}")
        return [one for one, other in self._pairs.get(_TYPE, ()) if other == wanted]

    def _value(self, node: Node, word: str) -> Node | None:
        return next(iter(self._values.get((node, f"{_OWL}{word}"), ())), None)

    def _list(self, cell: Node) -> tuple[Node, ...]:
        found: list[Node] = []
        while cell != _NIL:
            (first,) = self._values[(cell, f"{_RDF}first")]
            (cell,) = self._values[(cell, f"{_RDF}rest")]
            found.append(first)
        return tuple(found)


def property_chain(parts: Iterable[Node]) -> str:
    """Return a chain of properties in functional syntax."""
    return f"ObjectPropertyChain({' '.join(compact(p.value) for p in parts if isinstance(p, NamedNode))})"


def _named(*nodes: Node) -> str | None:
    """Return the first IRI among `nodes`."""
    return next((node.value for node in nodes if isinstance(node, NamedNode)), None)
