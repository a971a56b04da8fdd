"""Statements in words: names for IRIs, dates and numbers as one reads them, figures as one says them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from unodc_graph.namespace import ONTOLOGY, PREFIXES, compact
from unodc_graph.naming import names_in
from unodc_graph.store.term import Literal, NamedNode, Quad, Term

_XSD: Final = PREFIXES["xsd"]
_NUMBERS: Final = frozenset(f"{_XSD}{name}" for name in ("integer", "decimal", "double"))
_BREAK: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CODES: Final = frozenset({"iso2", "iso3", "m49", "publicationYear", "session", "meeting"})
"""Properties whose digits are no amount, so that 2015 is not written 2,015."""


@dataclass(frozen=True)
class Names:
    """What each IRI is called."""

    labels: Mapping[str, str]

    def __call__(self, iri: str) -> str:
        """Return the label of `iri`, or what its last part says."""
        return self.labels.get(iri) or _from_iri(iri)


def names_of(quads: Iterable[Quad]) -> Names:
    """Return the names that `quads` give."""
    return Names(names_in(quads))


def _from_iri(iri: str) -> str:
    if iri.endswith("/context"):
        return "what a reader supplies"
    short = compact(iri)
    if short == iri:
        return iri
    local = short.partition(":")[2]
    return _BREAK.sub(" ", local).replace("-", " ")


def literal(term: Literal, predicate: str) -> str:
    """Return a value as one reads it: `1 November 2019`, `5,000`, `yes`."""
    kind, text = term.datatype.value, term.value
    if kind == f"{_XSD}date":
        return day(text)
    if kind == f"{_XSD}boolean":
        return "yes" if text in ("true", "1") else "no"
    if kind in _NUMBERS and predicate.removeprefix(ONTOLOGY) not in _CODES:
        return number(text)
    return text


def day(text: str) -> str:
    """Return an xsd:date as one reads it, or unchanged when it is none."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{found.day} {found:%B} {found.year}"


def number(text: str) -> str:
    """Return a number with its thousands set apart, or unchanged when it is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return f"{value:,f}" if value.is_finite() else text


def amount(own: Iterable[Quad], names: Names) -> str:
    """Return how much a figure says: `178`, `more than 330`, `USD 5,000 to 60,000`, `about 50%`."""
    values: dict[str, Term] = {q.predicate.value.removeprefix(ONTOLOGY): q.object for q in own}

    def text(name: str) -> str:
        term = values.get(name)
        return term.value if isinstance(term, Literal | NamedNode) else ""

    share = text("qualifier").endswith("/share") or "share" in text("measure").rpartition("/")[2]

    def told(name: str) -> str:
        if share and Decimal(text(name)) <= 1:
            return f"{(Decimal(text(name)) * 100).normalize():f}%"
        return number(text(name))

    value, low, high = (name if text(name) else "" for name in ("value", "lowerBound", "upperBound"))
    if value:
        about = "about " if text("qualifier").endswith("/approximate") else ""
        said = about + told("value")
    elif low and high:
        said = f"{told(low)} to {told(high)}"
    elif low:
        said = ("more than " if text("lowerBoundInclusive") == "false" else "at least ") + told(low)
    elif high:
        said = ("fewer than " if text("upperBoundInclusive") == "false" else "at most ") + told(high)
    else:
        return "no number"
    currency = text("currency")
    unit = {"YR": "years", "MO": "months"}.get(text("unit").rpartition("/")[2], names(text("unit")))
    return " ".join(part for part in (currency, said, unit if text("unit") else "") if part)
