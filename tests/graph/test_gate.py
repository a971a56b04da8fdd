"""The gate finds what validating everything finds: for each planted defect, and for changes made at random.

GATE_CHANGES says how many random changes are made; GATE_SEED picks others than those that the suite repeats.
"""

from __future__ import annotations

import gc
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from rdflib import Graph, URIRef

from unodc_graph import namespace
from unodc_graph.commit.delta import Delta
from unodc_graph.dataset import evidence, shapes
from unodc_graph.finding import Finding
from unodc_graph.gate.judgement import Gate, Judgement
from unodc_graph.location import rooms
from unodc_graph.store.asserted import Store
from unodc_graph.store.parsing import parse_file
from unodc_graph.store.term import Literal, NamedNode, Quad, to_rdflib
from unodc_graph.validation import findings, report

FIXTURES: Final = Path(__file__).resolve().parents[1] / "ontology" / "shapes"
FAILING: Final = {path.stem: path for path in sorted((FIXTURES / "failing").glob("*.trig"))}
ONTOLOGY: Final = NamedNode(namespace.ONTOLOGY_GRAPH)
CATALOGUE: Final = NamedNode(namespace.CATALOGUE_GRAPH)
TYPE: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
SUBCLASS: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
CLASS: Final = NamedNode("http://www.w3.org/2002/07/owl#Class")
CONCEPT: Final = NamedNode("http://www.w3.org/2004/02/skos/core#Concept")
UNIQUE: Final = {NamedNode(f"{namespace.ONTOLOGY}{name}") for name in ("symbol", "iso2", "iso3", "m49")}

Quads = frozenset[Quad]
Row = tuple[str, str, str]
Full = Callable[["Place"], frozenset[Finding]]


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
    """Return what a file states, with the evidence that follows from its named graphs."""
    quads = parse_file(path, graph).quads
    return frozenset({*quads, *evidence(quads)})


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(rooms())


@pytest.fixture(scope="module")
def ontology() -> Quads:
    return read(rooms().ontology / "unodc.ttl", namespace.ONTOLOGY_GRAPH)


@pytest.fixture(scope="module")
def schemes() -> Quads:
    files = sorted(rooms().schemes.glob("*.ttl"))
    return frozenset(quad for path in files for quad in read(path, namespace.SCHEMES_GRAPH))


@pytest.fixture(scope="module")
def base() -> Quads:
    """One thing of each kind, without fault."""
    return read(FIXTURES / "base.trig")


# --- Planted defects


@pytest.fixture(scope="module")
def whole(gate: Gate, ontology: Quads, schemes: Quads, base: Quads) -> Place:
    place = Place(gate)
    place.start(ontology | schemes | base)
    return place


def test_the_failing_files_are_found() -> None:
    assert len(FAILING) >= 256


@pytest.mark.parametrize("name", FAILING)
def test_a_planted_defect_is_refused_with_exactly_its_constraint(name: str, whole: Place) -> None:
    delta = Delta(added=frozenset(read(FAILING[name]) - whole.quads))
    whole.apply(delta)
    judgement = whole.judge(delta)
    whole.apply(delta.inverse)
    assert found(judgement.findings) == expected(FAILING[name])
    assert judgement.accepted == (name in WARNINGS)


WARNINGS: Final = {"Described-description--missing"}


def expected(path: Path) -> list[Row]:
    """Return thing, shape and component of each finding that the header of a file announces."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.removeprefix("# finding: ").split(" | ") for line in lines if line.startswith("# finding: ")]
    return sorted((row[0], row[1], row[2]) for row in rows)


def found(findings: tuple[Finding, ...]) -> list[Row]:
    """Return the same of the findings of shapes."""
    return sorted(
        (
            named(finding.thing or ""),
            finding.rule.replace(namespace.SHAPES, "shape:"),
            (finding.component or "").rpartition("#")[2].removesuffix("ConstraintComponent"),
        )
        for finding in findings
        if finding.component is not None
    )


def named(iri: str) -> str:
    short = namespace.compact(iri)
    return f"<{iri}>" if short == iri else short


# --- What a judgement rests on


def test_a_query_in_a_shape_says_whom_a_change_concerns(whole: Place) -> None:
    """A position beyond the end of the document breaks a shape of the document, which did not change."""
    end = next(quad for quad in whole.quads if "900-10#position" in str(quad.subject) and "#end" in str(quad))
    beyond = Quad(end.subject, end.predicate, Literal(1001), end.graph_name)
    delta = Delta(added=frozenset({beyond}), removed=frozenset({end}))
    whole.apply(delta)
    judgement = whole.judge(delta)
    whole.apply(delta.inverse)
    assert judgement.focus[URIRef(f"{namespace.SHAPES}SourceDocument-positions")] == {
        URIRef(f"{namespace.ID}document/900")
    }
    assert [row[1] for row in found(judgement.findings)] == ["shape:SourceDocument-positions"]


def test_a_change_that_changes_no_triple_asks_nothing(whole: Place) -> None:
    quad = next(quad for quad in whole.quads if "/id/place/" in str(quad.subject))
    elsewhere = NamedNode(f"{namespace.ID}passage/74b14bfa8b1b")
    delta = Delta(added=frozenset({Quad(*quad.triple, elsewhere)}))
    whole.apply(delta)
    judgement = whole.judge(delta)
    whole.apply(delta.inverse)
    assert (judgement.focus, judgement.findings) == ({}, ())


def test_everything_is_validated_when_the_shapes_have_changed(
    gate: Gate, ontology: Quads, base: Quads
) -> None:
    """A fault that was there before is found then, and not otherwise."""
    place = Place(gate)
    place.start(frozenset(quad for quad in ontology | base if "#symbol" not in str(quad.predicate)))
    assert place.judge(Delta()).findings == ()
    judgement = gate.judge(place.candidate, place.candidate, Delta(), everything=True)
    assert "shape:Resolution-symbol" in {row[1] for row in found(judgement.findings)}


def test_nothing_holds_the_files_of_the_engine_after_a_judgement(
    gate: Gate, ontology: Quads, base: Quads, tmp_path: Path
) -> None:
    """They are published next, and no process may have them open for writing then."""
    store = Store(str(tmp_path))
    store.extend(ontology | base)
    store.extend(Quad(*quad.triple) for quad in ontology | base)
    gc.disable()
    try:
        gate.judge(Store(), store, Delta(added=ontology | base))
        del store
        Store(str(tmp_path))
    finally:
        gc.enable()


# --- Changes at random

UNWRITTEN: Final = ("Undertaking", "MandatedUndertaking", "CriminalJusticeTraining")
"""Classes that a fact never names, so that a graph without fault has no asserted instance of them."""


@pytest.fixture(scope="module")
def small(gate: Gate, ontology: Quads, schemes: Quads, base: Quads) -> Place:
    """A graph of at most 2,000 quads without fault: the classes, and one thing of each."""
    terms = {quad for quad in ontology if quad.predicate in (TYPE, SUBCLASS) and _is_named(quad)}
    facts = set(base).union(*(read(path) for path in sorted((FIXTURES / "valid").glob("*.trig"))))
    for kind in sorted(_classes(terms), key=str):
        if not any(quad.predicate == TYPE and quad.object == kind for quad in facts):
            facts |= _instance(kind, terms, facts)
    place = Place(gate)
    place.start(frozenset(terms | facts | _concepts(facts, schemes)))
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


WIDER: Final = {
    f"http://www.w3.org/2004/02/skos/core#{name}" for name in ("broader", "inScheme", "topConceptOf")
}


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


def test_a_change_is_found_to_break_what_validating_everything_finds(
    small: Place, full: Full, ontology: Quads, schemes: Quads
) -> None:
    wanted = int(os.environ.get("GATE_CHANGES", "150"))
    planted = frozenset(quad for path in FAILING.values() for quad in read(path))
    chance = Chance(int(os.environ.get("GATE_SEED", "5")), small, ontology | schemes | planted)
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
    assert len(hit) >= wanted // 5


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
