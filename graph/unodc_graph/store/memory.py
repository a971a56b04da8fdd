"""A dataset in memory that SPARQL can be asked of: what the checks run their own queries on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store

from unodc_graph.store.term import Term


@dataclass(frozen=True)
class RewrittenLiteral:
    """A literal that the engine would store in another form than the file has."""

    quad: Quad
    written: str
    stored: str


class MemoryDataset:
    """Quads with a default graph that holds each of their triples once (MODEL.md, decision 4)."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        """Take the quads of the named graphs."""
        self._store = Store()
        self.add(quads)

    def add(self, quads: Iterable[Quad]) -> None:
        """Add quads of named graphs, and their triples to the default graph."""
        default = DefaultGraph()
        for quad in quads:
            self._store.add(quad)
            self._store.add(Quad(quad.subject, quad.predicate, quad.object, default))

    def annotate(self, quads: Iterable[Quad]) -> None:
        """Add quads about the dataset itself, which stay out of the default graph."""
        self._store.extend(quads)

    def select(self, query: str) -> Iterator[Mapping[str, Term]]:
        """Yield the solutions of a SELECT query of our own, unbound variables left out.

        Not for text from a client: that is evaluated in a worker. Raises SyntaxError and ValueError.
        """
        results = self._store.query(query)
        if not isinstance(results, QuerySolutions):
            raise ValueError("expected a SELECT query")
        names = [variable.value for variable in results.variables]
        for solution in results:
            yield {name: solution[name] for name in names if solution[name] is not None}


def rewritten_literals(quads: Iterable[Quad]) -> list[RewrittenLiteral]:
    """Return the quads whose literal the engine would rewrite, such as "01"^^xsd:integer into "1".

    The engine keeps numbers, dates and the like by value. Language tags are lower-cased even by its parser,
    so they are found elsewhere, in the text.
    """
    holders: dict[Literal, list[Quad]] = {}
    for quad in quads:
        if isinstance(quad.object, Literal):
            holders.setdefault(quad.object, []).append(quad)
    numbered = list(holders)
    store = Store()
    predicate = NamedNode("urn:p")
    store.extend(Quad(NamedNode(f"urn:s:{n}"), predicate, literal) for n, literal in enumerate(numbered))
    changed = []
    for quad in store:
        written = numbered[int(quad.subject.value.rpartition(":")[2])]
        if str(written) != str(quad.object):
            changed += [RewrittenLiteral(q, str(written), str(quad.object)) for q in holders[written]]
    return changed
