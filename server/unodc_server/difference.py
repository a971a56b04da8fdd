"""What leads from one version of the graph to another, as a page shows it: by thing, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final

from unodc_graph.commit.delta import Delta
from unodc_graph.namespace import PREFIXES
from unodc_graph.naming import name_of, names_in
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Quad, Term
from unodc_server.address import path_of
from unodc_server.document import exists
from unodc_server.view import Thing
from unodc_server.wording import Names, literal

MOST: Final = 300
"""How many statements a page shows."""

_LONGEST: Final = 1000
"""Characters of a value that a page shows."""

_TYPE: Final = f"{PREFIXES['rdf']}type"


@dataclass(frozen=True)
class Line:
    """A value that was added, or else removed."""

    value: Thing
    added: bool


@dataclass(frozen=True)
class Property:
    """What changed of one property."""

    property: Thing
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Place:
    """What changed in one graph; `graph` is None for the default graph."""

    graph: Thing | None
    properties: tuple[Property, ...]


@dataclass(frozen=True)
class Subject:
    """What changed of what is said about one thing."""

    thing: Thing
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Difference:
    """What a page shows of a difference: `shown` statements of those `added` and `removed`."""

    subjects: tuple[Subject, ...]
    shown: int
    added: int
    removed: int


def difference_by_thing(delta: Delta, store: Store) -> Difference:
    """Return `delta`, things called as in `store` or, where they are gone, as the difference called them.

    Of many statements the first are taken, in the order of their things.
    """
    marked = ((str(quad), quad, True) for quad in delta.added)
    gone = ((str(quad), quad, False) for quad in delta.removed)
    first = nsmallest(MOST, (*marked, *gone), key=lambda one: (one[0], one[2]))
    reader = _Reader(store, delta, [quad for _, quad, _ in first])
    by_thing: defaultdict[Term, list[tuple[Quad, bool]]] = defaultdict(list)
    for _, quad, added in first:
        by_thing[quad.subject].append((quad, added))
    subjects = [Subject(reader.thing(term), reader.places(found)) for term, found in by_thing.items()]
    subjects.sort(key=lambda subject: (subject.thing.label.casefold(), subject.thing.iri))
    return Difference(tuple(subjects), len(first), len(delta.added), len(delta.removed))


class _Reader:
    """Names whatever the statements shown mention, from the store first."""

    def __init__(self, store: Store, delta: Delta, shown: Iterable[Quad]) -> None:
        self._store = store
        mentioned = {term for quad in shown for term in (*quad.triple, quad.graph_name)}
        iris = [term for term in mentioned if isinstance(term, NamedNode)]
        known = {iri.value: name for iri in iris if (name := self._called(iri))}
        self._names = Names({**names_in(delta.removed), **names_in(delta.added), **known})

    def _called(self, iri: NamedNode) -> str:
        return name_of(lambda name: (q.object for q in self._store.quads_for_pattern(iri, name, None, None)))

    def thing(self, term: Term) -> Thing:
        """Return a thing with its name; it leads nowhere when there is no page about it."""
        if not isinstance(term, NamedNode):
            return Thing("", "something without a name")
        iri = term.value
        there = exists(self._store, iri) if path_of(iri) else iri.startswith(("http://", "https://"))
        return Thing(iri if there else "", self._names(iri))

    def places(self, changed: Iterable[tuple[Quad, bool]]) -> tuple[Place, ...]:
        """Return what changed, by graph and property."""
        by_graph: defaultdict[Term | DefaultGraph, defaultdict[NamedNode, list[Line]]]
        by_graph = defaultdict(lambda: defaultdict(list))
        for quad, added in changed:
            line = Line(self._value(quad), added)
            by_graph[quad.graph_name][quad.predicate].append(line)
        places = [
            Place(None if isinstance(graph, DefaultGraph) else self.thing(graph), self._properties(found))
            for graph, found in by_graph.items()
        ]
        return tuple(sorted(places, key=lambda place: place.graph.label.casefold() if place.graph else ""))

    def _properties(self, found: dict[NamedNode, list[Line]]) -> tuple[Property, ...]:
        ordered = sorted(found, key=lambda iri: (iri.value != _TYPE, self._names(iri.value).casefold()))
        return tuple(
            Property(
                self.thing(iri),
                tuple(sorted(found[iri], key=lambda line: (line.added, line.value.label.casefold()))),
            )
            for iri in ordered
        )

    def _value(self, quad: Quad) -> Thing:
        value = quad.object
        if not isinstance(value, Literal):
            return self.thing(value)
        text = literal(value, quad.predicate.value)
        return Thing("", f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text, value.language or "")
