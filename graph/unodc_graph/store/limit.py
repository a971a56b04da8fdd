"""How large an answer may be, and what counts it while it is written, so that a limit stops it half-way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import Triple

from unodc_graph.errors import ResultTooLarge
from unodc_graph.store.row import Counter


@dataclass(frozen=True)
class Limits:
    """What an answer may be at most: rows (or triples) and bytes."""

    rows: int = 1_000_000
    octets: int = 256 * 1024 * 1024


class Output(Protocol):
    """What an answer is written to, such as a file."""

    def write(self, data: bytes, /) -> int:
        """Take the next bytes and return how many there are."""

    def flush(self) -> None:
        """Hand on what is held; called once, when all has been written."""


class CountedTriples:
    """Triples passed on and counted; `count` is how many so far."""

    def __init__(self, triples: Iterable[Triple], limit: int) -> None:
        """Take the triples, of which there may be `limit`; none is read yet."""
        self._triples = iter(triples)
        self._limit = limit
        self.count = 0

    def __iter__(self) -> Iterator[Triple]:
        """Return itself: the triples pass once."""
        return self

    def __next__(self) -> Triple:
        """Return the next one. Raises ResultTooLarge when it is one too many."""
        triple = next(self._triples)
        self.count += 1
        if self.count > self._limit:
            raise ResultTooLarge(self._limit, "triples")
        return triple


class CountedOutput:
    """A file that counts bytes and rows on their way through: `octets` and `rows` are how many so far."""

    def __init__(self, output: Output, limits: Limits, count: Counter | None) -> None:
        """Take what the bytes go to, and what tells the rows in them; without it no rows are counted."""
        self._output = output
        self._limits = limits
        self._count = count
        self.octets = 0
        self.rows = 0

    def write(self, data: bytes) -> int:
        """Pass `data` on and return how many bytes it has. Raises ResultTooLarge beyond either limit."""
        self.octets += len(data)
        if self.octets > self._limits.octets:
            raise ResultTooLarge(self._limits.octets, "bytes")
        if self._count is not None:
            self.rows += self._count(data)
            if self.rows > self._limits.rows:
                raise ResultTooLarge(self._limits.rows, "rows")
        return self._output.write(data)

    def flush(self) -> None:
        """Have the output hand on what it holds."""
        self._output.flush()
