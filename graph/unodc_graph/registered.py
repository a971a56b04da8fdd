"""What the register says of each document, by position and hash: it is written from this and read back to it.

It is written by `register.py` alone and so in one layout only, which is what is read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_DOCUMENT: Final = re.compile(r"^document:(\S+) a unodc:SourceDocument ;$", re.MULTILINE)
_FILE_NAME: Final = re.compile(r'^  unodc:fileName "(.*)" ;$', re.MULTILINE)
_LENGTH: Final = re.compile(r"^  unodc:length (\d+) ;$", re.MULTILINE)
_HASH: Final = re.compile(r'^  unodc:textHash "([0-9a-f]{64})" [;.]$', re.MULTILINE)
_PASSAGE: Final = re.compile(r"^passage:([0-9a-f]{12}) a unodc:Passage ;$", re.MULTILINE)
_HAS_OCCURRENCE: Final = re.compile(r"^  unodc:hasOccurrence (.+) \.$", re.MULTILINE)
_OCCURRENCE: Final = re.compile(r"^occurrence:(\S+)-\d+ a unodc:Occurrence ", re.MULTILINE)
_HEADING: Final = re.compile(r"^  unodc:underHeading passage:([0-9a-f]{12}) ;$", re.MULTILINE)
_POSITION: Final = re.compile(r" oa:start (\d+) ; oa:end (\d+) \.$", re.MULTILINE)


@dataclass(frozen=True)
class Standing:
    """A passage where it stands: its slug, the sha256 of its text, its characters, and the heading's slug."""

    passage: str
    text_hash: str
    start: int
    end: int
    under_heading: str | None


@dataclass(frozen=True)
class Registered:
    """A document as the register has it. `length` is in characters, `file_hash` the sha256 of the file."""

    slug: str
    file_name: str
    length: int
    file_hash: str
    standings: tuple[Standing, ...]


def read_register(turtle: str) -> tuple[Registered, ...]:
    """Return the documents of a register, in its order; what is not in the layout of one is passed over."""
    blocks = turtle.split("\n\n")
    hashes: dict[str, tuple[str, str]] = {}
    for block in blocks:
        passage, text_hash, names = (find.search(block) for find in (_PASSAGE, _HASH, _HAS_OCCURRENCE))
        if passage and text_hash and names:
            for name in names[1].split(" , "):
                hashes[name.removeprefix("occurrence:")] = passage[1], text_hash[1]
    standings: dict[str, list[Standing]] = {}
    for block in blocks:
        occurrence, position, heading = (find.search(block) for find in (_OCCURRENCE, _POSITION, _HEADING))
        if occurrence and position:
            start, end = int(position[1]), int(position[2])
            held = hashes.get(f"{occurrence[1]}-{start}")
            if held:
                standing = Standing(*held, start, end, heading[1] if heading else None)
                standings.setdefault(occurrence[1], []).append(standing)
    found = []
    for block in blocks:
        document, name = _DOCUMENT.search(block), _FILE_NAME.search(block)
        length, file_hash = _LENGTH.search(block), _HASH.search(block)
        if document and name and length and file_hash:
            slug = document[1]
            file_name = re.sub(r"\\(.)", r"\1", name[1])
            in_it = tuple(standings.get(slug, ()))
            found.append(Registered(slug, file_name, int(length[1]), file_hash[1], in_it))
    return tuple(found)


def passages(documents: tuple[Registered, ...]) -> dict[str, str]:
    """Return the hash of each passage of `documents`, by slug, in the order in which they first stand."""
    return {standing.passage: standing.text_hash for document in documents for standing in document.standings}
