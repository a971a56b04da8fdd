"""Which part of a generation an export holds: graphs, one thing, with or without what is inferred."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from unodc_graph.description.neighbourhood import neighbourhood
from unodc_graph.errors import NotFound
from unodc_graph.namespace import DERIVED_GRAPHS, INFERRED_GRAPH
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph, NamedNode, Quad


@dataclass(frozen=True)
class Selection:
    """What to export. The default is all that is asserted, in its named graphs.

    `inferred` adds `graph/inferred`. `evidence` keeps the named graphs where a format has them; without it
    each triple is written once, in no graph. `graph` is the IRI of the one graph to write. `thing` is the IRI
    of the one thing to write, with its neighbourhood. Of `graph` and `thing` one at most may be given.
    """

    inferred: bool = False
    evidence: bool = True
    graph: str | None = None
    thing: str | None = None

    def __post_init__(self) -> None:
        """Refuse a graph and a thing at once, with ValueError."""
        if self.graph is not None and self.thing is not None:
            raise ValueError("one graph or one thing, not both")


def graphs_of(store: Store, selection: Selection, named: bool) -> list[NamedNode | DefaultGraph]:
    """Return the graphs that hold what `selection` asks for, in the order of their IRIs.

    With `named`, the named graphs where the selection keeps them; otherwise the default graph, which holds
    each asserted triple once. Raises NotFound for a graph that is not there.
    """
    if selection.graph is not None:
        graph = NamedNode(selection.graph)
        if not store.contains_named_graph(graph):
            raise NotFound(selection.graph)
        return [graph]
    inferred = [NamedNode(INFERRED_GRAPH)] if selection.inferred else []
    if not (named and selection.evidence):
        return [DefaultGraph(), *inferred]
    found = (graph for graph in store.named_graphs() if isinstance(graph, NamedNode))
    asserted = sorted((g for g in found if g.value not in DERIVED_GRAPHS), key=lambda graph: graph.value)
    return [*asserted, *inferred]


def quads_of(store: Store, selection: Selection, named: bool) -> Iterator[Quad]:
    """Yield what `selection` asks for; without `named`, or where it leaves evidence out, in no graph.

    Raises NotFound for a graph or a thing that is not there.
    """
    keep = named and (selection.evidence or selection.graph is not None)
    if selection.thing is not None:
        found: Iterator[Quad] = iter(neighbourhood(store, selection.thing, selection.inferred))
    else:
        found = (
            quad
            for graph in graphs_of(store, selection, named)
            for quad in store.quads_for_pattern(None, None, None, graph)
        )
    for quad in found:
        yield quad if keep else Quad(quad.subject, quad.predicate, quad.object)
