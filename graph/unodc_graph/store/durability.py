"""What makes a write last and keeps writers apart: syncs, a lock that dies with its process; why it fails."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import time
from pathlib import Path
from typing import Final

from unodc_graph.errors import StateBusy

_DAMAGE: Final = re.compile(r"(Corruption|IO error|NotFound): ")
_LOOK_SECONDS: Final = 0.02


def lock(handle: int, state: Path, until: float) -> None:
    """Lock the open file `handle`, or give up when the monotonic clock shows `until`. Raises StateBusy."""
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise StateBusy(state, "another process is writing to it; try again") from None
            time.sleep(_LOOK_SECONDS)
        else:
            return


def sync_tree(folder: Path) -> None:
    """Bring `folder` and everything in it onto the disk. Raises OSError."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Bring a file, or what a folder lists, onto the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_synced(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file and bring it onto the disk; `mode` says who may open one that is new. Raises OSError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_synced(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Make the file `path` hold `content`, on the disk; readers see it whole or as it was. Raises OSError."""
    fresh = path.with_suffix(".new")
    write_synced(fresh, content, mode)
    fresh.replace(path)
    sync(path.parent)


def is_damage(error: BaseException) -> bool:
    """Say whether `error` is the engine's word for files of a store that are damaged or gone.

    It gives them as RuntimeError or as OSError without a number, by where it comes upon them. A disk without
    room is no damage.
    """
    known = isinstance(error, RuntimeError) or (isinstance(error, OSError) and error.errno is None)
    return known and bool(_DAMAGE.match(str(error))) and not is_full(error)


def is_full(error: BaseException) -> bool:
    """Say whether `error` is of a disk, or a share of one, without room; the engine has words only."""
    numbered = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return numbered or "space left" in str(error) or "quota exceeded" in str(error)


def reason_of(error: BaseException) -> str:
    """Return why a file could not be written, without the paths that the engine's own words hold."""
    if is_full(error):
        return "there is no room left on the disk"
    return (
        error.strerror if isinstance(error, OSError) and error.strerror else "the engine cannot write to it"
    )


def one_line(error: BaseException) -> str:
    """Return what `error` says in one line, and no more than the reason where the system gives one."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split())
