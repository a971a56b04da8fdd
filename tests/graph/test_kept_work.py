"""No work goes in silence: what a build takes out, keeps or refuses, and what a release would overwrite."""

from __future__ import annotations

import pytest
from tests.graph.place import COURSE, FACTS, Place

Captured = pytest.CaptureFixture[str]


class TestBuild:
    def test_statements_that_it_takes_out_are_counted_and_the_way_back_is_named(
        self, place: Place, capsys: Captured
    ) -> None:
        former = (place.project / FACTS).read_text(encoding="utf-8")
        assert place.add("one") == 0
        assert place.run("release") == 0
        capsys.readouterr()
        (place.project / FACTS).write_text(former, encoding="utf-8")
        assert place.run("build", "--keep") == 0
        assert (
            "3 statements of generation 2 are no longer in the files and are gone; "
            "`unodc-kg restore 2` brings them back, `unodc-kg diff 2 3` shows what changed."
        ) in capsys.readouterr().out
        before = place.quads()
        assert place.run("restore", "2", "--yes") == 0
        assert len(place.quads() - before) == 4  # the evidence, too

    def test_one_statement_in_the_place_of_another_is_told_in_the_singular(
        self, place: Place, capsys: Captured
    ) -> None:
        facts = place.project / FACTS
        text = facts.read_text(encoding="utf-8")
        facts.write_text(text.replace('"Judges trained"', '"Trained judges"'), encoding="utf-8")
        assert place.run("build") == 0
        said = capsys.readouterr().out
        assert "1 statement of generation 1 is no longer in the files and is gone (1 is new); " in said
        assert "`unodc-kg restore 1` brings it back, `unodc-kg diff 1 2` shows what changed." in said

    def test_nothing_is_said_where_nothing_is_taken_out(self, place: Place, capsys: Captured) -> None:
        facts = place.project / FACTS
        course = COURSE.format(name="one", theme=" ; unodc:theme theme:justice", label="One")
        facts.write_text(facts.read_text(encoding="utf-8") + course, encoding="utf-8")
        assert place.run("build") == 0
        said = capsys.readouterr().out
        assert said.startswith("Built generation 2 in ")
        assert "gone" not in said

    @pytest.mark.parametrize("arguments", [(), ("--keep",)])
    def test_changes_that_the_files_lack_are_counted(
        self, place: Place, capsys: Captured, arguments: tuple[str, ...]
    ) -> None:
        assert place.add("one") == 0
        capsys.readouterr()
        assert place.run("build", *arguments) == 0
        said = capsys.readouterr().out
        assert said.startswith("Kept generation 2 in ")
        assert (
            "It holds 3 changes that the files lack (3 statements added, 0 taken out): "
            "`unodc-kg release` writes them into the files."
        ) in said
        assert place.run("release") == 0
        capsys.readouterr()
        assert place.run("build", *arguments) == 0
        said = capsys.readouterr().out
        assert said.startswith("Nothing changed: generation 2 in ")
        assert "lack" not in said

    def test_a_refusal_says_that_the_files_have_changed_too(self, place: Place, capsys: Captured) -> None:
        assert place.add("one") == 0
        facts = place.project / FACTS
        facts.write_text(facts.read_text(encoding="utf-8").replace("103", "104"), encoding="utf-8")
        capsys.readouterr()
        assert place.run("build") == 2
        said = capsys.readouterr().err
        assert "generation 2 holds changes that the files lack, and the files have changed since" in said
        assert "`unodc-kg release`" in said
        assert "`unodc-kg build --discard`" in said


class TestRelease:
    def test_edits_of_the_files_are_not_overwritten_unless_asked(
        self, place: Place, capsys: Captured
    ) -> None:
        assert place.add("one") == 0
        facts = place.project / FACTS
        edited = facts.read_text(encoding="utf-8").replace('"Judges trained"', '"Trained judges"')
        facts.write_text(edited, encoding="utf-8")
        capsys.readouterr()
        assert place.run("release") == 2
        said = capsys.readouterr().err
        assert f'{facts}:36: figure:judges-trained rdfs:label "Trained judges"@en\n' in said
        assert "generation 2 lacks 1 statement of theirs: put it into the graph first with" in said
        assert "`unodc-kg release --discard`; no file is written" in said
        assert facts.read_text(encoding="utf-8") == edited
        assert place.run("release", "--discard") == 0
        assert '"Judges trained"' in facts.read_text(encoding="utf-8")

    def test_many_edits_are_counted_and_the_first_are_shown(self, place: Place, capsys: Captured) -> None:
        facts = place.project / FACTS
        courses = [
            COURSE.format(name=name, theme=" ; unodc:theme theme:justice", label=name)
            for name in ("two", "three")
        ]
        facts.write_text("".join((facts.read_text(encoding="utf-8"), *courses)), encoding="utf-8")
        assert place.run("release") == 2
        said = capsys.readouterr().err
        assert said.count("000.trig:") == 5
        assert "… and 1 more" in said
        assert "generation 1 lacks 6 statements of theirs: put them into the graph first" in said

    def test_what_was_taken_out_of_the_graph_leaves_edited_files_once_their_edits_are_in_the_graph(
        self, place: Place, capsys: Captured
    ) -> None:
        assert place.add("one") == 0
        assert place.run("release") == 0
        assert place.run("restore", "1", "--yes") == 0
        facts = place.project / FACTS
        course = COURSE.format(name="two", theme=" ; unodc:theme theme:justice", label="Course two")
        facts.write_text(facts.read_text(encoding="utf-8") + course, encoding="utf-8")
        capsys.readouterr()
        assert place.run("release") == 2
        assert "lacks 3 statements of theirs" in capsys.readouterr().err
        assert place.add("two") == 0
        assert place.run("release") == 0
        text = facts.read_text(encoding="utf-8")
        assert "Course two" in text
        assert "Course one" not in text
