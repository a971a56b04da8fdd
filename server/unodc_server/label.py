"""Finding things by what they are called: labels, other names, misprints, codes.

The index of a generation is made in memory when it is first asked for. Words are compared without case and
accents; a word that is nowhere is replaced by those spelt most like it.
"""

from __future__ import annotations

import difflib
import re
import threading
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from unodc_graph.namespace import ID, ONTOLOGY, PREFIXES, kind
from unodc_graph.naming import NAMES, Rank, description_of, rank
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import Literal, NamedNode, Term

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
_WORD: Final = re.compile(r"\w+")
LONGEST: Final = 300
"""The letters of a text that are looked at; who asks with more is refused before."""

_MOST_WORDS: Final = 12
_MOST_MISSPELT: Final = 4
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


@dataclass(frozen=True, slots=True)
class _Form:
    """A name ready for comparing: folded, in words, and its pairs of letters as the bits of a number."""

    text: str
    sort: str
    folded: str
    words: tuple[str, ...]
    distinct: frozenset[str]
    pairs: int
    size: int


class LabelIndex:
    """Everything in one generation that has a name, in the order of labels."""

    def __init__(self, store: Store) -> None:
        """Read names, types and descriptions from `store`."""
        self.labels: dict[str, str] = {}
        self.entries = tuple(sorted(self._read(store), key=lambda e: (e.label.casefold(), e.iri)))
        self.by_iri = {entry.iri: entry for entry in self.entries}
        self.number = {entry.iri: number for number, entry in enumerate(self.entries)}
        self._bits: dict[str, int] = {}
        self._forms = tuple(
            tuple(self._form(form, sort, self._numbered) for form, sort in entry.forms)
            for entry in self.entries
        )
        self._words: dict[str, list[int]] = {}
        self._alike: dict[str, list[int]] = {}
        self._lock = threading.Lock()
        for number, forms in enumerate(self._forms):
            for word in sorted({word for form in forms for word in form.words}):
                self._words.setdefault(word, []).append(number)
        self._sorted_words = sorted(self._words)

    def find(self, text: str, limit: int, types: Iterable[str] = (), kind: str = "") -> list[Match]:
        """Return the best `limit` matches for `text`, best first; `types` and `kind` keep out others."""
        asked = self._form(text[:LONGEST], "", self._bits.get)
        wanted = set(types)
        found = []
        for number in self._candidates(asked.words):
            entry = self.entries[number]
            if (wanted and wanted.isdisjoint(entry.types)) or (kind and entry.kind != kind):
                continue
            score, form = max(((_score(asked, f), f) for f in self._forms[number]), key=lambda pair: pair[0])
            found.append((-score, number, form))
        found.sort(key=lambda one: one[:2])
        return [Match(self.entries[n], -least, form.text, form.sort) for least, n, form in found[:limit]]

    def beginning(self, prefix: str, limit: int) -> list[Match]:
        """Return things of which a form, or a word of one, begins with `prefix`, as one types it."""
        folded = fold(prefix[:LONGEST])
        found = []
        for number, forms in enumerate(self._forms):
            best = max(((_begins(folded, form), form) for form in forms), key=lambda pair: pair[0])
            if best[0]:
                found.append((-best[0], number, best[1]))
        found.sort(key=lambda one: one[:2])
        return [Match(self.entries[n], -least, form.text, form.sort) for least, n, form in found[:limit]]

    def of_kind(self, kind: str) -> list[Entry]:
        """Return the things of `kind` in the order of their labels."""
        return [entry for entry in self.entries if entry.kind == kind]

    def called(self, iri: str) -> set[str]:
        """Return, folded, whatever the thing, class or property `iri` goes by, its identifier included."""
        number = self.number.get(iri)
        forms = {form.folded for form in self._forms[number]} if number is not None else set()
        return forms | {fold(iri), fold(iri.removeprefix(ID))} | {fold(self.labels.get(iri, ""))} - {""}

    def _form(self, text: str, sort: str, bit: Callable[[str], int | None]) -> _Form:
        folded = fold(text)
        found = tuple(_WORD.findall(folded))
        joined = f" {' '.join(found)} "
        pairs = {joined[n : n + 2] for n in range(len(joined) - 1)}
        mask = 0
        for pair in pairs:
            if (place := bit(pair)) is not None:
                mask |= 1 << place
        return _Form(text, sort, folded, found, frozenset(found), mask, len(pairs))

    def _numbered(self, pair: str) -> int:
        return self._bits.setdefault(pair, len(self._bits))

    def _candidates(self, asked: Iterable[str]) -> list[int]:
        """Return the entries that share most words with `asked`, rare words counting more."""
        weights: defaultdict[int, float] = defaultdict(float)
        distinct = list(dict.fromkeys(asked))[:_MOST_WORDS]
        misspelt = sorted((word for word in distinct if word not in self._words), key=len, reverse=True)
        known = [self._words[word] for word in distinct if word in self._words]
        buckets = [*known, *(self._alike_to(word) for word in misspelt[:_MOST_MISSPELT])]
        for bucket in sorted((bucket for bucket in buckets if bucket), key=len):
            for number in bucket[:_MOST_LOOKED_AT]:
                weights[number] += 1 / (1 + len(bucket))
        return sorted(weights, key=lambda number: (-weights[number], number))[:_MOST_SCORED]

    def _alike_to(self, word: str) -> list[int]:
        """Return the entries with words that are spelt like `word` or begin with it."""
        with self._lock:
            found = self._alike.get(word)
        if found is None:
            close = difflib.get_close_matches(word, self._words, 5, 0.75) if len(word) > 3 else []
            starts = self._starting(word) if len(word) > 1 else ()
            found = sorted({number for known in (*close, *starts) for number in self._words[known]})
            with self._lock:
                if len(self._alike) >= _MOST_ALIKE:
                    self._alike.clear()
                self._alike[word] = found
        return found

    def _starting(self, word: str) -> Iterator[str]:
        for place in range(bisect_left(self._sorted_words, word), len(self._sorted_words)):
            if not self._sorted_words[place].startswith(word):
                return
            yield self._sorted_words[place]

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
            values = partial(_values, store, node)
            types = {term.value for term in values(_TYPE) if isinstance(term, NamedNode)}
            yield Entry(
                iri,
                self.labels[iri],
                kind(iri) or "",
                tuple(sorted(types)),
                description_of(values),
                tuple(forms[iri]),
            )


def _values(store: Store, thing: NamedNode, predicate: NamedNode) -> Iterator[Term]:
    return (quad.object for quad in store.quads_for_pattern(thing, predicate, None, None))


def fold(text: str) -> str:
    """Return `text` without case and accents, one space between words."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def _score(asked: _Form, form: _Form) -> float:
    """Return how alike two names are: 100 the same, 99 but for punctuation, else 95 at most.

    It is weighed from the share of the words asked for that are there, and from the pairs of letters that the
    two have in common (Dice's coefficient), which a misprint hardly changes.
    """
    if asked.words == form.words:
        return 100.0 if asked.folded == form.folded else 99.0
    if not asked.words or not form.words:
        return 0.0
    covered = len(asked.distinct & form.distinct) / len(asked.distinct)
    alike = 2 * (asked.pairs & form.pairs).bit_count() / (asked.size + form.size)
    return round(min(95.0, 55 * covered + 40 * alike), 1)


def _begins(folded: str, form: _Form) -> float:
    if form.folded.startswith(folded):
        return 100.0 if form.sort == "label" else 90.0
    return 70.0 if f" {folded}" in f" {form.folded}" else 0.0
