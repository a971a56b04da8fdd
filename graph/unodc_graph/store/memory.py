"""A dataset in memory that SPARQL can be asked of: what the checks run their own queries on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import rdflib
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from unodc_graph.store.solution import solutions
from unodc_graph.store.term import Term

_CONTROL = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ufffe\\uffff]")
"""Signs that XML has not (XML 1.0 §2.2), or takes for a line feed, so that RDF/XML could not carry them."""

_ZONE = re.compile(r"(?:Z|[+-]\d\d:\d\d)\Z")


@dataclass(frozen=True)
class RewrittenLiteral:
    """A literal that some tool rewrites: as it is written, and in a form that all keep."""

    quad: Quad
    written: str
    kept: str


class MemoryDataset:
    """Quads, and a default graph of their triples (ontology/README.md, each triple counts once)."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        """Take the quads of the named graphs."""
        self._store = Store()
        default = DefaultGraph()
        for quad in quads:
            self._store.add(quad)
            self._store.add(Quad(quad.subject, quad.predicate, quad.object, default))

    @property
    def store(self) -> Store:
        """The engine's store, for what asks it in other ways than by a query."""
        return self._store

    def annotate(self, quads: Iterable[Quad]) -> None:
        """Add quads about the dataset itself, which stay out of the default graph."""
        self._store.extend(quads)

    def select(self, query: str) -> Iterator[Mapping[str, Term]]:
        """Return the solutions of a SELECT query of our own. Raises SyntaxError and ValueError."""
        return solutions(self._store, query)


def rewritten_literals(quads: Iterable[Quad]) -> list[RewrittenLiteral]:
    """Return the quads whose literal the engine or rdflib would rewrite, such as "01"^^xsd:integer into "1".

    Both keep numbers, dates and the like by value, and disagree on UTC: the engine writes Z, rdflib +00:00.
    Language tags are lower-cased even by the engine's parser, so they are found elsewhere, in the text.
    Formats made of XML lose control characters, or cannot be read for them.
    """
    holders: dict[Literal, list[Quad]] = {}
    changed = []
    for quad in quads:
        if not isinstance(quad.object, Literal):
            continue
        if _CONTROL.search(quad.object.value):
            changed.append(RewrittenLiteral(quad, str(quad.object), str(_without_controls(quad.object))))
        elif quad.object.language is None:
            holders.setdefault(quad.object, []).append(quad)
    for written, kept in zip(holders, map(_kept, _stored(holders)), strict=True):
        if str(written) != str(kept):
            changed += [RewrittenLiteral(quad, str(written), str(kept)) for quad in holders[written]]
    return changed


def _without_controls(literal: Literal) -> Literal:
    text = _CONTROL.sub("", literal.value)
    if literal.language is not None:
        return Literal(text, language=literal.language)
    return Literal(text, datatype=literal.datatype)


def _stored(literals: Iterable[Literal]) -> list[Literal]:
    """Return each literal as the engine gives it back, in the order given."""
    predicate = NamedNode("urn:p")
    store = Store()
    store.extend(Quad(NamedNode(f"urn:s:{n}"), predicate, literal) for n, literal in enumerate(literals))
    rows = sorted(store, key=lambda quad: int(quad.subject.value.rpartition(":")[2]))
    return [quad.object for quad in rows]


def _kept(stored: Literal) -> Literal:
    """Return `stored`, or where rdflib would rewrite that, the same without its time zone."""
    datatype = rdflib.URIRef(stored.datatype.value)
    if str(rdflib.Literal(stored.value, datatype=datatype, normalize=True)) == stored.value:
        return stored
    return Literal(_ZONE.sub("", stored.value), datatype=stored.datatype)
