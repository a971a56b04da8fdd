"""Backups by command: whole or not at all, brought back to an empty, a living and a damaged state folder."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import pytest
from tests.graph.test_commit_history import Place
from tests.graph.test_generation import contents

from unodc_graph.commit.backup import make_backup, read_backup
from unodc_graph.commit.derived import asserted
from unodc_graph.commit.listing import SUMS
from unodc_graph.commit.recovery import restore_backup
from unodc_graph.errors import StateBusy, UnreadableFile
from unodc_graph.namespace import HISTORY_GRAPH, PREFIXES
from unodc_graph.printable import printable
from unodc_graph.store.canonical import canonical_digest, lines
from unodc_graph.store.generation import KEPT, GenerationFolder
from unodc_graph.store.term import NamedNode
from unodc_graph.token import Tokens

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project, a state of two generations, and a backup of it."""
    folder = tmp_path_factory.mktemp("made")
    place = Place(folder)
    assert place.add("one") == 0
    assert place.run("backup", str(folder / "backup")) == 0
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Place:
    for name in ("project", "state"):
        shutil.copytree(made / name, tmp_path / name)
    return Place(tmp_path, built=True)


@pytest.fixture
def backup(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "backup", tmp_path / "backup"))


def digest(state: Path) -> str:
    """Return the canonical digest of what the current generation asserts."""
    return canonical_digest(lines(asserted(GenerationFolder(state).current().open())))


def commits(state: Path) -> set[str]:
    """Return the commits that the graph's own history tells of."""
    store, kind = GenerationFolder(state).current().open(), NamedNode(f"{PREFIXES['prov']}Activity")
    found = store.quads_for_pattern(None, None, kind, NamedNode(HISTORY_GRAPH))
    return {str(quad.subject).rpartition("commit-")[2].strip(">") for quad in found}


def test_a_backup_lists_the_hash_of_each_file_and_has_no_tokens(place: Place, tmp_path: Path) -> None:
    Tokens(place.state).add("anna", (), None, NOW)
    (place.state / "queries").mkdir()
    (place.state / "queries" / "0123456789abcdef.json").write_text("{}")
    before = contents(place.state)
    target = tmp_path / "deep" / "backup"
    assert place.run("backup", str(target)) == 0
    assert contents(place.state) == before
    listed = dict(reversed(row.split("  ")) for row in (target / SUMS).read_text().splitlines())
    found = contents(target)
    assert listed == {name: value for name, value in found.items() if name != SUMS}
    assert "queries/0123456789abcdef.json" in listed
    assert {"history/000002.json", "history/000002.rdfp.gz"} <= set(listed)
    assert not any("token" in name for name in listed)
    assert "anna" not in "".join(path.read_text("latin-1") for path in target.rglob("*") if path.is_file())
    assert not (target.parent / "backup.unfinished").exists()
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--quiet", SUMS], cwd=target, check=True)


def test_an_empty_folder_gets_back_what_was_backed_up(place: Place, backup: Path, tmp_path: Path) -> None:
    wanted = contents(place.folder.current().path)
    state = tmp_path / "fresh" / "state"
    place.state = state
    assert place.run("restore-backup", str(backup)) == 0
    assert contents(place.folder.current().path) == wanted
    assert place.folder.current_number() == 2
    assert place.add("two") == 0
    assert place.run("diff", "1", "3") == 0
    assert place.run("restore", "1", "--yes") == 0


def test_a_living_graph_goes_on_from_the_backup_and_loses_nothing(place: Place, backup: Path) -> None:
    wanted = digest(place.state)
    assert place.add("two") == 0
    assert place.add("three") == 0
    latest = digest(place.state)
    assert place.run("restore-backup", str(backup), "--yes") == 0
    assert (place.folder.current_number(), digest(place.state)) == (5, wanted)
    assert place.folder.current().metadata.parent == 4
    assert commits(place.state) == {"2", "3", "4", "5"}
    record = json.loads((place.folder.history / "000005.json").read_text())
    assert record["message"].startswith("Restore the backup of generation 2 made 20")
    assert record["request"] == hashlib.sha256((backup / SUMS).read_bytes()).hexdigest()
    assert place.run("restore", "4", "--yes") == 0
    assert digest(place.state) == latest
    assert commits(place.state) == {"2", "3", "4", "5", "6"}


def test_a_backup_of_what_is_published_changes_nothing(
    place: Place, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.run("restore-backup", str(backup), "--yes") == 0
    assert "Nothing changes" in capsys.readouterr().out
    assert place.folder.current_number() == 2


def test_nothing_is_restored_over_a_graph_unasked(
    place: Place, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(place.state)
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    assert place.run("restore-backup", str(backup)) == 130
    assert contents(place.state) == before


@pytest.mark.parametrize("harm", ["pointer", "metadata", "engine", "statements", "all"])
def test_a_damaged_graph_goes_on_from_the_backup_and_commits_made_since_come_back(
    place: Place, backup: Path, harm: str
) -> None:
    wanted = digest(place.state)
    assert place.add("two") == 0
    latest, generation = digest(place.state), place.folder.current()
    damage(place.folder, harm)
    kept = contents(place.folder.history)
    assert place.run("restore-backup", str(backup), "--yes") == 0
    assert (place.folder.current_number(), digest(place.state)) == (4, wanted)
    assert contents(place.folder.history).items() >= kept.items()
    assert harm == "all" or generation.path.is_dir()
    assert place.run("restore", "3", "--yes") == 0
    assert digest(place.state) == latest


def damage(folder: GenerationFolder, harm: str) -> None:
    generation = folder.current()
    if harm == "pointer":
        (folder.state / "current").write_text("nonsense")
    elif harm == "metadata":
        (generation.path / "generation.json").write_text("{")
    elif harm == "engine":
        (generation.store_path / "CURRENT").write_text("nonsense")
    elif harm == "statements":
        for table in generation.store_path.glob("*.sst"):
            table.write_bytes(bytes(byte ^ 0x55 for byte in table.read_bytes()))
    else:
        shutil.rmtree(folder.state / "generations")


def test_a_graph_of_another_origin_is_left_as_it_is(place: Place, backup: Path, tmp_path: Path) -> None:
    """The state folder was lost, and built again from the files before the backup was found."""
    wanted = digest(place.state)
    (tmp_path / "rebuilt").mkdir()
    other = Place(tmp_path / "rebuilt")
    assert other.add("of-its-own") == 0
    (other.folder.current().path / "generation.json").write_text("{")
    assert other.run("restore-backup", str(backup), "--yes") == 0
    assert (other.folder.current_number(), digest(other.state)) == (3, wanted)
    assert other.folder.current().metadata.parent is None
    assert other.run("diff", "2", "3") == 2
    assert other.add("two") == 0
    assert other.run("history") == 0


@pytest.mark.parametrize("name", ["backup.json", "generation/generation.json", "history/000002.json"])
@pytest.mark.parametrize("harm", ["changed", "cut", "missing"])
def test_a_damaged_backup_is_refused_by_the_name_of_the_file(
    place: Place, backup: Path, capsys: pytest.CaptureFixture[str], name: str, harm: str
) -> None:
    file = backup / name
    data = file.read_bytes()
    if harm == "missing":
        file.unlink()
    else:
        file.write_bytes(data[:-1] if harm == "cut" else data.replace(b"2", b"3", 1))
    before = contents(place.state)
    capsys.readouterr()
    assert place.run("restore-backup", str(backup), "--yes") == 2
    said = capsys.readouterr().err
    assert f"{file}: the backup is damaged" in said
    assert said.count("\n") == 1
    assert contents(place.state) == before


def test_every_file_of_a_backup_is_guarded(place: Place, backup: Path, tmp_path: Path) -> None:
    read_backup(backup)
    names = [path.relative_to(backup) for path in backup.rglob("*") if path.is_file() and path.stat().st_size]
    assert len(names) > 10
    for name in names:
        data = (backup / name).read_bytes()
        (backup / name).write_bytes(bytes([data[0] ^ 1]) + data[1:])
        with pytest.raises(UnreadableFile):
            read_backup(backup)
        (backup / name).write_bytes(data)
    read_backup(backup)
    (backup / "history" / "000009.json").write_text("{}")
    assert place.run("restore-backup", str(backup), "--yes") == 2


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        (None, "this is no backup"),
        ("", "does not list backup.json"),
        ("nonsense\n", f"{SUMS}:1: expected a SHA-256"),
        (f"{'0' * 64}  ../../secret\n{'0' * 64}  backup.json\n", f"{SUMS}:1: ../../secret is no name"),
    ],
)
def test_a_folder_that_is_no_backup_is_refused(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], listing: str | None, said: str
) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    if listing is not None:
        (folder / SUMS).write_text(listing)
    before = contents(place.state)
    for source in (folder, tmp_path / "nowhere"):
        capsys.readouterr()
        assert place.run("restore-backup", str(source), "--yes") == 2
        error = capsys.readouterr().err
        assert (said if source == folder else "there is no such folder") in error
        assert error.count("\n") == 1
    assert contents(place.state) == before


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


def test_what_lies_about_in_a_state_is_no_part_of_its_backup(place: Place, tmp_path: Path) -> None:
    (place.state / "queries").mkdir()
    for name in ("queries/mine.json", "history/000002.json.bak", "generations/000002/note"):
        (place.state / name).write_text("mine")
    target = tmp_path / "backup"
    assert place.run("backup", str(target)) == 0
    assert "mine" not in (target / SUMS).read_text()
    read_backup(target)


def test_a_folder_in_use_is_refused_in_one_line(
    place: Place, backup: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before = contents(backup)
    (tmp_path / "file").write_text("mine")
    for target, said in (
        (backup, "the folder is not empty"),
        (tmp_path / "file", "it is a file"),
        (place.state / "backup", "a backup belongs outside"),
        (tmp_path / "file" / "under", ""),
    ):
        capsys.readouterr()
        assert place.run("backup", str(target)) == 2
        error = capsys.readouterr().err
        assert f"{target}: cannot be written: {said}" in error
        assert error.count("\n") == 1
    assert contents(backup) == before
    assert (tmp_path / "file").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    assert place.run("backup", str(tmp_path / "empty")) == 0


def test_a_state_that_cannot_be_read_gives_no_backup(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(place.folder, "statements")
    capsys.readouterr()
    for state in (place.state, tmp_path / "nothing"):
        place.state = state
        assert place.run("backup", str(tmp_path / "backup")) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert not list(tmp_path.glob("backup*"))


def test_what_a_killed_backup_left_is_no_obstacle_and_two_at_once_are(place: Place, tmp_path: Path) -> None:
    left = tmp_path / "backup.unfinished"
    (left / "generation").mkdir(parents=True)
    (left / "half").write_text("")
    program = (
        "import fcntl, os, sys; f = os.open(sys.argv[1], os.O_RDONLY); fcntl.flock(f, 2); print(); input()"
    )
    with subprocess.Popen(
        ["python3", "-c", program, str(left)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert place.run("backup", str(tmp_path / "backup")) == 2
        assert (left / "half").exists()
        other.communicate(b"\n")
    assert place.run("backup", str(tmp_path / "backup")) == 0
    assert not (tmp_path / "backup" / "half").exists()


def test_a_backup_is_not_brought_back_while_somebody_writes(place: Place, backup: Path) -> None:
    assert place.add("two") == 0
    with place.folder.writing(), pytest.raises(StateBusy):
        restore_backup(GenerationFolder(place.state), read_backup(backup), "anna", NOW, patience=0)
    assert place.folder.current_number() == 3


def test_a_generation_may_be_dropped_while_it_is_copied(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between opening the files and reading them, so many generations follow that the first is removed."""
    from unodc_graph.commit import backup as module

    copied, wanted = module.copy, digest(place.state)

    def late(source: Path | IO[bytes], target: Path) -> str:
        if not (place.folder.numbers()[-1] > KEPT):
            for number in range(KEPT + 1):
                assert place.add(f"late-{number}") == 0
            shutil.rmtree(place.folder.state / "generations" / "000002", ignore_errors=True)
        return copied(source, target)

    monkeypatch.setattr(module, "copy", late)
    made = make_backup(place.folder, tmp_path / "backup", NOW)
    assert made.generation.number == 2
    assert 2 not in place.folder.numbers()
    assert canonical_digest(lines(asserted(made.generation.open()))) == wanted
    assert all(int(name[:6]) <= 2 for name in made.part("history"))
