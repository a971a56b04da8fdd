"""The life of one worker process: it opens generations, evaluates one query at a time, and may be killed.

Whatever a client sent is parsed and evaluated here and nowhere else. A task ends in a reply over the
connection, and with it the answer where that is small; a deadline, too little memory or too deep a nesting
ends the process instead, and its exit status says which (`unodc_graph.store.confinement`).
"""

from __future__ import annotations

import contextlib
import os
import pickle
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, BinaryIO, Final

from unodc_graph.errors import GraphError, QueryOutOfMemory
from unodc_graph.inference.explanation import Explained, Explainer
from unodc_graph.inference.rule import Fact
from unodc_graph.store.confinement import Bug, confine, ending_after, leave_signals_to_the_system
from unodc_graph.store.evaluation import Evaluation, Outcome, Store, evaluate
from unodc_graph.store.generation import open_store
from unodc_graph.store.scan import Scan, scan
from unodc_server.cache import SMALL

_OPEN_GENERATIONS: Final = 2


@dataclass(frozen=True)
class Task:
    """Evaluate over the store in the folder `store` within `seconds`; a large answer goes to file `spool`.

    Paths travel as text: to make a Path of what comes takes as long as to read the rest of a task.
    """

    store: str
    evaluation: Evaluation
    spool: str
    seconds: float


@dataclass(frozen=True)
class ScanTask:
    """Scan a long text, which takes a while, within `seconds`; `base` and `allowed` as `scan` takes them."""

    text: str
    base: str | None
    allowed: frozenset[str]
    seconds: float


@dataclass(frozen=True)
class ExplainTask:
    """Explain why `fact` holds in the store in the folder `store`, in `limit` ways, within `seconds`."""

    store: str
    fact: Fact
    limit: int
    seconds: float


@dataclass(frozen=True)
class OpenTask:
    """Open the store in the folder `store` ahead of the first query of it, within `seconds`."""

    store: str
    seconds: float


@dataclass(frozen=True)
class Ready:
    """What was to be opened is open."""


@dataclass(frozen=True)
class Written:
    """A whole answer and its measure: `data` are its bytes, None when it is in the task's file."""

    outcome: Outcome
    data: bytes | None


AnyTask = Task | ScanTask | ExplainTask | OpenTask
Reply = Written | Scan | Explained | Ready | GraphError | Bug


@dataclass(frozen=True)
class Confinement:
    """What a worker may use: `memory` in bytes, and sockets only where SERVICE is allowed."""

    memory: int
    sockets: bool = False


def main(connection: Connection, confinement: Confinement, first: Path | None) -> None:
    """Serve tasks from `connection` until it closes. `first` is a store folder to open beforehand."""
    leave_signals_to_the_system()
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)  # what the engine prints when a query kills it is told by the exit status
    confine(confinement.memory, confinement.sockets)
    stores = _Stores()
    if first is not None:
        with contextlib.suppress(GraphError):  # the first task will say so, to somebody who can be told
            stores.get(str(first))
    while True:
        try:
            task: AnyTask = receive(connection)
        except (EOFError, OSError):
            return
        with ending_after(task.seconds):
            reply = _answer(stores, task, confinement)
        try:
            send(connection, reply)
        except OSError:
            return


def send(connection: Connection, thing: AnyTask | Reply) -> None:
    """Send `thing` in one piece. `Connection.send` does the same by a pickler that is written in Python."""
    connection.send_bytes(pickle.dumps(thing, pickle.HIGHEST_PROTOCOL))


def receive(connection: Connection) -> Any:
    """Return what `send` sent. Raises EOFError when the other side is gone."""
    return pickle.loads(connection.recv_bytes())


class _Output:
    """Bytes held until they are more than SMALL, and written to a file from then on."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._held = bytearray()
        self._file: BinaryIO | None = None

    def write(self, data: bytes) -> int:
        if self._file is None:
            if len(self._held) + len(data) <= SMALL:
                self._held += data
                return len(data)
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(handle, "wb")
            self._file.write(self._held)
        return self._file.write(data)

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def close(self) -> bytes | None:
        """Return what is held, or None when it is in the file, which is then closed."""
        if self._file is None:
            return bytes(self._held)
        with contextlib.suppress(OSError):  # a whole answer was flushed; of any other the error is known
            self._file.close()
        return None


class _Stores:
    """The generations this worker has open, the latest used last.

    A generation that was opened ahead may come to nothing, and another one take its folder's name: the two
    are told apart by the identity of the folder.
    """

    def __init__(self) -> None:
        self._open: dict[str, Store] = {}
        self._folders: dict[str, tuple[int, int] | None] = {}
        self._explainers: dict[str, Explainer] = {}

    def get(self, path: str) -> Store:
        folder = _identity(path)
        if folder is not None and path in self._open and self._folders[path] != folder:
            self._let_go(path)
        store = self._open.pop(path, None)
        if store is None:
            store = open_store(Path(path))
            while len(self._open) >= _OPEN_GENERATIONS:
                self._let_go(next(iter(self._open)))
        self._open[path], self._folders[path] = store, folder
        return store

    def _let_go(self, path: str) -> None:
        del self._open[path], self._folders[path]
        self._explainers.pop(path, None)

    def explainer(self, path: str) -> Explainer:
        """Return what explains the generation at `path`; it knows the rules of that one's ontology."""
        store = self.get(path)
        if path not in self._explainers:
            self._explainers[path] = Explainer(store)
        return self._explainers[path]


def _identity(path: str) -> tuple[int, int] | None:
    """Return what tells a folder from another of the same name, None when it is not there any more."""
    try:
        found = os.stat(path)  # noqa: PTH116  # asked for each query, and a Path costs more than the answer
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns


def _answer(stores: _Stores, task: AnyTask, confinement: Confinement) -> Reply:
    try:
        if isinstance(task, ScanTask):
            return scan(task.text, task.base, task.allowed)
        if isinstance(task, OpenTask):
            stores.get(task.store)
            return Ready()
        if isinstance(task, ExplainTask):
            return stores.explainer(task.store).explain(task.fact, task.limit)
        store = stores.get(task.store)
        output = _Output(task.spool)
        try:
            outcome = evaluate(store, task.evaluation, output)
        finally:
            data = output.close()
        return Written(outcome, data)
    except (MemoryError, QueryOutOfMemory):
        return QueryOutOfMemory(confinement.memory // 1024 // 1024)
    except GraphError as error:
        return error
    except BaseException as error:  # the engine's panics are BaseException
        return Bug.of(error)
