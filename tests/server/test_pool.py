"""The workers: killed, replaced, confined; asked here without HTTP."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.conftest import ENDLESS
from tests.server.process import wait_until
from tests.trap import Trap

from unodc_graph.errors import CorruptState, QueryOutOfMemory, QuerySyntaxError, QueryTimedOut, QueryTooDeep
from unodc_graph.store.evaluation import Evaluation, SpoolFull, Store
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.limit import Limits
from unodc_graph.store.scan import Scan, scan
from unodc_graph.store.socket_filter import available
from unodc_graph.store.term import Literal, NamedNode, Quad
from unodc_server.pool import WorkerPool
from unodc_server.refusal import InternalError, Saturated
from unodc_server.worker import Confinement, Task

HUNGRY = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    found = WorkerPool(2, Confinement(300 * 1024 * 1024), most_waiting=1)
    yield found
    found.close()


def task(state: Path, spool: Path, query: str, seconds: float = 10, scanned: Scan | None = None) -> Task:
    evaluation = Evaluation(query, scanned or scan(query), "text/csv", inferred=False, limits=Limits())
    store = str(GenerationFolder(state).current().store_path)
    return Task(store, evaluation, str(spool / "answer"), seconds)


@pytest.mark.parametrize(
    ("query", "seconds", "error"),
    [
        (ENDLESS, 0.3, QueryTimedOut),
        (HUNGRY, 60, QueryOutOfMemory),
        ("ASK " + "{" * 20_000 + "}" * 20_000, 10, QueryTooDeep),
        ("nonsense", 10, QuerySyntaxError),
    ],
)
def test_each_end_of_a_worker_has_its_error(
    pool: WorkerPool, small_state: Path, tmp_path: Path, query: str, seconds: float, error: type[Exception]
) -> None:
    with pytest.raises(error):
        pool.run(task(small_state, tmp_path, query, seconds))
    assert pool.run(task(small_state, tmp_path, "ASK {}")).outcome.octets == 4
    assert settles_at(pool, 2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is always full")
def test_a_large_answer_for_which_there_is_no_room_is_told_so(pool: WorkerPool, small_state: Path) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 5000"
    store = str(GenerationFolder(small_state).current().store_path)
    with pytest.raises(SpoolFull):
        pool.run(Task(store, Evaluation(query, scan(query), "text/csv"), "/dev/full", 10))


def settles_at(pool: WorkerPool, count: int) -> bool:
    """Whether the pool comes to have `count` workers: one is replaced beside the answer, not before it."""
    return wait_until(lambda: len(pool.process_ids()) == count, 20)


def test_a_worker_that_died_idle_is_replaced(pool: WorkerPool, small_state: Path, tmp_path: Path) -> None:
    before = pool.process_ids()
    for process in before:
        os.kill(process, signal.SIGKILL)
    time.sleep(0.2)
    assert pool.run(task(small_state, tmp_path, "ASK {}")).outcome.octets == 4
    assert not set(pool.process_ids()) & set(before)


@pytest.mark.skipif(not available(), reason="this platform has no filter of system calls")
def test_a_worker_cannot_open_a_socket_even_past_the_scan(
    pool: WorkerPool, small_state: Path, tmp_path: Path, trap: Trap
) -> None:
    forged = Scan("ask")
    with pytest.raises(InternalError):
        pool.run(
            task(small_state, tmp_path, f"ASK {{ SERVICE <{trap.address}> {{ ?s ?p ?o }} }}", 10, forged)
        )
    assert trap.visits == 0


def test_the_trap_sees_a_worker_that_may_open_sockets(small_state: Path, tmp_path: Path, trap: Trap) -> None:
    free = WorkerPool(1, Confinement(300 * 1024 * 1024, sockets=True), most_waiting=0)
    query = f"ASK {{ SERVICE <{trap.address}> {{ ?s ?p ?o }} }}"
    try:
        with pytest.raises(InternalError):
            free.run(task(small_state, tmp_path, query, 10, Scan("ask")))
    finally:
        free.close()
    assert trap.visits >= 1


def test_a_request_beyond_the_queue_is_turned_away_at_once(
    pool: WorkerPool, small_state: Path, tmp_path: Path
) -> None:
    def occupy(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises((QueryTimedOut, Saturated)):
            pool.run(task(small_state, folder, ENDLESS, 2))

    threads = [threading.Thread(target=occupy, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    while pool.state.active < 2 or pool.state.waiting < 1:
        time.sleep(0.01)
    with pytest.raises(Saturated):
        pool.run(task(small_state, tmp_path, "ASK {}"))
    for thread in threads:
        thread.join()


def test_a_closed_pool_leaves_no_process(small_state: Path, tmp_path: Path) -> None:
    short = WorkerPool(2, Confinement(300 * 1024 * 1024), most_waiting=1)
    short.run(task(small_state, tmp_path, "ASK {}"))
    assert settles_at(short, 2)  # its first query can be a slow one, after which a worker is replaced
    processes = short.process_ids()
    short.close()
    assert not any(Path(f"/proc/{process}").exists() for process in processes)
    with pytest.raises(Saturated):
        short.run(task(small_state, tmp_path, "ASK {}"))


def folder_with(path: Path, text: str) -> Path:
    """Make `path` a store that holds one triple, of which `text` is the object."""
    store = Store(str(path))
    store.add(Quad(NamedNode("urn:a"), NamedNode("urn:b"), Literal(text), NamedNode("urn:g")))
    store.flush()
    return path


def object_in(pool: WorkerPool, store: Path, spool: Path) -> bytes:
    query = "SELECT ?o { GRAPH ?g { ?s ?p ?o } }"
    evaluation = Evaluation(query, scan(query), "text/csv", inferred=False, limits=Limits())
    data = pool.run(Task(str(store), evaluation, str(spool / "answer"), 10)).data
    assert data is not None
    return data.split()[1]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are seen in /proc")
def test_all_idle_workers_have_open_what_is_to_be_opened_ahead(pool: WorkerPool, tmp_path: Path) -> None:
    store = folder_with(tmp_path / "store", "one")
    assert settles_at(pool, 2)
    pool.open_ahead(store)
    for process in pool.process_ids():
        targets = [str(file.readlink()) for file in Path(f"/proc/{process}/fd").iterdir()]
        assert any(target.startswith(str(store)) for target in targets)


def test_a_folder_that_takes_the_name_of_another_is_read_anew(pool: WorkerPool, tmp_path: Path) -> None:
    store = folder_with(tmp_path / "store", "given-up")
    pool.open_ahead(store)
    shutil.rmtree(store)
    folder_with(store, "published")
    assert {object_in(pool, store, tmp_path) for _ in range(4)} == {b"published"}


def test_what_is_open_is_read_on_when_its_folder_is_gone(pool: WorkerPool, tmp_path: Path) -> None:
    store = folder_with(tmp_path / "store", "kept")
    assert settles_at(pool, 2)
    pool.open_ahead(store)
    shutil.rmtree(store)
    assert {object_in(pool, store, tmp_path) for _ in range(4)} == {b"kept"}


def test_what_cannot_be_opened_ahead_is_told_by_the_first_query_of_it(
    pool: WorkerPool, tmp_path: Path
) -> None:
    pool.open_ahead(tmp_path / "nothing")
    with pytest.raises(CorruptState):
        object_in(pool, tmp_path / "nothing", tmp_path)
    assert settles_at(pool, 2)
