"""One thing with what surrounds it: what is said of it, what points to it, names and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeGuard

from unodc_graph.errors import NotFound
from unodc_graph.namespace import (
    BASE,
    DERIVED_GRAPHS,
    GRAPH,
    INFERRED_GRAPH,
    METADATA_GRAPH,
    ONTOLOGY,
    PREFIXES,
    passage_of_graph,
)
from unodc_graph.naming import NAMES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import BlankNode, NamedNode, Quad, Term

EXAMPLES: Final = f"{BASE}.well-known/sparql-examples/"
"""Where the example queries have their addresses."""

TYPE: Final = NamedNode(f"{PREFIXES['rdf']}type")
EVIDENCED_BY: Final = NamedNode(f"{ONTOLOGY}evidencedBy")
FIGURE_OF: Final = NamedNode(f"{ONTOLOGY}figureOf")
HAS_OCCURRENCE: Final = NamedNode(f"{ONTOLOGY}hasOccurrence")
OCCURS_IN: Final = NamedNode(f"{ONTOLOGY}occursIn")
SYMBOL: Final = NamedNode(f"{ONTOLOGY}symbol")
TEXT_HASH: Final = NamedNode(f"{ONTOLOGY}textHash")
HAS_SOURCE: Final = NamedNode(f"{PREFIXES['oa']}hasSource")
HAS_SELECTOR: Final = NamedNode(f"{PREFIXES['oa']}hasSelector")
START: Final = NamedNode(f"{PREFIXES['oa']}start")
END: Final = NamedNode(f"{PREFIXES['oa']}end")


def neighbourhood(store: Store, thing: str, inferred: bool = False) -> list[Quad]:
    """Return the quads that describe `thing`, an IRI, each in its named graph, sorted.

    They are what is said of it (blank nodes expanded, as in a concise bounded description), every statement
    that points to it, its figures, its evidence with each occurrence, and the name and types of whatever
    these mention. `inferred` adds what follows. Raises NotFound when nothing is said of `thing`.
    """
    node, derived = node_of(thing), derived_graphs(thing, inferred)
    own = statements(store, node, derived)
    if not own:
        raise NotFound(thing)
    found = set(own)
    for quad in incoming(store, node, derived):
        found.add(quad)
        if quad.predicate == FIGURE_OF and isinstance(quad.subject, NamedNode):
            found |= set(statements(store, quad.subject, derived))
    found |= set(evidence_quads(store, evidence_of(own)))
    found |= set(names(store, mentioned(found)))
    return sorted(found, key=str)


def derived_graphs(thing: str, inferred: bool) -> frozenset[str]:
    """Return which graphs that the software writes have a say about `thing`.

    What follows, if asked for; and the dataset's own description for what only that describes.
    """
    own = thing.startswith((GRAPH, EXAMPLES))
    return frozenset(([INFERRED_GRAPH] if inferred else []) + ([METADATA_GRAPH] if own else []))


def statements(store: Store, node: NamedNode | BlankNode, derived: frozenset[str]) -> list[Quad]:
    """Return what is said of `node`, of its fragments and of the blank nodes it leads to.

    Of the graphs that the software writes only `derived` count.
    """
    found: list[Quad] = []
    seen: set[NamedNode | BlankNode] = set()
    ahead: list[NamedNode | BlankNode] = [node]
    while ahead:
        subject = ahead.pop()
        if subject in seen:
            continue
        seen.add(subject)
        own = [q for q in store.quads_for_pattern(subject, None, None, None) if _is_shown(q, derived)]
        found += own
        ahead += [quad.object for quad in own if _is_part(quad.object, node)]
    return found


def _is_part(obj: Term, node: NamedNode | BlankNode) -> TypeGuard[NamedNode | BlankNode]:
    """Say whether `obj` has no document of its own, but that of `node`."""
    return isinstance(obj, BlankNode) or (
        isinstance(obj, NamedNode) and obj.value.startswith(f"{node.value}#")
    )


def incoming(store: Store, node: NamedNode, derived: frozenset[str]) -> Iterator[Quad]:
    """Yield the statements that point to `node` from a thing that has an address."""
    for quad in store.quads_for_pattern(None, None, node, None):
        if isinstance(quad.subject, NamedNode) and _is_shown(quad, derived):
            yield quad


def evidence_of(quads: Iterable[Quad]) -> set[NamedNode]:
    """Return the passages on which `quads` rest: those whose graph, or context graph, holds one of them."""
    found = set()
    for quad in quads:
        if isinstance(quad.graph_name, NamedNode):
            passage = passage_of_graph(quad.graph_name.value)
            if passage is not None:
                found.add(NamedNode(passage))
        if quad.predicate == EVIDENCED_BY and isinstance(quad.object, NamedNode):
            found.add(quad.object)
    return found


def evidence_quads(store: Store, passages: Iterable[NamedNode]) -> Iterator[Quad]:
    """Yield where each of `passages` stands: its hash, documents, occurrences and their positions."""
    for passage in passages:
        for predicate in (TEXT_HASH, OCCURS_IN, HAS_OCCURRENCE):
            for quad in _asserted(store, passage, predicate):
                yield quad
                if predicate == HAS_OCCURRENCE and isinstance(quad.object, NamedNode):
                    yield from _position(store, quad.object)


def _position(store: Store, occurrence: NamedNode) -> Iterator[Quad]:
    yield from _asserted(store, occurrence, HAS_SOURCE)
    for quad in _asserted(store, occurrence, HAS_SELECTOR):
        yield quad
        if isinstance(quad.object, NamedNode):
            yield from _asserted(store, quad.object, TYPE)
            yield from _asserted(store, quad.object, START)
            yield from _asserted(store, quad.object, END)


def names(store: Store, things: Iterable[NamedNode]) -> Iterator[Quad]:
    """Yield name, symbol and types of each of `things`, as far as the graph has them."""
    for thing in things:
        for predicate in (TYPE, *NAMES, SYMBOL):
            yield from _asserted(store, thing, predicate)


def mentioned(quads: Iterable[Quad]) -> set[NamedNode]:
    """Return every IRI that stands in `quads`, in any position."""
    return {term for quad in quads for term in quad if isinstance(term, NamedNode)}


def _asserted(store: Store, subject: NamedNode, predicate: NamedNode) -> Iterator[Quad]:
    for quad in store.quads_for_pattern(subject, predicate, None, None):
        if _is_shown(quad, frozenset()):
            yield quad


def _is_shown(quad: Quad, derived: frozenset[str]) -> bool:
    """Say whether `quad` stands in a graph that people wrote or in one of `derived`."""
    graph = quad.graph_name
    if not isinstance(graph, NamedNode):
        return False  # the default graph repeats what stands in the named ones
    return graph.value not in DERIVED_GRAPHS or graph.value in derived


def node_of(iri: str) -> NamedNode:
    """Return the node that `iri` names. Raises NotFound for what is no IRI."""
    try:
        return NamedNode(iri)
    except ValueError:
        raise NotFound(iri) from None
