"""The things that a change concerns: for each shape, the targets that must be looked at again.

A triple that changes is looked up in the index by its predicate; from its subject or object the path before
it is walked backwards, in the old and in the new state, to the focus nodes. Of these the targets of the shape
in the new state are kept: what is no target any more breaks nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from rdflib import RDF, RDFS, BNode, Graph, URIRef
from rdflib.term import Node

from unodc_graph.gate.index import Index, Target, Triple
from unodc_graph.gate.path import starts
from unodc_graph.gate.reading import Query
from unodc_graph.store.asserted import asserted_graph
from unodc_graph.store.evaluation import Store
from unodc_graph.store.solution import rdflib_solutions

_CHANGED: Final = re.compile(r"[$?]changed\b")


@dataclass(frozen=True)
class State:
    """One state of the graph: the open store, and its asserted triples as a graph."""

    store: Store
    graph: Graph


@contextmanager
def looking_at(store: Store) -> Iterator[State]:
    """Give `store` as the gate reads it; afterwards nothing holds it any more."""
    with asserted_graph(store) as graph:
        yield State(store, graph)


def focus_nodes(
    index: Index, old: State, new: State, changes: frozenset[Triple]
) -> Mapping[Node, frozenset[Node] | None]:
    """Return for each shape that `changes` concern the targets to validate; None stands for all of them.

    `changes` are the triples that stand in one of the two states only.
    """
    found: defaultdict[Node, set[Node]] = defaultdict(set)
    if not changes:
        return {}
    for shapes, nodes in (*_by_reading(index, old, new, changes), *_by_query(index, old, new, changes)):
        for shape in shapes:
            found[shape] |= nodes
    supertypes = _Supertypes(new.graph)
    focus: dict[Node, frozenset[Node] | None] = {
        shape: kept
        for shape, nodes in found.items()
        if (kept := frozenset(n for n in nodes if _is_target(new.graph, index.targets[shape], n, supertypes)))
    }
    return focus | dict.fromkeys(index.opaque | _unnameable(index, changes))


def _unnameable(index: Index, changes: frozenset[Triple]) -> frozenset[Node]:
    """Return the shapes that a query cannot speak for, because a blank node changed: it has no name there."""
    blank = any(isinstance(node, BNode) for subject, _, value in changes for node in (subject, value))
    return frozenset(shape for shapes in index.queries.values() for shape in shapes if blank)


def _by_reading(
    index: Index, old: State, new: State, changes: frozenset[Triple]
) -> Iterator[tuple[frozenset[Node], set[Node]]]:
    by_predicate: defaultdict[Node, list[Triple]] = defaultdict(list)
    for triple in changes:
        by_predicate[triple[1]].append(triple)
    for predicate, triples in by_predicate.items():
        for look in (*index.looks.get(URIRef(str(predicate)), ()), *index.looks.get(None, ())):
            ends = {triple[2] if look.inverse else triple[0] for triple in triples}
            nodes = starts(old.graph, look.before, ends) | starts(new.graph, look.before, ends)
            if nodes:
                yield look.shapes, nodes


def _by_query(
    index: Index, old: State, new: State, changes: frozenset[Triple]
) -> Iterator[tuple[frozenset[Node], set[Node]]]:
    changed = {node for subject, _, value in changes for node in (subject, value) if isinstance(node, URIRef)}
    for query, shapes in index.queries.items():
        for state in (old, new):
            nodes = {found for node in changed for found in _concerned(state, query, node)}
            yield shapes, starts(state.graph, query.before, nodes)


def _concerned(state: State, query: Query, changed: URIRef) -> Iterator[Node]:
    """Yield whom a change at the node `changed` concerns; the node is put into the text (SHACL §5.3.1)."""
    for solution in rdflib_solutions(state.store, _CHANGED.sub(f"<{changed}>", query.text)):
        if "this" in solution:
            yield solution["this"]


class _Supertypes(dict[Node, set[Node]]):
    """The classes above each class, itself among them, looked up once."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self._graph = graph

    def __missing__(self, kind: Node) -> set[Node]:
        above = self._graph.transitive_objects(kind, RDFS.subClassOf)
        self[kind] = {supertype for supertype in above if supertype is not None}
        return self[kind]


def _is_target(graph: Graph, target: Target, node: Node, supertypes: _Supertypes) -> bool:
    return (
        node in target.nodes
        or any(not target.classes.isdisjoint(supertypes[kind]) for kind in graph.objects(node, RDF.type))
        or any((node, predicate, None) in graph for predicate in target.subjects_of)
        or any((None, predicate, node) in graph for predicate in target.objects_of)
    )
