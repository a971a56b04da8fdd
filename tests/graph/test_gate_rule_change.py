"""The gate's hygiene rules find what the same rules find in everything, for changes made at random.

GATE_CHANGES says how many changes are made; GATE_SEED picks others than those that the suite repeats.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Final

from unodc_graph.commit.delta import Delta
from unodc_graph.dataset import EVIDENCED_BY, assemble, evidence
from unodc_graph.finding import Finding
from unodc_graph.gate.rule import STATEMENT, broken_rules
from unodc_graph.hygiene import found, read_rules, run_over
from unodc_graph.location import Rooms, rooms
from unodc_graph.namespace import DERIVED_GRAPHS, GRAPH, ID, ONTOLOGY, ONTOLOGY_GRAPH, SOURCES_GRAPH
from unodc_graph.store.evaluation import Store
from unodc_graph.store.solution import solutions
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Quad

HERE: Final = Path(__file__).parent
RULES: Final = tuple(rule for rule in read_rules(rooms().hygiene) if rule.gate)
SMALL: Final = Rooms.under(HERE / "small")
TYPE: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
SOURCES: Final = NamedNode(SOURCES_GRAPH)
PASSAGE: Final = NamedNode(f"{ONTOLOGY}Passage")

Quads = frozenset[Quad]


class Ground:
    """The quads and the named graphs of a state, and what the rules hold against all of it."""

    def __init__(self, quads: Quads, names: frozenset[str] = frozenset()) -> None:
        written = frozenset(quad for quad in quads if quad.predicate != EVIDENCED_BY)
        self.quads = written | frozenset(evidence(written))
        self.names = names | {quad.graph_name.value for quad in quads}

    @property
    def store(self) -> Store:
        store = Store()
        store.extend({*self.quads, *(Quad(*quad.triple) for quad in self.quads)})
        for name in self.names:
            store.add_graph(NamedNode(name))
        return store

    def findings(self) -> frozenset[Finding]:
        written = [quad for quad in self.quads if quad.predicate != EVIDENCED_BY]
        local = run_over(written, tuple(rule for rule in RULES if STATEMENT in rule.gate))
        ask = partial(solutions, self.store)
        wide = [item for rule in RULES if STATEMENT not in rule.gate for item in found(rule, ask)]
        return frozenset(
            item
            for item in (*local, *wide)
            if item.graph not in DERIVED_GRAPHS and item.path != EVIDENCED_BY.value
        )

    def delta_to(self, other: Ground) -> Delta:
        return Delta(
            other.quads - self.quads,
            self.quads - other.quads,
            other.names - self.names,
            self.names - other.names,
        )


def context(passage: str) -> Quads:
    """Return a context graph of `passage`, declared, that says of an activity what it is."""
    name = NamedNode(f"{passage}/context")
    return frozenset(
        {
            Quad(name, TYPE, NamedNode(f"{ONTOLOGY}ContextGraph"), SOURCES),
            Quad(name, NamedNode(f"{ONTOLOGY}contextOf"), NamedNode(passage), SOURCES),
            Quad(NamedNode(f"{ID}activity/in-context"), TYPE, NamedNode(f"{ONTOLOGY}Training"), name),
        }
    )


class Chance:
    """Changes at random to a state, the same ones for the same seed."""

    def __init__(self, seed: int, spare: Quads) -> None:
        self._random = random.Random(seed)
        self._spare = sorted((quad for quad in spare if "_:" not in str(quad)), key=str)

    def after(self, ground: Ground) -> Ground:
        """Return the state that one to three random steps lead to."""
        quads, names = set(ground.quads), set(ground.names)
        for _ in range(self._random.choice((1, 1, 2, 3))):
            self._step(quads, names)
        return Ground(frozenset(quads), frozenset(names))

    def number(self, below: int) -> int:
        return self._random.randrange(below)

    def _step(self, quads: set[Quad], names: set[str]) -> None:
        known = sorted(quads, key=str)
        quad, other = self._one(known), self._one(known)
        match self._random.randrange(12):
            case 0:
                quads.remove(quad)
            case 1:
                quads -= {one for one in known if one.subject == quad.subject}
            case 2:
                gone = {one for one in known if one.graph_name == quad.graph_name}
                quads -= gone
                names.discard(quad.graph_name.value)
            case 3:
                quads.add(Quad(quad.subject, other.predicate, other.object, quad.graph_name))
            case 4:
                quads.remove(quad)
                quads.add(Quad(*quad.triple, self._graph(known)))
            case 5:
                quads.add(Quad(*quad.triple, self._graph(known)))
            case 6:
                quads.add(Quad(quad.subject, quad.predicate, self._value(known), quad.graph_name))
            case 7:
                new = NamedNode(f"{quad.subject.value}-{self.number(99)}")
                copied = [one for one in known if one.subject == quad.subject]
                quads |= {Quad(new, one.predicate, one.object, one.graph_name) for one in copied}
            case 8:
                names.add(self._graph(known).value)
            case 9:  # a passage leaves the register, its type perhaps said elsewhere
                typed = [one for one in known if one.object == PASSAGE and one.graph_name == SOURCES]
                for one in typed[:1] if self.number(2) else typed[-1:]:
                    quads.remove(one)
                    quads.add(Quad(*one.triple, self._graph(known)))
                    quads -= {two for two in known if two.graph_name == one.subject and self.number(3)}
            case _:
                quads.add(self._random.choice(self._spare))

    def _one(self, known: list[Quad]) -> Quad:
        """Return a quad about a thing with a name; seldom one of the ontology, which concerns all."""
        while True:
            quad = self._random.choice(known)
            if isinstance(quad.subject, NamedNode) and (
                quad.graph_name.value != ONTOLOGY_GRAPH or self.number(10) == 0
            ):
                return quad

    def _graph(self, known: list[Quad]) -> NamedNode:
        graph = self._one(known).graph_name
        return self._random.choice(
            [
                graph,
                NamedNode(f"{graph.value}/context"),
                NamedNode(f"{GRAPH}catalogue"),
                NamedNode(f"{GRAPH}unplaced"),
                NamedNode("urn:x:any"),
            ]
        )

    def _value(self, known: list[Quad]) -> NamedNode | Literal | BlankNode:
        quad = self._one(known)
        return self._random.choice(
            [
                quad.object,
                quad.subject,
                NamedNode(f"{ID}org/nobody"),
                NamedNode(f"{ONTOLOGY}NoSuchTerm"),
                NamedNode("https://example.org/x"),
                Literal("any", datatype=NamedNode(f"{ONTOLOGY}noSuchType")),
                BlankNode("any"),
            ]
        )


def test_hygiene_asked_of_a_change_finds_what_it_finds_in_everything() -> None:
    """Without fault before it finds the same; on faults all that is new, and nothing that is not there."""
    wanted = int(os.environ.get("GATE_CHANGES", "400"))
    clean = Ground(
        assemble(SMALL).written | context(f"{ID}passage/bbbbbbbbbbbb") | context(f"{ID}passage/aaaaaaaaaaaa")
    )
    assert clean.findings() == frozenset()
    files = sorted((HERE / "hygiene").iterdir())
    spare = frozenset().union(*(assemble(SMALL, (path,)).written for path in files)) - clean.quads
    chance = Chance(int(os.environ.get("GATE_SEED", "5")), spare)
    hit: Counter[str] = Counter()
    ground, before, kept = clean, clean.findings(), 0
    for number in range(wanted):
        after = chance.after(ground)
        delta, everything = ground.delta_to(after), after.findings()
        gate = frozenset(broken_rules(RULES, after.store, delta))
        assert gate <= everything, (number, delta, gate - everything)
        assert everything - before <= gate, (number, delta, everything - before - gate)
        if not before:
            assert gate == everything
        hit.update({finding.rule for finding in everything - before})
        kept += not everything
        if not everything or (not before and chance.number(3) == 0):
            ground, before = after, everything
        elif before:
            ground, before = clean, frozenset()
    print(f"{wanted} changes, {kept} of them without fault, {hit}")
    assert kept >= wanted // 20
    assert set(hit) == {rule.name for rule in RULES}
