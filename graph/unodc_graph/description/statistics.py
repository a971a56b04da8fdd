"""Counts of a set of triples: what VoID says of a dataset, class by class and property by property."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from unodc_graph.description.neighbourhood import TYPE
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Quad, Term, Triple

Node = NamedNode | BlankNode | Triple
_Types = Mapping[Term, set[str]]


@dataclass
class PropertyCount:
    """The triples of one property, within a class or in all: how many, and to what.

    `subjects` and `objects` are the distinct ones; they are kept for a property in all, not within a class.
    `object_classes` and `datatypes` count the triples whose object is in a class or has a datatype. Of the
    classes, those in `direct` are asserted of an object; the others only follow.
    """

    triples: int = 0
    subjects: set[Node] = field(default_factory=set)
    objects: set[Term] = field(default_factory=set)
    object_classes: Counter[str] = field(default_factory=Counter)
    direct: set[str] = field(default_factory=set)
    datatypes: Counter[str] = field(default_factory=Counter)


@dataclass
class ClassCount:
    """One class: its instances, and for each property the triples of which one of them is the subject.

    Of the properties, those in `direct` are used by a thing of which the class is asserted.
    """

    entities: int = 0
    properties: defaultdict[str, PropertyCount] = field(default_factory=lambda: defaultdict(PropertyCount))
    direct: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Statistics:
    """The counts of a set of triples; `subjects` and `objects` are numbers of distinct ones."""

    triples: int
    subjects: int
    objects: int
    entities: int
    properties: dict[str, PropertyCount]
    classes: dict[str, ClassCount]


def statistics(asserted: Iterable[Quad], inferred: Iterable[Quad], space: str) -> Statistics:
    """Count the triples that are asserted or inferred, each once, whatever graph they stand in.

    `entities` are the subjects whose IRI begins with `space` (VoID §4.6). A class is whatever a triple with
    rdf:type names.
    """
    stated = {quad.triple for quad in asserted}
    triples = stated | {quad.triple for quad in inferred}
    direct, types = _types(stated), _types(triples)
    classes: defaultdict[str, ClassCount] = defaultdict(ClassCount)
    properties: defaultdict[str, PropertyCount] = defaultdict(PropertyCount)
    for kinds in types.values():
        for kind in kinds:
            classes[kind].entities += 1
    for triple in triples:
        name = triple.predicate.value
        count = properties[name]
        count.subjects.add(triple.subject)
        count.objects.add(triple.object)
        _count(count, triple, types, direct)
        for kind in types.get(triple.subject, ()):
            of_class = classes[kind]
            _count(of_class.properties[name], triple, types, direct)
            if kind in direct.get(triple.subject, ()):
                of_class.direct.add(name)
    subjects = {triple.subject for triple in triples}
    return Statistics(
        len(triples),
        len(subjects),
        len({triple.object for triple in triples}),
        sum(isinstance(subject, NamedNode) and subject.value.startswith(space) for subject in subjects),
        dict(properties),
        dict(classes),
    )


def _types(triples: Iterable[Triple]) -> _Types:
    types: defaultdict[Term, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate == TYPE and isinstance(triple.object, NamedNode):
            types[triple.subject].add(triple.object.value)
    return types


def _count(count: PropertyCount, triple: Triple, types: _Types, direct: _Types) -> None:
    count.triples += 1
    if isinstance(triple.object, Literal):
        count.datatypes[triple.object.datatype.value] += 1
    else:
        for kind in types.get(triple.object, ()):
            count.object_classes[kind] += 1
        count.direct.update(direct.get(triple.object, ()))
