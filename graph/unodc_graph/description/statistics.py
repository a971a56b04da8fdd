"""Counts of a dataset: what VoID says of it, class by class and property by property.

Each count is a number, so that a commit can shift it by what it changes (`unodc_graph.description.upkeep`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from sys import intern
from typing import Final, NamedTuple, TypeVar

from unodc_graph.description.link import link
from unodc_graph.description.neighbourhood import TYPE
from unodc_graph.namespace import ID
from unodc_graph.store.term import Literal, NamedNode, Quad, Term

_Key = TypeVar("_Key")


class PropertyCount(NamedTuple):
    """The triples of one property, and their distinct subjects and objects."""

    triples: int = 0
    subjects: int = 0
    objects: int = 0


@dataclass(frozen=True)
class UseCount:
    """The triples of one property whose subject is in one class.

    `stated` are those of them of whose subject the class is asserted; in the others it only follows.
    `objects` and `datatypes` count the triples whose object is in a class or has a datatype;
    `stated_objects` those of whose object the class is asserted.
    """

    triples: int = 0
    stated: int = 0
    objects: Mapping[str, int] = field(default_factory=dict)
    stated_objects: Mapping[str, int] = field(default_factory=dict)
    datatypes: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: UseCount) -> UseCount:
        """Return the counts of both together; a count may be below zero, and none that is zero is kept."""
        return UseCount(
            self.triples + other.triples,
            self.stated + other.stated,
            total(self.objects, other.objects),
            total(self.stated_objects, other.stated_objects),
            total(self.datatypes, other.datatypes),
        )


Use = tuple[str, str]
"""A class, and a property of which an instance of it is the subject."""


@dataclass(frozen=True)
class Statistics:
    """The counts of a dataset, its asserted and its inferred triples together; no count in a table is zero.

    `asserted` and `inferred` are the numbers of the one and the other; `subjects` and `objects` of distinct
    ones, `entities` of those subjects that are things of ours (VoID §4.6). `classes` gives the instances of
    each class, that is, of whatever a triple with rdf:type names. `links` counts by property and target
    dataset, `graphs` the triples of named graphs. `first` is an example of each kind of thing: the first by
    IRI of which a type is asserted.
    """

    asserted: int = 0
    inferred: int = 0
    subjects: int = 0
    objects: int = 0
    entities: int = 0
    graphs: Mapping[str, int] = field(default_factory=dict)
    links: Mapping[tuple[str, str], int] = field(default_factory=dict)
    classes: Mapping[str, int] = field(default_factory=dict)
    properties: Mapping[str, PropertyCount] = field(default_factory=dict)
    uses: Mapping[Use, UseCount] = field(default_factory=dict)
    first: Mapping[str, str] = field(default_factory=dict)


class Kinds(NamedTuple):
    """The classes of a thing: all of them, and those that are asserted of it."""

    all: frozenset[str]
    stated: frozenset[str]


NO_KINDS: Final = Kinds(frozenset(), frozenset())

Signature = tuple[Kinds, str, Kinds | str]
"""What the use of a triple depends on: kinds of its subject, property, kinds or datatype of its object."""


def signature(subject: Kinds, predicate: str, value: Term, kinds: Kinds) -> Signature:
    """Return the signature of a triple; `kinds` are those of its object `value`."""
    return subject, predicate, value.datatype.value if isinstance(value, Literal) else kinds


def uses(signatures: Mapping[Signature, int]) -> dict[Use, UseCount]:
    """Return how classes use properties in triples of which there are so many of each signature.

    A number may be below zero, for triples that are taken away. Triples are many and their signatures few,
    hence the detour.
    """
    triples: Counter[Use] = Counter()
    stated: Counter[Use] = Counter()
    tables: defaultdict[Use, tuple[Counter[str], Counter[str], Counter[str]]] = defaultdict(
        lambda: (Counter(), Counter(), Counter())
    )
    for (subject, predicate, value), number in signatures.items():
        for kind in subject.all:
            use = kind, predicate
            triples[use] += number
            stated[use] += number * (kind in subject.stated)
            objects, stated_objects, datatypes = tables[use]
            if isinstance(value, str):
                datatypes[value] += number
                continue
            for other in value.all:
                objects[other] += number
            for other in value.stated:
                stated_objects[other] += number
    return {use: UseCount(triples[use], stated[use], *tables[use]) for use in tables}


def counted(asserted: Iterable[Quad], inferred: Iterable[Quad], graphs: Mapping[str, int]) -> Statistics:
    """Count a dataset. `asserted` and `inferred` are read twice; no triple is among them more than once.

    `graphs` gives the number of triples of each named graph that counts, by its IRI.
    """
    kinds = _kinds(asserted, inferred)
    numbers: dict[Term, int] = {}
    subjects: defaultdict[str, set[int]] = defaultdict(set)
    objects: defaultdict[str, set[int]] = defaultdict(set)
    signatures: Counter[Signature] = Counter()
    triples: Counter[str] = Counter()
    links: Counter[tuple[str, str]] = Counter()
    sizes = [0, 0]
    for part, quads in enumerate((asserted, inferred)):
        for quad in quads:
            subject, predicate, value = quad.subject, quad.predicate.value, quad.object
            sizes[part] += 1
            triples[predicate] += 1
            subjects[predicate].add(numbers.setdefault(subject, len(numbers)))
            objects[predicate].add(numbers.setdefault(value, len(numbers)))
            signatures[
                signature(kinds.get(subject, NO_KINDS), predicate, value, kinds.get(value, NO_KINDS))
            ] += 1
            if found := link(predicate, value):
                links[found] += 1
    every_subject = set().union(*subjects.values())
    return Statistics(
        asserted=sizes[0],
        inferred=sizes[1],
        subjects=len(every_subject),
        objects=len(set().union(*objects.values())),
        entities=sum(is_entity(term) and number in every_subject for term, number in numbers.items()),
        graphs=total(graphs, {}),
        links=links,
        classes=Counter(kind for thing in kinds.values() for kind in thing.all),
        properties={
            name: PropertyCount(number, len(subjects[name]), len(objects[name]))
            for name, number in triples.items()
        },
        uses={use: UseCount() + count for use, count in uses(signatures).items()},
        first=first(quad.subject for quad in asserted if quad.predicate == TYPE),
    )


def _kinds(asserted: Iterable[Quad], inferred: Iterable[Quad]) -> dict[Term, Kinds]:
    """Return the classes of each thing that has any; equal ones are one object, for there are many things."""
    every: defaultdict[Term, set[str]] = defaultdict(set)
    stated: defaultdict[Term, set[str]] = defaultdict(set)
    for tables, quads in (((every, stated), asserted), ((every,), inferred)):
        for quad in quads:
            if quad.predicate == TYPE and isinstance(quad.object, NamedNode):
                for table in tables:
                    table[quad.subject].add(intern(quad.object.value))
    known: dict[Kinds, Kinds] = {}
    found: dict[Term, Kinds] = {}
    for thing, names in every.items():
        kinds = Kinds(frozenset(names), frozenset(stated.get(thing, ())))
        found[thing] = known.setdefault(kinds, kinds)
    return found


def first(things: Iterable[Term]) -> dict[str, str]:
    """Return the first by IRI of each kind of our things among `things`."""
    found: dict[str, str] = {}
    for thing in things:
        if isinstance(thing, NamedNode) and is_entity(thing):
            kind = kind_of(thing.value)
            found[kind] = min(thing.value, found.get(kind, thing.value))
    return found


def kind_of(iri: str) -> str:
    """Return the kind of a thing of ours: what follows `id/` in its IRI."""
    return iri[len(ID) :].partition("/")[0]


def is_entity(term: Term) -> bool:
    """Say whether `term` is the IRI of a thing of ours."""
    return isinstance(term, NamedNode) and term.value.startswith(ID)


def total(one: Mapping[_Key, int], other: Mapping[_Key, int]) -> dict[_Key, int]:
    """Return the sums of two tables of counts, less those that are zero."""
    pairs = ((name, one.get(name, 0) + other.get(name, 0)) for name in chain(one, other))
    return {name: number for name, number in pairs if number}
