"""From files to a generation: the same bytes each time, and nothing built over a good graph by bad input."""

from __future__ import annotations

from pathlib import Path

import pytest

from unodc_graph.build import build
from unodc_graph.errors import CheckFailed, UnreadableFile
from unodc_graph.export import export
from unodc_graph.finding import Severity
from unodc_graph.location import Rooms
from unodc_graph.namespace import DERIVED_GRAPHS, METADATA_GRAPH
from unodc_graph.store.canonical import canonical_digest, state_digest
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.term import BlankNode, DefaultGraph, NamedNode

FACTS = Path("graph") / "facts" / "passages" / "000.trig"


def n_quads(state: Path, target: Path) -> bytes:
    with target.open("wb") as file:
        export(GenerationFolder(state).current(), "nquads", file)
    return target.read_bytes()


def test_building_twice_gives_the_same_bytes(project: Path, tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        built = build(Rooms.under(project), tmp_path / name)
        assert built.new
        written.append(n_quads(tmp_path / name, tmp_path / f"{name}.nq"))
    assert written[0] == written[1]
    rows = written[0].decode("utf-8").splitlines()
    assert rows == sorted(rows)


def test_metadata_says_what_was_built(project: Path, tmp_path: Path) -> None:
    metadata = build(Rooms.under(project), tmp_path / "state").generation.metadata
    rows = n_quads(tmp_path / "state", tmp_path / "all.nq").decode("utf-8").splitlines()
    assert metadata.quads == len(rows)
    assert metadata.canonical_digest == canonical_digest(rows)
    assert metadata.state_digest == state_digest(reversed(rows))
    assert metadata.triples == len({row.rsplit(" <", 1)[0] for row in rows})
    assert metadata.graphs == 8
    assert (metadata.number, metadata.parent, metadata.inferred) == (1, None, 1)


def test_the_default_graph_holds_each_asserted_triple_once(project: Path, tmp_path: Path) -> None:
    store = build(Rooms.under(project), tmp_path / "state").generation.open()
    default = [quad.triple for quad in store.quads_for_pattern(None, None, None, DefaultGraph())]
    derived = {DefaultGraph(), *map(NamedNode, DERIVED_GRAPHS)}
    named = {quad.triple for quad in store if quad.graph_name not in derived}
    assert len(default) == len(set(default))
    assert set(default) == named


def test_blank_nodes_of_axioms_have_canonical_labels(project: Path, tmp_path: Path) -> None:
    store = build(Rooms.under(project), tmp_path / "state").generation.open()
    labels = {quad.subject.value for quad in store if isinstance(quad.subject, BlankNode)}
    assert labels == {f"c14n{number}" for number in range(len(labels))}
    assert labels


def test_files_that_say_the_same_make_no_new_generation(project: Path, tmp_path: Path) -> None:
    first = build(Rooms.under(project), tmp_path / "state")
    facts = project / FACTS
    facts.write_text(facts.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    again = build(Rooms.under(project), tmp_path / "state")
    assert (again.new, again.generation.number) == (False, first.generation.number)


def test_a_changed_fact_makes_a_new_generation(project: Path, tmp_path: Path) -> None:
    build(Rooms.under(project), tmp_path / "state")
    facts = project / FACTS
    facts.write_text(facts.read_text(encoding="utf-8").replace("103", "104"), encoding="utf-8")
    again = build(Rooms.under(project), tmp_path / "state")
    assert (again.new, again.generation.number, again.generation.metadata.parent) == (True, 2, 1)


def test_a_violation_builds_nothing(project: Path, tmp_path: Path) -> None:
    good = build(Rooms.under(project), tmp_path / "state").generation
    facts = project / FACTS
    facts.write_text(
        facts.read_text(encoding="utf-8").replace("unodc:theme theme:justice", "a unodc:Training")
    )
    with pytest.raises(CheckFailed) as caught:
        build(Rooms.under(project), tmp_path / "state")
    (finding,) = caught.value.findings
    assert finding.severity == Severity.VIOLATION
    assert finding.label == "Training of judges"
    assert finding.file == facts
    assert GenerationFolder(tmp_path / "state").current() == good


@pytest.mark.parametrize("content", [b"", b"\xff", b"a b c"], ids=["empty", "not-utf-8", "no-turtle"])
def test_an_unreadable_file_builds_nothing(project: Path, tmp_path: Path, content: bytes) -> None:
    good = build(Rooms.under(project), tmp_path / "state").generation
    before = n_quads(tmp_path / "state", tmp_path / "before.nq")
    (project / FACTS).write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        build(Rooms.under(project), tmp_path / "state")
    assert caught.value.path == project / FACTS
    assert GenerationFolder(tmp_path / "state").current() == good
    assert n_quads(tmp_path / "state", tmp_path / "after.nq") == before


def test_a_damaged_generation_is_built_anew(project: Path, tmp_path: Path) -> None:
    first = build(Rooms.under(project), tmp_path / "state").generation
    (first.store_path / "CURRENT").write_text("nonsense\n")
    again = build(Rooms.under(project), tmp_path / "state")
    assert (again.new, again.generation.number) == (True, 2)
    metadata = NamedNode(METADATA_GRAPH)
    held = [quad for quad in again.generation.open() if quad.graph_name != metadata]
    assert len(held) == sum((first.metadata.quads, first.metadata.triples, first.metadata.inferred))
