"""After a commit the description of the graph is the one that would be made anew from what it holds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests.graph.place import Place

from unodc_graph.commit import derived
from unodc_graph.commit.change import Update
from unodc_graph.commit.delta import Delta
from unodc_graph.commit.local import request
from unodc_graph.commit.task import Task
from unodc_graph.commit.worker import Maker
from unodc_graph.description.about import DATASET, version_of
from unodc_graph.description.counts import FILE_NAME, read_counts
from unodc_graph.description.metadata import count, describe_generation
from unodc_graph.description.statistics import Statistics
from unodc_graph.gate.judgement import Gate, Judgement
from unodc_graph.location import Rooms
from unodc_graph.namespace import METADATA_GRAPH, PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Quad

GRAPH = NamedNode(METADATA_GRAPH)
UPDATE = """
PREFIX activity: <https://w3id.org/unodc-kg/id/activity/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX theme: <https://w3id.org/unodc-kg/id/theme/>
PREFIX unodc: <https://w3id.org/unodc-kg/ontology#>
INSERT DATA {
  GRAPH <https://w3id.org/unodc-kg/id/passage/aaaaaaaaaaaa> {
    activity:one a unodc:Training ; unodc:theme theme:justice }
  GRAPH <https://w3id.org/unodc-kg/graph/catalogue> { activity:one rdfs:label "Course one"@en }
}"""


def description(generation: Generation) -> set[Quad]:
    return set(generation.open().quads_for_pattern(None, None, None, GRAPH))


def value(generation: Generation, name: str) -> str:
    found = [
        quad.object.value
        for quad in description(generation)
        if quad.subject == NamedNode(DATASET) and quad.predicate == NamedNode(name)
        if isinstance(quad.object, Literal)
    ]
    assert len(found) == 1, found
    return found[0]


def test_counts_version_and_time_follow_a_commit(tmp_path: Path) -> None:
    place = Place(tmp_path)
    before = place.folder.current()
    assert place.add("one") == 0
    after = place.folder.current()
    assert after.number == before.number + 1
    assert description(after) == set(describe_generation(after, ()))
    assert read_counts(after.path) == count(after.open()) != read_counts(before.path)
    triples = set(after.open().quads_for_pattern(None, None, None, DefaultGraph()))
    asserted = NamedNode(f"{METADATA_GRAPH}#asserted")
    counted = [
        quad.object
        for quad in description(after)
        if quad.subject == asserted and quad.predicate == NamedNode(f"{PREFIXES['void']}triples")
    ]
    assert [int(str(count.value)) for count in counted if isinstance(count, Literal)] == [len(triples)]
    version = f"{PREFIXES['dcat']}version"
    assert value(after, version) == version_of(after.metadata) != value(before, version)
    modified = f"{PREFIXES['dcterms']}modified"
    assert datetime.fromisoformat(value(after, modified)) == datetime.fromisoformat(after.metadata.created)


def test_a_generation_without_counts_is_counted_anew(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (place.folder.current().path / FILE_NAME).unlink()
    assert place.add("one") == 0
    after = place.folder.current()
    assert description(after) == set(describe_generation(after, ()))
    assert read_counts(after.path) == count(after.open())


def test_history_is_counted_by_build_as_by_commits(tmp_path: Path) -> None:
    place = Place(tmp_path)
    assert place.add("one") == 0
    assert place.run("build", "--discard") == 0
    built = place.folder.current()
    assert built.number == 3
    assert description(built) == set(describe_generation(built, ()))
    assert read_counts(built.path) == count(built.open())
    assert place.run("build") == 0
    assert place.folder.current_number() == 3


def test_what_is_restored_is_described_as_it_was(tmp_path: Path) -> None:
    place = Place(tmp_path)
    first = place.folder.current()
    counts = value(first, f"{PREFIXES['void']}triples")
    assert place.add("one") == 0
    assert value(place.folder.current(), f"{PREFIXES['void']}triples") != counts
    assert place.run("restore", "1", "--yes") == 0
    assert value(place.folder.current(), f"{PREFIXES['void']}triples") == counts


def test_the_time_of_a_change_is_not_spent_on_counting_what_was_there(tmp_path: Path) -> None:
    """Nor on checking it by new rules: both take the longer the larger the graph is, and are done before."""
    place = Place(tmp_path)
    parent = place.folder.current()
    (parent.path / FILE_NAME).unlink()
    shapes = place.project / "ontology" / "shapes" / "small.ttl"
    shapes.write_text(shapes.read_text(encoding="utf-8") + "# another version\n", encoding="utf-8")
    maker = Maker(Rooms.under(place.project))
    maker.prepare(parent)
    counted: list[Store] = []
    judged: list[bool] = []
    judge = Gate.judge

    def counting(store: Store) -> Statistics:
        counted.append(store)
        return count(store)

    def judging(gate: Gate, old: Store, new: Store, delta: Delta, everything: bool = False) -> Judgement:
        judged.append(everything)
        return judge(gate, old, new, delta, everything)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derived, "count", counting)
        patch.setattr(Gate, "judge", judging)
        asked = request(Update(UPDATE), b"", "")
        task = Task(parent, tmp_path / "made", 2, tmp_path / "history", asked, 60.0)
        candidate = maker.make(task)
    assert (counted, judged) == ([], [False])
    assert candidate.written
    made = Generation.read(task.target)
    assert made.metadata.shapes != parent.metadata.shapes
    assert description(made) == set(describe_generation(made, ()))
    assert read_counts(made.path) == count(made.open())
