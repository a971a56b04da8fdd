"""A change applied to a clone, and the delta that it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from unodc_graph.commit.change import Author, Change, Drop, Merge, Patch, Put, Update
from unodc_graph.commit.delta import Delta, GraphName, difference, graph_name
from unodc_graph.commit.operation import Operations, read
from unodc_graph.errors import (
    DefaultGraphDerived,
    GraphDerived,
    GraphNotAllowed,
    NotFound,
    QuerySyntaxError,
)
from unodc_graph.namespace import DERIVED_GRAPHS
from unodc_graph.store.canonical import read_lines
from unodc_graph.store.evaluation import Store
from unodc_graph.store.payload import read_dataset, read_payload
from unodc_graph.store.scan import scan
from unodc_graph.store.term import DefaultGraph, NamedNode, Quad
from unodc_graph.store.updating import inserted, refuse_later_terms, refuse_nameless_graphs, run_update

_DATASET: Final = "an update whose operations can be told apart, without USING or WITH of their own"


@dataclass(frozen=True)
class Clone:
    """The parent, open for reading, and its clone, open for writing.

    `blank`: the default graph is an ordinary one, and nothing is derived (server/README.md, B1 and B2).
    """

    parent: Store
    store: Store
    blank: bool = False


def apply(clone: Clone, change: Change) -> Delta:
    """Apply `change` to `clone` and return its delta.

    Raises QuerySyntaxError, QueryRefused, PayloadUnreadable, NotFound, and GraphDerived when a graph would
    be written that the software keeps.
    """
    match change:
        case Update():
            return _update(clone, change)
        case Put():
            return _put(clone, change)
        case Merge():
            return _merge(clone, change)
        case Drop():
            return _drop(clone, change)
        case Patch():
            return _patch(clone, change)


def check_scope(delta: Delta, author: Author) -> None:
    """Raise GraphNotAllowed when `delta` changes a graph that `author` may not write."""
    for name in sorted(delta.graphs, key=lambda name: name or ""):
        if not author.may_write(name):
            raise GraphNotAllowed(name or "", author.graphs or ())


def _update(clone: Clone, change: Update) -> Delta:
    operations = read(change.text)
    given = change.default_graphs or change.named_graphs
    if given and (not operations.known or operations.dataset):
        raise QuerySyntaxError(None, None, "using-graph-uri", _DATASET)
    text = operations.rewritten(change.text, change.default_graphs, change.named_graphs)
    scan(text, change.base_iri)
    _check_targets(clone, operations)
    if operations.only_inserts and operations.known:
        quads, names = inserted(text, change.base_iri)
        refuse_later_terms(quads)
        return _add(clone, quads, {name.value for name in names if isinstance(name, NamedNode)})
    run_update(clone.store, text, change.base_iri)
    delta = difference(clone.parent, clone.store, operations.graphs if operations.known else None)
    refuse_later_terms(delta.added)
    refuse_nameless_graphs(delta.added)
    _check_derived(clone, delta)
    return delta


def _check_targets(clone: Clone, operations: Operations) -> None:
    """Refuse what names a derived graph, even where nothing would change."""
    if clone.blank or not operations.known:
        return
    if operations.everything:
        raise GraphDerived("")
    for name in operations.graphs or ():
        _check_graph(clone, name)


def _check_graph(clone: Clone, name: GraphName) -> None:
    if clone.blank:
        return
    if name is None:
        raise DefaultGraphDerived("")
    if name in DERIVED_GRAPHS:
        raise GraphDerived(name)


def _check_derived(clone: Clone, delta: Delta) -> None:
    for name in delta.graphs:
        _check_graph(clone, name)


def _put(clone: Clone, change: Put) -> Delta:
    _check_graph(clone, change.graph)
    quads = [
        quad
        for payload in change.payloads
        for quad in read_payload(payload.content, payload.media_type, payload.base_iri, change.graph)
    ]
    if change.merge:
        return _add(clone, quads, set() if change.graph is None else {change.graph})
    return _replace(clone, quads, {change.graph})


def _merge(clone: Clone, change: Merge) -> Delta:
    documents = (read_dataset(p.content, p.media_type, p.base_iri) for p in change.payloads)
    return _add(clone, [quad for quads in documents for quad in quads], set())


def _drop(clone: Clone, change: Drop) -> Delta:
    _check_graph(clone, change.graph)
    if change.graph is None:
        return _replace(clone, [], {None})
    node = NamedNode(change.graph)
    if not clone.parent.contains_named_graph(node):
        raise NotFound(change.graph)
    removed = frozenset(clone.parent.quads_for_pattern(None, None, None, node))
    clone.store.remove_graph(node)
    return Delta(removed=removed, dropped=frozenset((change.graph,)))


def _patch(clone: Clone, change: Patch) -> Delta:
    for name in change.replaced:
        _check_graph(clone, name)
    added = read_lines(change.added)
    removed = [quad for quad in read_lines(change.removed) if quad in clone.parent]
    delta = _replace(clone, added, set(change.replaced)) if change.replaced else _add(clone, added, set())
    for quad in removed:
        clone.store.remove(quad)
    emptied = _emptied(clone, {graph_name(quad) for quad in removed} | set(change.replaced))
    added_now = delta.added - frozenset(removed)
    found = Delta(added_now, delta.removed | frozenset(removed), delta.created, delta.dropped | emptied)
    _check_derived(clone, found)
    return found


def _emptied(clone: Clone, names: set[GraphName]) -> frozenset[str]:
    """Remove the named graphs among `names` that hold nothing any more, and return them."""
    found = set()
    for name in names - {None}:
        node = NamedNode(name or "")
        if next(clone.store.quads_for_pattern(None, None, None, node), None) is None:
            clone.store.remove_graph(node)
            if clone.parent.contains_named_graph(node):
                found.add(name or "")
    return frozenset(found)


def _add(clone: Clone, quads: list[Quad], names: set[str]) -> Delta:
    """Add `quads`, and the graphs `names` even where they stay empty."""
    added = frozenset(quad for quad in quads if quad not in clone.parent)
    names = names | {name for quad in added if (name := graph_name(quad)) is not None}
    created = {name for name in names if not clone.parent.contains_named_graph(NamedNode(name))}
    delta = Delta(added, created=frozenset(created))
    _check_derived(clone, delta)
    for name in sorted(created):
        clone.store.add_graph(NamedNode(name))
    clone.store.extend(added)
    return delta


def _replace(clone: Clone, quads: list[Quad], names: set[GraphName]) -> Delta:
    """Make the graphs `names` hold `quads` and nothing else."""
    nodes = [DefaultGraph() if name is None else NamedNode(name) for name in sorted(names, key=str)]
    held = {quad for node in nodes for quad in clone.parent.quads_for_pattern(None, None, None, node)}
    removed = frozenset(held - set(quads))
    for quad in removed:
        clone.store.remove(quad)
    delta = _add(clone, quads, {name for name in names if name is not None})
    return Delta(delta.added, removed, delta.created)
