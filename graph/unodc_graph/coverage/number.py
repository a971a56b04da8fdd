"""Finds every number that a text prints: digits, number words, ordinals, "half", percentages, list marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final


def _numbered(words: str, first: int, step: int = 1) -> dict[str, int]:
    """Number words in their order."""
    return {word: first + place * step for place, word in enumerate(words.split())}


def _compounds(tens: dict[str, int], units: dict[str, int]) -> dict[str, int]:
    """The words from twenty-one to ninety-nine."""
    return {f"{ten}-{unit}": value + rest for ten, value in tens.items() for unit, rest in units.items()}


_UNITS: Final = _numbered("one two three four five six seven eight nine", 1)
_TEENS: Final = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS: Final = _numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
_CARDINALS: Final = {"zero": 0, **_UNITS, **_numbered(_TEENS, 10), **_TENS, **_compounds(_TENS, _UNITS)}

_NTH_UNITS: Final = _numbered("first second third fourth fifth sixth seventh eighth ninth", 1)
_NTH_TEENS: Final = (
    "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_NTH_TENS: Final = {f"{word[:-1]}ieth": value for word, value in _TENS.items()}
_ORDINALS: Final = {
    **_NTH_UNITS,
    **_numbered(_NTH_TEENS, 10),
    **_NTH_TENS,
    **_compounds(_TENS, _NTH_UNITS),
}

_MONTHS: Final = _numbered(
    "January February March April May June July August September October November December", 1
)
_MAGNITUDES: Final = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ROMAN: Final = _numbered("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx", 1)

_NUMBER: Final = re.compile(
    r"""
      (?P<roman> (?<!\w) \(? (?: {roman} ) \) )
    | (?P<digits> \d+ (?:,\d{{3}})+ (?:\.\d+)? (?!\d) | \d+ \.\d+ (?![.\d]) | \d+ )
      (?: (?P<percent> \s? % | \s per \s? cent\b )
        | (?P<suffix> st | nd | rd | th ) \b
        | \s (?P<scale> {scale} ) \b )?
    | \b (?P<half> half | halves ) \b
    | \b (?P<ordinal> {ordinals} ) \b
    | \b (?P<word> {cardinals} ) (?: \s (?P<wordscale> {scale} ) )? \b
    """.format(
        roman="|".join(sorted(_ROMAN, key=len, reverse=True)),
        scale="|".join(_MAGNITUDES),
        ordinals="|".join(sorted(_ORDINALS, key=len, reverse=True)),
        cardinals="|".join(sorted(_CARDINALS, key=len, reverse=True)),
    ),
    re.VERBOSE | re.IGNORECASE,
)
_DAYS: Final = re.compile(
    rf"(?P<first>\d{{1,2}})(?:\s*(?:and|to|-|–)\s*(?P<last>\d{{1,2}}))?\s+(?P<month>{'|'.join(_MONTHS)})"
    r"\s+(?P<year>\d{4})\b"
)
_HALF_YEAR: Final = re.compile(
    r"(?P<which>first|second)\s+(?P<half>half)\s+of\s+(?P<year>\d{4})\b", re.IGNORECASE
)


class NumberKind(StrEnum):
    """The forms in which a text prints a number."""

    DIGITS = "digits"
    PERCENTAGE = "percentage"
    WORD = "number word"
    ORDINAL = "ordinal"
    HALF = "half"
    LIST_MARK = "list mark"


@dataclass(frozen=True)
class Number:
    """A number as printed, with its place in the text (code points) and what it is worth.

    `value` of a percentage is a share ("90%" is 0.9), of "half" 0.5, of an ordinal or a list mark its rank.
    `days` are the days that this number names together with its neighbours ("21" in "20 and 21 September
    2017"; both words in "first half of 2018"), empty if it stands alone.
    """

    start: int
    end: int
    text: str
    kind: NumberKind
    value: Decimal
    days: frozenset[date] = frozenset()

    @property
    def is_year(self) -> bool:
        """True for four plain digits between 1900 and 2100."""
        return self.kind is NumberKind.DIGITS and len(self.text) == 4 and 1900 <= self.value <= 2100


def find_numbers(text: str) -> tuple[Number, ...]:
    """Return every number of `text` in the order of the text."""
    days = dict(_calendar(text))
    return tuple(_number(found, days) for found in _NUMBER.finditer(text))


def _number(found: re.Match[str], days: dict[int, frozenset[date]]) -> Number:
    kind, value = _worth(found)
    return Number(
        found.start(), found.end(), found.group(), kind, value, days.get(found.start(), frozenset())
    )


def _worth(found: re.Match[str]) -> tuple[NumberKind, Decimal]:
    if found["roman"]:
        return NumberKind.LIST_MARK, Decimal(_ROMAN[found["roman"].strip("()").lower()])
    if found["half"]:
        return NumberKind.HALF, Decimal("0.5")
    if found["ordinal"]:
        return NumberKind.ORDINAL, Decimal(_ORDINALS[found["ordinal"].lower()])
    if found["word"]:
        value = Decimal(_CARDINALS[found["word"].lower()])
        return NumberKind.WORD, value * _magnitude(found["wordscale"])
    value = Decimal(found["digits"].replace(",", ""))
    if found["percent"]:
        return NumberKind.PERCENTAGE, value / 100
    if found["suffix"]:
        return NumberKind.ORDINAL, value
    return NumberKind.DIGITS, value * _magnitude(found["scale"])


def _magnitude(word: str | None) -> int:
    return _MAGNITUDES[word.lower()] if word else 1


def _calendar(text: str) -> Iterator[tuple[int, frozenset[date]]]:
    """Yield the position of each number that names a day or half a year, with the days it stands for."""
    for found in _DAYS.finditer(text):
        month = _MONTHS[found["month"]]
        for part in ("first", "last"):
            day = _day(int(found["year"]), month, int(found[part])) if found[part] else None
            if day:
                yield found.start(part), frozenset({day})
    for found in _HALF_YEAR.finditer(text):
        year = int(found["year"])
        first = found["which"].lower() == "first"
        ends = (date(year, 1, 1), date(year, 6, 30)) if first else (date(year, 7, 1), date(year, 12, 31))
        yield found.start("which"), frozenset(ends)
        yield found.start("half"), frozenset(ends)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
