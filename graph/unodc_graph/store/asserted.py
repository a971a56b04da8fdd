"""The default graph of an open generation, each asserted triple once, as rdflib reads it: a view, no copy."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import rdflib
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Store
from rdflib.term import Node

from unodc_graph.store.term import to_rdflib

Triple = tuple[Node, Node, Node]
Pattern = tuple[Node | None, Node | None, Node | None]

_DEFAULT: Final = DefaultGraph()


class _Named(NamedTuple):
    """The graph that a triple of a view is said to stand in: pySHACL looks blank nodes up by graph."""

    identifier: Node


_SOMEWHERE: Final = _Named(rdflib.URIRef("urn:x-view"))


@contextmanager
def asserted_graph(store: Store) -> Iterator[rdflib.Graph]:
    """Give the default graph of `store` as a graph that can be read and not written.

    What is looked up is read from the engine at that moment; nothing is held in memory. Afterwards the graph
    no longer holds the store: rdflib's graphs refer to themselves, so that they and what they hold live until
    the garbage collector comes by, and the engine's files must be closed before they are published.
    """
    view = _View(store)
    try:
        yield rdflib.Graph(store=view)
    finally:
        view.release()


class _View(rdflib.store.Store):
    """What rdflib asks of a store, answered by the engine."""

    context_aware = True  # pySHACL wraps what it is given in a dataset, which wants such a store
    graph_aware = True

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store: Store | None = store

    def release(self) -> None:
        """Let go of the engine's store; nothing can be read any more."""
        self._store = None

    def triples(
        self,
        triple_pattern: Any,
        context: Any = None,  # noqa: ARG002  (rdflib's signature)
    ) -> Generator[tuple[Triple, Iterator[Any]], None, None]:
        """Yield the triples that match `triple_pattern`, None standing for any term."""
        subject, predicate, value = triple_pattern
        if isinstance(subject, rdflib.Literal) or not isinstance(predicate, rdflib.URIRef | None):
            return  # RDF has no such triple, but SHACL and SPARQL ask for the values of a literal
        if self._store is None:
            raise ValueError("the view was read after it had been given back")
        for quad in self._store.quads_for_pattern(
            _subject(subject), None if predicate is None else NamedNode(predicate), _term(value), _DEFAULT
        ):
            found = (
                to_rdflib(quad.subject) if subject is None else subject,
                to_rdflib(quad.predicate) if predicate is None else predicate,
                to_rdflib(quad.object) if value is None else value,
            )
            yield found, iter((_SOMEWHERE,))

    def __len__(self, context: Any = None) -> int:
        """Return one: libraries ask only whether there is anything, and counting would read everything."""
        return 1

    def add(self, *_: Any, **__: Any) -> None:
        """Refuse: a view is read only."""
        raise TypeError("a view of a generation cannot be written")

    remove = add


def _subject(node: Node | None) -> NamedNode | BlankNode | None:
    term = _term(node)
    return None if isinstance(term, Literal) else term


def _term(node: Node | None) -> NamedNode | BlankNode | Literal | None:
    """Return the engine's term for one of rdflib, its lexical form untouched."""
    match node:
        case None:
            return None
        case rdflib.URIRef():
            return NamedNode(node)
        case rdflib.BNode():
            return BlankNode(node)
        case rdflib.Literal():
            if node.language is not None:
                return Literal(str(node), language=node.language)
            return Literal(str(node), datatype=None if node.datatype is None else NamedNode(node.datatype))
    raise TypeError(f"the engine has no counterpart of {node!r}")
