"""Keeps the worker process: starts it, gives it tasks, kills it at a deadline, says why it died."""

from __future__ import annotations

import select
import subprocess
import sys
import threading
from typing import IO, Final

from unodc_graph.commit.task import Candidate, Preparation, Setup, Task, receive, send
from unodc_graph.errors import GraphError, QueryTimedOut
from unodc_graph.store.confinement import Bug, cause
from unodc_graph.store.generation import Generation

PREPARING_SECONDS: Final = 600.0
"""How long a preparation may take; what it did not get done is done within the time of a change."""

_MAIN: Final = "from unodc_graph.commit.worker import main; main()"


class WorkerFailed(RuntimeError):
    """The worker failed in a way that is nobody's mistake but ours; the text is for the log."""


class Apprentice:
    """One worker process at most, replaced when it was killed or died. One task at a time."""

    def __init__(self, setup: Setup) -> None:
        """Take how the process is set up; it is not started yet."""
        self._setup = setup
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    @property
    def process_id(self) -> int | None:
        """The id of the process, None when there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start the process unless it runs."""
        self._pipes()

    def prepare(self, parent: Generation) -> None:
        """Have done beforehand what a change of `parent` needs and no deadline should hang on."""
        source, sink = self._pipes()
        try:
            send(sink, Preparation(parent))
        except OSError:  # it died while idle, and the task will start another
            return
        if not select.select([source], [], [], PREPARING_SECONDS)[0] or receive(source) is None:
            self.end()

    def make(self, task: Task) -> Candidate:
        """Have `task` done.

        Raises a GraphError of its own, QueryTimedOut, QueryOutOfMemory and QueryTooDeep when the process had
        to be killed or died of the task, and WorkerFailed.
        """
        source, sink = self._pipes()
        try:
            send(sink, task)
        except OSError:  # it died while idle
            self.end()
            source, sink = self._pipes()
            send(sink, task)
        if not select.select([source], [], [], task.seconds)[0]:
            self.end()
            raise QueryTimedOut(task.seconds)
        reply = receive(source)
        if reply is None:
            raise self._cause(task)
        if isinstance(reply, GraphError):
            raise reply
        if isinstance(reply, Bug):
            raise WorkerFailed(reply.description)
        assert isinstance(reply, Candidate)
        return reply

    def end(self) -> None:
        """Kill the process, if there is one."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        with self._lock:
            process = self._process
            if process is None or process.poll() is not None:
                process = subprocess.Popen(
                    [sys.executable, "-c", _MAIN],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
                self._process = process
                assert process.stdin is not None
                send(process.stdin, self._setup)
            assert process.stdin is not None
            assert process.stdout is not None
            return process.stdout, process.stdin

    def _cause(self, task: Task) -> Exception:
        """Say why the process died, by its exit status."""
        process = self._process
        status = process.wait() if process is not None else 0
        self.end()
        found = cause(status, task.seconds, self._setup.memory)
        return found or WorkerFailed(f"the worker ended with status {status}")
