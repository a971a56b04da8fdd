"""A dataset in memory that SPARQL can be asked of: what the checks run their own queries on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import DefaultGraph, Quad, Store

from unodc_graph.store.solution import solutions
from unodc_graph.store.term import Term


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
