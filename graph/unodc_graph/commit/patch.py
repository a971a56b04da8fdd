"""Patches on disk: what each commit added and removed, in RDF Patch, compressed, one file a generation.

A file has a header (`H`) with the number of the generation and of its parent, then removed (`D`) and added
(`A`) quads in the order of their N-Quads, between `TX .` and `TC .`; graphs that came to be or went are
headers too. Deltas are exact, so that a patch can be read backwards, and patches in a row come to one delta.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from unodc_graph.commit.delta import Delta
from unodc_graph.commit.record import Record, record_file, write_record
from unodc_graph.errors import CorruptState, HistoryMissing
from unodc_graph.store.canonical import read_lines
from unodc_graph.store.durability import write_synced


def patch_lines(delta: Delta) -> Iterator[str]:
    """Yield the lines of `delta` in RDF Patch, without headers, in a stable order."""
    for mark, quads in (("D", delta.removed), ("A", delta.added)):
        for line in sorted(str(quad) for quad in quads):
            yield f"{mark} {line} ."


def patch_text(delta: Delta) -> str:
    """Return `delta` as an RDF Patch of one transaction, without headers, in a stable order."""
    return "\n".join(["TX .", *patch_lines(delta), "TC .", ""])


def write_patch(path: Path, number: int, parent: int, delta: Delta) -> None:
    """Write and sync the patch that makes generation `number` of `parent`. Raises OSError."""
    headers = [f"H generation {number} .", f"H parent {parent} ."]
    headers += [f"H created <{name}> ." for name in sorted(delta.created)]
    headers += [f"H dropped <{name}> ." for name in sorted(delta.dropped)]
    text = "\n".join([*headers, patch_text(delta)])
    write_synced(path, gzip.compress(text.encode("utf-8"), mtime=0))


def write_history(folder: Path, parent: int, delta: Delta, record: Record) -> None:
    """Write and sync patch and record of the generation that `delta` makes of `parent`. Raises OSError."""
    folder.mkdir(exist_ok=True)
    write_patch(patch_file(folder, record.number), record.number, parent, delta)
    write_record(folder, record)


def patch_file(folder: Path, number: int) -> Path:
    """Return the file in the history `folder` that holds the patch of generation `number`."""
    return folder / f"{number:06d}.rdfp.gz"


def history_files(folder: Path, number: int) -> tuple[Path, Path]:
    """Return the files in the history `folder` that are written for generation `number`: patch and record."""
    return patch_file(folder, number), record_file(folder, number)


def read_patch(path: Path) -> tuple[int, Delta]:
    """Return the parent's number and the delta of a patch that `write_patch` wrote.

    Raises CorruptState for a file that is no such patch, or not whole, and FileNotFoundError.
    """
    try:
        lines = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")
    except (zlib.error, EOFError, gzip.BadGzipFile, UnicodeDecodeError):
        raise CorruptState(path, "the patch cannot be read") from None
    if lines[-2:] != ["TC .", ""]:
        raise CorruptState(path, "the patch is not whole")
    try:
        return _parsed(lines)
    except (ValueError, LookupError, StopIteration, SyntaxError):
        raise CorruptState(path, "it is no patch of a commit") from None


def _parsed(lines: list[str]) -> tuple[int, Delta]:
    headers = [line.split(" ") for line in lines if line.startswith("H ")]
    parent = next(int(words[2]) for words in headers if words[1] == "parent")

    def named(kind: str) -> frozenset[str]:
        return frozenset(words[2][1:-1] for words in headers if words[1] == kind)

    added = read_lines(line[2:] for line in lines if line.startswith("A "))
    removed = read_lines(line[2:] for line in lines if line.startswith("D "))
    return parent, Delta(frozenset(added), frozenset(removed), named("created"), named("dropped"))


def between(folder: Path, first: int, last: int) -> Delta:
    """Return the delta that leads from generation `first` to generation `last`, forwards or backwards.

    Raises HistoryMissing when a patch on the way is not there.
    """
    if first > last:
        return between(folder, last, first).inverse
    return _joined(_patch(folder, number, first) for number in range(first + 1, last + 1))


def _patch(folder: Path, number: int, oldest: int) -> Delta:
    try:
        parent, delta = read_patch(patch_file(folder, number))
    except FileNotFoundError:
        raise HistoryMissing(oldest) from None
    if parent != number - 1:
        raise HistoryMissing(oldest)
    return delta


def _joined(deltas: Iterable[Delta]) -> Delta:
    whole = Delta()
    for delta in deltas:
        whole = whole.then(delta)
    return whole
