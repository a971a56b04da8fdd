"""The processes of a running server, as the system lists them (Linux), and waiting for what they do."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def children(process: int) -> set[int]:
    """Return the ids of every process below `process`."""
    found: set[int] = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == process:
            found |= {int(stat.parent.name)} | children(int(stat.parent.name))
    return found


def alive(process: int) -> bool:
    """Say whether `process` is there and has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(true: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait for `true` to hold, `seconds` at most, and say whether it does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return true()
