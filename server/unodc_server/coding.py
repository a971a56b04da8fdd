"""Content codings: which one a client takes, and answers written in it."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Final

SMALLEST: Final = 1024
"""Answers of at most this many bytes are sent as they are."""

_PREFERRED: Final = ("br", "gzip")
_GZIP_LEVEL: Final = 5
_BROTLI_LEVEL: Final = 4
_ITEM: Final = re.compile(r"\s*([A-Za-z0-9*-]+)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?\Z")
_CODED: Final = re.compile(
    r"text/|application/(?:json|xml|ld\+json|n-triples|n-quads|trig|rdf\+xml|problem\+json|"
    r"sparql-results\+(?:json|xml)|javascript)"
)


def _brotli() -> Any:
    """Return the brotli module, or None where it is not installed: then gzip is offered alone."""
    try:
        return import_module("brotli")
    except ImportError:
        return None


def offered() -> tuple[str, ...]:
    """Return the codings this installation can write, best first."""
    return tuple(name for name in _PREFERRED if name != "br" or _brotli() is not None)


def choose(accept_encoding: str | None, content_type: str, among: Sequence[str] = ()) -> str | None:
    """Return the coding for an answer of `content_type`, or None to send it as it is (RFC 9110 §12.5.3).

    `among` are the codings that the answer can be had in, best first; all that are offered if none is given.
    """
    if not accept_encoding or not _CODED.match(content_type):
        return None
    wanted: dict[str, float] = {}
    for item in accept_encoding.split(","):
        match = _ITEM.match(item)
        if match:
            try:
                wanted[match.group(1).lower()] = float(match.group(2) or 1)
            except ValueError:
                continue
    found = [
        (wanted.get(name, wanted.get("*", 0.0)), -rank, name) for rank, name in enumerate(among or offered())
    ]
    quality, _, name = max(found)
    return name if quality > 0 else None


def code(data: bytes, coding: str) -> bytes:
    """Return `data` in `coding`."""
    if coding == "br":
        return bytes(_brotli().compress(data, quality=_BROTLI_LEVEL))
    return gzip.compress(data, _GZIP_LEVEL, mtime=0)


def code_file(source: BinaryIO, target: Path, coding: str) -> int:
    """Write what `source` holds to the file `target` in `coding`; return the size in bytes."""
    with target.open("wb") as output:
        if coding == "br":
            writer = _brotli().Compressor(quality=_BROTLI_LEVEL)
            while piece := source.read(1 << 16):
                output.write(writer.process(piece))
            output.write(writer.finish())
        else:
            packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 31)
            while piece := source.read(1 << 16):
                output.write(packer.compress(piece))
            output.write(packer.flush())
    return target.stat().st_size
