"""The delta of a commit: what a change adds and removes, as the set difference of parent and clone.

It is taken once, after the change was applied, so that what NOW() and UUID() gave is recorded rather than
repeated; gate, default graph, patch, state digest and closure all start from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph, NamedNode, Quad

GraphName = str | None
"""The IRI of a named graph, or None for the default graph."""


@dataclass(frozen=True)
class Delta:
    """Quads that are in the clone and not in its parent, the other way round, and named graphs likewise."""

    added: frozenset[Quad] = frozenset()
    removed: frozenset[Quad] = frozenset()
    created: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Say whether anything changes."""
        return bool(self.added or self.removed or self.created or self.dropped)

    @property
    def graphs(self) -> frozenset[GraphName]:
        """The graphs that change."""
        quads = (graph_name(quad) for part in (self.added, self.removed) for quad in part)
        return frozenset(quads) | self.created | self.dropped

    @property
    def inverse(self) -> Delta:
        """The delta that undoes this one."""
        return Delta(self.removed, self.added, self.dropped, self.created)

    def then(self, later: Delta) -> Delta:
        """Return what this delta and then `later` come to."""
        return Delta(
            (self.added - later.removed) | (later.added - self.removed),
            (self.removed - later.added) | (later.removed - self.added),
            (self.created - later.dropped) | (later.created - self.dropped),
            (self.dropped - later.created) | (later.dropped - self.created),
        )


def graph_name(quad: Quad) -> GraphName:
    """Return the name of the graph of `quad`; the label of a blank one."""
    return None if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value


def difference(parent: Store, clone: Store, graphs: Iterable[GraphName] | None) -> Delta:
    """Return what `clone` holds and `parent` does not, and the other way round, in `graphs`; None for all.

    A graph that is not among `graphs` is not looked at.
    """
    added: set[Quad] = set()
    removed: set[Quad] = set()
    names = [None] if graphs is None else list(graphs)
    for name in names:
        node = None if graphs is None else DefaultGraph() if name is None else NamedNode(name)
        for in_clone, quad in _unequal(parent, clone, node):
            (added if in_clone else removed).add(quad)
    before, after = _names(parent), _names(clone)
    return Delta(frozenset(added), frozenset(removed), after - before, before - after)


def _unequal(
    parent: Store, clone: Store, graph: NamedNode | DefaultGraph | None
) -> Iterator[tuple[bool, Quad]]:
    """Yield the quads that only one of the two has, and whether it is the clone.

    Both are read in the one order of the engine's index, side by side, so that memory is bounded.
    """
    old, new = (store.quads_for_pattern(None, None, None, graph) for store in (parent, clone))
    one, other = next(old, None), next(new, None)
    while one is not None or other is not None:
        if one == other:
            one, other = next(old, None), next(new, None)
        elif other is not None and other not in parent:
            yield True, other
            other = next(new, None)
        elif one is not None and one not in clone:
            yield False, one
            one = next(old, None)
        else:  # both have both: the orders differ, which only a graph read twice can bring about
            raise AssertionError("two stores list what they share in different orders")


def _names(store: Store) -> frozenset[str]:
    return frozenset(graph.value for graph in store.named_graphs())
