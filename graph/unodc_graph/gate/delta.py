"""A change to the graph, as far as the gate looks at it."""

from __future__ import annotations

from typing import Protocol

from unodc_graph.store.term import Quad


class Delta(Protocol):
    """The set difference of two states in their named graphs.

    The evidence that follows from where a statement stands (`unodc_graph.dataset.evidence`) is in it like any
    other quad; the quads of the default graph, which follow from those of the named graphs, need not be.
    """

    @property
    def added(self) -> frozenset[Quad]:
        """The quads that stand in the new state only."""

    @property
    def removed(self) -> frozenset[Quad]:
        """The quads that stand in the old state only."""

    @property
    def created(self) -> frozenset[str]:
        """The IRIs of the named graphs of the new state only, those without a quad among them."""
