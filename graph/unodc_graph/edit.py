"""Edits of one text, collected and then made at once: what they do not touch stays byte for byte.

What is put in is written with "\\n" and gets the line ends of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_REST_OF_LINE: Final = re.compile(r"[ \t]*(\r\n|[\r\n]|\Z)")
_REST_WITH_COMMENT: Final = re.compile(r"[ \t]*(?:#[^\r\n]*)?(\r\n|[\r\n]|\Z)")
_BLANK_LINE_BEFORE: Final = re.compile(r"[\r\n]([ \t]*(?:\r\n|[\r\n]))\Z")
_SPARE_LINE_AFTER: Final = re.compile(r"[ \t]*(?:[\r\n}]|\Z)")
_FAR_ENOUGH: Final = 200
"""How far back a blank line is looked for, in characters."""


class Edits:
    """The edits of a document in Turtle or TriG; offsets are those of the text as it was."""

    def __init__(self, text: str) -> None:
        """Begin with no edit of `text`."""
        self._text = text
        self._edits: list[tuple[int, int, bool, str]] = []

    def indent(self, offset: int) -> str | None:
        """Return the white space before `offset`, or None when more than that stands on its line."""
        before = self._text[self._line_start(offset) : offset]
        return None if before.strip(" \t") else before

    def replace(self, start: int, end: int, text: str) -> None:
        """Write `text` for what stands from `start` to `end`."""
        self._edits.append((start, end, True, text))

    def cut(self, start: int, end: int, kept: Sequence[str]) -> None:
        """Take out what stands from `start` to `end` and lines left empty, but leave the rows `kept`."""
        rest, indent = _REST_OF_LINE.match(self._text, end), self.indent(start)
        if rest is None or indent is None:
            self.replace(start, end, "".join(f"{row}\n" for row in kept))
            return
        first = self._line_start(start)
        blank = _BLANK_LINE_BEFORE.search(self._text[max(first - _FAR_ENOUGH, 0) : first])
        if blank and not kept and _SPARE_LINE_AFTER.match(self._text, rest.end()):
            first -= len(blank.group(1))
        self.replace(first, rest.end(), "".join(f"{indent}{row}\n" for row in kept))

    def put_before(self, offset: int, text: str, first: bool = False) -> None:
        """Put `text`, whole lines, before the line that `offset` stands in; `first` as for `put`."""
        self.put(self._line_start(offset), text, first)

    def put_after(self, offset: int, text: str, first: bool = False) -> None:
        """Put `text`, whole lines, after the line of `offset`, or at once if more follows there."""
        rest = _REST_WITH_COMMENT.match(self._text, offset)
        start = rest.end() if rest else offset
        within = (rest is None or not rest.group(1)) and start > self._line_start(start)
        self.put(start, f"\n{text}" if within else text, first)

    def put(self, offset: int, text: str, first: bool = False) -> None:
        """Put `text` at `offset`, and if `first` before all that is put there otherwise."""
        self._edits.append((offset, offset, not first, text))

    def made(self) -> str:
        """Return the text with all edits made; of two in one place the earlier comes first."""
        text, done = self._text, 0
        lines = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
        pieces: list[str] = []
        for start, end, _, piece in sorted(self._edits, key=lambda edit: edit[:3]):
            pieces += [text[done : max(start, done)], piece.replace("\n", lines)]
            done = max(end, done)
        return "".join((*pieces, text[done:]))

    def _line_start(self, offset: int) -> int:
        return max(self._text.rfind(mark, 0, offset) for mark in "\r\n") + 1
