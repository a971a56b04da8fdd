"""Backups by command: whole or not at all, brought back to an empty, a living and a damaged state folder."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest
from tests.graph.place import Place
from tests.graph.test_generation import contents

from unodc_graph.commit.backup import make_backup, read_backup
from unodc_graph.commit.derived import asserted
from unodc_graph.commit.listing import SUMS
from unodc_graph.commit.recovery import restore_backup
from unodc_graph.errors import StateBusy, UnreadableFile
from unodc_graph.namespace import HISTORY_GRAPH, PREFIXES
from unodc_graph.store.canonical import canonical_digest, lines
from unodc_graph.store.generation import KEPT, GenerationFolder
from unodc_graph.store.term import NamedNode
from unodc_graph.token import Tokens

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


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
