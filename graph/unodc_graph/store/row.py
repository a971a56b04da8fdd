"""Rows of a SELECT answer, counted in its bytes while they are written, in each of the result formats.

The engine serialises without saying how many rows it wrote; a limit has to stop it half-way, so they are
counted by what only a row can look like. No value deceives the count: what marks a row is escaped in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Counter = Callable[[bytes], int]
"""Fed the pieces of an answer one after the other, says how many rows begin or end in each."""


def row_counter(media_type: str) -> Counter | None:
    """Return a counter for a SELECT answer of `media_type`, or None for a type that holds no rows."""
    counters: dict[str, Callable[[], Counter]] = {
        "application/sparql-results+json": _json_rows,
        "application/sparql-results+xml": lambda: _marks(b"<result>"),
        "text/csv": _csv_rows,
        "text/tab-separated-values": lambda: _after_header(_marks(b"\n")),
    }
    make = counters.get(media_type)
    return make() if make else None


def _marks(mark: bytes) -> Counter:
    """Count `mark`, which no value can hold unescaped, also where it spans two pieces."""
    tail = b""

    def count(data: bytes) -> int:
        nonlocal tail
        text = tail + data
        tail = text[len(text) - len(mark) + 1 :] if len(mark) > 1 else b""
        return text.count(mark)

    return count


def _after_header(count: Counter) -> Counter:
    header = True

    def counted(data: bytes) -> int:
        nonlocal header
        found = count(data)
        if header and found:
            header = False
            return found - 1
        return found

    return counted


def _csv_rows() -> Counter:
    """Count line ends outside quotes; a doubled quote inside a value leaves and enters at once (RFC 4180)."""
    inside = False
    ends = _marks(b"\r\n")

    def count(data: bytes) -> int:
        nonlocal inside
        found = 0
        for index, part in enumerate(data.split(b'"')):
            if index:
                inside = not inside
                ends(b"\x00")  # a quote lies between: no line end spans it
            if not inside:
                found += ends(part)
        return found

    return _after_header(count)


def _json_rows() -> Counter:
    """Count the objects that begin a list or follow another in one: outside strings, `[{` and `,{`."""
    inside = False
    held = b""
    before = b""

    def count(data: bytes) -> int:
        nonlocal inside, held, before
        text = held + data
        trailing = len(text) - len(text.rstrip(b"\\"))
        held = b"\\" if trailing % 2 else b""
        if held:
            text = text[:-1]
        found = 0
        for index, part in enumerate(re.sub(rb"\\.", b"", text, flags=re.DOTALL).split(b'"')):
            if index:
                inside = not inside
                before = b""
            if not inside and part:
                joined = before + part
                found += joined.count(b"[{") + joined.count(b",{")
                before = part[-1:]
        return found

    return count
