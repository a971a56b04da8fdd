"""Reads the curators' list of numbers and names that no fact accounts for, each with its reason."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from unodc_graph.errors import UnreadableFile

LIST_FILE: Final = Path("coverage.csv")
"""Where the list stands below the facts."""
COLUMNS: Final = ("passage", "kind", "text", "reason")


class ItemKind(StrEnum):
    """What coverage accounts for in a passage."""

    NUMBER = "number"
    NAME = "name"


SAID_IN_WORDS: Final = "said-in-words"
"""The reason that excuses a figure whose number is not printed; it excuses no number that is."""
REASONS: Final = MappingProxyType(
    {
        (ItemKind.NUMBER, "list-mark"): "it orders the parts of a sentence and counts nothing",
        (ItemKind.NUMBER, "idiom"): "it belongs to a turn of phrase and counts nothing",
        (ItemKind.NUMBER, "part-of-name"): "it belongs to a name that is no thing of the graph",
        (ItemKind.NUMBER, SAID_IN_WORDS): "a figure has its number from words that hold none",
        (ItemKind.NUMBER, "repeated"): "it says again a number that the passage's graph holds already",
        (ItemKind.NAME, "other-sense"): "the words mean something else here",
        (ItemKind.NAME, "part-of-name"): "it belongs to a longer name that is no thing of the graph",
    }
)
"""The closed list of reasons, by what they are given for."""


@dataclass(frozen=True)
class Listed:
    """One line of the list.

    `passage` is the 12 digits of the passage; `text` the number or name as printed, with neighbouring words
    where it stands more than once and only one is meant. `problem` says what is wrong with the line itself.
    """

    line: int
    passage: str
    kind: str
    text: str
    reason: str
    problem: str | None


def read_listed(path: Path) -> tuple[Listed, ...]:
    """Read the list; empty if there is no such file.

    Raises UnreadableFile if it is not UTF-8 or its columns are not those of COLUMNS.
    """
    if not path.exists():
        return ()
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise UnreadableFile(path, 1, 1, f"expected the columns {','.join(COLUMNS)}")
            return tuple(_listed(reader.line_num, row) for row in reader)
    except UnicodeDecodeError as error:
        raise UnreadableFile(path, None, None, "expected UTF-8; save the file as UTF-8") from error


def _listed(line: int, row: dict[str, str | None]) -> Listed:
    passage, kind, text, reason = ((row[column] or "").strip() for column in COLUMNS)
    return Listed(line, passage, kind, text, reason, _problem(kind, text, reason))


def _problem(kind: str, text: str, reason: str) -> str | None:
    if kind not in ItemKind.__members__.values():
        return f"unknown kind {kind!r}; allowed: {', '.join(ItemKind)}"
    allowed = [code for applies, code in REASONS if applies == kind]
    if reason not in allowed:
        return f"unknown reason {reason!r} for a {kind}; allowed: {', '.join(allowed)}"
    if not text or len(text.split()) > 5:
        return "the text must be the number or name as printed, of at most five words"
    return None
