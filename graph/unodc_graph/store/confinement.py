"""The confinement of a process that does what clients ask: what it may use, and what its end tells.

The engine does not return to Python while it evaluates, so whatever stops it ends the process: a timer, a
limit of memory, or the engine's own crash. The exit status tells which.
"""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from unodc_graph.errors import GraphError, QueryOutOfMemory, QueryTimedOut, QueryTooDeep
from unodc_graph.store.socket_filter import forbid_sockets

GRACE_SECONDS: Final = 2.0
"""How long after its deadline such a process ends by itself, should nobody be left to kill it."""


@dataclass(frozen=True)
class Bug:
    """What went wrong without being anybody's mistake but ours; for the log, not for clients."""

    description: str

    @classmethod
    def of(cls, error: BaseException) -> Bug:
        """Return `error` as a text, since not every exception survives the way between processes."""
        return cls(f"{type(error).__name__}: {error}")


def leave_signals_to_the_system() -> None:
    """Let SIGTERM and SIGALRM end this process, also inside the engine, where no Python handler could run.

    SIGINT is ignored: who starts such a process ends it as well.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def confine(memory: int, sockets: bool = False) -> None:
    """Bound this process to `memory`, in bytes, for good, and take sockets from it where that can be done."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not sockets:
        forbid_sockets()


@contextmanager
def ending_after(seconds: float) -> Iterator[None]:
    """End this process if what is done here takes GRACE_SECONDS longer than `seconds`."""
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def cause(status: int | None, seconds: float, memory: int) -> GraphError | None:
    """Return what a confined process died of, by its exit status; None where that was no doing of a client.

    `status` is that of `subprocess` and `multiprocessing`: a signal as a negative number. `seconds` is the
    time that the process had, `memory` what it was bound to, in bytes, 0 where it was not.
    """
    out_of_memory = QueryOutOfMemory(memory // 1024 // 1024)
    causes: dict[int, GraphError] = {
        -signal.SIGALRM: QueryTimedOut(seconds),
        -signal.SIGABRT: out_of_memory,  # an allocation that fails ends the engine so
        -signal.SIGKILL: out_of_memory,  # by the system, when others need the memory more
        -signal.SIGSEGV: QueryTooDeep(),  # its stack is at an end
        -signal.SIGBUS: QueryTooDeep(),
    }
    return causes.get(status or 0)
