"""Cuts the text of a source document into passages, each with its position and its hash.

A passage is a paragraph or a list item, split where two sentences are glued together. Positions are Unicode
code points of the whole text, start inclusive and end exclusive, as in the Web Annotation model
(TextPositionSelector). What belongs to the page rather than to the text (the words "View More", list
bullets, a byte order mark) is an artefact: it is listed, so that every non-space character is in exactly one
passage or artefact.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

LONGEST_HEADING = 60
"""Code points: a whole line up to this long that does not end in punctuation is a heading."""

_LINE = re.compile(r"[^\r\n]+")
_GLUE = re.compile(r"\.(?=[^\W\d_])")
_ABBREVIATED_TITLES = frozenset({"Dr", "Mr", "Mrs", "Ms", "Prof", "St", "No", "Nos", "Art", "Ch"})
_ARTEFACT = re.compile(r"(?P<view_more>View More)|(?P<bullet>[-–—•*·](?=\s|$))|(?P<mark>\ufeff)")


class ArtefactKind(StrEnum):
    """What a stretch of text that belongs to the page, and to no passage, is."""

    VIEW_MORE = "view more"
    BULLET = "list bullet"
    BYTE_ORDER_MARK = "byte order mark"


_KINDS = {
    "view_more": ArtefactKind.VIEW_MORE,
    "bullet": ArtefactKind.BULLET,
    "mark": ArtefactKind.BYTE_ORDER_MARK,
}


@dataclass(frozen=True)
class Artefact:
    """A stretch of page furniture: its kind, first code point and the one after its last."""

    kind: ArtefactKind
    start: int
    end: int


@dataclass(frozen=True)
class Occurrence:
    """One place where a passage stands.

    `text` is exactly the document's text from `start` to `end`. `under_heading` is the index, among the
    document's occurrences, of the heading or introducing line that this one stands under, None if the
    text shows none.
    """

    start: int
    end: int
    text: str
    under_heading: int | None

    @property
    def slug(self) -> str:
        """The last part of the passage's IRI: the first 12 hex digits of its hash."""
        return text_hash(self.text)[:12]


@dataclass(frozen=True)
class Segmentation:
    """The occurrences and the artefacts of one document, each in the order of the text."""

    occurrences: tuple[Occurrence, ...]
    artefacts: tuple[Artefact, ...]


@dataclass(frozen=True)
class _Piece:
    """A passage before headings are known: where it stands and what its line shows."""

    start: int
    end: int
    bulleted: bool
    whole_line: bool


def text_hash(text: str) -> str:
    """Return the sha256 of a passage's text in Unicode normal form C, as 64 hex digits."""
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()


def segment(text: str) -> Segmentation:
    """Cut a document's text into occurrences of passages and artefacts."""
    artefacts: list[Artefact] = []
    pieces: list[_Piece] = []
    for line in _LINE.finditer(text):
        cuts = [line.start(), *_glued(text, line.start(), line.end()), line.end()]
        for start, end in pairwise(cuts):
            piece = _clean(text, start, end, len(cuts) == 2, artefacts)
            if piece:
                pieces.append(piece)
    headings = _headings(text, pieces)
    occurrences = tuple(
        Occurrence(piece.start, piece.end, text[piece.start : piece.end], heading)
        for piece, heading in zip(pieces, headings, strict=True)
    )
    return Segmentation(occurrences, tuple(artefacts))


def _glued(text: str, start: int, end: int) -> Iterator[int]:
    """Yield each position where a sentence begins without a space after the full stop before it."""
    for stop in _GLUE.finditer(text, start, end):
        before = _word_ending(text, stop.start(), start)
        after = _word_starting(text, stop.end(), end)
        if not after[0].isupper() or before in _ABBREVIATED_TITLES:
            continue
        # "GLO.ACT" and "U.S.A." are one name: capitals on both sides, or a single letter or digit before.
        if len(before) == 1 or (before.isupper() and after.isupper()):
            continue
        yield stop.end()


def _word_ending(text: str, end: int, limit: int) -> str:
    start = end
    while start > limit and text[start - 1].isalnum():
        start -= 1
    return text[start:end]


def _word_starting(text: str, start: int, limit: int) -> str:
    end = start
    while end < limit and text[end].isalnum():
        end += 1
    return text[start:end]


def _clean(text: str, start: int, end: int, whole_line: bool, artefacts: list[Artefact]) -> _Piece | None:
    """Strip spaces and leading artefacts; None if nothing else is there."""
    bulleted = False
    while True:
        while start < end and text[start].isspace():
            start += 1
        found = _ARTEFACT.match(text, start, end)
        if not found:
            break
        kind = _KINDS[str(found.lastgroup)]
        artefacts.append(Artefact(kind, found.start(), found.end()))
        bulleted = bulleted or kind is ArtefactKind.BULLET
        start = found.end()
    while end > start and text[end - 1].isspace():
        end -= 1
    return _Piece(start, end, bulleted, whole_line) if start < end else None


def _headings(text: str, pieces: list[_Piece]) -> list[int | None]:
    """Say for each piece which earlier piece it stands under.

    Three rules, no more, since a plain text shows no more:
    1. A heading is a whole line without a bullet, at most LONGEST_HEADING long, whose last character is a
       letter or a digit. It holds until the next heading; if a bulleted list follows it at once, it holds
       for that list only.
    2. A line that ends in a colon introduces a list: the bulleted items that follow it at once. If they
       bear no bullet, only the next paragraph is sure to belong to it.
    3. Whatever is introduced by a colon stands under that line, the line itself under the heading.
    """
    under: list[int | None] = []
    heading: int | None = None
    introduction: int | None = None
    for index, piece in enumerate(pieces):
        if index and not piece.bulleted:
            list_ends = pieces[index - 1].bulleted
            if list_ends or introduction != index - 1:
                introduction = None
            if list_ends and heading is not None and pieces[heading + 1].bulleted:
                heading = None
        if _is_heading(text, piece):
            heading, introduction = index, None
            under.append(None)
        elif not piece.bulleted and text[piece.end - 1] == ":":
            introduction = index
            under.append(heading)
        else:
            under.append(heading if introduction is None else introduction)
    return under


def _is_heading(text: str, piece: _Piece) -> bool:
    short = piece.end - piece.start <= LONGEST_HEADING
    return piece.whole_line and short and not piece.bulleted and text[piece.end - 1].isalnum()
