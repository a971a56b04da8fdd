"""A damaged state folder, at the start and while a server runs: what can be read is served, read-only.

Nothing is made of a state that cannot be read, nothing is thrown away, and whoever runs the server is told.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.graph.test_generation import contents
from tests.server.conftest import Server, running
from tests.server.writing import MINE, Curator, activity, curator, publish_invented

from unodc_graph.cli.main import run
from unodc_graph.store.generation import GenerationFolder

COUNT = "SELECT (COUNT(*) AS ?n) {{ ?s a <https://w3id.org/unodc-kg/ontology#Training> }} # {}"
NEWEST = Path("generations") / "000004"
POINTERS = {
    "nonsense": "does not name a generation",
    "": "does not name a generation",
    "9\n": "generation 9 is not there",
    "0\n": "names generation 0, and there are newer ones",
    "1\n": "names generation 1, and there are newer ones",
    None: "is not there, but generations are",
}
"""What the pointer may hold, None for no pointer at all, and what is said of it."""


def _tables(state: Path) -> None:
    for table in (state / NEWEST / "store").glob("*.sst"):
        data = table.read_bytes()
        table.unlink()  # another generation has it too, by a link
        table.write_bytes(bytes(byte ^ 0x55 for byte in data))


def _blocks(state: Path) -> None:
    """Damage the first block of statements in each table that has several, so that the store still opens."""
    for table in (state / NEWEST / "store").glob("*.sst"):
        data = bytearray(table.read_bytes())
        if len(data) > 100_000:
            data[20:60] = bytes(byte ^ 0x55 for byte in data[20:60])
            table.unlink()
            table.write_bytes(data)


HARMS: dict[str, Callable[[Path], object]] = {
    "no metadata": lambda state: (state / NEWEST / "generation.json").unlink(),
    "broken metadata": lambda state: (state / NEWEST / "generation.json").write_text("{"),
    "metadata of another": lambda state: shutil.copy(
        state / "generations" / "000003" / "generation.json", state / NEWEST
    ),
    "engine": lambda state: (state / NEWEST / "store" / "CURRENT").write_text("nonsense"),
    "tables": _tables,
    "gone": lambda state: shutil.rmtree(state / NEWEST),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder of four generations, three of them commits, each of one training more."""
    folder = tmp_path_factory.mktemp("damage")
    (folder / "state").mkdir()
    publish_invented(folder / "state", folder / "project")
    with running(folder / "state", "--workers", "1") as server:
        somebody = curator(server, "anna")
        for name in ("one", "two", "three"):
            assert somebody.update(activity(name)).status == 200
    return folder / "state"


@pytest.fixture
def state(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "state", ignore=shutil.ignore_patterns("spool")))


@pytest.fixture
def kg(state: Path) -> Iterator[Server]:
    with running(state, "--workers", "2") as server:
        yield server


def count(server: Server, about: str) -> int:
    """Count trainings by a query that no cache knows."""
    reply = server.query(COUNT.format(about))
    assert reply.status == 200, reply.body
    return int(reply.json()["results"]["bindings"][0]["n"]["value"])


def kept(state: Path) -> dict[str, str]:
    """Return what is in the folders that hold the record."""
    return contents(state / "generations") | contents(state / "history")


def assert_read_only(server: Server, somebody: Curator) -> None:
    before = kept(server.state)
    for reply in (
        somebody.update(activity("more")),
        somebody.update(activity("more"), "?dry-run=true"),
        somebody.send("DELETE", f"/store?graph={MINE}"),
    ):
        assert (reply.status, reply.json()["type"].rpartition("/")[2]) == (503, "graph-unreadable")
        assert str(server.state) not in str(reply.json())
    assert kept(server.state) == before
    assert server.get("/healthz").status == 200
    assert (server.get("/readyz").status, server.get("/history").status) == (200, 200)


def test_a_server_serves_on_while_the_pointer_is_damaged_and_takes_changes_when_it_is_mended(
    kg: Server,
) -> None:
    pointer, somebody = kg.state / "current", curator(kg, "otto")
    known = count(kg, "whole")
    for text, said in POINTERS.items():
        if text is None:
            pointer.unlink()
        else:
            pointer.write_text(text)
        assert count(kg, repr(text)) == known
        assert_read_only(kg, somebody)
        assert said in kg.log.read_text()
        pointer.write_text("4\n")
        assert count(kg, f"after {text!r}") == known
    assert b"read-only" not in kg.get("/readyz").body
    assert somebody.update(activity("more")).status == 200
    assert count(kg, "more") == known + 1


@pytest.mark.parametrize("harm", HARMS)
def test_a_server_that_starts_on_a_damaged_generation_serves_the_last_good_one(
    state: Path, harm: str
) -> None:
    HARMS[harm](state)
    with running(state, "--workers", "1") as server:
        noted = server.log.read_text()
        assert noted.startswith("note: ")
        assert str(state / NEWEST) in noted
        assert "changes are refused" in noted
        assert server.query(COUNT.format("")).headers["Dataset-Version"] == "3"
        assert b"read-only" in server.get("/readyz").body
        assert_read_only(server, curator(server, "otto"))
        assert server.get("/doc/activity/two").status == 200
        assert server.get("/doc/activity/three").status == 404


@pytest.mark.parametrize("text", POINTERS)
def test_a_server_that_starts_on_a_damaged_pointer_serves_the_newest_generation(
    state: Path, text: str | None
) -> None:
    if text is None:
        (state / "current").unlink()
    else:
        (state / "current").write_text(text)
    with running(state, "--workers", "1") as server:
        assert server.log.read_text().startswith("note: ")
        assert server.query(COUNT.format("")).headers["Dataset-Version"] == "4"
        assert_read_only(server, curator(server, "otto"))


def test_a_server_that_starts_sweeps_what_a_writer_that_died_has_left(state: Path) -> None:
    (state / "generations" / "unfinished-000005-1").mkdir()
    (state / "history" / "000005.json").write_text("{}")
    shutil.copytree(state / NEWEST, state / "generations" / "000005")  # never named by the pointer
    with running(state, "--workers", "1") as server:
        assert server.query(COUNT.format("")).headers["Dataset-Version"] == "4"
        assert not (state / "generations" / "unfinished-000005-1").exists()
        assert GenerationFolder(state).numbers() == (1, 2, 3, 4)
        assert not (state / "history" / "000005.json").exists()


def test_what_is_damaged_while_it_is_served_is_503_and_never_our_mistake(kg: Server) -> None:
    """The serving process and its workers have some of the files open, and open others by and by."""
    _tables(kg.state)
    somebody = curator(kg, "otto")
    for path in (
        "/doc/activity/three",
        f"/store?graph={MINE}",
        "/sparql?query=ASK%20%7B%7D",
        "/history",
        "/",
    ):
        assert kg.get(path, Accept="text/turtle, text/html;q=0.5, */*;q=0.1").status in (200, 503), path
    assert somebody.update(activity("more")).status == 503
    assert GenerationFolder(kg.state).current_number() == 4
    assert "Traceback" not in kg.log.read_text()


def test_blocks_that_are_damaged_are_met_when_they_are_read(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _blocks(state)
    with running(state, "--workers", "1") as server:
        before = kept(state)
        assert server.get("/doc/activity/three", Accept="text/turtle").status == 503
        assert curator(server, "otto").update(activity("more")).status == 503
        assert kept(state) == before
        assert "Corruption" in server.log.read_text()
        assert "Traceback" not in server.log.read_text()
    assert run(["backup", str(tmp_path / "backup"), "--state", str(state)]) == 2
    said = capsys.readouterr().err
    assert "cannot be read (Corruption" in said
    assert said.count("\n") == 1
    assert not list(tmp_path.glob("backup*"))


@pytest.mark.parametrize(
    "arguments",
    [("query", "-e", "ASK {}"), ("export", "-o", "out.nq"), ("restore", "2", "--yes"), ("backup", "copy")],
)
def test_a_command_does_not_follow_a_pointer_to_a_state_of_long_ago(
    state: Path,
    arguments: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(state.parent)
    (state / "current").write_text("1\n")
    before = kept(state)
    assert run([*arguments, "--state", str(state)]) == 2
    said = capsys.readouterr().err
    assert "names generation 1, and there are newer ones" in said
    assert said.count("\n") == 1
    assert kept(state) == before


@pytest.mark.parametrize(
    "arguments", [("query", "-e", "ASK {}"), ("export", "-o", "out.nq"), ("restore", "1", "--yes")]
)
@pytest.mark.parametrize("harm", ["tables", "broken metadata"])
def test_a_command_says_in_one_line_what_is_damaged(
    state: Path,
    arguments: tuple[str, ...],
    harm: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(state.parent)
    HARMS[harm](state)
    before = kept(state)
    assert run([*arguments, "--state", str(state)]) == 2
    said = capsys.readouterr().err
    assert str(state / NEWEST) in said
    assert "restore-backup" in said
    assert said.count("\n") == 1
    assert kept(state) == before
    assert run(["history", "--state", str(state)]) == 0
    assert capsys.readouterr().out.count("anna") == 3
