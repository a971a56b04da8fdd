"""Counts in fixed windows, in memory: where the limit on the rate of requests keeps what it has counted.

The storage that comes with `limits` starts a thread every ten milliseconds that somebody asks, to throw away
what has expired; here that is done on the way, each time a window has passed.
"""

from __future__ import annotations

import threading
import time
from typing import Final

from limits.storage import Storage

SCHEME: Final = "window"


class WindowStorage(Storage):
    """Counters, each with the time at which its window ends; `limits` makes one for `window://`."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 (the base class declares it so)

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False) -> None:
        """Begin with nothing counted; `uri` says nothing that matters here."""
        super().__init__(uri, wrap_exceptions)
        self._windows: dict[str, tuple[int, float]] = {}
        self._next_sweep = 0.0
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a storage that fails would raise; this one has nothing to fail at."""
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount` to what is counted under `key` in a window of `expiry` seconds; return the sum."""
        now = time.time()
        with self._lock:
            if now >= self._next_sweep:
                self._windows = {k: window for k, window in self._windows.items() if window[1] > now}
                self._next_sweep = now + expiry
            count, end = self._windows.get(key, (0, 0.0))
            if end <= now:
                count, end = 0, now + expiry
            self._windows[key] = count + amount, end
            return count + amount

    def get(self, key: str) -> int:
        """Return what is counted under `key` in its present window."""
        count, end = self._windows.get(key, (0, 0.0))
        return count if end > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window of `key` ends, or now, as a time of the system's clock."""
        return self._windows.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        """Say that the storage works."""
        return True

    def reset(self) -> int | None:
        """Forget everything; return how many counters there were."""
        with self._lock:
            found, self._windows = len(self._windows), {}
            return found

    def clear(self, key: str) -> None:
        """Forget `key`."""
        with self._lock:
            self._windows.pop(key, None)
