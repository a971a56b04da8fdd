"""Why a triple follows: the smallest sets of asserted triples that lead to it, and the steps from each.

The search goes backwards from the triple by every rule that could have led to it, then forwards again: each
triple met is given the smallest sets of asserted triples that it rests on, until no set grows smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from unodc_graph.inference.fact import Facts, FactSet, consequences, derivations
from unodc_graph.inference.rule import Fact, Rule, Rules, key

_Support = frozenset[Fact]
_FIRST_REACH: Final = 200
_GROWTH: Final = 8


@dataclass(frozen=True)
class Derivation:
    """One step: `conclusion` follows from `premises` by `rule`."""

    conclusion: Fact
    rule: Rule
    premises: tuple[Fact, ...]


@dataclass(frozen=True)
class Proof:
    """`asserted`, none of which can be left out, in order of their text; and the steps, the last the goal."""

    asserted: tuple[Fact, ...]
    steps: tuple[Derivation, ...]


@dataclass(frozen=True)
class Proofs:
    """Proofs with the fewest premises first. `complete` says that no other set of premises would do."""

    found: tuple[Proof, ...]
    complete: bool


def prove(goal: Fact, facts: Facts, asserted: Facts, rules: Rules, limit: int) -> Proofs:
    """Return up to `limit` proofs of `goal`, each from another smallest set of asserted triples.

    `facts` is all that is asserted or follows, `asserted` the former alone. `goal` itself is no premise, even
    where it is asserted too. Nothing is found exactly when `goal` does not follow from other triples.
    """
    reach = _FIRST_REACH
    while True:
        search = _Search(goal, facts, asserted, rules, reach, 4 * limit)
        supports = search.supports()
        if supports or search.exhaustive:
            break
        reach *= _GROWTH
    if not search.exhaustive:
        supports = _minimal(_shrunk(support, goal, rules) for support in supports)
    ordered = sorted(supports, key=_order)
    proofs = tuple(_proof(support, goal, rules) for support in ordered[:limit])
    return Proofs(proofs, search.exhaustive and len(ordered) <= limit)


class _Search:
    """The derivations that could matter to one goal, up to `reach` triples that are looked into."""

    def __init__(
        self, goal: Fact, facts: Facts, asserted: Facts, rules: Rules, reach: int, width: int
    ) -> None:
        self._goal = goal
        self._width = width
        self._ways: dict[Fact, list[tuple[Fact, ...]]] = {}
        self._uses: dict[Fact, list[Fact]] = {goal: []}
        ahead = [goal]
        for fact in ahead:
            if len(self._ways) == reach:
                break
            ways = self._ways[fact] = []
            for rule in rules.by_head.get(key(fact), ()):
                for premises in derivations(rule, fact, facts):
                    if fact in premises or goal in premises:
                        continue
                    ways.append(premises)
                    for premise in premises:
                        if premise not in self._uses:
                            self._uses[premise] = []
                            ahead.append(premise)
                        self._uses[premise].append(fact)
        self.exhaustive = len(self._ways) == len(ahead)
        self._supports: dict[Fact, set[_Support]] = {
            fact: {frozenset([fact])} if fact != goal and fact in asserted else set() for fact in ahead
        }

    def supports(self) -> set[_Support]:
        """Return the smallest sets of asserted triples, `width` at most, from which the goal follows."""
        waiting = dict.fromkeys(reversed(self._ways))
        while waiting:
            fact = next(iter(waiting))
            del waiting[fact]
            if self._improve(fact):
                waiting.update(dict.fromkeys(self._uses[fact]))
        return self._supports[self._goal]

    def _improve(self, fact: Fact) -> bool:
        """Work out the supports of `fact` from those of its premises; return whether they changed."""
        before = self._supports[fact]
        found = set(before)
        for premises in self._ways.get(fact, ()):
            parts = [self._supports[premise] for premise in premises]
            found.update(frozenset().union(*choice) for choice in product(*parts))
        after = _minimal(found)
        if len(after) > self._width:
            self.exhaustive = False
            after = set(sorted(after, key=_order)[: self._width])
        self._supports[fact] = after
        return after != before


def _minimal(supports: Iterable[_Support]) -> set[_Support]:
    """Return those of `supports` that hold no other one."""
    kept: list[_Support] = []
    for support in sorted(set(supports), key=len):
        if not any(smaller <= support for smaller in kept):
            kept.append(support)
    return set(kept)


def _order(support: _Support) -> tuple[int, list[str]]:
    return len(support), sorted(map(str, support))


def _shrunk(support: _Support, goal: Fact, rules: Rules) -> _Support:
    """Return a part of `support` from which `goal` still follows, and from no part of which it does."""
    for fact in sorted(support, key=str):
        if any(step.conclusion == goal for step in _forwards(support - {fact}, goal, rules)):
            support -= {fact}
    return support


def _proof(support: _Support, goal: Fact, rules: Rules) -> Proof:
    """Return the steps from `support` to `goal`, leaving out what leads elsewhere."""
    steps = {step.conclusion: step for step in _forwards(support, goal, rules)}
    needed: dict[Fact, Derivation] = {}

    def need(fact: Fact) -> None:
        if fact in steps and fact not in needed:
            for premise in steps[fact].premises:
                need(premise)
            needed[fact] = steps[fact]

    need(goal)
    return Proof(tuple(sorted(support, key=str)), tuple(needed.values()))


def _forwards(support: _Support, goal: Fact, rules: Rules) -> Sequence[Derivation]:
    """Return a first derivation of everything that follows from `support`, until `goal` is met."""
    known = FactSet(support)
    steps: list[Derivation] = []
    ahead = sorted(support, key=str)
    for fact in ahead:
        for rule, index in rules.by_body.get(key(fact), ()):
            for head, premises in consequences(rule, index, fact, known):
                if known.add(head):
                    ahead.append(head)
                    steps.append(Derivation(head, rule, premises))
                    if head == goal:
                        return steps
    return steps
