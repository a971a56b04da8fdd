"""Answers kept, bounded in bytes, the least recently used dropped first.

A large answer is a file of this folder, written by a worker; a small one comes as it is and is written to a
file only when so many others are held in memory that it has to make room. What may be asked for again stays
under its key, any other is unlinked once it has been opened.
"""

from __future__ import annotations

import io
import itertools
import os
import shutil
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from unodc_graph.errors import StateUnwritable

SMALL: Final = 64 * 1024
"""An answer of at most so many bytes is small."""

_BLOCK: Final = 4096
_MOST_HELD: Final = 32 * 1024 * 1024
"""Bytes of small answers that are held in memory, each counted as _OVERHEAD more than it has."""

_OVERHEAD: Final = 1024


@dataclass(frozen=True)
class Stored:
    """An answer: its size in bytes, rows where rows were counted, seconds that it took.

    It is in the file at `path`, or if it is small, given as `data`; then `path` is where it may be put.
    """

    path: Path
    octets: int
    rows: int | None
    seconds: float = 0.0
    data: bytes | None = None

    def open(self) -> Opened:
        """Open it. Raises OSError."""
        file: BinaryIO = io.BytesIO(self.data) if self.data is not None else self.path.open("rb")
        return Opened(file, self.octets, self.rows, self.seconds)


def _room(stored: Stored) -> int:
    """Return what an answer is counted as: a file, however short, takes a block of the disk."""
    return max(stored.octets, _BLOCK)


@dataclass(frozen=True)
class Opened:
    """An answer open for reading; whoever holds it closes `file`."""

    file: BinaryIO
    octets: int
    rows: int | None
    seconds: float = 0.0


class ResultCache:
    """The spool folder of one server process and the answers kept in it."""

    def __init__(self, folder: Path, capacity: int) -> None:
        """Make `folder`/{process id} and sweep what dead processes left. Raises StateUnwritable."""
        self._folder = folder / str(os.getpid())
        self._capacity = capacity
        self._entries: OrderedDict[str, Stored] = OrderedDict()
        self._held: OrderedDict[str, int] = OrderedDict()  # of those in memory: what each is counted as
        self._held_octets = 0
        self._octets = 0
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for old in folder.iterdir():
                if old.name.isdecimal() and not Path(f"/proc/{old.name}").exists():
                    shutil.rmtree(old, ignore_errors=True)
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir()
        except OSError as error:
            raise StateUnwritable(folder, error.strerror or "cannot be written") from None

    @property
    def octets(self) -> int:
        """How many bytes the kept answers take, each at least a block."""
        return self._octets

    def fresh(self) -> Path:
        """Return the path of a new file for an answer."""
        return self._folder / str(next(self._numbers))

    def get(self, key: str) -> Opened | None:
        """Open the answer kept under `key`, or return None."""
        with self._lock:
            stored = self._entries.get(key)
            if stored is None:
                return None
            self._entries.move_to_end(key)
            if stored.data is None and stored.octets <= SMALL:
                stored = self._entries[key] = replace(stored, data=stored.path.read_bytes())
            if stored.data is not None:
                self._hold(key, stored)
            return stored.open()

    def keep(self, key: str | None, stored: Stored) -> Opened:
        """Open `stored`, and keep it under `key` unless that is None or the answer is too large for that."""
        opened = stored.open()
        if key is None or stored.octets > self._capacity // 4:
            stored.path.unlink(missing_ok=True)
            return opened
        with self._lock:
            self._drop(key)
            self._entries[key] = stored
            self._octets += _room(stored)
            if stored.data is not None:
                self._hold(key, stored)
            while self._octets > self._capacity:
                self._drop(next(iter(self._entries)))
        return opened

    def discard(self, path: Path) -> None:
        """Remove what an evaluation that failed has left."""
        path.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove the folder."""
        with self._lock:
            self._entries.clear()
            self._held.clear()
            self._octets = self._held_octets = 0
        shutil.rmtree(self._folder, ignore_errors=True)

    def _hold(self, key: str, stored: Stored) -> None:
        """Note that `stored`, kept under `key`, is in memory and wanted now; put away those wanted least."""
        if key not in self._held:
            self._held[key] = stored.octets + _OVERHEAD
            self._held_octets += self._held[key]
        self._held.move_to_end(key)
        while self._held_octets > _MOST_HELD:
            self._put_away(next(iter(self._held)))

    def _put_away(self, key: str) -> None:
        """Write the answer under `key` to its file, and hold it no longer."""
        stored = self._entries[key]
        self._held_octets -= self._held.pop(key)
        try:
            if stored.data is not None and not stored.path.exists():
                stored.path.write_bytes(stored.data)
        except OSError:  # no room on disk: it can be evaluated again
            self._drop(key)
        else:
            self._entries[key] = replace(stored, data=None)

    def _drop(self, key: str) -> None:
        self._held_octets -= self._held.pop(key, 0)
        stored = self._entries.pop(key, None)
        if stored is not None:
            self._octets -= _room(stored)
            stored.path.unlink(missing_ok=True)
