"""What a change of the asserted triples changes in the closure, worked out from the change alone.

Delete and rederive: first everything that could have rested on a removed triple is doubted, then what still
follows from the rest is taken back, then what is new is followed up. What this costs depends on the change
and on what hangs on it, not on the size of the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from unodc_graph.inference.fact import Facts, FactSet, consequences, derivations
from unodc_graph.inference.rule import Fact, Resource, Rules, key
from unodc_graph.store.term import NamedNode, Term


@dataclass(frozen=True)
class FactChange:
    """Triples to add to those that there are, and to remove from them; no triple is in both."""

    added: frozenset[Fact] = frozenset()
    removed: frozenset[Fact] = frozenset()

    @property
    def growth(self) -> int:
        """By how many triples there are more afterwards."""
        return len(self.added) - len(self.removed)


NOTHING: Final = FactChange()


def change(
    asserted: Facts, inferred: Facts, added: Iterable[Fact], removed: Iterable[Fact], rules: Rules
) -> FactChange:
    """Return what becomes of the inferred triples.

    `asserted` is what is asserted after the change, `inferred` what followed before it and was not asserted
    then. `added` and `removed` are the triples that were not asserted before, and that are no more. The rules
    must be the same before and after; where axioms change, compute the closure anew.
    """
    gained = set(added)
    doubted = _doubted(asserted, inferred, set(removed), rules)
    sure = _Sure(asserted, inferred, doubted, gained)
    ahead = [fact for fact in gained if fact not in inferred]
    new: set[Fact] = set()

    def hold(fact: Fact) -> None:
        if fact not in sure:
            sure.found.add(fact)
            new.add(fact)
            ahead.append(fact)

    for fact in doubted:
        ways = (way for rule in rules.by_head.get(key(fact), ()) for way in derivations(rule, fact, sure))
        if any(fact not in way for way in ways):
            hold(fact)
    for fact in ahead:
        for rule, index in rules.by_body.get(key(fact), ()):
            for head, _ in consequences(rule, index, fact, sure):
                hold(head)
    gone = {fact for fact in doubted | gained if fact in inferred} - new
    return FactChange(frozenset(fact for fact in new if fact not in inferred), frozenset(gone))


def _doubted(asserted: Facts, inferred: Facts, removed: set[Fact], rules: Rules) -> set[Fact]:
    """Return `removed` and every inferred triple to which one of them could have led."""
    before = _Before(asserted, inferred, removed)
    doubted = set(removed)
    ahead = list(removed)
    for fact in ahead:
        for rule, index in rules.by_body.get(key(fact), ()):
            for head, _ in consequences(rule, index, fact, before):
                if head not in doubted and head in inferred:
                    doubted.add(head)
                    ahead.append(head)
    return doubted


class _Before:
    """All that held before the change, and what was added by it, which does no harm when doubting."""

    def __init__(self, asserted: Facts, inferred: Facts, removed: set[Fact]) -> None:
        self._parts: tuple[Facts, ...] = (asserted, inferred, FactSet(removed))

    def __contains__(self, fact: Fact) -> bool:
        return any(fact in part for part in self._parts)

    def match(self, subject: Resource | None, predicate: NamedNode, value: Term | None) -> Iterator[Fact]:
        for part in self._parts:
            yield from part.match(subject, predicate, value)


class _Sure:
    """What is known to hold after the change: asserted, inferred and not doubted, or found since."""

    def __init__(self, asserted: Facts, inferred: Facts, doubted: set[Fact], added: set[Fact]) -> None:
        self._asserted = asserted
        self._inferred = inferred
        self._left_out = doubted | added
        self.found = FactSet()

    def __contains__(self, fact: Fact) -> bool:
        kept = fact in self._inferred and fact not in self._left_out
        return kept or fact in self._asserted or fact in self.found

    def match(self, subject: Resource | None, predicate: NamedNode, value: Term | None) -> Iterator[Fact]:
        yield from self._asserted.match(subject, predicate, value)
        for fact in self._inferred.match(subject, predicate, value):
            if fact not in self._left_out:
                yield fact
        yield from self.found.match(subject, predicate, value)
