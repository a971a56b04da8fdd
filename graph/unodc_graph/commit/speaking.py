"""Which passage speaks of a thing, so that what is said of the thing elsewhere can stand beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from unodc_graph import namespace
from unodc_graph.store.term import NamedNode, Quad


def speaking(quads: Iterable[Quad], added: Collection[Quad], order: Mapping[str, int]) -> dict[str, str]:
    """Return the passage that speaks of each thing, by IRIs.

    Where several do: one whose statement is among `added` before others, one that says something of the
    thing before one that only names it, then the first in `order`, then the one with the smallest IRI.
    """
    found: dict[str, tuple[bool, bool, int, str]] = {}
    for quad in quads:
        passage = _passage(quad)
        if passage is None:
            continue
        for named, term in ((False, quad.subject), (True, quad.object)):
            if isinstance(term, NamedNode):
                rank = quad not in added, named, order.get(passage, len(order)), passage
                found[term.value] = min(rank, found.get(term.value, rank))
    return {thing: passage for thing, (*_, passage) in found.items()}


def _passage(quad: Quad) -> str | None:
    """Return the passage whose statement `quad` is, or that it is about."""
    for term in (quad.graph_name, quad.subject):
        passage = namespace.passage_of_graph(term.value) if isinstance(term, NamedNode) else None
        if passage is not None:
            return passage
    return None
