"""The gate finds what validating everything finds, for changes made at random.

GATE_CHANGES says how many changes are made; GATE_SEED picks others than those that the suite repeats.
"""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Final

import pytest
from tests.graph.gate_state import FAILING, FIXTURES, Place, Quads, base, ontology, read, schemes

from unodc_graph import namespace
from unodc_graph.commit.delta import Delta
from unodc_graph.dataset import shapes
from unodc_graph.finding import Finding
from unodc_graph.gate.judgement import Gate, Judgement
from unodc_graph.location import rooms
from unodc_graph.store.term import Literal, NamedNode, Quad
from unodc_graph.validation import findings, report

ONTOLOGY: Final = NamedNode(namespace.ONTOLOGY_GRAPH)
CATALOGUE: Final = NamedNode(namespace.CATALOGUE_GRAPH)
TYPE: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
SUBCLASS: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
CLASS: Final = NamedNode("http://www.w3.org/2002/07/owl#Class")
WIDER: Final = {
    f"http://www.w3.org/2004/02/skos/core#{name}" for name in ("broader", "inScheme", "topConceptOf")
}

Full = Callable[[Place], frozenset[Finding]]

UNWRITTEN: Final = ("Undertaking", "MandatedUndertaking", "CriminalJusticeTraining")
"""Classes that a fact never names, so that a graph without fault has no asserted instance of them."""


@pytest.fixture(scope="module")
def small() -> Place:
    """A graph of at most 2,000 quads without fault: the classes, and one thing of each."""
    terms = {quad for quad in ontology() if quad.predicate in (TYPE, SUBCLASS) and _is_named(quad)}
    facts = set(base()).union(*(read(path) for path in sorted((FIXTURES / "valid").glob("*.trig"))))
    for kind in sorted(_classes(terms), key=str):
        if not any(quad.predicate == TYPE and quad.object == kind for quad in facts):
            facts |= _instance(kind, terms, facts)
    place = Place(Gate(rooms()))
    place.start(frozenset(terms | facts | _concepts(facts, schemes())))
    return place


def _is_named(quad: Quad) -> bool:
    return isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode)


def _classes(terms: set[Quad]) -> set[NamedNode]:
    """Return the project's own classes that facts may name."""
    own = {quad.subject for quad in terms if quad.predicate == TYPE and quad.object == CLASS}
    unwritten = {f"{namespace.ONTOLOGY}{name}" for name in UNWRITTEN}
    return {kind for kind in own if kind.value.startswith(namespace.ONTOLOGY) and kind.value not in unwritten}


def _instance(kind: NamedNode, terms: set[Quad], facts: set[Quad]) -> set[Quad]:
    """Return a thing of the class `kind`, made like one of the class that is next of kin."""
    model = _next_of_kin(kind, terms, facts)
    name = kind.value.rpartition("#")[2]
    thing = NamedNode(f"{model.value.rpartition('/')[0]}/any-{name.lower()}")
    found = set()
    for quad in (quad for quad in facts if quad.subject == model):
        value = quad.object
        if quad.predicate == TYPE:
            value = kind
        elif quad.predicate.value == f"{namespace.ONTOLOGY}symbol":
            value = Literal(value.value.rpartition("/")[0] + f"/{9000 + len(facts)}")
        elif quad.predicate.value.endswith("#label"):
            value = Literal(f"Any {name}", language="en")
        found.add(Quad(thing, quad.predicate, value, quad.graph_name))
    return found


def _next_of_kin(kind: NamedNode, terms: set[Quad], facts: set[Quad]) -> NamedNode:
    """Return a thing whose class has its nearest superclass in common with `kind`."""
    above, below = defaultdict(set), defaultdict(set)
    for quad in terms:
        if quad.predicate == SUBCLASS:
            above[quad.subject].add(quad.object)
            below[quad.object].add(quad.subject)
    typed = defaultdict(set)
    for quad in facts:
        if quad.predicate == TYPE:
            typed[quad.object].add(quad.subject)
    levels = [{kind}]
    while levels[-1]:
        kin = set(levels[-1])
        while not kin.issuperset(more := {child for one in kin for child in below[one]}):
            kin |= more
        things = {thing for one in kin for thing in typed[one]}
        if things:
            return min(things, key=lambda thing: (sum(quad.subject == thing for quad in facts), str(thing)))
        levels.append({parent for one in levels[-1] for parent in above[one]})
    raise AssertionError(f"no thing is of a kin of {kind}")


def _concepts(facts: set[Quad], schemes: Quads) -> set[Quad]:
    """Return what the schemes say of the concepts among `facts`, of the broader ones and of their schemes."""
    about = defaultdict(set)
    for quad in schemes:
        about[quad.subject].add(quad)
    found: set[Quad] = set()
    waiting = {quad.object for quad in facts} & about.keys()
    while waiting:
        fresh = about[waiting.pop()] - found
        found |= fresh
        waiting |= {quad.object for quad in fresh if quad.predicate.value in WIDER} & about.keys()
    return found


@pytest.fixture(scope="module")
def full() -> Full:
    """Return what validating the whole state of a place finds."""
    known = shapes(rooms())
    return lambda place: frozenset(findings(report(place.memory, known), place.memory, known))


def test_the_small_graph_has_every_class_and_no_fault(small: Place, full: Full) -> None:
    typed = {quad.object for quad in small.quads if quad.predicate == TYPE}
    terms = {quad for quad in small.quads if quad.graph_name == ONTOLOGY}
    assert len(_classes(terms)) > 100
    assert _classes(terms) <= typed
    assert len(small.quads) <= 2000
    assert full(small) == frozenset(), [(f.rule, f.thing, f.value) for f in full(small)]


class Chance:
    """Changes at random to what a place holds, the same ones for the same seed."""

    def __init__(self, seed: int, place: Place, spare: Quads) -> None:
        self._random = random.Random(seed)
        self._place = place
        self._spare = sorted((quad for quad in spare if "_:" not in str(quad)), key=str)
        self._quads: list[Quad] = []
        self._ways = [
            self._remove,
            self._remove_thing,
            self._add,
            self._point_elsewhere,
            self._point_anywhere,
            self._retype,
            self._misspell,
            self._turn_round,
            self._copy_thing,
            self._say_elsewhere,
            self._borrow,
        ]

    def delta(self) -> Delta:
        """Return a change of one to three random steps that changes something."""
        self._quads = sorted(self._place.quads, key=str)
        while True:
            added: set[Quad] = set()
            removed: set[Quad] = set()
            for _ in range(self._random.choice((1, 1, 2, 3))):
                more, fewer = self._random.choice(self._ways)()
                added |= more
                removed |= fewer
            delta = Delta(
                frozenset(added - self._place.quads), frozenset(removed & self._place.quads - added)
            )
            if delta:
                return delta

    def choice(self, number: int) -> bool:
        """Say yes one time in `number`."""
        return self._random.randrange(number) == 0

    def _quad(self) -> Quad:
        """Return a quad; mostly a fact, since the terms are read and seldom written."""
        while True:
            quad = self._random.choice(self._quads)
            if quad.graph_name != ONTOLOGY or self.choice(4):
                return quad

    def _about(self, thing: NamedNode) -> set[Quad]:
        return {quad for quad in self._quads if quad.subject == thing}

    def _remove(self) -> tuple[set[Quad], set[Quad]]:
        return set(), {self._quad()}

    def _remove_thing(self) -> tuple[set[Quad], set[Quad]]:
        return set(), self._about(self._quad().subject)

    def _add(self) -> tuple[set[Quad], set[Quad]]:
        one, other = self._quad(), self._quad()
        return {Quad(one.subject, other.predicate, other.object, one.graph_name)}, set()

    def _point_elsewhere(self) -> tuple[set[Quad], set[Quad]]:
        quad = self._quad()
        values = [other.object for other in self._quads if other.predicate == quad.predicate]
        return {Quad(quad.subject, quad.predicate, self._random.choice(values), quad.graph_name)}, {quad}

    def _point_anywhere(self) -> tuple[set[Quad], set[Quad]]:
        quad, other = self._quad(), self._quad()
        return {Quad(quad.subject, quad.predicate, other.object, quad.graph_name)}, {quad}

    def _retype(self) -> tuple[set[Quad], set[Quad]]:
        quads = self._quads
        quad = self._random.choice([quad for quad in quads if quad.predicate == TYPE])
        kinds = sorted({quad.object for quad in quads if quad.predicate == TYPE}, key=str)
        kept = {quad} if self.choice(2) else set()
        return {Quad(quad.subject, TYPE, self._random.choice(kinds), quad.graph_name)}, kept

    def _misspell(self) -> tuple[set[Quad], set[Quad]]:
        quad = self._random.choice([quad for quad in self._quads if isinstance(quad.object, Literal)])
        text = quad.object.value
        value = self._random.choice(
            (
                Literal(f"{text} "),
                Literal(text, language="fr"),
                Literal(text, language="en"),
                Literal(-1),
                Literal("2036-02-30", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#date")),
                Literal("0.5", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
                Literal(""),
                Literal(True),
            )
        )
        return {Quad(quad.subject, quad.predicate, value, quad.graph_name)}, {quad} if self.choice(
            2
        ) else set()

    def _turn_round(self) -> tuple[set[Quad], set[Quad]]:
        """Let the value point back, so that circles come about."""
        quad = self._random.choice([quad for quad in self._quads if isinstance(quad.object, NamedNode)])
        return {Quad(quad.object, quad.predicate, quad.subject, quad.graph_name)}, set()

    def _copy_thing(self) -> tuple[set[Quad], set[Quad]]:
        """Add a thing like another, with its codes and symbols, perhaps with something left out."""
        thing = self._quad().subject
        copy = NamedNode(f"{thing.value}-{self._random.randrange(10**6)}")
        quads = [
            Quad(copy, quad.predicate, quad.object, quad.graph_name)
            for quad in sorted(self._about(thing), key=str)
        ]
        return set(quads[self.choice(3) :]), set()

    def _say_elsewhere(self) -> tuple[set[Quad], set[Quad]]:
        """Say the same in another graph, and perhaps no more in its own."""
        quad = self._quad()
        return {Quad(*quad.triple, CATALOGUE)}, {quad} if self.choice(2) else set()

    def _borrow(self) -> tuple[set[Quad], set[Quad]]:
        """Add a statement of the ontology, the schemes or a failing file."""
        return {self._random.choice(self._spare)}, set()


def test_a_change_is_found_to_break_what_validating_everything_finds(small: Place, full: Full) -> None:
    wanted = int(os.environ.get("GATE_CHANGES", "150"))
    planted = frozenset(quad for path in FAILING.values() for quad in read(path))
    chance = Chance(int(os.environ.get("GATE_SEED", "5")), small, ontology() | schemes() | planted)
    hit: Counter[str] = Counter()
    kept = 0
    for number in range(wanted):
        delta = chance.delta()
        small.apply(delta)
        judgement = small.judge(delta)
        everything = full(small)
        assert set(_of_shapes(judgement)) == everything, (number, delta)
        hit.update({finding.rule for finding in everything})
        if not everything and len(small.quads) <= 2000:
            small.keep(delta)
            kept += 1
            continue
        if chance.choice(4):
            _change_on_top(small, full, chance, delta, everything)
        small.apply(delta.inverse)
    print(f"{wanted} changes, {kept} of them without fault, {len(hit)} shapes broken")
    assert kept >= wanted // 50
    assert len(hit) >= min(wanted // 5, 200)  # chance seldom makes the others


def _change_on_top(
    place: Place, full: Full, chance: Chance, first: Delta, before: frozenset[Finding]
) -> None:
    """Make another change to a state with faults: what is new is found, and nothing that is not there."""
    place.keep(first)
    delta = chance.delta()
    place.apply(delta)
    incremental, everything = set(_of_shapes(place.judge(delta))), full(place)
    place.apply(delta.inverse)
    place.keep(first.inverse)
    assert incremental <= everything, (first, delta)
    assert everything - before <= incremental, (first, delta)


def _of_shapes(judgement: Judgement) -> Iterable[Finding]:
    return (finding for finding in judgement.findings if finding.component is not None)
