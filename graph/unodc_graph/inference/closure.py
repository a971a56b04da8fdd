"""The closure: everything that follows, by rounds in which each rule meets what the last round brought.

Terms become numbers and statements sets of pairs, so that a rule with one premise is one operation on sets;
only statements that some rule looks at are held. A million quads take seconds.

Left out as of no use to anybody, and not built upon: a thing's relation to itself. What could be said of
owl:Thing, or of the axioms themselves, no rule produces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from unodc_graph.inference.rule import TYPE, Fact, Pattern, Rule, Rules, key
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Quad, Term

_Pairs = set[tuple[int, int]]
_Proceed = Callable[[list[int]], None]
_MEMBER = 0
"""A member of a class is held as the pair of itself and this number, which stands for nothing else."""


def closure(quads: Iterable[Quad], rules: Rules) -> Iterator[Fact]:
    """Yield each triple that follows from the triples of `quads` by `rules` and is not among them.

    `quads` is everything asserted; what they say twice, in two graphs, counts once.
    """
    return _Closure(rules).run(quads)


@dataclass(frozen=True)
class _Atom:
    """A pattern compiled: its relation, and the places of its two ends in a binding."""

    relation: Term
    one: int
    other: int


class _Closure:
    """One computation over one set of facts."""

    def __init__(self, rules: Rules) -> None:
        self._terms: list[Term | None] = [None]
        self._numbers: dict[Term, int] = {}
        self._known: dict[Term, _Pairs] = {k: set() for k in (*rules.by_body, *rules.by_head)}
        joined = [key(pattern) for rule in rules.all if len(rule.body) > 1 for pattern in rule.body]
        self._forward: dict[Term, dict[int, list[int]]] = {relation: {} for relation in joined}
        self._backward: dict[Term, dict[int, list[int]]] = {relation: {} for relation in joined}
        self._steps = {
            relation: [(key(rule.head), self._step(rule, index)) for rule, index in uses]
            for relation, uses in rules.by_body.items()
        }

    def run(self, quads: Iterable[Quad]) -> Iterator[Fact]:
        """Yield what follows from `quads`."""
        fresh = self._read(quads)
        inferred: dict[Term, _Pairs] = {}
        while fresh:
            found: dict[Term, _Pairs] = {}
            for relation, pairs in fresh.items():
                for head, step in self._steps.get(relation, ()):
                    found.setdefault(head, set()).update(step(pairs))
            fresh = {}
            for relation, pairs in found.items():
                pairs -= self._known[relation]
                new = {pair for pair in pairs if pair[0] > 0 and pair[0] != pair[1]}
                if new:
                    inferred.setdefault(relation, set()).update(new)
                    fresh[relation] = self._hold(relation, new)
        for relation, pairs in inferred.items():
            yield from self._decoded(relation, pairs)

    def _read(self, quads: Iterable[Quad]) -> dict[Term, _Pairs]:
        """Hold the triples that some rule looks at or leads to, and return them by relation."""
        known, number = self._known, self._number
        read: dict[Term, _Pairs] = {}
        for quad in quads:
            relation: Term = quad.predicate
            if relation == TYPE:
                relation = quad.object
                if relation in known:
                    read.setdefault(relation, set()).add((number(quad.subject), _MEMBER))
            elif relation in known:
                read.setdefault(relation, set()).add((number(quad.subject), number(quad.object)))
        return {relation: self._hold(relation, pairs) for relation, pairs in read.items()}

    def _hold(self, relation: Term, pairs: _Pairs) -> _Pairs:
        self._known[relation] |= pairs
        forward, backward = self._forward.get(relation), self._backward.get(relation)
        if forward is not None and backward is not None:
            for one, other in pairs:
                forward.setdefault(one, []).append(other)
                backward.setdefault(other, []).append(one)
        return pairs

    def _number(self, term: Term) -> int:
        """Return the number of a term, below zero for a literal, which is never a subject."""
        number = self._numbers.get(term)
        if number is None:
            number = -len(self._terms) if isinstance(term, Literal) else len(self._terms)
            self._numbers[term] = number
            self._terms.append(term)
        return number

    def _decoded(self, relation: Term, pairs: _Pairs) -> Iterator[Fact]:
        terms = self._terms
        for one, other in pairs:
            subject, value = terms[one], terms[abs(other)]
            if not isinstance(subject, NamedNode | BlankNode) or not isinstance(relation, NamedNode):
                continue
            yield (subject, TYPE, relation) if value is None else (subject, relation, value)

    def _step(self, rule: Rule, index: int) -> Callable[[_Pairs], _Pairs]:
        """Return the function from pairs that fit pattern `index` of the body to pairs of the head."""
        binding = [_MEMBER] * rule.variables
        head = self._atom(rule.head, binding)
        body = [self._atom(pattern, binding) for pattern in rule.body]
        first = body.pop(index)
        constants = set(range(rule.variables, len(binding)))
        ends, wanted = (first.one, first.other), (head.one, head.other)
        if not body and wanted == ends:
            return lambda pairs: pairs
        if not body and wanted == ends[::-1]:
            return lambda pairs: {(other, one) for one, other in pairs}
        found: _Pairs = set()
        proceed = self._join(body, constants | set(ends), lambda v: found.add((v[head.one], v[head.other])))

        def step(pairs: _Pairs) -> _Pairs:
            found.clear()
            values = list(binding)
            for one, other in pairs:
                if first.other in constants and other != binding[first.other]:
                    continue
                values[first.one], values[first.other] = one, other
                proceed(values)
            return found

        return step

    def _atom(self, pattern: Pattern, binding: list[int]) -> _Atom:
        """Compile `pattern`, giving each constant a place of its own at the end of `binding`."""

        def place(term: Term | int) -> int:
            if isinstance(term, int):
                return term
            binding.append(self._number(term))
            return len(binding) - 1

        one, relation = place(pattern.subject), key(pattern)
        if relation is pattern.predicate:
            return _Atom(relation, one, place(pattern.object))
        binding.append(_MEMBER)
        return _Atom(relation, one, len(binding) - 1)

    def _join(self, body: list[_Atom], bound: set[int], then: _Proceed) -> _Proceed:
        """Return a function that completes a binding by every way to meet `body`, and calls `then` on each.

        Atoms of which both ends are bound come first, for they only narrow down.
        """
        if not body:
            return then
        atom = max(body, key=lambda atom: (atom.one in bound) + (atom.other in bound))
        one, other = atom.one, atom.other
        rest = [more for more in body if more is not atom]
        proceed = self._join(rest, bound | {one, other}, then)
        known = self._known[atom.relation]
        forward, backward = self._forward[atom.relation], self._backward[atom.relation]

        def check(values: list[int]) -> None:
            if (values[one], values[other]) in known:
                proceed(values)

        def ahead(values: list[int]) -> None:
            for found in forward.get(values[one], ()):
                values[other] = found
                proceed(values)

        def back(values: list[int]) -> None:
            for found in backward.get(values[other], ()):
                values[one] = found
                proceed(values)

        if one in bound:
            return check if other in bound else ahead
        if other in bound:
            return back
        raise ValueError("a rule whose premises have nothing in common")
