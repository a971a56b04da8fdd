"""The one writer: takes its turn and the lock, has a candidate made by the worker, and publishes it.

The order of what is synced: every file of the candidate, its patch and record, the folder of generations and
that of the history; then the pointer is written, synced, renamed, and its folder synced. Only then is the
change acknowledged. Until the rename readers see the parent, whole.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from unodc_graph.commit.apprentice import Apprentice
from unodc_graph.commit.change import Request
from unodc_graph.commit.patch import history_files
from unodc_graph.commit.task import Candidate, Setup, Task
from unodc_graph.errors import GraphError, ShapesViolated, StateBusy, StateUnwritable
from unodc_graph.store.durability import reason_of
from unodc_graph.store.generation import Generation, GenerationFolder

PATIENCE: Final = 10.0
"""How many seconds a writer waits for another to be done."""
GRACE: Final = 30.0
"""How many seconds a generation stays after it was the current one, however many follow."""


@dataclass(frozen=True)
class Committed:
    """How a change ended: the generation that is current now, and what the checks and the delta are.

    `candidate.written` is False where nothing changed or a change was only tried.
    """

    generation: Generation
    candidate: Candidate


class Writer:
    """Writes one state folder; many threads may ask it, and each has its turn."""

    def __init__(
        self,
        state: Path,
        setup: Setup,
        seconds: float = 60.0,
        blank: bool = False,
        ahead: Callable[[Path], None] | None = None,
    ) -> None:
        """Take the state folder; the worker starts with the first change, or with `warm`.

        `ahead` is called with the engine's files of a generation just before it is published.
        """
        self._folder = GenerationFolder(state)
        self._worker = Apprentice(setup)
        self._seconds = seconds
        self._blank = blank
        self._ahead = ahead
        self._turn = threading.Lock()

    def warm(self) -> None:
        """Start the worker now, and have it prepare, so that the first change need not wait for it."""
        self._worker.start()
        threading.Thread(target=self._prepare, daemon=True).start()

    def _prepare(self) -> None:
        with self._turn, suppress(GraphError):
            if not self._blank:
                self._worker.prepare(self._folder.current())

    def close(self) -> None:
        """End the worker; a change that it was making comes to nothing."""
        self._worker.end()

    def process_id(self) -> int | None:
        """Return the id of the worker's process, None when there is none."""
        return self._worker.process_id

    def commit(self, request: Request, precondition: Callable[[Generation], None] | None = None) -> Committed:
        """Make the change that `request` asks for, or try it, and return how that ended.

        `precondition` is called with the parent once nobody else can write, and raises what it likes.
        Raises ShapesViolated when the checks refuse the change, StateBusy, StateUnwritable (a full disk),
        QueryTimedOut, QueryOutOfMemory, and what `commit.apply.apply` raises. Then nothing has changed.
        """
        if not self._turn.acquire(timeout=PATIENCE + self._seconds):
            raise StateBusy(self._folder.state, "other changes are being made; try again")
        try:
            with self._folder.writing(PATIENCE):
                parent = self._folder.head()
                if precondition is not None:
                    precondition(parent)
                if not self._blank:
                    self._worker.prepare(parent)
                return self._commit(parent, request)
        finally:
            self._turn.release()

    def _commit(self, parent: Generation, request: Request) -> Committed:
        number = parent.number + 1
        target = self._folder.unfinished(number)
        task = Task(parent, target, number, self._folder.history, request, self._seconds, self._blank)
        published: Generation | None = None
        try:
            candidate = self._worker.make(task)
            if candidate.violations and not request.dry_run:
                raise ShapesViolated(candidate.findings, candidate.report)
            if candidate.written:
                published = self._folder.adopt(target, number, GRACE, self._ahead)
            return Committed(published or parent, candidate)
        except OSError as error:
            raise StateUnwritable(self._folder.state, reason_of(error)) from error
        finally:
            if published is None:
                self._sweep(target, number)

    def _sweep(self, target: Path, number: int) -> None:
        """Remove what a change that came to nothing has left, unless the pointer names it after all."""
        if self._folder.named(number):
            return
        shutil.rmtree(target, ignore_errors=True)
        self._folder.discard(number)
        for path in history_files(self._folder.history, number):
            path.unlink(missing_ok=True)
