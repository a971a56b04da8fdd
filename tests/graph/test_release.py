"""A release touches, of the files, what changed and nothing else, and says where it had to do more."""

from __future__ import annotations

from difflib import ndiff

import pytest
from tests.graph.place import FACTS, Place

from unodc_graph.commit.derived import asserted
from unodc_graph.dataset import assemble
from unodc_graph.store.canonical import with_canonical_labels

MARK = b"\xef\xbb\xbf"


def arrange(place: Place, former: str, text: str) -> str:
    """Write `text` for `former` in the facts, build them, and return the file as it then is."""
    path = place.project / FACTS
    content = path.read_text(encoding="utf-8")
    assert former in content
    path.write_bytes(content.replace(former, text).encode())
    assert place.run("build") == 0
    return path.read_bytes().decode()


def test_a_release_only_adds_lines_where_something_was_only_added(place: Place) -> None:
    former = arrange(place, "passage:aaaaaaaaaaaa {", "# mine\n\n\npassage:aaaaaaaaaaaa { # and mine")
    assert place.add("one") == 0
    assert place.run("release") == 0
    rows = list(ndiff(former.splitlines(), (place.project / FACTS).read_text(encoding="utf-8").splitlines()))
    assert not [row for row in rows if row.startswith("-")]
    assert [row for row in rows if row.startswith("+")] == [
        "+ ",
        "+     activity:one a unodc:Training ;",
        "+         unodc:theme theme:justice .",
        "+ ",
        '+     activity:one rdfs:label "Course one"@en .',
    ]


def test_what_is_added_and_taken_out_again_leaves_the_file_as_it_was(place: Place) -> None:
    former = (place.project / FACTS).read_bytes()
    assert place.add("one") == 0
    assert place.run("release") == 0
    assert place.run("restore", "1", "--yes") == 0
    assert place.run("release") == 0
    assert (place.project / FACTS).read_bytes() == former


def test_a_byte_order_mark_and_the_ends_of_lines_stay(place: Place) -> None:
    path = place.project / FACTS
    path.write_bytes(MARK + path.read_bytes().replace(b"\n", b"\r\n"))
    assert place.add("one") == 0
    assert place.run("release") == 0
    content = path.read_bytes()
    assert content.count(MARK) == 1
    assert content.startswith(MARK)
    assert content.count(b"\n") == content.count(b"\r\n")
    assert b"activity:one a unodc:Training" in content


def test_without_a_change_no_file_is_written(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    times = {path: path.stat().st_mtime_ns for path in place.project.rglob("*")}
    capsys.readouterr()
    assert place.run("release") == 0
    assert capsys.readouterr().out == "The files state what is published.\n"
    assert {path: path.stat().st_mtime_ns for path in place.project.rglob("*")} == times


def test_a_file_that_has_to_be_written_whole_is_named_with_the_reason(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    path = place.project / FACTS
    content = path.read_text(encoding="utf-8").replace("rdfs:", "own:")
    path.write_text(f"# Head\n@prefix rdfs: <urn:other:> .\n# below\n{content}", encoding="utf-8")
    assert place.run("build") == 0
    assert place.add("one") == 0
    capsys.readouterr()
    assert place.run("release") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "000.trig is written whole and sorted; of its comments the head is left: it gives the" in said
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Head\n\n@prefix activity:")
    assert "# below" not in text
    stated = with_canonical_labels(assemble(place.rooms).asserted)
    assert stated == with_canonical_labels(asserted(place.folder.current().open()))
