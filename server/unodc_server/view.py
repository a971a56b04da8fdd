"""What the page of a thing shows: facts with the passages they rest on, figures in words, evidence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thing:
    """Something with a name, and the symbol that tells an instrument from another of that name.

    `iri` is empty for a value that is a text.
    """

    iri: str
    label: str
    language: str = ""
    symbol: str = ""


@dataclass(frozen=True)
class Fact:
    """One value. `evidence` are numbers of passages, those in `supplied` read with their context.

    `source` says where else it stands: reference tables, the editor's words. `why` is the path of the page
    that explains what follows, empty for what is recorded.
    """

    value: Thing
    evidence: tuple[int, ...]
    supplied: tuple[int, ...]
    source: str = ""
    why: str = ""


@dataclass(frozen=True)
class Group:
    """The facts of one property, or those that point here by it."""

    property: Thing
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Figure:
    """A figure in words: how much, of what, of whom, where, how counted."""

    thing: Thing
    amount: str
    measure: str
    details: tuple[Thing, ...]
    evidence: tuple[int, ...]
    supplied: tuple[int, ...]


@dataclass(frozen=True)
class Subject:
    """Something that a passage makes statements about; `figure` says it in words if it is a figure."""

    thing: Thing
    groups: tuple[Group, ...]
    figure: Figure | None


@dataclass(frozen=True)
class Position:
    """Where a passage stands in a document: characters from `start` up to `end`, counted from 0."""

    document: Thing
    occurrence: str
    start: int
    end: int


@dataclass(frozen=True)
class Evidence:
    """A passage with its number on the page, everywhere it stands, and what it was read with and why."""

    number: int
    passage: Thing
    positions: tuple[Position, ...]
    read_with: tuple[Thing, ...]
    basis: str


@dataclass(frozen=True)
class View:
    """The page of one thing."""

    thing: Thing
    kind: str
    types: tuple[Thing, ...]
    description: str
    groups: tuple[Group, ...]
    figures: tuple[Figure, ...]
    stated: tuple[Subject, ...]
    pointing: tuple[Group, ...]
    inferred: tuple[Group, ...]
    pointing_inferred: tuple[Group, ...]
    evidence: tuple[Evidence, ...]
    page: int
    pages: int
    pointing_in_all: int
