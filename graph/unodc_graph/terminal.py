"""The terminals of Turtle and TriG, one after the other, for readers of text that the engine has accepted.

Turtle §6.5 and TriG §4. No parser: what a terminal means is for the reader to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

OPENING: Final = frozenset({"[", "(", "<<", "<<(", "{|"})
"""Marks that open a bracket within a statement."""
CLOSING: Final = frozenset({"]", ")", ">>", ")>>", "|}"})
"""Marks that close one."""

_TERMINAL: Final = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
  | (?P<comment>\#[^\r\n]*)
  | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
      |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<iri><(?:[^\x00-\x20<>"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
  | (?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<name>(?:[^\W\d_](?:[\w.\-·]*[\w\-·])?|_)?:
      (?:[\w:%\-·‿⁀]|\\.|\.(?=\.*[\w:%\-·\\]))*)
  | (?P<number>[+-]?(?:\d+(?:\.\d*)?[eE][+-]?\d+|\.\d+[eE][+-]?\d+|\d*\.\d+|\d+))
  | (?P<word>[A-Za-z]+)
  | (?P<mark>\^\^|<<\(?|\)?>>|\{\||\|\}|[\[\](){}.;,~])
    """,
    re.VERBOSE | re.DOTALL,
)
_NUMERIC_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class Terminal(NamedTuple):
    """A terminal: its kind (a group of the pattern above), its characters, its line from 1, its offset."""

    kind: str
    text: str
    line: int
    start: int

    @property
    def end(self) -> int:
        """The offset at which the text goes on after it."""
        return self.start + len(self.text)


def terminals(text: str, comments: bool = False) -> Iterator[Terminal]:
    """Yield the terminals of `text`, white space left out, and comments too unless they are wanted.

    Stops where no terminal can stand, which happens only in text that the engine refuses.
    """
    offset, line = 0, 1
    while match := _TERMINAL.match(text, offset):
        written, kind = match.group(), str(match.lastgroup)
        if kind != "space" and (comments or kind != "comment"):
            yield Terminal(kind, written, line, offset)
        line += written.count("\n")
        offset = match.end()


def numeric_unescape(written: str) -> str:
    """Return what is between the brackets of an IRI with its numeric escapes as characters."""
    return _NUMERIC_ESCAPE.sub(lambda m: chr(int(m.group(1) or m.group(2), 16)), written)
