"""Which of its names a thing is called by, and which text describes it: one rule, wherever it is shown.

English comes before what has no language, and that before another language; among those the property that
NAMES, or DESCRIPTIONS, lists first; then the first by tag and text, so that the choice is always the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Final

from unodc_graph.namespace import PREFIXES
from unodc_graph.store.term import Literal, NamedNode, Quad, Term

NAMES: Final = (
    NamedNode(f"{PREFIXES['skos']}prefLabel"),
    NamedNode(f"{PREFIXES['rdfs']}label"),
    NamedNode(f"{PREFIXES['dcterms']}title"),
)
"""The properties that name a thing, each for its own kinds: a concept, another thing, a document of the web.

Of two the first counts: skos:prefLabel is the narrower, since rdfs:label follows from it (SKOS, S11).
"""

DESCRIPTIONS: Final = (
    NamedNode(f"{PREFIXES['dcterms']}description"),
    NamedNode(f"{PREFIXES['skos']}definition"),
)
"""The properties that describe a thing, each for its own kinds: anything of the record, a term or concept."""

_PREFERENCE: Final = MappingProxyType({name: number for number, name in enumerate(NAMES)})

Rank = tuple[int, int, str, str]
"""Where a name stands among those of a thing: the least is what it is called, and the last part its text."""


def rank(predicate: NamedNode, value: Term) -> Rank | None:
    """Return the rank of `value` as a name by `predicate`, or None when the two make no name."""
    preference = _PREFERENCE.get(predicate)
    return None if preference is None else _rank(preference, value)


def name_of(values: Callable[[NamedNode], Iterable[Term]]) -> str:
    """Return what a thing is called, or an empty string; `values` gives what it has by a property.

    A property that cannot better what was found is not asked for.
    """
    return _best(NAMES, values)


def description_of(values: Callable[[NamedNode], Iterable[Term]]) -> str:
    """Return what describes a thing, or an empty string; `values` as for `name_of`."""
    return _best(DESCRIPTIONS, values)


def names_in(quads: Iterable[Quad]) -> dict[str, str]:
    """Return what each thing is called that `quads` name: by its IRI, or the label of a blank node."""
    best: dict[str, Rank] = {}
    for quad in quads:
        found = rank(quad.predicate, quad.object)
        if found is not None:
            key = quad.subject.value if isinstance(quad.subject, NamedNode) else str(quad.subject)
            best[key] = min(best.get(key, found), found)
    return {key: found[-1] for key, found in best.items()}


def _best(properties: Iterable[NamedNode], values: Callable[[NamedNode], Iterable[Term]]) -> str:
    best: Rank | None = None
    for preference, predicate in enumerate(properties):
        ranks = (_rank(preference, value) for value in values(predicate))
        best = min((found for found in (best, *ranks) if found is not None), default=None)
        if best is not None and best[0] == 0:
            break
    return best[-1] if best is not None else ""


def _rank(preference: int, value: Term) -> Rank | None:
    if not isinstance(value, Literal) or not value.value.strip():
        return None
    tag = (value.language or "").lower()
    return _language(tag), preference, tag, value.value


def _language(tag: str) -> int:
    if tag == "en":
        return 0
    return 1 if tag.startswith("en-") else 2 if not tag else 3
