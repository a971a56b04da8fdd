"""What ends a confined process, and what its exit status tells: asked of real processes."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from unodc_graph.errors import GraphError, QueryOutOfMemory, QueryTimedOut, QueryTooDeep
from unodc_graph.store.confinement import cause

ENDS: dict[signal.Signals, GraphError] = {
    signal.SIGALRM: QueryTimedOut(7),
    signal.SIGABRT: QueryOutOfMemory(300),
    signal.SIGKILL: QueryOutOfMemory(300),
    signal.SIGSEGV: QueryTooDeep(),
    signal.SIGBUS: QueryTooDeep(),
}


def status_of(code: str) -> int:
    prologue = "import os, signal, time; from unodc_graph.store.confinement import *\n"
    return subprocess.run([sys.executable, "-c", prologue + code], timeout=60, check=False).returncode


@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
def test_a_signal_that_ends_a_process_has_its_error(number: signal.Signals) -> None:
    found = cause(status_of(f"confine(1 << 30); os.kill(os.getpid(), {number})"), 7, 300 * 1024 * 1024)
    assert repr(found) == repr(ENDS[number])


@pytest.mark.parametrize("code", ["pass", "raise SystemExit(1)", "os.kill(os.getpid(), signal.SIGTERM)"])
def test_any_other_end_is_no_doing_of_a_client(code: str) -> None:
    assert cause(status_of(code), 7, 0) is None


def test_a_deadline_ends_a_process_that_hangs() -> None:
    code = "leave_signals_to_the_system()\nwith ending_after(0.1 - GRACE_SECONDS): time.sleep(60)"
    assert isinstance(cause(status_of(code), 7, 0), QueryTimedOut)


def test_a_deadline_that_was_kept_ends_nothing() -> None:
    code = "leave_signals_to_the_system()\nwith ending_after(0.1 - GRACE_SECONDS): pass\ntime.sleep(0.3)"
    assert status_of(code) == 0
