"""Competency questions as files: what a `.rq` of `queries/competency/` says of itself, and its answer."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
QUESTIONS = PROJECT / "queries" / "competency"
EXPECTED = PROJECT / "tests" / "queries" / "expected"

MEANS = frozenset({"stated", "inferred-or-stated"})
ABOUT = frozenset(
    {
        "funds",
        "mandates",
        "not stated",
        "partners",
        "people",
        "places",
        "programmes",
        "provenance",
        "publications",
        "time",
    }
)
PROGRAMMES = frozenset({"GLO.ACT", "HAYA", "ICAT", "Spotlight Initiative"})
TRAPS = frozenset(
    {
        "address is not seat",
        "bounds and ranges",
        "known from context only",
        "mixed group",
        "nationality is not place",
        "open list",
        "ordinal",
        "planned is not done",
        "repeated paragraph",
        "roles kept apart",
        "two lists, one wording",
        "two spellings",
        "workshops are not people",
    }
)
USES = frozenset({"aggregate", "negation"})

_HEADER = re.compile(r"^# ([a-z]+): (\S.*)$")
_NEEDED = ("question", "why", "means", "expected", "about", "hops")
_ALLOWED = frozenset({*_NEEDED, "programme", "trap", "uses"})

Rows = list[list[str]]


class IncompleteHeader(ValueError):
    """A header lacks a field, has one that nobody knows, or one with a value that is not allowed."""


@dataclass(frozen=True)
class Question:
    """A query with its header. `expected` is the file of the answer, `body` the query without prefixes."""

    name: str
    question: str
    why: str
    means: str
    expected: Path
    about: str
    programmes: frozenset[str]
    trap: str | None
    hops: int
    uses: frozenset[str]
    query: str
    body: str

    def answer(self) -> Rows:
        """Return the expected answer: the names of the variables, then the rows in order."""
        return rows(self.expected.read_text(encoding="utf-8"))


def rows(text: str) -> Rows:
    """Return the rows of a CSV text, of SPARQL results or of an expected answer."""
    return list(csv.reader(io.StringIO(text, newline="")))


def read(path: Path) -> Question:
    """Return the question in the file `path`. Raises IncompleteHeader."""
    return parse(path.stem, path.read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Question:
    """Return the question that `text` holds: header lines, an empty line, prefixes, the query."""
    header, _, query = text.partition("\n\n")
    fields: dict[str, str] = {}
    for line in header.splitlines():
        match = _HEADER.match(line)
        if match is None or match.group(1) in fields or match.group(1) not in _ALLOWED:
            raise IncompleteHeader(f"{name}: no header line, or one field twice: {line!r}")
        fields[match.group(1)] = match.group(2)
    missing = [field for field in _NEEDED if field not in fields]
    if missing:
        raise IncompleteHeader(f"{name}: the header lacks {', '.join(missing)}")
    body = "\n".join(line for line in query.splitlines() if not line.startswith("PREFIX "))
    return Question(
        name=name,
        question=fields["question"],
        why=fields["why"],
        means=_of(name, fields["means"], MEANS),
        expected=PROJECT / fields["expected"],
        about=_of(name, fields["about"], ABOUT),
        programmes=_some(name, fields.get("programme"), PROGRAMMES),
        trap=_of(name, fields["trap"], TRAPS) if "trap" in fields else None,
        hops=int(fields["hops"]),
        uses=_some(name, fields.get("uses"), USES),
        query=text,
        body=body.strip(),
    )


def questions() -> list[Question]:
    """Return all questions, by name."""
    return [read(path) for path in sorted(QUESTIONS.glob("*.rq"))]


def _of(name: str, value: str, allowed: frozenset[str]) -> str:
    if value not in allowed:
        raise IncompleteHeader(f"{name}: {value!r} is not one of {', '.join(sorted(allowed))}")
    return value


def _some(name: str, value: str | None, allowed: frozenset[str]) -> frozenset[str]:
    return frozenset(_of(name, part, allowed) for part in value.split(", ")) if value else frozenset()
