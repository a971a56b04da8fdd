"""Commits by command: added, listed, compared, restored, released; the files and the graph stay one."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from tests.graph.place import COURSE, FACTS, Place

from unodc_graph.build import build
from unodc_graph.cli.main import run
from unodc_graph.commit.change import Patch
from unodc_graph.commit.delta import Delta
from unodc_graph.commit.derived import asserted
from unodc_graph.commit.local import request, writer
from unodc_graph.commit.patch import between, patch_text
from unodc_graph.commit.release import release
from unodc_graph.errors import HistoryMissing, ReleaseIncomplete, Unreleased
from unodc_graph.location import Rooms, rooms
from unodc_graph.namespace import HISTORY_GRAPH, ID, ONTOLOGY, PREFIXES, SOURCES_GRAPH
from unodc_graph.passage import text_hash
from unodc_graph.store.generation import KEPT, Generation, GenerationFolder
from unodc_graph.store.term import Literal, NamedNode, Quad

Captured = pytest.CaptureFixture[bytes]

RDF = PREFIXES["rdf"]


def test_a_file_is_added_through_the_checks(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert place.add("one") == 0
    assert "+ activity:one rdf:type unodc:Training" in capsys.readouterr().out
    assert place.folder.current_number() == 2
    assert place.add("one") == 0
    assert "Nothing changes" in capsys.readouterr().out
    assert place.folder.current_number() == 2


def test_what_the_checks_refuse_is_not_added(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    before = place.quads()
    assert place.add("two", theme="") == 1
    said = capsys.readouterr()
    assert re.search(r"two\.trig:8: violation: Course two \(activity:two\)", said.out)
    assert said.err == "unodc-kg: 1 finding: nothing was changed\n"
    assert (place.quads(), place.folder.current_number()) == (before, 1)


def test_a_name_in_place_of_a_thing_is_answered_with_the_thing(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.add("two", theme=' ; unodc:theme theme:justice ; unodc:implementedBy "office"') == 1
    assert "Did you mean body:office?" in capsys.readouterr().out


def test_a_file_that_declares_a_passage_is_not_added(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "forged.trig"
    file.write_text(
        COURSE.format(name="one", theme=" ; unodc:theme theme:justice", label="One")
        + f'graph:sources {{ passage:cccccccccccc unodc:textHash "{"c" * 64}" ; a unodc:Passage . }}',
        encoding="utf-8",
    )
    assert place.run("add", str(file), "--yes") == 1
    said = capsys.readouterr().out
    assert "Only the register says which documents, passages and occurrences there are." in said
    assert "forged.trig" in said
    assert place.folder.current_number() == 1


def test_a_new_document_is_registered_and_its_facts_are_built(
    built: Generation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, state, report = (tmp_path / name for name in ("project", "state", "report"))
    shutil.copytree(rooms().ontology, project / "ontology")
    shutil.copytree(rooms().queries, project / "queries")
    shutil.copytree(rooms().facts, project / "graph" / "facts")
    shutil.copytree(built.path.parents[1], state)
    report.mkdir()
    sentence = "A centre of our invention was opened in Kyrgyzstan."
    (report / "005_invented.txt").write_text(sentence, encoding="utf-8")
    slug = text_hash(sentence)[:12]
    mine = tmp_path / "mine.trig"
    mine.write_text(
        "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
        + f"""
graph:sources {{ passage:{slug} rdfs:label "A centre in Kyrgyzstan"@en . }}
passage:{slug} {{ output:invented-centre a unodc:Facility ; unodc:locatedIn place:kgz . }}
graph:catalogue {{ output:invented-centre rdfs:label "An invented centre"@en ;
    dcterms:description "A centre that nobody opened, made up so that a document can be added."@en . }}
""",
        encoding="utf-8",
    )
    here = ["--project", str(project), "--state", str(state)]
    assert run(["register", "--sources", str(report), "--project", str(project), "--write"]) == 0
    capsys.readouterr()
    assert run(["add", str(mine), "--yes", *here]) == 1
    said = capsys.readouterr().out
    assert f"passage:{slug} is registered in the files, and not in the built graph" in said
    assert "graph/facts/passages/005.trig and run `unodc-kg build`" in said
    assert "register the document first" not in said
    shutil.copy(mine, project / "graph" / "facts" / "passages" / "005.trig")
    assert run(["build", *here]) == 0
    assert GenerationFolder(state).current_number() == 2
    files = {path: path.read_bytes() for path in (project / "graph" / "facts").rglob("*.t*")}
    mine.write_text(
        "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
        + f"""
graph:sources {{ passage:{slug} unodc:reportingPeriod period:invented .
    period:invented a unodc:ReportingPeriod ; rdfs:label "An invented period"@en ;
        unodc:periodBasis "unknown" . }}
""",
        encoding="utf-8",
    )
    assert run(["add", str(mine), "--yes", *here]) == 0
    assert run(["release", *here]) == 0
    changed = [path for path, former in files.items() if path.read_bytes() != former]
    assert [path.name for path in changed] == ["005.trig"]
    assert "An invented period" in changed[0].read_text(encoding="utf-8")


def test_history_lists_commits_newest_first(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.add("one")
    place.add("two")
    capsys.readouterr()
    assert place.run("history", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["number"], row["message"]) for row in rows] == [(3, "Add two"), (2, "Add one")]
    assert all(row["added"] and row["author"].startswith("local-") for row in rows)


def test_diff_leads_from_one_generation_to_another(place: Place, capsysbinary: Captured) -> None:
    states = {1: place.quads()}
    for number, name in ((2, "one"), (3, "two"), (4, "three")):
        assert place.add(name) == 0
        states[number] = place.quads()
    for first in states:
        for last in states:
            delta = between(place.folder.history, first, last)
            assert (states[first] - delta.removed) | delta.added == states[last]
    capsysbinary.readouterr()
    assert place.run("diff", "1", "4", "--format", "patch") == 0
    written = capsysbinary.readouterr().out
    assert written.decode() == patch_text(between(place.folder.history, 1, 4))
    place.folder.discard(1)
    assert place.run("export", "--since", "1") == 0
    assert capsysbinary.readouterr().out == written
    assert place.run("diff", "1", "9") == 2
    assert place.run("export", "--since", "9") == 2


def test_a_patch_is_one_transaction_that_takes_away_and_then_adds() -> None:
    gone, new, broken = (
        Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal(text), NamedNode("urn:g"))
        for text in ("gone", "new", "line\nbreak")
    )
    assert patch_text(Delta(frozenset((new, broken)), frozenset((gone,)))).splitlines() == [
        "TX .",
        'D <urn:s> <urn:p> "gone" <urn:g> .',
        'A <urn:s> <urn:p> "line\\nbreak" <urn:g> .',
        'A <urn:s> <urn:p> "new" <urn:g> .',
        "TC .",
    ]
    assert patch_text(Delta()) == "TX .\nTC .\n"


def test_an_old_state_comes_back_as_a_new_commit(place: Place) -> None:
    first = place.quads()
    digest = place.folder.current().metadata.state_digest
    for number in range(KEPT + 1):  # so that the first generation itself is gone
        assert place.add(f"course-{number}") == 0
    place.folder.discard(1)
    assert place.run("restore", "1", "--yes") == 0
    assert place.quads() == first
    current = place.folder.current()
    assert (current.number, current.metadata.state_digest) == (KEPT + 3, digest)
    assert len(list(current.open().quads_for_pattern(None, None, None, NamedNode(HISTORY_GRAPH)))) > KEPT


def test_a_generation_that_never_was_cannot_come_back(place: Place) -> None:
    with pytest.raises(HistoryMissing):
        between(place.folder.history, 1, 2)
    assert place.run("restore", "7", "--yes") == 2


def test_a_release_makes_the_files_state_what_is_published(place: Place) -> None:
    untouched = {path: path.read_bytes() for path in place.project.rglob("*.ttl")}
    assert place.add("one") == 0
    published = place.quads()
    assert place.run("release") == 0
    again = build(place.rooms, place.state.with_name("fresh"))
    assert set(asserted(again.generation.open())) == published
    assert {path: path.read_bytes() for path in untouched} == untouched
    text = (place.project / FACTS).read_bytes()
    assert place.run("release") == 0
    assert (place.project / FACTS).read_bytes() == text
    assert not build(place.rooms, place.state).new


def test_a_release_is_checked_by_the_rules_that_no_single_change_can_be_asked(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {path: path.read_bytes() for path in place.project.rglob("*") if path.is_file()}
    forged = f"<{ID}passage/cccccccccccc> <{RDF}type> <{ONTOLOGY}Passage> <{SOURCES_GRAPH}> ."
    with writer(place.state, place.rooms) as found:
        found.commit(request(Patch((forged,)), b"", ""))
    capsys.readouterr()
    assert place.run("release") == 1
    said = capsys.readouterr().out
    assert "Only the register says which documents, passages and occurrences there are." in said
    assert "No file is written" in said
    assert {path: path.read_bytes() for path in place.project.rglob("*") if path.is_file()} == files


def test_everything_is_checked_when_the_rules_have_changed_since_the_generation_was_made(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = place.project / "ontology" / "shapes" / "small.ttl"
    former = shapes.read_text(encoding="utf-8")
    assert place.add("one") == 0
    shapes.write_text(
        former
        + """
shape:New a sh:NodeShape ; sh:targetClass unodc:Training ; sh:property shape:New-label .
shape:New-label a sh:PropertyShape ; sh:path rdfs:label ; sh:pattern "two$" ; sh:name "label" ;
    sh:message "A new rule that the first course breaks." .
""",
        encoding="utf-8",
    )
    capsys.readouterr()
    assert place.add("two") == 1
    said = capsys.readouterr().out
    assert "A new rule that the first course breaks." in said
    assert "activity:one" in said
    assert "activity:two" not in said
    shapes.write_text(former, encoding="utf-8")
    assert place.add("two") == 0


def test_a_release_takes_out_what_was_removed(place: Place) -> None:
    before = place.quads()
    assert place.add("one") == 0
    assert place.run("release") == 0
    assert place.run("restore", "1", "--yes") == 0
    assert place.run("release") == 0
    again = build(place.rooms, place.state.with_name("fresh"))
    assert set(asserted(again.generation.open())) == before


def test_a_changed_ontology_is_not_released(place: Place) -> None:
    ontology = place.project / "ontology" / "unodc.ttl"
    with ontology.open("a", encoding="utf-8") as file:
        file.write("\n<urn:x> <urn:y> <urn:z> .\n")
    with pytest.raises(ReleaseIncomplete):
        release(place.folder.current(), place.rooms)


def test_files_that_have_not_changed_are_not_built_over_commits(place: Place) -> None:
    assert place.add("one") == 0
    assert build(place.rooms, place.state).generation.number == 2
    facts = place.project / FACTS
    facts.write_text(facts.read_text(encoding="utf-8").replace("103", "104"), encoding="utf-8")
    with pytest.raises(Unreleased):
        build(place.rooms, place.state)
    assert build(place.rooms, place.state, discard=True).generation.number == 3
    delta = between(place.folder.history, 2, 3)
    assert delta.added
    assert delta.removed


def test_after_a_release_only_later_changes_count_as_unreleased(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.add("one") == 0
    assert place.run("release") == 0
    assert place.add("two") == 0
    assert place.run("build") == 0
    assert place.folder.current_number() == 3
    facts = place.project / FACTS
    facts.write_text(facts.read_text(encoding="utf-8").replace("103", "104"), encoding="utf-8")
    assert place.run("build") == 2
    capsys.readouterr()
    assert place.run("build", "--keep") == 0
    assert "Generation 3 stays as it is" in capsys.readouterr().out
    assert place.folder.current_number() == 3
    assert place.run("release", "--discard") == 0
    assert "104" not in facts.read_text(encoding="utf-8")
    assert place.run("build") == 0
    assert place.folder.current_number() == 3


def test_files_edited_after_a_release_are_built_and_the_release_is_then_forgotten(place: Place) -> None:
    former = (place.project / FACTS).read_text(encoding="utf-8")
    assert place.add("one") == 0
    assert place.run("release") == 0
    (place.project / FACTS).write_text(former, encoding="utf-8")
    assert build(place.rooms, place.state).new
    assert place.add("two") == 0
    assert place.run("build") == 0
    assert place.folder.current_number() == 4
    (place.project / FACTS).write_text(former.replace("103", "104"), encoding="utf-8")
    with pytest.raises(Unreleased):
        build(place.rooms, place.state)


def test_a_mended_pointer_is_told_before_changes_are_refused(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.add("one") == 0
    facts = place.project / FACTS
    facts.write_text(facts.read_text(encoding="utf-8").replace("103", "104"), encoding="utf-8")
    (place.state / "current").write_text("nonsense")
    assert place.run("history") == 2
    assert "`unodc-kg build` makes it name the newest generation" in capsys.readouterr().err
    assert place.run("build") == 2
    said = capsys.readouterr().err
    assert "current was damaged; it now names generation 2." in said
    assert said.index("now names") < said.index("holds changes that the files lack")


@pytest.mark.parametrize("text", ["nonsense", "1\n", "7\n", None])
def test_a_build_mends_the_pointer_and_keeps_commits(place: Place, text: str | None) -> None:
    assert place.add("one") == 0
    assert place.add("two") == 0
    pointer = place.state / "current"
    if text is None:
        pointer.unlink()
    else:
        pointer.write_text(text)
    assert place.add("three") == 2
    assert place.run("build") == 0
    assert (place.folder.current_number(), place.folder.numbers()) == (3, (1, 2, 3))
    assert place.add("three") == 0


def test_commits_that_cannot_be_read_are_let_go_only_when_asked(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.add("one") == 0
    (place.folder.current().path / "generation.json").write_text("{")
    capsys.readouterr()
    assert place.run("build") == 2
    said = capsys.readouterr().err
    assert "generation 2 held changes that the files lack (`--discard` lets them go)" in said
    assert "restore-backup" in said
    assert place.run("build", "--discard") == 0
    assert place.folder.current_number() == 3


def test_the_projects_own_facts_survive_a_round_trip(tmp_path: Path) -> None:
    place = tmp_path / "project"
    shutil.copytree(rooms().ontology, place / "ontology")
    shutil.copytree(rooms().queries, place / "queries")
    shutil.copytree(rooms().facts, place / "graph" / "facts")
    own = Rooms.under(place)
    generation = build(own, tmp_path / "state").generation
    file = own.facts / "passages" / "004.trig"
    former = file.read_text(encoding="utf-8")
    file.unlink()
    done = release(generation, own)
    assert (done.written, done.whole) == ((file,), ())
    fresh = file.read_text(encoding="utf-8")
    assert re.findall("# --- [0-9a-f]+ ·", fresh) == re.findall("# --- [0-9a-f]+ ·", former)
    again = build(own, tmp_path / "again")
    assert again.generation.metadata.canonical_digest == generation.metadata.canonical_digest
