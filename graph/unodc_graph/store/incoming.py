"""Links to what a DESCRIBE describes, beside those from it, for clients that ask for both directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Store, Triple


def with_incoming(
    triples: Iterable[Triple], store: Store, graphs: Iterable[NamedNode | BlankNode | DefaultGraph]
) -> Iterator[Triple]:
    """Yield `triples`, then those of `graphs` that lead to an IRI which is a subject in them, each once.

    The engine describes an IRI by what is said of it, and follows blank nodes (a concise bounded
    description), so that the IRIs among the subjects are what was described.
    """
    described: dict[NamedNode, None] = {}
    for triple in triples:
        if isinstance(triple.subject, NamedNode):
            described[triple.subject] = None
        yield triple
    met: set[Triple] = set()
    for graph in graphs:
        for thing in described:
            for quad in store.quads_for_pattern(None, None, thing, graph):
                if quad.subject not in described and quad.triple not in met:
                    met.add(quad.triple)
                    yield quad.triple
