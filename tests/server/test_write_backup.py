"""A backup of a graph that is served and changed meanwhile: exactly one state that was acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.graph.test_generation import contents
from tests.server.conftest import Server, running
from tests.server.writing import Curator, activity, curator, serving_invented

from unodc_graph.cli.main import run
from unodc_graph.commit.backup import make_backup
from unodc_graph.commit.derived import asserted
from unodc_graph.store.canonical import canonical_digest, lines
from unodc_graph.store.generation import Generation, GenerationFolder

BACKUPS = 5
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/unodc-kg/ontology#Training> }"


def digest(generation: Generation) -> str:
    return canonical_digest(lines(asserted(generation.open())))


def count(server: Server) -> int:
    reply = server.query(COUNT)
    assert reply.status == 200, reply.body
    return int(reply.json()["results"]["bindings"][0]["n"]["value"])


class Stream:
    """Writes one after the other; the canonical digest of each state that was acknowledged, by its number."""

    def __init__(self, somebody: Curator) -> None:
        self._somebody = somebody
        self._stop = threading.Event()
        self.states: dict[int, str] = {}
        self.statuses: list[int] = []
        self.note()

    def note(self) -> None:
        """Remember the state that is published; nobody else writes."""
        generation = GenerationFolder(self._somebody.server.state).current()
        self.states[generation.number] = digest(generation)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        thread = threading.Thread(target=self._write)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _write(self) -> None:
        while not self._stop.is_set():
            reply = self._somebody.update(activity(f"flow-{len(self.statuses)}"))
            self.statuses.append(reply.status)
            self.note()


@pytest.fixture
def kg(tmp_path: Path) -> Iterator[Server]:
    with serving_invented(tmp_path, workers=2) as server:
        yield server


def test_a_backup_made_during_writes_is_one_acknowledged_state(kg: Server, tmp_path: Path) -> None:
    stream = Stream(curator(kg, "anna"))
    made = []
    with stream.flowing():
        while len(made) < BACKUPS:
            target = tmp_path / f"backup-{len(made)}"
            before = len(stream.statuses)
            made.append(make_backup(GenerationFolder(kg.state), target, datetime.now(UTC)))
            while len(stream.statuses) < before + 2:  # so that the backups are of different states
                assert kg.query(COUNT).status == 200
    assert set(stream.statuses) == {200}
    assert len({backup.generation.number for backup in made}) == BACKUPS
    for backup in made:
        number = backup.generation.number
        state = tmp_path / f"again-{number}"
        assert run(["restore-backup", str(backup.path), "--state", str(state)]) == 0
        again = GenerationFolder(state)
        assert again.current_number() == number
        assert digest(again.current()) == stream.states[number]
        assert contents(again.history).keys() == {
            f"{n:06d}{end}" for n in range(2, number + 1) for end in (".json", ".rdfp.gz")
        }
    with running(state, "--workers", "1") as server:
        assert curator(server, "otto").update(activity("afterwards")).status == 200


def test_a_running_server_goes_over_to_a_backup_that_is_restored(kg: Server, tmp_path: Path) -> None:
    somebody = curator(kg, "anna")
    assert somebody.update(activity("one")).status == 200
    wanted, digests = count(kg), somebody.digest()
    assert run(["backup", str(tmp_path / "backup"), "--state", str(kg.state)]) == 0
    assert somebody.update(activity("two")).status == 200
    assert count(kg) == wanted + 1
    (kg.state / "current").write_text("nonsense")
    assert somebody.update(activity("three")).status == 503
    assert run(["restore-backup", str(tmp_path / "backup"), "--yes", "--state", str(kg.state)]) == 0
    assert (count(kg), somebody.digest()) == (wanted, digests)
    assert somebody.update(activity("three")).status == 200
    assert count(kg) == wanted + 1
    commits = kg.get("/history").json()["commits"]
    assert [row["number"] for row in commits] == [5, 4, 3, 2]


@pytest.mark.parametrize("command", ["backup", "restore-backup"])
def test_the_command_leaves_the_state_of_a_serving_machine_as_it_is_when_it_fails(
    kg: Server, tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "file").write_text("")
    before = contents(kg.state)
    assert run([command, str(tmp_path / "odd"), "--state", str(kg.state)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert contents(kg.state) == before
    assert kg.get("/readyz").status == 200
