"""Counts kept up by what commits change are those that counting anew gives, for changes made at random."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from unodc_graph import namespace
from unodc_graph.commit import derived
from unodc_graph.commit.apply import Clone
from unodc_graph.commit.delta import Delta
from unodc_graph.description import upkeep
from unodc_graph.description.counts import FILE_NAME, from_json, read_counts, to_json, write_counts
from unodc_graph.description.metadata import count, describe, state_of
from unodc_graph.description.statistics import Statistics
from unodc_graph.description.upkeep import Shift
from unodc_graph.inference.change import FactChange
from unodc_graph.namespace import ID, PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Quad

UNODC: Final = PREFIXES["unodc"]
TYPE: Final = NamedNode(f"{PREFIXES['rdf']}type")
ONTOLOGY: Final = NamedNode(namespace.ONTOLOGY_GRAPH)
METADATA: Final = NamedNode(namespace.METADATA_GRAPH)
CLASSES: Final = [NamedNode(f"{UNODC}{name}") for name in ("Wide", "Middle", "Narrow", "Reached")]
LINK, PART, KNOWS, SAME = PROPERTIES = [
    *(NamedNode(f"{UNODC}{name}") for name in ("link", "part", "knows")),
    NamedNode(f"{PREFIXES['schema']}sameAs"),
]
AXIOMS: Final = [
    ("rdfs", "subClassOf", CLASSES[1], CLASSES[0]),
    ("rdfs", "subClassOf", CLASSES[2], CLASSES[1]),
    ("rdfs", "range", LINK, CLASSES[3]),
    ("rdfs", "subPropertyOf", LINK, KNOWS),
    ("owl", "inverseOf", PART, KNOWS),
]
THINGS: Final = [NamedNode(f"{ID}{name}") for name in ("activity/a", "activity/b", "activity/c", "org/a")]
OUTSIDE: Final = [
    NamedNode("http://www.wikidata.org/entity/Q1"),
    NamedNode("http://www.wikidata.org/entity/Q2"),
    NamedNode("https://ror.org/1"),
]
VALUES: Final = [Literal("a"), Literal("a", language="en"), Literal(1), Literal(2), BlankNode("b")]
GRAPHS: Final = [
    NamedNode(namespace.passage("a" * 12)),
    NamedNode(namespace.passage("b" * 12)),
    NamedNode(namespace.REFERENCE_GRAPH),
    NamedNode(namespace.CATALOGUE_GRAPH),
]
BEGIN: Final = Metadata(1, "2026-01-01T00:00:00+00:00", None, 0, 0, 0, 0, "0" * 64, "", "test")

subjects = st.sampled_from([*THINGS, OUTSIDE[0], BlankNode("b")])
statements = st.one_of(
    st.tuples(subjects, st.just(TYPE), st.sampled_from([*CLASSES, Literal("no class")])),
    st.tuples(subjects, st.sampled_from(PROPERTIES), st.sampled_from([*THINGS, *OUTSIDE, *VALUES, *CLASSES])),
)
facts = st.builds(lambda statement, graph: Quad(*statement, graph), statements, st.sampled_from(GRAPHS))
axioms = st.sampled_from(AXIOMS).map(
    lambda axiom: Quad(axiom[2], NamedNode(PREFIXES[axiom[0]] + axiom[1]), axiom[3], ONTOLOGY)
)
quads = st.one_of(*[facts] * 9, axioms)
steps = st.one_of(
    st.tuples(st.just("add"), quads),
    st.tuples(st.just("remove"), st.integers(0, 999)),
    st.tuples(st.just("copy"), st.tuples(st.integers(0, 999), st.sampled_from(GRAPHS))),
    st.tuples(st.just("untype"), st.sampled_from(THINGS)),
    st.tuples(st.just("forget"), st.sampled_from(THINGS)),
)
commits = st.lists(st.lists(steps, min_size=1, max_size=6), min_size=1, max_size=6)


class Place:
    """A graph in memory, its description, and the counts that are kept up from commit to commit."""

    def __init__(self, held: set[Quad]) -> None:
        declared = [NamedNode(f"{PREFIXES['owl']}{name}") for name in ("Class", "ObjectProperty")]
        terms = {Quad(term, TYPE, declared[0], ONTOLOGY) for term in CLASSES}
        terms |= {Quad(term, TYPE, declared[1], ONTOLOGY) for term in PROPERTIES}
        self.store, self.metadata = Store(), BEGIN
        self.store.extend(describe(state_of(BEGIN), Statistics(), ()))
        self.counts: Statistics | None = count(self.store)
        self.commit(held | terms, set())

    def commit(self, added: set[Quad], removed: set[Quad], version: str = "test") -> None:
        """Make a change as a commit does, as far as the description depends on it."""
        clone = Clone(Store(), self.store)
        clone.parent.extend(self.store)
        delta = Delta(
            frozenset(quad for quad in added - removed if quad not in self.store),
            frozenset(quad for quad in removed if quad in self.store),
        )
        for quad in delta.removed:
            self.store.remove(quad)
        self.store.extend(delta.added)
        asserted = FactChange(*derived.keep_default_graph(clone, delta))
        inferred = derived.keep_inferred(clone, asserted.added, asserted.removed)
        graphs = derived.growth(delta)
        graphs[namespace.INFERRED_GRAPH] += inferred.growth
        number = self.metadata.number + 1
        time = f"2026-01-01T00:{number // 60:02}:{number % 60:02}+00:00"
        after = replace(self.metadata, number=number, created=time, version=version)
        shift = Shift(asserted, inferred, graphs)
        self.counts = derived.keep_description(clone, self.counts, self.metadata, after, shift)
        self.metadata = after

    def take(self, change: list[tuple[str, Any]]) -> None:
        """Make a change of several steps, what is removed or copied being picked from what there is."""
        added, removed = set[Quad](), set[Quad]()
        held = sorted((q for q in derived.asserted(self.store) if q.graph_name != ONTOLOGY), key=str)
        for step, value in change:
            match step:
                case "add":
                    added.add(value)
                case "remove" if held:
                    removed.add(held[value % len(held)])
                case "copy" if held:
                    added.add(Quad(*held[value[0] % len(held)].triple, value[1]))
                case "untype":
                    removed |= {q for q in held if q.subject == value and q.predicate == TYPE}
                case "forget":
                    removed |= {q for q in held if value in (q.subject, q.object)}
        self.commit(added, removed)

    def check(self) -> None:
        """Compare with counting anew: the counts, and the quads that are written for them."""
        fresh = count(self.store)
        assert self.counts == fresh
        held = set(self.store.quads_for_pattern(None, None, None, METADATA))
        assert held == set(describe(state_of(self.metadata), fresh, ()))


def check_upkeep(held: set[Quad], changes: list[list[tuple[str, Any]]]) -> None:
    place = Place(held)
    place.check()
    for change in changes:
        place.take(change)
        place.check()


@settings(max_examples=300, deadline=None)
@given(st.sets(quads, max_size=30), commits)
def test_counts_kept_up_are_those_made_anew(held: set[Quad], changes: list[list[tuple[str, Any]]]) -> None:
    check_upkeep(held, changes)


ERRORS: Final[dict[str, tuple[object, str, object]]] = {
    "what is new or gone is not looked up": (upkeep, "_growth", lambda *_: 0),
    "links are not followed": (upkeep, "link", lambda *_: None),
    "instances are not counted": (upkeep, "_class", lambda _: None),
    "what was inferred and is now asserted is new": (
        Shift,
        "gained",
        property(lambda shift: shift.asserted.added | shift.inferred.added),
    ),
    "types of things whose triples stay are not heeded": (Shift, "typed", frozenset()),
    "triples that lead to a thing of other types are left": (
        upkeep._State,
        "about",
        lambda state, thing: state._match(thing, None, None),
    ),
    "triples of a thing of other types are left": (
        upkeep._State,
        "about",
        lambda state, thing: state._match(None, None, thing),
    ),
    "an example that is gone stays": (upkeep._State, "is_typed", lambda *_: True),
    "named graphs are not counted": (derived, "growth", lambda _: Counter()),
    "the description is written as it was": (derived, "moved", lambda *_: (set(), set())),
}


@pytest.mark.parametrize("error", ERRORS)
def test_a_planted_error_is_found(error: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, wrong = ERRORS[error]
    monkeypatch.setattr(owner, name, wrong)
    run = settings(
        max_examples=3000, derandomize=True, deadline=None, database=None, phases=[Phase.generate]
    )(given(st.sets(quads, max_size=30), commits)(check_upkeep))
    with pytest.raises(AssertionError):
        run()


def test_counts_are_read_as_they_were_written(tmp_path: Path, built: Generation) -> None:
    counts = count(built.open())
    assert len(counts.uses) > 1000
    assert from_json(to_json(counts)) == counts == read_counts(built.path)
    write_counts(tmp_path, counts)
    assert read_counts(tmp_path) == counts


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"format":1}', '{"format":1,"totals":[1]}'])
def test_a_file_that_cannot_be_read_is_counted_anew(damage: str, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(damage, encoding="utf-8")
    assert read_counts(tmp_path) is None


def test_counts_of_another_format_are_made_anew(tmp_path: Path) -> None:
    written = json.loads(to_json(Statistics()))
    (tmp_path / FILE_NAME).write_text(json.dumps(written | {"format": 0}), encoding="utf-8")
    assert read_counts(tmp_path) is None
    assert read_counts(tmp_path / "nowhere") is None


def test_without_counts_or_from_other_software_everything_is_counted() -> None:
    place = Place({Quad(THINGS[0], TYPE, CLASSES[0], GRAPHS[0])})
    place.counts = None
    place.commit({Quad(THINGS[1], TYPE, CLASSES[1], GRAPHS[0])}, set())
    place.check()
    place.counts = Statistics()
    place.metadata = replace(place.metadata, version="another")
    place.commit({Quad(THINGS[2], TYPE, CLASSES[1], GRAPHS[0])}, set(), "test")
    place.check()
