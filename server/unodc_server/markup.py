"""Our own texts as HTML: what stands between backticks in a message is code."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

_CODE: Final = re.compile(r"`([^`]+)`")


def marked(text: str) -> Markup:
    """Return `text` as HTML, everything in it escaped, with `…` as code."""
    pieces = _CODE.split(text)
    shown = (
        Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece)
        for number, piece in enumerate(pieces)
    )
    return Markup("").join(shown)


def excerpt(text: str, line: int, column: int) -> str:
    """Return the line of a query where a mistake is, with a mark below the place; both count from 1."""
    lines = text.replace("\r\n", "\n").split("\n")
    if not 1 <= line <= len(lines):
        return ""
    begin = max(0, column - 1 - 60)
    shown = lines[line - 1][begin : begin + 100].expandtabs(1)
    return f"{shown}\n{' ' * (column - 1 - begin)}^"
