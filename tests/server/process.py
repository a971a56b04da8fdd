"""The processes of a running server, as the system lists them (Linux)."""

from __future__ import annotations

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
