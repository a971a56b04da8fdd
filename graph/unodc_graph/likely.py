"""What a slip may stand for: things whose identifier or name is like one that is not in the graph.

What is looked at is bounded however large the graph is: at most so many things of a class or namespace are
compared letter by letter. Where there are more, to compare some would be to guess: an identifier is looked up
under each spelling that one slip of the pen makes of it, and a name as it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Final

from unodc_graph.namespace import GRAPH, ONTOLOGY, ONTOLOGY_GRAPH, PREFIXES
from unodc_graph.naming import NAMES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.solution import solutions
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode

_ALIKE: Final = 0.75
"""How alike two texts must be, by `difflib.SequenceMatcher.ratio`, for one to be a slip for the other."""

_COMPARED: Final = 1_000
"""How many things of a class are compared."""

_LOOKED_AT: Final = 5_000
"""Among how many things those of a namespace are sought, where no class is known."""

_LONGEST: Final = 80
"""Letters of an identifier beyond which its other spellings are too many to look up."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789-"
_MOST_NAMED: Final = 3
"""How many things of one name are told."""

_TYPE: Final = NamedNode(f"{PREFIXES['rdf']}type")
_SUBCLASS: Final = NamedNode(f"{PREFIXES['rdfs']}subClassOf")
_FORMS: Final = (
    *NAMES,
    NamedNode(f"{PREFIXES['skos']}altLabel"),
    NamedNode(f"{ONTOLOGY}symbol"),
    NamedNode(f"{ONTOLOGY}sourceSpelling"),
)
"""The properties that give a thing a name by which somebody may call it."""


def like(name: str, names: Iterable[str]) -> str | None:
    """Return which of `names` is most like `name`, or None when none is like it."""
    return next(iter(get_close_matches(name, names, n=1, cutoff=_ALIKE)), None)


def split(iri: str) -> tuple[str, str]:
    """Return the namespace and the name of one of our own IRIs."""
    for mark in ("#", "/"):
        space, found, name = iri.rpartition(mark)
        if found:
            return space + found, name
    return GRAPH, iri


class Lookalikes:
    """What a store declares, by identifier and by name; what was read once is kept."""

    def __init__(self, store: Store) -> None:
        """Take a store whose default graph holds what is asserted."""
        self._store = store
        self._of_class = cache(self._read_class)
        self._names_of_class = cache(self._read_names)
        self._of_space = cache(self._read_space)

    def is_declared(self, iri: str) -> bool:
        """Say whether the thing or term `iri` is given a type."""
        found = self._store.quads_for_pattern(NamedNode(iri), _TYPE, None, DefaultGraph())
        return next(found, None) is not None

    def identified(self, iri: str, kind: str | None) -> str | None:
        """Return the thing or term whose identifier is most like `iri`, which is none itself; or None.

        Things of the class `kind` are taken, where one is given, those in the namespace of `iri` first.
        """
        space, name = split(iri)
        if kind is None:
            known, whole = self._of_space(space)
        else:
            known, whole = self._of_class(kind)
        if not whole:
            return next(filter(self.is_declared, _respelt(space, name)), None)
        own = {split(thing)[1]: thing for thing in known if split(thing)[0] == space}
        others = {split(thing)[1]: thing for thing in known if split(thing)[0] != space}
        for names in (own, others):
            if (found := like(name, names)) is not None:
                return names[found]
        return None

    def named(self, text: str, tag: str | None, kind: str | None) -> tuple[str, ...]:
        """Return what is called `text`, in the language `tag`, in English or in none; else what nearly is.

        Of things of the class `kind`, where one is given; at most three. Without a class, what only nearly
        has the name is not sought.
        """
        text = " ".join(text.split())
        tags = dict.fromkeys((tag or "en", "en"))
        held = {
            quad.subject.value
            for literal in (Literal(text), *(Literal(text, language=name) for name in tags))
            for form in _FORMS
            for quad in self._store.quads_for_pattern(None, form, literal, DefaultGraph())
            if isinstance(quad.subject, NamedNode)
        }
        exact = sorted(thing for thing in held if kind is None or self._is_a(thing, kind))
        if exact or kind is None:
            return tuple(exact[:_MOST_NAMED])
        if not self._of_class(kind)[1]:
            return ()
        names = self._names_of_class(kind)
        found = like(text.casefold(), names)
        return () if found is None else tuple(names[found][:_MOST_NAMED])

    def _is_a(self, thing: str, kind: str) -> bool:
        query = f"SELECT ?type {{ {NamedNode(thing)} {_TYPE} ?type . ?type {_SUBCLASS}* {NamedNode(kind)} }}"
        return next(solutions(self._store, query), None) is not None

    def _read_class(self, kind: str) -> tuple[list[str], bool]:
        """Return the things of a class, and whether these are all."""
        pattern = f"?type {_SUBCLASS}* {NamedNode(kind)} . ?thing {_TYPE} ?type"
        return self._things(f"SELECT ?thing {{ {pattern} }} LIMIT {_COMPARED}", _COMPARED)

    def _read_space(self, space: str) -> tuple[list[str], bool]:
        """Return the things of a namespace, and whether these are all."""
        if space == ONTOLOGY:
            return self._things(f"SELECT ?thing {{ GRAPH <{ONTOLOGY_GRAPH}> {{ ?thing {_TYPE} ?type }} }}")
        query = f"SELECT ?thing {{ ?thing {_TYPE} ?type }} LIMIT {_LOOKED_AT}"
        things, whole = self._things(query, _LOOKED_AT)
        return [thing for thing in things if split(thing)[0] == space][:_COMPARED], whole

    def _things(self, query: str, limit: int | None = None) -> tuple[list[str], bool]:
        rows = [row["thing"] for row in solutions(self._store, query)]
        things = {term.value for term in rows if isinstance(term, NamedNode)}
        return sorted(things), limit is None or len(rows) < limit

    def _read_names(self, kind: str) -> dict[str, list[str]]:
        """Return the things of a class by each of their names, without its capitals."""
        names: dict[str, list[str]] = {}
        for thing in self._of_class(kind)[0]:
            for form in _FORMS:  # by property, for much else may be said of a thing
                for quad in self._store.quads_for_pattern(NamedNode(thing), form, None, DefaultGraph()):
                    if isinstance(quad.object, Literal):
                        called = names.setdefault(quad.object.value.casefold(), [])
                        called += [thing] if thing not in called else []
        return names


def _respelt(space: str, name: str) -> Iterator[str]:
    """Yield the identifiers that one slip makes of `name`: a letter less, more or another, two exchanged."""
    if len(name) > _LONGEST:
        return
    for place in range(len(name) + 1):
        head, tail = name[:place], name[place:]
        yield from (f"{space}{head}{end}" for end in (tail[1:], tail[1:2] + tail[:1] + tail[2:]) if tail)
        for letter in _LETTERS:
            yield f"{space}{head}{letter}{tail}"
            if tail:
                yield f"{space}{head}{letter}{tail[1:]}"
