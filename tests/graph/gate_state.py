"""Two states of a graph, as a commit leaves them, and what the suites of the gate put into them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rdflib import Graph

from unodc_graph import namespace
from unodc_graph.commit.delta import Delta
from unodc_graph.dataset import evidence
from unodc_graph.gate.judgement import Gate, Judgement
from unodc_graph.location import rooms
from unodc_graph.store.evaluation import Store
from unodc_graph.store.parsing import parse_file
from unodc_graph.store.term import Quad, to_rdflib

FIXTURES: Final = Path(__file__).resolve().parents[1] / "ontology" / "shapes"
FAILING: Final = {path.stem: path for path in sorted((FIXTURES / "failing").glob("*.trig"))}

Quads = frozenset[Quad]


@dataclass
class Place:
    """The state before a change and the state after it, kept up as a commit keeps them.

    `memory` is the state after it too, in memory, for the validator to run over all of it.
    """

    gate: Gate
    quads: set[Quad] = field(default_factory=set)
    parent: Store = field(default_factory=Store)
    candidate: Store = field(default_factory=Store)
    memory: Graph = field(default_factory=Graph)

    def start(self, quads: Quads) -> None:
        self.apply(Delta(added=quads))
        self.keep(Delta(added=quads))

    def judge(self, delta: Delta) -> Judgement:
        return self.gate.judge(self.parent, self.candidate, delta)

    def apply(self, delta: Delta) -> None:
        """Make the change in the state after it."""
        self.quads = (self.quads | delta.added) - delta.removed
        for triple, there in _kept_up(self.candidate, delta):
            (self.memory.add if there else self.memory.remove)(tuple(map(to_rdflib, triple.triple)))

    def keep(self, delta: Delta) -> None:
        """Make the change in the state before it, too."""
        for _ in _kept_up(self.parent, delta):
            pass


def _kept_up(store: Store, delta: Delta) -> Iterator[tuple[Quad, bool]]:
    """Apply `delta` to `store`, and yield each triple of it with whether the default graph now holds it."""
    for quad in delta.removed:
        store.remove(quad)
    store.extend(delta.added)
    for quad in delta.added | delta.removed:
        triple = Quad(*quad.triple)
        there = any(other != triple for other in store.quads_for_pattern(*quad.triple, None))
        (store.add if there else store.remove)(triple)
        yield triple, there


def read(path: Path, graph: str = namespace.UNPLACED_GRAPH) -> Quads:
    """Return what a file states, with the evidence that follows from its named graphs.

    Its numbers are as the engine keeps them, which writes 9.0E0 as 9.
    """
    quads = parse_file(path, graph).quads
    store = Store()
    store.extend({*quads, *evidence(quads)})
    return frozenset(store)


def ontology() -> Quads:
    """Return what the ontology states."""
    return read(rooms().ontology / "unodc.ttl", namespace.ONTOLOGY_GRAPH)


def schemes() -> Quads:
    """Return what the concept schemes state."""
    files = sorted(rooms().schemes.glob("*.ttl"))
    return frozenset(quad for path in files for quad in read(path, namespace.SCHEMES_GRAPH))


def base() -> Quads:
    """Return one thing of each kind, without fault."""
    return read(FIXTURES / "base.trig")
