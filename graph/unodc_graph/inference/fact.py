"""Facts to look things up in, in memory or in a store, and the ways in which a rule's patterns fit them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

from unodc_graph.inference.rule import Fact, Pattern, Resource, Rule
from unodc_graph.namespace import INFERRED_GRAPH
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Quad, Term, Triple

_Binding = dict[int, Term]

ASSERTED: Final = DefaultGraph()
INFERRED: Final = NamedNode(INFERRED_GRAPH)


class Facts(Protocol):
    """Triples that can be looked up."""

    def __contains__(self, fact: Fact) -> bool:
        """Whether `fact` is one of them."""

    def match(self, subject: Resource | None, predicate: NamedNode, value: Term | None) -> Iterator[Fact]:
        """Yield those with the terms given; None fits any term."""


class FactSet:
    """Facts in memory, to which others can be added."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        """Take the facts."""
        self._all: set[Fact] = set()
        self._by_subject: dict[tuple[Resource, NamedNode], list[Fact]] = {}
        self._by_value: dict[tuple[NamedNode, Term], list[Fact]] = {}
        for fact in facts:
            self.add(fact)

    def __contains__(self, fact: Fact) -> bool:
        """Whether `fact` is one of them."""
        return fact in self._all

    def __iter__(self) -> Iterator[Fact]:
        """Yield every fact."""
        return iter(self._all)

    def add(self, fact: Fact) -> bool:
        """Add `fact`; return whether it is new."""
        if fact in self._all:
            return False
        subject, predicate, value = fact
        self._all.add(fact)
        self._by_subject.setdefault((subject, predicate), []).append(fact)
        self._by_value.setdefault((predicate, value), []).append(fact)
        return True

    def match(self, subject: Resource | None, predicate: NamedNode, value: Term | None) -> Iterator[Fact]:
        """Yield those with the terms given, of which one at least is no None."""
        if subject is not None:
            found = self._by_subject.get((subject, predicate), ())
            return (fact for fact in tuple(found) if value is None or fact[2] == value)
        if value is not None:
            return iter(tuple(self._by_value.get((predicate, value), ())))
        raise ValueError("a look-up with nothing to look up by")


class StoreFacts:
    """What a generation's store holds in its default graph, asserted, and in that of what is inferred."""

    def __init__(self, store: Store, *graphs: DefaultGraph | NamedNode) -> None:
        """Take the open store and which of ASSERTED and INFERRED count; none given, both."""
        self._store = store
        self._graphs = graphs or (ASSERTED, INFERRED)

    def __contains__(self, fact: Fact) -> bool:
        """Whether the store holds `fact`."""
        return any(Quad(*fact, graph) in self._store for graph in self._graphs)

    def match(self, subject: Resource | None, predicate: NamedNode, value: Term | None) -> Iterator[Fact]:
        """Yield those with the terms given; None fits any term."""
        for graph in self._graphs:
            for quad in self._store.quads_for_pattern(subject, predicate, value, graph):
                if not isinstance(quad.subject, Triple):
                    yield quad.subject, quad.predicate, quad.object


def consequences(rule: Rule, index: int, fact: Fact, facts: Facts) -> Iterator[tuple[Fact, tuple[Fact, ...]]]:
    """Yield what `rule` makes of `fact` as premise `index`, the others being among `facts`; and all premises.

    Never a thing's relation to itself, nor anything of a literal (see `unodc_graph.inference.closure`).
    """
    binding = unify(rule.body[index], fact, {})
    if binding is not None:
        others = [*rule.body[:index], *rule.body[index + 1 :]]
        for solution in solutions(others, binding, facts):
            subject, predicate, value = _instance(rule.head, solution)
            if subject != value and not isinstance(subject, Literal):
                premises = tuple(_instance(pattern, solution) for pattern in rule.body)
                yield (subject, predicate, value), premises


def derivations(rule: Rule, fact: Fact, facts: Facts) -> Iterator[tuple[Fact, ...]]:
    """Yield the premises, all among `facts`, of each way in which `rule` leads to `fact`."""
    binding = unify(rule.head, fact, {})
    if binding is not None and fact[0] != fact[2]:
        for solution in solutions(list(rule.body), binding, facts):
            yield tuple(_instance(pattern, solution) for pattern in rule.body)


def unify(pattern: Pattern, fact: Fact, binding: _Binding) -> _Binding | None:
    """Return `binding` with the variables of `pattern` bound as in `fact`, or None if it does not fit."""
    if pattern.predicate != fact[1]:
        return None
    found = dict(binding)
    for term, value in ((pattern.subject, fact[0]), (pattern.object, fact[2])):
        if (found.setdefault(term, value) if isinstance(term, int) else term) != value:
            return None
    return found


def solutions(patterns: Sequence[Pattern], binding: _Binding, facts: Facts) -> Iterator[_Binding]:
    """Yield `binding` completed by each way in which all `patterns` hold among `facts`."""
    if not patterns:
        yield binding
        return
    pattern = max(patterns, key=lambda pattern: _bound(pattern, binding))
    subject, value = _term(pattern.subject, binding), _term(pattern.object, binding)
    if isinstance(subject, Literal | Triple):
        return
    rest = [other for other in patterns if other is not pattern]
    for fact in facts.match(subject, pattern.predicate, value):
        found = unify(pattern, fact, binding)
        if found is not None:
            yield from solutions(rest, found, facts)


def _bound(pattern: Pattern, binding: _Binding) -> int:
    """Return how many ends of `pattern` are known."""
    return sum(_term(term, binding) is not None for term in (pattern.subject, pattern.object))


def _term(term: Term | int, binding: _Binding) -> Term | None:
    return binding.get(term) if isinstance(term, int) else term


def _instance(pattern: Pattern, binding: _Binding) -> Fact:
    subject, value = _term(pattern.subject, binding), _term(pattern.object, binding)
    # A rule fires only when its body has bound every variable of its head.
    return subject, pattern.predicate, value  # type: ignore[return-value]
