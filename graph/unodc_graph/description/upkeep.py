"""Statistics kept up by what a commit changes: each count is what counting anew would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from unodc_graph.description.link import link
from unodc_graph.description.neighbourhood import TYPE
from unodc_graph.description.statistics import (
    NO_KINDS,
    Kinds,
    PropertyCount,
    Signature,
    Statistics,
    Use,
    UseCount,
    first,
    is_entity,
    signature,
    total,
    uses,
)
from unodc_graph.inference.change import FactChange
from unodc_graph.inference.fact import ASSERTED, INFERRED
from unodc_graph.inference.rule import Fact
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import BlankNode, NamedNode, Term

_Key = TypeVar("_Key", bound=Hashable)
_Pattern = tuple[Term | None, NamedNode | None, Term | None]


@dataclass(frozen=True)
class Shift:
    """What a commit did to the triples: to the asserted ones, each once, and to those that follow.

    `graphs` says by how many triples named graphs grew or shrank, by their IRIs.
    """

    asserted: FactChange
    inferred: FactChange
    graphs: Mapping[str, int]

    @property
    def gained(self) -> frozenset[Fact]:
        """The triples that hold now and did not before, asserted or inferred."""
        return (self.asserted.added | self.inferred.added) - (self.asserted.removed | self.inferred.removed)

    @property
    def lost(self) -> frozenset[Fact]:
        """The triples that held before and do no more."""
        return (self.asserted.removed | self.inferred.removed) - (self.asserted.added | self.inferred.added)

    @property
    def typed(self) -> frozenset[Term]:
        """The things of which a type is newly, or no longer, asserted or inferred."""
        parts = (self.asserted.added, self.asserted.removed, self.inferred.added, self.inferred.removed)
        return frozenset(fact[0] for part in parts for fact in part if fact[1] == TYPE)


def shifted(counts: Statistics, parent: Store, clone: Store, shift: Shift) -> Statistics:
    """Return the statistics of `clone`, `counts` being those of `parent` and `shift` what lies between.

    Whether a subject is a new one, and the like, is looked up in both. The time it takes hangs on how many
    triples changed, or speak of a thing whose types did, and not on the size of the dataset.
    """
    old, new = _State(parent), _State(clone)
    gained, lost = shift.gained, shift.lost
    subjects = {fact[0] for fact in gained | lost}
    return Statistics(
        asserted=counts.asserted + len(shift.asserted.added) - len(shift.asserted.removed),
        inferred=counts.inferred + len(shift.inferred.added) - len(shift.inferred.removed),
        subjects=counts.subjects + _growth(old, new, {(term, None, None) for term in subjects}),
        objects=counts.objects + _growth(old, new, {(None, None, fact[2]) for fact in gained | lost}),
        entities=counts.entities
        + _growth(old, new, {(term, None, None) for term in subjects if is_entity(term)}),
        graphs=total(counts.graphs, shift.graphs),
        links=_tally(counts.links, gained, lost, lambda fact: link(fact[1].value, fact[2])),
        classes=_tally(counts.classes, gained, lost, _class),
        properties=_properties(counts.properties, old, new, gained, lost),
        uses=_uses(counts.uses, _signatures(old, new, shift)),
        first=_first(counts.first, new, shift.asserted),
    )


class _State:
    """A store in which triples are looked up, asserted and inferred alike."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.kinds = lru_cache(maxsize=65_536)(self._kinds)

    def holds(self, pattern: _Pattern) -> bool:
        return next(self._match(*pattern), None) is not None

    def about(self, thing: Term) -> Iterator[Fact]:
        """Yield the triples of which `thing` is subject or object; one of which it is both, twice."""
        yield from self._match(thing, None, None)
        yield from self._match(None, None, thing)

    def signature(self, fact: Fact) -> Signature:
        subject, predicate, value = fact
        return signature(self.kinds(subject), predicate.value, value, self.kinds(value))

    def is_typed(self, thing: NamedNode) -> bool:
        return next(self._store.quads_for_pattern(thing, TYPE, None, ASSERTED), None) is not None

    def typed(self) -> Iterator[Term]:
        """Yield the things of which a type is asserted."""
        return (quad.subject for quad in self._store.quads_for_pattern(None, TYPE, None, ASSERTED))

    def _kinds(self, thing: Term) -> Kinds:
        if not isinstance(thing, NamedNode | BlankNode):
            return NO_KINDS
        stated, inferred = (
            frozenset(
                quad.object.value
                for quad in self._store.quads_for_pattern(thing, TYPE, None, graph)
                if isinstance(quad.object, NamedNode)
            )
            for graph in (ASSERTED, INFERRED)
        )
        return Kinds(stated | inferred, stated)

    def _match(self, subject: Term | None, predicate: NamedNode | None, value: Term | None) -> Iterator[Fact]:
        for graph in (ASSERTED, INFERRED):
            # No graph of ours holds a triple term, and none has a literal for a subject.
            for quad in self._store.quads_for_pattern(subject, predicate, value, graph):  # type: ignore[arg-type]
                yield quad.subject, quad.predicate, quad.object  # type: ignore[misc]


def _growth(old: _State, new: _State, patterns: Iterable[_Pattern]) -> int:
    """Return how many more of `patterns` some triple fits now than before."""
    return sum(new.holds(pattern) - old.holds(pattern) for pattern in patterns)


def _tally(
    counts: Mapping[_Key, int],
    gained: Iterable[Fact],
    lost: Iterable[Fact],
    key: Callable[[Fact], _Key | None],
) -> dict[_Key, int]:
    """Return `counts` with the triples gained, each under its key if it has one, and less those lost."""
    found = Counter(name for fact in gained if (name := key(fact)) is not None)
    found.subtract(name for fact in lost if (name := key(fact)) is not None)
    return total(counts, found)


def _class(fact: Fact) -> str | None:
    """Return the class of which `fact` makes its subject an instance."""
    _, predicate, value = fact
    return value.value if predicate == TYPE and isinstance(value, NamedNode) else None


def _properties(
    counts: Mapping[str, PropertyCount],
    old: _State,
    new: _State,
    gained: frozenset[Fact],
    lost: frozenset[Fact],
) -> dict[str, PropertyCount]:
    found = dict(counts)
    for predicate in {fact[1] for fact in gained | lost}:
        more, less = ([fact for fact in part if fact[1] == predicate] for part in (gained, lost))
        before = found.pop(predicate.value, PropertyCount())
        after = PropertyCount(
            before.triples + len(more) - len(less),
            before.subjects + _growth(old, new, {(fact[0], predicate, None) for fact in more + less}),
            before.objects + _growth(old, new, {(None, predicate, fact[2]) for fact in more + less}),
        )
        if after.triples:
            found[predicate.value] = after
    return found


def _signatures(old: _State, new: _State, shift: Shift) -> dict[Signature, int]:
    """Return how many more triples there are now of each signature, fewer being below zero.

    The signature of a triple that stays is another one where an end of it has other types than before.
    """
    more, less = set(shift.gained), set(shift.lost)
    for thing in shift.typed:
        if old.kinds(thing) != new.kinds(thing):
            more.update(new.about(thing))
            less.update(old.about(thing))
    found = Counter(map(new.signature, more))
    found.subtract(map(old.signature, less))
    return total(found, {})


def _uses(counts: Mapping[Use, UseCount], signatures: Mapping[Signature, int]) -> dict[Use, UseCount]:
    found = dict(counts)
    for use, growth in uses(signatures).items():
        after = found.pop(use, UseCount()) + growth
        if after.triples:
            found[use] = after
    return found


def _first(counts: Mapping[str, str], new: _State, asserted: FactChange) -> dict[str, str]:
    """Return the first thing of each kind; where one of before has no type now, all are gone through."""
    typed, untyped = (
        {fact[0] for fact in part if fact[1] == TYPE} for part in (asserted.added, asserted.removed)
    )
    held = set(map(NamedNode, counts.values()))
    if any(not new.is_typed(thing) for thing in held & untyped):
        return first(new.typed())
    return first(held | typed)
