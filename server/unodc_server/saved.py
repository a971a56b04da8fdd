"""Queries kept under a short permanent address: the hash of what they ask.

A query is kept once, whoever sends it; what is kept is never changed or dropped, so that an address that was
given stays good. When the room is used up, no further address is given.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Final

from unodc_graph.errors import NotFound, StateUnwritable
from unodc_server.protocol import QueryRequest

CAPACITY: Final = 64 * 1024 * 1024
"""Bytes that kept queries take at most."""

_KEY: Final = re.compile(r"[0-9a-f]{16}\Z")
_ASKED: Final = ("query", "default_graphs", "named_graphs", "inferred", "incoming")


class SavedQueries:
    """The folder of kept queries."""

    def __init__(self, folder: Path, capacity: int = CAPACITY) -> None:
        """Take the folder; it is made when the first query is kept."""
        self._folder = folder
        self._capacity = capacity
        self._lock = threading.Lock()

    def keep(self, request: QueryRequest) -> str | None:
        """Keep what `request` asks and return its key, or None when there is no room for more.

        Raises StateUnwritable.
        """
        values = {name: value for name, value in asdict(request).items() if name in _ASKED}
        text = json.dumps(values, sort_keys=True)
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        path = self._folder / f"{key}.json"
        with self._lock:
            try:
                if path.exists():
                    return key
                self._folder.mkdir(parents=True, exist_ok=True)
                used = sum(file.stat().st_size for file in self._folder.iterdir())
                if used + len(text) > self._capacity:
                    return None
                fresh = path.with_suffix(".new")
                fresh.write_text(text, encoding="utf-8")
                fresh.replace(path)
            except OSError as error:
                raise StateUnwritable(self._folder, error.strerror or "cannot be written") from None
        return key

    def get(self, key: str) -> QueryRequest:
        """Return the query kept under `key`. Raises NotFound."""
        if not _KEY.match(key):
            raise NotFound(key)
        try:
            values = json.loads((self._folder / f"{key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise NotFound(key) from None
        for name in ("default_graphs", "named_graphs"):
            values[name] = tuple(values[name]) if values[name] is not None else None
        return QueryRequest(**values)
