"""SHACL paths walked from either end, and what each of their steps reads (SHACL §2.3.1).

A path is a `URIRef` or one of rdflib's path objects, as `unodc_graph.validation.path_of` makes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from rdflib import Graph, URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.term import Node

Steps: TypeAlias = tuple[URIRef | Path, ...]


@dataclass(frozen=True)
class Reading:
    """One look at the data: the triples with `predicate` at the nodes that `before` leads to.

    `before` starts at the focus node. The nodes are the subjects of the triples, or with `inverse` their
    objects. A `predicate` of None means any.
    """

    before: Steps
    predicate: URIRef | None
    inverse: bool = False


def readings(path: URIRef | Path, before: Steps = (), inverse: bool = False) -> Iterator[Reading]:
    """Yield what is read when `path` is walked from the nodes that `before` leads to.

    When the nodes at the end of a path differ between two states, then some triple differs at one of these
    readings, at a node that `before` reaches in the state that has the triple.
    """
    match path:
        case URIRef():
            yield Reading(before, path, inverse)
        case InvPath():
            yield from readings(path.arg, before, not inverse)
        case SequencePath():
            for step in reversed(path.args) if inverse else path.args:
                yield from readings(step, before, inverse)
                before = (*before, _turned(step, inverse))
        case AlternativePath():
            for branch in path.args:
                yield from readings(branch, before, inverse)
        case MulPath():
            repeated = (*before, MulPath(_turned(path.path, inverse), "*")) if path.more else before
            yield from readings(path.path, repeated, inverse)
        case _:
            raise TypeError(f"not a path of SHACL: {path!r}")


def _turned(path: URIRef | Path, inverse: bool) -> URIRef | Path:
    return InvPath(path) if inverse else path


def starts(graph: Graph, steps: Steps, ends: Iterable[Node]) -> set[Node]:
    """Return the nodes from which `steps` lead to one of `ends` in `graph`."""
    nodes = set(ends)
    for step in reversed(steps):
        if not nodes:
            break
        nodes = _walk(graph, step, nodes, forward=False)
    return nodes


def _walk(graph: Graph, path: URIRef | Path, nodes: set[Node], forward: bool) -> set[Node]:
    """Return where `path`, walked forward or backward, leads from any of `nodes`."""
    match path:
        case URIRef():
            if forward:
                return {value for node in nodes for value in graph.objects(node, path)}
            return {subject for node in nodes for subject in graph.subjects(path, node)}
        case InvPath():
            return _walk(graph, path.arg, nodes, not forward)
        case SequencePath():
            for step in path.args if forward else reversed(path.args):
                nodes = _walk(graph, step, nodes, forward)
            return nodes
        case AlternativePath():
            return set().union(*(_walk(graph, branch, nodes, forward) for branch in path.args))
        case MulPath():
            found = set(nodes) if path.zero else set()
            fresh = nodes
            while fresh:
                reached = _walk(graph, path.path, fresh, forward)
                fresh = reached - found if path.more else set()
                found |= reached
            return found
        case _:
            raise TypeError(f"not a path of SHACL: {path!r}")
