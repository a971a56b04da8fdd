"""Worker processes that can be killed: one task each at a time, watched by the thread that asked.

Every worker has a pipe of its own, so that killing one can neither take a lock along nor be mistaken for the
end of another, and a deadline or a vanished client is seen at once rather than at the next poll.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import socket
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from unodc_graph.errors import GraphError, QueryTimedOut
from unodc_graph.inference.explanation import Explained
from unodc_graph.store.confinement import Bug, cause
from unodc_graph.store.scan import Scan
from unodc_server.refusal import ClientGone, InternalError, Saturated
from unodc_server.watch import Watch, readable
from unodc_server.worker import (
    AnyTask,
    Confinement,
    ExplainTask,
    OpenTask,
    Ready,
    Reply,
    ScanTask,
    Task,
    Written,
    main,
    receive,
    send,
)

WAITING_SECONDS: Final = 5.0
"""How long a request waits for a free worker before it is turned away."""

SLOW_SECONDS: Final = 0.05
"""A query that has run for so long gives way: its worker gets what the others leave of the cores."""

SLOW_EXPLAINING_SECONDS: Final = 0.3
"""The same for an explanation: the first one makes the rules, which a worker keeps until it is replaced."""

_OPENING_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.25
_LOWEST_PRIORITY: Final = 19


@dataclass
class _Worker:
    process: ForkServerProcess
    connection: Connection
    slowed: bool = False


@dataclass(frozen=True)
class PoolState:
    """How the pool stands: workers evaluating, requests waiting, and workers killed or lost so far."""

    active: int
    waiting: int
    killed: int


class WorkerPool:
    """A fixed number of workers, each replaced when it was killed or died."""

    def __init__(
        self, size: int, confinement: Confinement, most_waiting: int, first_store: Path | None = None
    ) -> None:
        """Start `size` workers. At most `most_waiting` requests wait for one at a time."""
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["unodc_server.worker"])
        self._confinement = confinement
        self._most_waiting = most_waiting
        self._first_store = first_store
        self._free = threading.Condition()
        self._idle: list[_Worker] = []
        self._waiting = 0
        self._active = 0
        self._killed = 0
        self._closed = False
        # multiprocessing reads the exit status of every child whenever it starts one: one thread at a time.
        self._processes = threading.Lock()
        self._workers: dict[int, _Worker] = {}
        for _ in range(size):
            self._add()

    @property
    def state(self) -> PoolState:
        """How the pool stands at this moment."""
        with self._free:
            return PoolState(self._active, self._waiting, self._killed)

    def process_ids(self) -> tuple[int, ...]:
        """Return the ids of the live workers."""
        with self._free:
            return tuple(self._workers)

    def run(self, task: Task, client: socket.socket | None = None) -> Written:
        """Evaluate `task` in a worker and return its answer.

        Raises what the evaluation raises, QueryTimedOut, QueryOutOfMemory, QueryTooDeep, Saturated when no
        worker gets free in time, ClientGone when `client` closes meanwhile, and InternalError.
        """
        reply = self._ask(task, Watch(client))
        assert isinstance(reply, Written)
        return reply

    def scan(self, task: ScanTask) -> Scan:
        """Scan a text in a worker. Raises QueryRefused, and what `run` raises."""
        reply = self._ask(task, Watch(None))
        assert isinstance(reply, Scan)
        return reply

    def explain(self, task: ExplainTask, client: socket.socket | None = None) -> Explained:
        """Explain a statement in a worker. Raises StatementDoesNotHold, and what `run` raises."""
        reply = self._ask(task, Watch(client))
        assert isinstance(reply, Explained)
        return reply

    def open_ahead(self, store: Path) -> None:
        """Have the idle workers open the folder `store`, one after another, before any query of it comes.

        Workers started from now on open it first. What cannot be opened is told by the first query of it.
        """
        self._first_store = store
        task = OpenTask(str(store), _OPENING_SECONDS)
        for _ in range(len(self._idle)):
            with self._free:
                if not self._idle:
                    return
                worker = self._idle.pop(0)  # queries take the last one
                self._active += 1
            with contextlib.suppress(GraphError, InternalError):
                self._ask_of(worker, task, Watch(None))

    def _ask(self, task: AnyTask, watch: Watch) -> Written | Scan | Explained | Ready:
        return self._ask_of(self._take(watch), task, watch)

    def _ask_of(self, worker: _Worker, task: AnyTask, watch: Watch) -> Written | Scan | Explained | Ready:
        reply: Reply | None = None
        try:
            reply = self._converse(worker, task, watch)
        finally:
            if reply is None:
                self._replace(worker)
            elif worker.slowed:
                self._retire(worker)
            else:
                self._give_back(worker)
        if isinstance(reply, Bug):
            raise InternalError(reply.description)
        if isinstance(reply, GraphError):
            raise reply
        return reply

    def close(self) -> None:
        """Kill every worker; nothing is lost, since workers only read."""
        with self._free:
            self._closed = True
            workers = list(self._workers.values())
            self._workers.clear()
            self._idle.clear()
            self._free.notify_all()
        for worker in workers:
            self._end(worker)

    def _converse(self, worker: _Worker, task: AnyTask, watch: Watch) -> Reply:
        deadline = time.monotonic() + task.seconds
        try:
            send(worker.connection, task)
        except OSError:
            raise self._cause(worker, task) from None
        patience = deadline - task.seconds + _patience(task)
        while True:
            now = time.monotonic()
            if now >= deadline:
                raise QueryTimedOut(task.seconds)
            if now >= patience and not worker.slowed:
                self._slow_down(worker)
            until = deadline if worker.slowed else min(patience, deadline)
            watched = [worker.connection.fileno(), *watch.descriptors]
            if watched[0] in readable(watched, max(0.0, until - now)):
                try:
                    reply: Reply = receive(worker.connection)
                except (EOFError, OSError):
                    raise self._cause(worker, task) from None
                return reply
            if watch.gone():
                raise ClientGone

    def _slow_down(self, worker: _Worker) -> None:
        worker.slowed = True
        process = worker.process.pid or 0
        with contextlib.suppress(OSError):  # it ended at this moment, which is noticed next
            if sys.platform == "linux":
                os.sched_setscheduler(process, os.SCHED_IDLE, os.sched_param(0))
            else:
                os.setpriority(os.PRIO_PROCESS, process, _LOWEST_PRIORITY)

    def _cause(self, worker: _Worker, task: AnyTask) -> Exception:
        """Say why a worker died, by its exit status."""
        with self._processes:
            worker.process.join(5)
            status = worker.process.exitcode
        found = cause(status, task.seconds, self._confinement.memory)
        return found or InternalError(f"a worker ended with status {status}")

    def _take(self, watch: Watch) -> _Worker:
        give_up = time.monotonic() + WAITING_SECONDS
        with self._free:
            if not self._idle and self._waiting >= self._most_waiting:
                raise Saturated(retry_after=2)
            self._waiting += 1
            try:
                while True:
                    while self._idle:
                        worker = self._idle.pop()
                        if not readable([worker.connection.fileno()]):  # only its end is heard of now
                            self._active += 1
                            return worker
                        self._forget(worker)
                    if self._closed or time.monotonic() >= give_up:
                        raise Saturated(retry_after=5)
                    self._free.wait(_LOOK_SECONDS)
                    if watch.gone():
                        raise ClientGone
            finally:
                self._waiting -= 1

    def _forget(self, worker: _Worker, lost: bool = True) -> None:
        """Replace a worker that evaluates nothing, without making a request wait for the new one."""
        threading.Thread(target=self._replace, args=(worker, False, lost), daemon=True).start()

    def _retire(self, worker: _Worker) -> None:
        """Replace a worker after a slow query: nobody but root can give it its priority back."""
        with self._free:
            self._active -= 1
        self._forget(worker, lost=False)

    def _give_back(self, worker: _Worker) -> None:
        with self._free:
            self._active -= 1
            self._idle.append(worker)
            self._free.notify()

    def _replace(self, worker: _Worker, active: bool = True, lost: bool = True) -> None:
        with self._free:
            self._active -= active
            self._killed += lost
            self._workers.pop(worker.process.pid or 0, None)
            closed = self._closed
        self._end(worker)
        if not closed:
            self._add()

    def _end(self, worker: _Worker) -> None:
        with self._processes:
            worker.process.kill()
            worker.process.join(5)
        worker.connection.close()

    def _add(self) -> None:
        ours, theirs = self._context.Pipe()
        with self._processes:
            process = self._context.Process(
                target=main, args=(theirs, self._confinement, self._first_store), daemon=True
            )
            process.start()
            theirs.close()
        worker = _Worker(process, ours)
        with self._free:
            if not self._closed:
                self._workers[process.pid or 0] = worker
                self._idle.insert(0, worker)
                self._free.notify()
                return
        self._end(worker)


def _patience(task: AnyTask) -> float:
    """Return after how many seconds `task` gives way to others."""
    if isinstance(task, OpenTask):
        return task.seconds  # no client's doing
    return SLOW_EXPLAINING_SECONDS if isinstance(task, ExplainTask) else SLOW_SECONDS
