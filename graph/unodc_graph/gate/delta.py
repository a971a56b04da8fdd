"""A change to the graph: the quads that it adds and removes."""

from __future__ import annotations

from dataclasses import dataclass

from unodc_graph.store.term import Quad


@dataclass(frozen=True)
class Delta:
    """The set difference of two states, in named graphs (ARCHITECTURE.md, generations).

    `added` stands in the new state only, `removed` in the old one only. The evidence that follows from where
    a statement stands (`unodc_graph.dataset.evidence`) is in it like any other quad; the quads of the default
    graph, which follow from those of the named graphs, are not.
    """

    added: frozenset[Quad]
    removed: frozenset[Quad]
