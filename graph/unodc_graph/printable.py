"""Text of others made safe for a terminal: what would steer it, or turn its text round, is replaced."""

from __future__ import annotations

import unicodedata
from typing import Final

_KEPT: Final = "\t\n"
_SHOWN: Final = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """Return `text` with each control or format character but tab and line feed replaced by U+FFFD.

    Those are the general categories Cc and Cf of Unicode: escape sequences begin with one, and so does text
    that is shown in another order than it has.
    """
    if text.isprintable():
        return text
    return "".join(
        _SHOWN if unicodedata.category(sign) in {"Cc", "Cf"} and sign not in _KEPT else sign for sign in text
    )
