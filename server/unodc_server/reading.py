"""The generation served, opened in this process for look-ups by name; queries never come here.

A look-up takes a bounded time and parses nothing that a client wrote, so it needs no worker.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation

_MOST_BYTES: Final = 32 * 1024 * 1024
"""How much of what was rendered is kept."""

_OPEN: Final = 3
"""How many generations stay open: the current one and past ones that somebody looks at."""


@dataclass
class Reader:
    """Generations opened read-only, and what was derived from each, kept while it is open."""

    _stores: dict[int, Store] = field(default_factory=dict)
    _derived: dict[tuple[int, str], Any] = field(default_factory=dict)
    _rendered: dict[tuple[object, ...], bytes] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def store(self, generation: Generation) -> Store:
        """Return the store of `generation`. Raises CorruptState."""
        with self._lock:
            found = self._stores.pop(generation.number, None) or generation.open()
            self._stores[generation.number] = found
            while len(self._stores) > _OPEN:
                self._close(next(iter(self._stores)))
            return found

    def derived(self, generation: Generation, name: str, make: Callable[[Store], Any]) -> Any:
        """Return what `make` returns for the store of `generation`, made once and kept under `name`."""
        with self._lock:
            store = self.store(generation)
            key = (generation.number, name)
            if key not in self._derived:
                self._derived[key] = make(store)
            return self._derived[key]

    def rendered(self, generation: Generation, key: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
        """Return what `make` returns, kept under `key` for as long as there is room; oldest goes first."""
        full = (generation.number, generation.metadata.state_digest, *key)
        with self._lock:
            found = self._rendered.pop(full, None)
        if found is None:
            found = make()
        with self._lock:
            self._rendered[full] = found
            while sum(map(len, self._rendered.values())) > _MOST_BYTES:
                del self._rendered[next(iter(self._rendered))]
        return found

    def _close(self, number: int) -> None:
        del self._stores[number]
        for key in [key for key in self._derived if key[0] == number]:
            del self._derived[key]
