"""Forged backups: names, files and metadata that no backup has are refused, and nothing is written."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from tests.graph.place import Place
from tests.graph.test_generation import contents

from unodc_graph.commit.listing import SUMS
from unodc_graph.printable import printable

NAMED_AMISS: Final = (
    "/{outside}/written",
    "history//{outside}/written",
    "generation//{outside}/written",
    "queries//{outside}/written",
    "../written",
    "./backup.json",
    "tokens.json",
    "current",
    "history/../tokens.json",
    "history/000002.txt",
    "history/000002.json.new",
    "history/2.json",
    "history/0000002.json",
    "history/000002/000002.json",
    "history/\N{ARABIC-INDIC DIGIT ONE}00002.json",
    "queries/0123456789abcdef",
    "queries/0123456789ABCDEF.json",
    "queries/0123456789abcde.json",
    "queries//0123456789abcdef.json",
    "queries/../tokens.json",
    "queries/tmp/0123456789abcdef.json",
    "generation/current",
    "generation/../history/000002.json",
    "generation/store",
    "generation/store/.",
    "generation/store/..",
    "generation/store/...",
    "generation/store/../../written",
    "generation/store/under/CURRENT",
    "generation/store//CURRENT",
    "generation/store/CUR RENT",
    "generation/store/\x1b[2J",
    "generation/store/" + "C" * 300,
)
"""Names that no backup has; `outside` is a folder beside it."""


def add_named(backup: Path, name: str, data: bytes) -> None:
    """Put a file `name` into a backup, as far as one can bear that name, and list it with its SHA-256."""
    file = backup / name
    if len(file.name) < 256 and not file.is_dir():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    with (backup / SUMS).open("a", encoding="utf-8") as listing:
        listing.write(f"{hashlib.sha256(data).hexdigest()}  {name}\n")


def refused(place: Place, backup: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line by which `backup` is refused, to a living state and to an empty one."""
    living, folder = place.state, backup.parent
    before = contents(folder)
    for state in (living, folder / "fresh"):
        place.state = state
        capsys.readouterr()
        assert place.run("restore-backup", str(backup), "--yes") == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
    assert contents(folder) == before
    assert not (folder / "fresh").exists()
    return said


@pytest.mark.parametrize("name", NAMED_AMISS)
def test_a_name_that_no_backup_has_is_refused(
    place: Place, backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    name = name.format(outside=str(outside).removeprefix("/"))
    add_named(backup, name, b"forged")
    said = refused(place, backup, capsys)
    assert f"{backup / SUMS}:" in said
    assert f"{printable(name[:120])} is no name of a file of a backup" in said


def test_a_file_listed_twice_is_refused(
    place: Place, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *rows = (backup / SUMS).read_text().splitlines(keepends=True)
    (backup / SUMS).write_text("".join([f"{'0' * 64}{first[64:]}", first, *rows]))
    assert f"{SUMS}:2: {first[66:-1]} is listed twice" in refused(place, backup, capsys)


def test_a_record_of_a_later_generation_is_refused(
    place: Place, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would stand as a generation that was never made."""
    add_named(backup, "history/000003.json", (backup / "history/000002.json").read_bytes())
    assert "history/000003.json: it is of a later generation" in refused(place, backup, capsys)


def _pipe(file: Path) -> None:
    file.unlink(missing_ok=True)
    os.mkfifo(file)


def _link(file: Path) -> None:
    file.rename(file.parent / "moved") if file.is_dir() else file.unlink()
    file.symlink_to("moved" if (file.parent / "moved").is_dir() else "/dev/zero")


@pytest.mark.parametrize(
    ("name", "harm", "said"),
    [
        ("backup.json", _pipe, "it is no regular file"),
        (SUMS, _pipe, "it is no regular file"),
        ("generation/generation.json", _pipe, "it is no regular file"),
        ("generation/store/CURRENT", _pipe, "it is no regular file"),
        ("history/000003.json", _pipe, "it is no regular file"),
        ("unlisted", _pipe, "it is no regular file"),
        ("backup.json", _link, "it is a link"),
        (SUMS, _link, "it is a link"),
        ("generation/store/CURRENT", _link, "it is a link"),
        ("generation/store", _link, "it is a link"),
        ("history", _link, "it is a link"),
        ("history/000002.json", Path.unlink, "the backup is damaged"),
    ],
)
def test_what_is_no_file_of_its_own_is_refused(
    place: Place,
    backup: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    harm: Callable[[Path], None],
    said: str,
) -> None:
    harm(backup / name)
    assert f"{backup / name}: {said}" in refused(place, backup, capsys)


FORGED: Final[tuple[tuple[str, Any], ...]] = (
    ("number", 10**30),
    ("number", 0),
    ("number", -1),
    ("number", "2"),
    ("number", 2.0),
    ("number", True),
    ("number", None),
    ("parent", 2),
    ("parent", -1),
    ("parent", "1"),
    ("quads", -1),
    ("quads", 10**30),
    ("triples", -5),
    ("triples", None),
    ("inferred", -1),
    ("inferred", [1]),
    ("graphs", -1),
    ("graphs", float("nan")),
    ("created", "yesterday"),
    ("created", "2026-13-01T00:00:00+00:00"),
    ("created", "2026-01-01T00:00:00"),
    ("created", 1),
    ("state_digest", "ab"),
    ("state_digest", "<script>"),
    ("canonical_digest", "AB" * 32),
    ("files_digest", 0),
    ("shapes", "<script>alert(1)</script>"),
    ("closure", "open"),
    ("closure", None),
    ("version", ""),
    ("version", "<b>"),
    ("version", "1\n2"),
    ("version", "1" * 65),
    ("version", 1),
    ("unknown", 1),
)
"""Fields of the metadata of a generation with values that no generation has."""


def rewrite(backup: Path, name: str, text: str) -> None:
    """Write another `text` into a file of a backup, and its SHA-256 into the list."""
    digest = hashlib.sha256((backup / name).read_bytes()).hexdigest()
    (backup / name).write_text(text)
    fresh = hashlib.sha256(text.encode()).hexdigest()
    listing = (backup / SUMS).read_text()
    assert listing.count(f"{digest}  {name}\n") == 1
    (backup / SUMS).write_text(listing.replace(f"{digest}  {name}\n", f"{fresh}  {name}\n"))


@pytest.mark.parametrize(("field", "value"), FORGED)
def test_metadata_that_no_generation_has_are_refused(
    place: Place, backup: Path, capsys: pytest.CaptureFixture[str], field: str, value: object
) -> None:
    file = "generation/generation.json"
    rewrite(backup, file, json.dumps(json.loads((backup / file).read_text()) | {field: value}))
    assert f"{backup / file}: cannot be read ({field}: " in refused(place, backup, capsys)


@pytest.mark.parametrize("text", ["[]", "7", "{}", "{", "[" * 100_000, '{"number": ' + "9" * 5000 + "}"])
def test_metadata_that_are_no_record_are_refused(
    place: Place, backup: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = "generation/generation.json"
    rewrite(backup, file, text)
    assert f"{backup / file}: cannot be read (" in refused(place, backup, capsys)


@pytest.mark.parametrize(
    ("field", "value"),
    [("made", "<script>"), ("made", 5), ("made", None), ("software", 7), ("format", True), ("format", "1")],
)
def test_a_backup_made_at_no_time_or_by_no_software_is_refused(
    place: Place, backup: Path, capsys: pytest.CaptureFixture[str], field: str, value: object
) -> None:
    about = json.loads((backup / "backup.json").read_text())
    rewrite(backup, "backup.json", json.dumps(about | {field: value}))
    assert f"{backup / 'backup.json'}: expected a backup" in refused(place, backup, capsys)
