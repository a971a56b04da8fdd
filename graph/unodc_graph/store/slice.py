"""Some rows of a whole answer, read back from its file in bounded memory, for those who show it in parts.

The file is one of the two forms that have a row on each line: tab-separated results, and N-Triples.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import IO, Final

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

ROWS_TYPE: Final = "text/tab-separated-values"
TRIPLES_TYPE: Final = "application/n-triples"
"""The media types that can be read here."""

_TRIPLE: Final = ("subject", "predicate", "object")

Cell = NamedNode | BlankNode | Literal | Triple | None
"""A value; None where a variable is not bound."""


@dataclass(frozen=True)
class Slice:
    """Consecutive rows. `names` are the variables, or the parts of a triple.

    `rows` is None when the rows asked for take more bytes than the reader wanted to hold.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...] | None


def read_rows(answer: IO[bytes], first: int, count: int, octets: int) -> Slice:
    """Return at most `count` rows of a SELECT answer in ROWS_TYPE, from number `first`, counted from 0.

    At most `octets` bytes of them are held. `answer` stands at its beginning.
    """
    header = answer.readline(octets + 1)
    names = tuple(name.lstrip("?$") for name in header.decode("utf-8").strip("\n").split("\t") if name)
    lines = _lines(answer, first, count, octets)
    if lines is None or len(header) > octets:
        return Slice(names, None)
    found = parse_query_results(BytesIO(header + lines), QueryResultsFormat.TSV)
    assert isinstance(found, QuerySolutions)
    return Slice(names, tuple(tuple(solution[name] for name in names) for solution in found))


def read_triples(answer: IO[bytes], first: int, count: int, octets: int) -> Slice:
    """Return at most `count` triples of an answer in TRIPLES_TYPE, like `read_rows`."""
    lines = _lines(answer, first, count, octets)
    if lines is None:
        return Slice(_TRIPLE, None)
    found = parse(BytesIO(lines), RdfFormat.N_TRIPLES)
    return Slice(_TRIPLE, tuple((quad.subject, quad.predicate, quad.object) for quad in found))


def _lines(answer: IO[bytes], first: int, count: int, octets: int) -> bytes | None:
    for _ in range(first):
        while (piece := answer.readline(octets)) and not piece.endswith(b"\n"):
            pass
    held: list[bytes] = []
    room = octets
    for _ in range(count):
        line = answer.readline(room + 1)
        room -= len(line)
        if room < 0:
            return None
        held.append(line)
    return b"".join(held)
