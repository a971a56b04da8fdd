"""Queries kept under a short permanent address: the hash of what they ask.

A query is kept once, whoever sends it; what is kept is never changed or dropped, so that an address that was
given stays good. When the room is used up, no further address is given; so that nobody uses it up alone, each
client has a share of it a day.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from dataclasses import asdict
from math import ceil
from pathlib import Path
from typing import Final

from unodc_graph.errors import NotFound, StateUnwritable
from unodc_server.protocol import QueryRequest
from unodc_server.refusal import TooManyRequests
from unodc_server.window import SCHEME, WindowStorage

CAPACITY: Final = 64 * 1024 * 1024
"""Bytes that kept queries take at most, each in whole blocks, as on disk."""
SHARE: Final = 1024 * 1024
"""Bytes that one client may add in a day, counted likewise."""

_BLOCK: Final = 4096
_DAY: Final = 24 * 60 * 60

_KEY: Final = re.compile(r"[0-9a-f]{16}\Z")
_ASKED: Final = ("query", "default_graphs", "named_graphs", "inferred", "incoming")


class SavedQueries:
    """The folder of kept queries."""

    def __init__(self, folder: Path, capacity: int = CAPACITY) -> None:
        """Take the folder; it is made when the first query is kept."""
        self._folder = folder
        self._capacity = capacity
        self._shares = WindowStorage(f"{SCHEME}://")
        self._lock = threading.Lock()

    def keep(self, request: QueryRequest, client: str) -> str | None:
        """Keep what `request` asks and return its key, or None when there is no room for more.

        Raises TooManyRequests when `client`, an address, has used up its share, and StateUnwritable.
        """
        values = {name: value for name, value in asdict(request).items() if name in _ASKED}
        text = json.dumps(values, sort_keys=True)
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        path = self._folder / f"{key}.json"
        with self._lock:
            try:
                if path.exists():
                    return key
                self._check_share(client, _on_disk(len(text)))
                self._folder.mkdir(parents=True, exist_ok=True)
                used = sum(_on_disk(file.stat().st_size) for file in self._folder.iterdir())
                if used + _on_disk(len(text)) > self._capacity:
                    return None
                fresh = path.with_suffix(".new")
                fresh.write_text(text, encoding="utf-8")
                fresh.replace(path)
            except OSError as error:
                raise StateUnwritable(self._folder, error.strerror or "cannot be written") from None
        return key

    def _check_share(self, client: str, octets: int) -> None:
        if self._shares.incr(client, _DAY, octets) > SHARE:
            quota = f"that {SHARE // 1024} KiB of queries are kept for it in a day"
            raise TooManyRequests(quota, ceil(self._shares.get_expiry(client) - time.time()))

    def get(self, key: str) -> QueryRequest:
        """Return the query kept under `key`. Raises NotFound."""
        if not _KEY.match(key):
            raise NotFound(key)
        try:
            values = json.loads((self._folder / f"{key}.json").read_text(encoding="utf-8"))
            for name in ("default_graphs", "named_graphs"):
                values[name] = tuple(values[name]) if values[name] is not None else None
            return QueryRequest(**values)
        except (OSError, ValueError, TypeError, KeyError):
            raise NotFound(key) from None


def _on_disk(octets: int) -> int:
    return ceil(octets / _BLOCK) * _BLOCK
