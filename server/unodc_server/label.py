"""Finding things by what they are called: labels, other names, misprints, codes.

The index of a generation is made in memory when it is first asked for. Words are compared without case and
accents; a word that is nowhere is replaced by those spelt most like it.
"""

from __future__ import annotations

import difflib
import re
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from unodc_graph.namespace import ONTOLOGY, PREFIXES, kind
from unodc_graph.naming import NAMES, Rank, rank
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import Literal, NamedNode

FORMS: Final = MappingProxyType(
    {
        **{name.value: "label" for name in NAMES},
        f"{PREFIXES['skos']}altLabel": "other name",
        f"{ONTOLOGY}sourceSpelling": "spelling in a source",
        f"{ONTOLOGY}symbol": "symbol",
        f"{ONTOLOGY}iso2": "code",
        f"{ONTOLOGY}iso3": "code",
        f"{ONTOLOGY}m49": "code",
        f"{PREFIXES['skos']}notation": "code",
    }
)
"""The properties that a thing is found by, and what each sort of form is called."""

HIDDEN_KINDS: Final = frozenset({"occurrence"})
_TYPE: Final = NamedNode(f"{PREFIXES['rdf']}type")
_DEPRECATED: Final = NamedNode(f"{PREFIXES['owl']}deprecated")
_DESCRIPTION: Final = (f"{PREFIXES['dcterms']}description", f"{PREFIXES['skos']}definition")
_WORD: Final = re.compile(r"\w+")
_LONGEST: Final = 300
_MOST_WORDS: Final = 12
_MOST_LOOKED_AT: Final = 20_000
_MOST_SCORED: Final = 500
_MOST_ALIKE: Final = 2_000
"""Bounds on the work of one search, whatever it asks and however large the graph is."""


@dataclass(frozen=True)
class Entry:
    """A thing and the forms it is found by; `types` are its classes, those that follow included."""

    iri: str
    label: str
    kind: str
    types: tuple[str, ...]
    description: str
    forms: tuple[tuple[str, str], ...]

    @property
    def symbol(self) -> str:
        """The symbol that tells an instrument from another of the same name, or an empty string."""
        return min((form for form, sort in self.forms if sort == "symbol"), default="")

    @property
    def title(self) -> str:
        """What it is called, with its symbol if it has one."""
        return f"{self.label} ({self.symbol})" if self.symbol else self.label


@dataclass(frozen=True)
class Match:
    """An entry that was found. `score` is between 0 and 100, 100 for a form that is the text asked for."""

    entry: Entry
    score: float
    form: str
    sort: str


class LabelIndex:
    """Everything in one generation that has a name."""

    def __init__(self, store: Store) -> None:
        """Read names, types and descriptions from `store`."""
        self.labels: dict[str, str] = {}
        self.entries = tuple(self._read(store))
        self.by_iri = {entry.iri: entry for entry in self.entries}
        self._words: dict[str, list[int]] = {}
        self._alike: dict[str, list[int]] = {}
        self._lock = threading.Lock()
        for number, entry in enumerate(self.entries):
            for word in sorted({word for form, _ in entry.forms for word in words(form)}):
                self._words.setdefault(word, []).append(number)

    def find(self, text: str, limit: int, types: Iterable[str] = (), kind: str = "") -> list[Match]:
        """Return the best `limit` matches for `text`, best first; `types` and `kind` keep out others."""
        text = text[:_LONGEST]
        wanted = set(types)
        found = []
        for number in self._candidates(words(text)):
            entry = self.entries[number]
            if (wanted and not wanted & set(entry.types)) or (kind and entry.kind != kind):
                continue
            found.append(max((_match(entry, text, *form) for form in entry.forms), key=lambda m: m.score))
        found.sort(key=lambda match: (-match.score, match.entry.label.casefold(), match.entry.iri))
        return found[:limit]

    def beginning(self, prefix: str, limit: int) -> list[Match]:
        """Return things of which a form, or a word of one, begins with `prefix`, as one types it."""
        folded = fold(prefix)
        found = []
        for entry in self.entries:
            best = [m for form in entry.forms if (m := _begins(entry, folded, *form))]
            if best:
                found.append(max(best, key=lambda m: m.score))
        found.sort(key=lambda m: (-m.score, m.entry.label.casefold(), m.entry.iri))
        return found[:limit]

    def of_kind(self, kind: str) -> list[Entry]:
        """Return the things of `kind` in the order of their labels."""
        return sorted((e for e in self.entries if e.kind == kind), key=lambda e: (e.label.casefold(), e.iri))

    def _candidates(self, asked: list[str]) -> list[int]:
        """Return the entries that share most words with `asked`, rare words counting more."""
        weights: defaultdict[int, float] = defaultdict(float)
        buckets = [self._bucket(word) for word in list(dict.fromkeys(asked))[:_MOST_WORDS]]
        for bucket in sorted((bucket for bucket in buckets if bucket), key=len):
            for number in bucket[:_MOST_LOOKED_AT]:
                weights[number] += 1 / (1 + len(bucket))
        return sorted(weights, key=lambda number: (-weights[number], number))[:_MOST_SCORED]

    def _bucket(self, word: str) -> list[int]:
        """Return the entries with `word`, or with words that are spelt like it or begin with it."""
        found = self._words.get(word)
        if found is None:
            with self._lock:
                found = self._alike.get(word)
            if found is None:
                close = difflib.get_close_matches(word, self._words, 5, 0.75) if len(word) > 3 else []
                starts = [known for known in self._words if known.startswith(word)] if len(word) > 1 else []
                found = sorted({number for known in (*close, *starts) for number in self._words[known]})
                with self._lock:
                    if len(self._alike) >= _MOST_ALIKE:
                        self._alike.clear()
                    self._alike[word] = found
        return found

    def _read(self, store: Store) -> Iterator[Entry]:
        forms: defaultdict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        best: dict[str, Rank] = {}
        for predicate, sort in FORMS.items():
            for quad in store.quads_for_pattern(None, NamedNode(predicate), None, None):
                if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                    iri = quad.subject.value
                    forms[iri][(quad.object.value, sort)] = None
                    if (ranked := rank(quad.predicate, quad.object)) is not None:
                        best[iri] = min(best.get(iri, ranked), ranked)
        self.labels.update((iri, ranked[-1]) for iri, ranked in best.items())
        for iri in sorted(forms):
            if kind(iri) is None or kind(iri) in HIDDEN_KINDS or iri not in self.labels:
                continue
            node = NamedNode(iri)
            if next(store.quads_for_pattern(node, _DEPRECATED, None, None), None) is not None:
                continue
            found = (quad.object for quad in store.quads_for_pattern(node, _TYPE, None, None))
            types = {term.value for term in found if isinstance(term, NamedNode)}
            described = (
                q.object.value
                for name in _DESCRIPTION
                for q in store.quads_for_pattern(node, NamedNode(name), None, None)
                if isinstance(q.object, Literal)
            )
            yield Entry(
                iri,
                self.labels[iri],
                kind(iri) or "",
                tuple(sorted(types)),
                next(described, ""),
                tuple(forms[iri]),
            )


def fold(text: str) -> str:
    """Return `text` without case and accents, one space between words."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def words(text: str) -> list[str]:
    """Return the folded words of `text`."""
    return _WORD.findall(fold(text))


def _match(entry: Entry, text: str, form: str, sort: str) -> Match:
    return Match(entry, _score(text, form), form, sort)


def _score(text: str, form: str) -> float:
    """Return how alike two names are: 100 the same, below 90 never all of it."""
    asked, there = words(text), words(form)
    if asked == there:
        return 100.0 if fold(text) == fold(form) else 99.0
    if not asked or not there:
        return 0.0
    common = sum(1 for word in set(asked) if word in there)
    covered = common / len(set(asked))
    alike = difflib.SequenceMatcher(None, " ".join(asked), " ".join(there)).ratio()
    return round(min(95.0, 55 * covered + 40 * alike), 1)


def _begins(entry: Entry, folded: str, form: str, sort: str) -> Match | None:
    there = fold(form)
    if there.startswith(folded):
        return Match(entry, 100.0 if sort == "label" else 90.0, form, sort)
    return Match(entry, 70.0, form, sort) if f" {folded}" in f" {there}" else None
