"""Looks, for each number and name of a passage, for what in the passage's graphs accounts for it."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable
from decimal import Decimal

from unodc_graph.coverage.listing import SAID_IN_WORDS, ItemKind, Listed
from unodc_graph.coverage.name import Name, NameIndex
from unodc_graph.coverage.number import Number, NumberKind, find_numbers
from unodc_graph.coverage.record import PassageFacts
from unodc_graph.coverage.report import Account, Item, Means

_CODE_CHARACTERS = re.compile(r"[\w./-]")


class Exceptions:
    """The listed exceptions of one passage; it remembers which of them were needed."""

    def __init__(self, text: str, lines: Iterable[Listed]) -> None:
        """Find where in the passage's text each line applies."""
        self._places = [
            (line, [(found.start(), found.end()) for found in _word_bounded(line.text).finditer(text)])
            for line in lines
        ]
        self._needed: set[int] = set()

    def take(self, kind: ItemKind, start: int, end: int) -> Account | None:
        """Return the reason listed for the item from `start` to `end`, and note that it was needed."""
        for line, places in self._places:
            if line.reason == SAID_IN_WORDS or line.kind != kind:
                continue
            if any(first <= start and end <= last for first, last in places):
                self._needed.add(line.line)
                return Account(Means.LISTED, line.reason)
        return None

    def excuse(self, wordings: Iterable[str]) -> bool:
        """Say whether a figure with these wordings may have a number that is not printed."""
        wordings = tuple(wordings)
        for line, places in self._places:
            if (
                line.reason == SAID_IN_WORDS
                and places
                and any(map(_word_bounded(line.text).search, wordings))
            ):
                self._needed.add(line.line)
                return True
        return False

    @property
    def absent(self) -> tuple[Listed, ...]:
        """Lines whose text the passage does not hold."""
        return tuple(line for line, places in self._places if not places)

    @property
    def unused(self) -> tuple[Listed, ...]:
        """Lines whose text the passage holds, but which nothing needed."""
        return tuple(line for line, places in self._places if places and line.line not in self._needed)


def account_for(text: str, facts: PassageFacts, index: NameIndex, exceptions: Exceptions) -> tuple[Item, ...]:
    """Return every number and every name of a passage's text, each with what accounts for it."""
    figures = _Figures(facts.figures)
    items = [_number_item(text, number, facts, figures, exceptions) for number in find_numbers(text)]
    items += [_name_item(name, facts, exceptions) for name in index.find(text)]
    return tuple(sorted(items, key=lambda item: (item.start, item.kind)))


class _Figures:
    """The figures of a passage by number; each bound of each figure accounts for one number only."""

    def __init__(self, figures: Iterable[tuple[str, frozenset[Decimal]]]) -> None:
        self._free: dict[Decimal, deque[str]] = defaultdict(deque)
        for iri, values in figures:
            for value in values:
                self._free[value].append(iri)

    def take(self, value: Decimal) -> Account | None:
        free = self._free.get(value)
        return Account(Means.FIGURE, free.popleft()) if free else None


def _number_item(
    text: str, number: Number, facts: PassageFacts, figures: _Figures, exceptions: Exceptions
) -> Item:
    account = _number_account(text, number, facts, figures)
    account = account or exceptions.take(ItemKind.NUMBER, number.start, number.end)
    return Item(ItemKind.NUMBER, number.text, number.start, number.end, number.kind, account)


def _number_account(text: str, number: Number, facts: PassageFacts, figures: _Figures) -> Account | None:
    if number.kind is NumberKind.LIST_MARK:
        return None
    if number.days:
        dated = number.days <= facts.dates
        return Account(Means.DATE, ", ".join(sorted(map(str, number.days)))) if dated else None
    by_name = _named_number(text, number, facts)
    if number.is_year:
        return _dated(number, facts) or by_name or figures.take(number.value)
    # A rank is more likely part of a name ("fourth round") than a quantity, any other number less.
    if number.kind is NumberKind.ORDINAL:
        return by_name or figures.take(number.value)
    return figures.take(number.value) or by_name


def _dated(number: Number, facts: PassageFacts) -> Account | None:
    if number.value in facts.codes:
        return Account(Means.CODE, facts.codes[number.value])
    days = sorted(day for day in facts.dates if day.year == number.value)
    return Account(Means.DATE, str(days[0])) if days else None


def _named_number(text: str, number: Number, facts: PassageFacts) -> Account | None:
    token = _code_around(text, number)
    for symbol in sorted(facts.symbols):
        if re.search(rf"(?<!\w){re.escape(token)}(?!\w)", symbol, re.IGNORECASE):
            return Account(Means.SYMBOL, symbol)
    if number.value in facts.titled:
        return Account(Means.TITLE, facts.titled[number.value])
    if number.value in facts.codes:
        return Account(Means.CODE, facts.codes[number.value])
    return None


def _code_around(text: str, number: Number) -> str:
    """The unbroken run of letters, digits, points, slashes and hyphens that a number stands in."""
    start, end = number.start, number.end
    while start and _CODE_CHARACTERS.match(text[start - 1]):
        start -= 1
    while end < len(text) and _CODE_CHARACTERS.match(text[end]):
        end += 1
    return text[start:end].strip("./-")


def _name_item(name: Name, facts: PassageFacts, exceptions: Exceptions) -> Item:
    account = None
    for means, used in ((Means.USED, facts.used), (Means.CONTEXT, facts.used_in_context)):
        borne = sorted(name.things & used)
        if borne:
            account = Account(means, borne[0])
            break
    account = account or exceptions.take(ItemKind.NAME, name.start, name.end)
    return Item(ItemKind.NAME, name.text, name.start, name.end, " ".join(sorted(name.things)), account)


def _word_bounded(words: str) -> re.Pattern[str]:
    """A pattern for a text as printed, of which no edge may fall inside a word."""
    head = r"(?<!\w)" if words[:1].isalnum() else ""
    tail = r"(?!\w)" if words[-1:].isalnum() else ""
    return re.compile(head + r"\s+".join(map(re.escape, words.split())) + tail)
