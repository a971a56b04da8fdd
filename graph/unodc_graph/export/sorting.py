"""Sorts lines that may be more than memory holds: spread over files by their beginnings, each sorted apart.

A line is compared by its bytes, which for UTF-8 is the order of code points. Lines are decoded as Latin-1
on the way, one character a byte, because Python compares such strings several times faster than bytes.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Final

from unodc_graph.export.output import Output

_PIECE: Final = 4 * 1024 * 1024
"""Bytes sorted at once; memory in use is about ten times as much, whatever the size of the whole."""
_MOST_BUCKETS: Final = 256
_SAMPLES: Final = 16
"""Lines looked at for each border between two buckets."""


def write_sorted(rows: IO[bytes], output: Output, repeated: bool = True, piece: int = _PIECE) -> None:
    """Write the lines of the seekable file `rows` to `output`, each once, in the order of code points.

    Every line must end with a line break. Without `repeated` no line may stand in `rows` twice, which saves
    looking for such. `piece` is the number of bytes sorted at once.
    """
    size = rows.seek(0, os.SEEK_END)
    borders = _borders(rows, size, min(size // piece, _MOST_BUCKETS - 1))
    if not borders:
        rows.seek(0)
        _write(_sorted(_lines(rows.read()), repeated), output)
        return
    with ExitStack() as stack:
        buckets = [stack.enter_context(TemporaryFile()) for _ in range(len(borders) + 1)]
        for lines in _pieces(rows, piece):
            lines.sort()
            start = 0
            for bucket, border in zip(buckets, borders, strict=False):
                end = bisect_left(lines, border, start)
                _write(lines[start:end], bucket)
                start = end
            _write(lines[start:], buckets[-1])
        for bucket in buckets:
            bucket.seek(0)
            _write(_sorted(_lines(bucket.read()), repeated), output)


def _sorted(lines: list[str], repeated: bool) -> list[str]:
    lines.sort()  # quick where runs of the lines are sorted already, as those of a bucket are
    return list(dict.fromkeys(lines)) if repeated else lines


def _borders(rows: IO[bytes], size: int, count: int) -> list[str]:
    """Return up to `count` lines that part the lines of `rows` into buckets of about one size."""
    samples = set()
    for number in range(count * _SAMPLES):
        rows.seek(size * number // (count * _SAMPLES))
        rows.readline()  # the rest of a line
        samples.update(_lines(rows.readline()))
    ordered = sorted(samples)
    return sorted({ordered[len(ordered) * n // (count + 1)] for n in range(1, count + 1)}) if ordered else []


def _pieces(rows: IO[bytes], piece: int) -> Iterator[list[str]]:
    rows.seek(0)
    while text := rows.read(piece):
        yield _lines(text + rows.readline())


def _lines(text: bytes) -> list[str]:
    return text.decode("latin-1").removesuffix("\n").split("\n") if text else []


def _write(lines: list[str], output: Output) -> None:
    if lines:
        output.write(("\n".join(lines) + "\n").encode("latin-1"))
