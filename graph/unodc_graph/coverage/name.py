"""Finds the names of known things in a text: longest match on word boundaries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_ALIKE: Final = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\u00a0": " "}
)
# One character for one, so that positions stay as they are.


def alike(text: str) -> str:
    """Return `text` with one form for each quotation mark and dash; positions stay as they are."""
    return text.translate(_ALIKE)


@dataclass(frozen=True)
class Name:
    """A name as printed, with its place in the text (code points) and the things that bear it."""

    start: int
    end: int
    text: str
    things: frozenset[str]


class NameIndex:
    """The names of all things, ready to be looked for.

    Quotation marks, apostrophes and dashes count as equal whatever their form. A name of several words is
    found in upper and lower case alike; a single word only as it is written, since "WHO" is no pronoun.
    """

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """Take for each thing (IRI) the forms of its name."""
        things: dict[str, set[str]] = defaultdict(set)
        for thing, forms in names.items():
            for form in forms:
                words = " ".join(alike(form).split())
                if words:
                    things[words.casefold() if " " in words else words].add(thing)
        self._patterns = [(_pattern(words), frozenset(bearers)) for words, bearers in sorted(things.items())]

    def find(self, text: str) -> tuple[Name, ...]:
        """Return the names that stand in `text`, in its order; where two overlap, the longer one."""
        folded = alike(text)
        candidates = [
            Name(found.start(), found.end(), text[found.start() : found.end()], things)
            for pattern, things in self._patterns
            for found in pattern.finditer(folded)
        ]
        candidates.sort(key=lambda name: (name.start - name.end, name.start))
        chosen: list[Name] = []
        for candidate in candidates:
            if all(candidate.end <= other.start or other.end <= candidate.start for other in chosen):
                chosen.append(candidate)
        return tuple(sorted(chosen, key=lambda name: name.start))


def _pattern(words: str) -> re.Pattern[str]:
    body = r"\s+".join(re.escape(word) for word in words.split())
    return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE if " " in words else 0)
