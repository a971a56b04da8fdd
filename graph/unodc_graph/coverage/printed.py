"""The reverse direction: what the graph quotes from a passage, or counts by it, must be printed there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from unodc_graph.coverage.account import Exceptions
from unodc_graph.coverage.name import alike
from unodc_graph.coverage.number import find_numbers
from unodc_graph.coverage.record import Claim
from unodc_graph.finding import Finding
from unodc_graph.namespace import compact


def unprinted(
    passage: str, text: str, nearby: Iterable[str], claims: Iterable[Claim], exceptions: Exceptions
) -> Iterator[Finding]:
    """Yield a finding for each wording and each number that `claims` make of the passage and it lacks.

    `nearby` are the texts that the passage is read with; what its context graph states may be printed there.
    A number that a figure has from words that hold none ("yearly" is once a year) is excused by the list, on
    a line whose text is part of the figure's `unodc:asStated`.
    """
    claims = tuple(claims)
    outright = _folded(text)
    around = " | ".join((outright, *map(_folded, nearby)))
    numbers = {wide: _numbers(where) for wide, where in ((False, outright), (True, around))}
    wordings: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        if isinstance(claim.said, str):
            wordings[claim.thing].add(_folded(claim.said))
            if not _holds(around if claim.in_context else outright, _folded(claim.said)):
                message = f"the passage does not print {claim.said!r}, which {_whose(claim)} quotes"
                advice = "write it as it is printed, with the same capitals"
                yield Finding("wording", message, thing=passage, advice=advice)
    missing = {
        (claim.thing, claim.said)
        for claim in claims
        if isinstance(claim.said, Decimal) and claim.said not in numbers[claim.in_context]
    }
    for thing, number in sorted(missing):
        if not exceptions.excuse(wordings[thing]):
            message = f"the passage does not print {number}, which {compact(thing)} gives as its number"
            yield Finding(
                "figure", message, thing=passage, advice="give the figure the number that is printed"
            )


def _whose(claim: Claim) -> str:
    return f"{claim.property} of {compact(claim.thing)}"


def _folded(text: str) -> str:
    """Return `text` with its spaces, dashes and quotation marks made alike."""
    return " ".join(alike(text).split())


def _holds(text: str, words: str) -> bool:
    """Say whether `words` stand in `text`, with no edge inside a word."""
    return bool(words) and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def _numbers(text: str) -> frozenset[Decimal]:
    return frozenset(number.value for number in find_numbers(text))
