"""The shapes, made ready to be asked which of them a change concerns, and for which things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rdflib import RDF, SH, Graph, URIRef
from rdflib.term import Node

from unodc_graph.gate.path import Steps
from unodc_graph.gate.reading import TARGETS, Query, classes, reads, roots

Triple = tuple[Node, Node, Node]


@dataclass(frozen=True)
class Look:
    """One reading, and the shapes with targets that depend on it."""

    before: Steps
    inverse: bool
    shapes: frozenset[Node]


@dataclass(frozen=True)
class Target:
    """What makes a node a target of a shape (SHACL §2.1.3)."""

    nodes: frozenset[Node]
    classes: frozenset[Node]
    subjects_of: frozenset[Node]
    objects_of: frozenset[Node]


@dataclass(frozen=True)
class Index:
    """Which shapes look where.

    `looks` are by the predicate that is looked at, None for any. `queries` say whom a change concerns of the
    shapes with SPARQL constraints. `opaque` shapes cannot say, and concern all their targets. `parts` holds
    for each shape the triples that it is made of, without its targets.
    """

    looks: Mapping[URIRef | None, tuple[Look, ...]]
    queries: Mapping[Query, frozenset[Node]]
    opaque: frozenset[Node]
    targets: Mapping[Node, Target]
    parts: Mapping[Node, frozenset[Triple]]
    _targeting: Mapping[Node, frozenset[Triple]]

    def shapes_for(self, focus: Mapping[Node, frozenset[Node] | None]) -> Graph:
        """Return the shapes in `focus`, each with its nodes as only targets, or with None as it is."""
        graph = Graph(store="SimpleMemory")  # the other one keeps books on graphs, at twice the time
        for shape, nodes in focus.items():
            for triple in self.parts[shape]:
                graph.add(triple)
            if nodes is None:
                for triple in self._targeting[shape]:
                    graph.add(triple)
            for node in nodes or ():
                graph.add((shape, SH.targetNode, node))
        return graph


def index(shapes: Graph) -> Index:
    """Return the index of `shapes`. Raises ShapesUnusable when a path is none of SHACL §2.3.1."""
    looks: defaultdict[tuple[URIRef | None, Steps, bool], set[Node]] = defaultdict(set)
    queries: defaultdict[Query, set[Node]] = defaultdict(set)
    opaque = set()
    for shape in roots(shapes):
        known = reads(shapes, shape)
        for reading in known.readings:
            looks[reading.predicate, reading.before, reading.inverse].add(shape)
        for query in known.queries:
            queries[query].add(shape)
        if known.everything:
            opaque.add(shape)
    by_predicate: defaultdict[URIRef | None, list[Look]] = defaultdict(list)
    for (predicate, before, inverse), concerned in looks.items():
        by_predicate[predicate].append(Look(before, inverse, frozenset(concerned)))
    targets = {shape: _target(shapes, shape) for shape in roots(shapes)}
    return Index(
        looks={predicate: tuple(found) for predicate, found in by_predicate.items()},
        queries={query: frozenset(concerned) for query, concerned in queries.items()},
        opaque=frozenset(opaque),
        targets=targets,
        parts={shape: frozenset(_part(shapes, shape, set())) for shape in targets},
        _targeting={shape: frozenset(_target_triples(shapes, shape)) for shape in targets},
    )


def _target(shapes: Graph, shape: Node) -> Target:
    return Target(
        nodes=frozenset(shapes.objects(shape, SH.targetNode)),
        classes=frozenset(classes(shapes, shape)),
        subjects_of=frozenset(shapes.objects(shape, SH.targetSubjectsOf)),
        objects_of=frozenset(shapes.objects(shape, SH.targetObjectsOf)),
    )


def _target_triples(shapes: Graph, shape: Node) -> Iterator[Triple]:
    for target in TARGETS:
        yield from shapes.triples((shape, target, None))
    for kind in classes(shapes, shape):
        yield shape, SH.targetClass, kind


def _part(shapes: Graph, node: Node, seen: set[Node]) -> Iterator[Triple]:
    """Yield the triples of `node` and of what it refers to, without targets and without types of others."""
    if node in seen:
        return
    seen.add(node)
    for predicate, value in shapes.predicate_objects(node):
        if predicate in TARGETS or (predicate == RDF.type and not str(value).startswith(str(SH))):
            continue
        yield node, predicate, value
        yield from _part(shapes, value, seen)
