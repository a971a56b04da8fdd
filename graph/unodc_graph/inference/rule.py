"""Rules made from the axioms of an ontology: OWL 2 RL as far as it says something of individuals.

Each axiom becomes one or more rules whose body and head are patterns of triples, so that closure,
explanation and incremental change all run on one thing. An axiom that this module does not know is refused,
never passed over: what is inferred is then known to be all that follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from unodc_graph.errors import GraphError
from unodc_graph.inference.axiom import Axiom, Axioms, Node, property_chain
from unodc_graph.namespace import PREFIXES
from unodc_graph.store.term import BlankNode, NamedNode, Quad, Term

Resource = NamedNode | BlankNode
Fact = tuple[Resource, NamedNode, Term]
"""A triple, whatever graph it stands in."""

TYPE: Final = NamedNode(f"{PREFIXES['rdf']}type")

_RDFS: Final = PREFIXES["rdfs"]
_OWL: Final = PREFIXES["owl"]
_THING: Final = NamedNode(f"{_OWL}Thing")
_DATATYPES: Final = (PREFIXES["xsd"], f"{_RDFS}Literal", f"{PREFIXES['rdf']}langString")


@dataclass(frozen=True)
class Pattern:
    """A triple with variables, which are numbers, in the place of subject or object."""

    subject: Term | int
    predicate: NamedNode
    object: Term | int


@dataclass(frozen=True)
class Rule:
    """Where every pattern of `body` holds, `head` holds, by `axiom`."""

    head: Pattern
    body: tuple[Pattern, ...]
    axiom: Axiom

    @property
    def variables(self) -> int:
        """The number of variables, which are 0, 1 and so on."""
        return 1 + max(_variables((self.head, *self.body)))


@dataclass(eq=False)
class UnsupportedAxiom(GraphError):
    """An axiom from which something may follow that the rules would miss. `axiom` names it."""

    axiom: str
    reason: str

    def __str__(self) -> str:
        """Return the axiom and what stands against it."""
        return f"nothing can be inferred with {self.axiom}: {self.reason}; say it otherwise, or leave it out"


@dataclass(frozen=True)
class Rules:
    """All rules, and those that a fact can take part in or follow from."""

    all: tuple[Rule, ...]
    by_body: dict[Node, tuple[tuple[Rule, int], ...]]
    by_head: dict[Node, tuple[Rule, ...]]

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Rules:
        """Index `rules`; a pattern of rdf:type is filed under its class, any other under its property."""
        unique = tuple(dict.fromkeys(rules))
        body: dict[Node, list[tuple[Rule, int]]] = {}
        head: dict[Node, list[Rule]] = {}
        for rule in unique:
            head.setdefault(key(rule.head), []).append(rule)
            for index, pattern in enumerate(rule.body):
                body.setdefault(key(pattern), []).append((rule, index))
        return cls(unique, {k: tuple(v) for k, v in body.items()}, {k: tuple(v) for k, v in head.items()})


def key(fact: Fact | Pattern) -> Node:
    """Return the class of a statement of type, and the property of any other."""
    _, predicate, value = (fact.subject, fact.predicate, fact.object) if isinstance(fact, Pattern) else fact
    return value if predicate == TYPE and not isinstance(value, int) else predicate


def rules(quads: Iterable[Quad]) -> Rules:
    """Return the rules for the axioms among `quads`, those of an ontology (OWL 2 Profiles §4.3).

    Raises UnsupportedAxiom at an axiom that would need equality, or is outside OWL 2 RL.
    """
    axioms = Axioms(quads)
    refused = next(axioms.unknown(), None)
    if refused is not None:
        raise UnsupportedAxiom(*refused)
    found = (*_of_classes(axioms), *_of_properties(axioms))
    return Rules.of(rule for rule in found if rule.head not in rule.body)


def _of_properties(axioms: Axioms) -> Iterator[Rule]:
    for axiom, lower, upper in axioms.inclusions("subPropertyOf", "equivalentProperty"):
        yield Rule(Pattern(0, _iri(upper), 1), (Pattern(0, _iri(lower), 1),), axiom)
    for axiom, one, other in axioms.inverses():
        yield Rule(Pattern(1, _iri(other), 0), (Pattern(0, _iri(one), 1),), axiom)
    for axiom, whole, parts in axioms.chains():
        body = tuple(Pattern(n, _iri(part), n + 1) for n, part in enumerate(parts))
        yield Rule(Pattern(0, _iri(whole), len(parts)), body, axiom)
    for axiom, prop, cls in axioms.pairs("domain"):
        yield from _heads(axioms, axiom, cls, 0, (Pattern(0, _iri(prop), 1),))
    for axiom, prop, cls in axioms.pairs("range"):
        if not (isinstance(cls, NamedNode) and cls.value.startswith(_DATATYPES)):
            yield from _heads(axioms, axiom, cls, 1, (Pattern(0, _iri(prop), 1),))


def _of_classes(axioms: Axioms) -> Iterator[Rule]:
    for axiom, lower, upper in axioms.inclusions("subClassOf", "equivalentClass"):
        for body in _bodies(axioms, axiom, lower, 0):
            yield from _heads(axioms, axiom, upper, 0, body)


def _bodies(axioms: Axioms, axiom: Axiom, cls: Node, member: int) -> list[tuple[Pattern, ...]]:
    """Return the ways in which `member` is seen to be a `cls`, a class expression left of an inclusion."""
    if isinstance(cls, NamedNode):
        return [() if cls == _THING else (Pattern(member, TYPE, cls),)]
    alternatives = axioms.members(cls, "unionOf")
    if alternatives is not None:
        return [body for part in alternatives for body in _bodies(axioms, axiom, part, member)]
    conjuncts = axioms.members(cls, "intersectionOf")
    if conjuncts is not None:
        found: list[tuple[Pattern, ...]] = [()]
        for part in conjuncts:
            found = [
                (*done, *_apart(done, more, member))
                for done in found
                for more in _bodies(axioms, axiom, part, member)
            ]
        return found
    prop, value, filler = axioms.restriction(cls, "hasValue", "someValuesFrom")
    if prop is not None and value is not None:
        return [(Pattern(member, prop, value),)]
    if prop is not None and filler is not None:
        other = member + 1
        return [(Pattern(member, prop, other), *rest) for rest in _bodies(axioms, axiom, filler, other)]
    raise UnsupportedAxiom(axiom.text, "OWL 2 RL does not know this class expression on the left")


def _heads(axioms: Axioms, axiom: Axiom, cls: Node, member: int, body: tuple[Pattern, ...]) -> Iterator[Rule]:
    """Yield a rule for each thing that `member` being a `cls` says, a class expression on the right."""
    if not body:
        raise UnsupportedAxiom(axiom.text, "it says something of everything there is")
    if isinstance(cls, NamedNode):
        if cls != _THING:
            yield Rule(Pattern(member, TYPE, cls), body, axiom)
        return
    conjuncts = axioms.members(cls, "intersectionOf")
    if conjuncts is not None:
        for part in conjuncts:
            yield from _heads(axioms, axiom, part, member, body)
        return
    prop, value, filler = axioms.restriction(cls, "hasValue", "allValuesFrom")
    if prop is not None and value is not None:
        yield Rule(Pattern(member, prop, value), body, axiom)
    elif prop is not None and filler is not None:
        other = 1 + max(_variables(body))
        yield from _heads(axioms, axiom, filler, other, (*body, Pattern(member, prop, other)))
    else:
        raise UnsupportedAxiom(axiom.text, "OWL 2 RL does not know this class expression on the right")


def _apart(done: Iterable[Pattern], more: Iterable[Pattern], member: int) -> Iterator[Pattern]:
    """Yield `more` with each variable except `member` moved past those of `done`, which it must not meet."""
    shift = max((variable for variable in _variables(done)), default=member) - member

    def moved(term: Term | int) -> Term | int:
        return term + shift if isinstance(term, int) and term != member else term

    for pattern in more:
        yield Pattern(moved(pattern.subject), pattern.predicate, moved(pattern.object))


def _variables(patterns: Iterable[Pattern]) -> Iterator[int]:
    for pattern in patterns:
        yield from (term for term in (pattern.subject, pattern.object) if isinstance(term, int))


def _iri(node: Node) -> NamedNode:
    if not isinstance(node, NamedNode):
        raise UnsupportedAxiom(property_chain([node]), "a property without a name")
    return node
