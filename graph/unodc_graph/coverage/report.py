"""What coverage reports: values only, so that the command line can show them in any form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from unodc_graph.coverage.listing import ItemKind
from unodc_graph.finding import Finding
from unodc_graph.passage import Artefact


class Means(StrEnum):
    """How a number or a name is accounted for."""

    FIGURE = "figure"
    DATE = "date"
    SYMBOL = "symbol"
    TITLE = "title"
    CODE = "code"
    USED = "used"
    CONTEXT = "used in the context graph"
    LISTED = "listed"


@dataclass(frozen=True)
class Account:
    """What accounts for an item: the means, and the thing, value or reason in question."""

    means: Means
    what: str


@dataclass(frozen=True)
class Item:
    """A number or a name in a passage.

    `start` and `end` are code points from the start of the passage; `form` is the form of the number, or
    the things that bear the name; `account` is None if nothing accounts for it.
    """

    kind: ItemKind
    text: str
    start: int
    end: int
    form: str
    account: Account | None


@dataclass(frozen=True)
class PassageCoverage:
    """One passage: where it stands, how many facts it states, its items, and why it may state nothing."""

    slug: str
    iri: str
    places: tuple[str, ...]
    facts: int
    reason: str | None
    items: tuple[Item, ...]


@dataclass(frozen=True)
class DocumentCoverage:
    """One document: its non-space characters, how many lie in passages and artefacts, and the artefacts.

    `uncovered` counts characters in no passage or artefact, `twice` those in more than one.
    """

    file_name: str
    file_hash: str
    occurrences: int
    reproduced: int
    characters: int
    in_passages: int
    in_artefacts: int
    uncovered: int
    twice: int
    artefacts: tuple[Artefact, ...]


@dataclass(frozen=True)
class Tally:
    """How many items of one kind there are, and how many of them are listed and unaccounted for."""

    total: int
    listed: int
    unaccounted: int

    @property
    def listed_share(self) -> float:
        """The part of all items that is listed with a reason, 0 to 1."""
        return self.listed / self.total if self.total else 0.0


@dataclass(frozen=True)
class Coverage:
    """The whole report; it is clean if there are no findings."""

    documents: tuple[DocumentCoverage, ...]
    passages: tuple[PassageCoverage, ...]
    findings: tuple[Finding, ...]

    def tally(self, kind: ItemKind | None = None) -> Tally:
        """Count the items of one kind, or of both."""
        items = [item for passage in self.passages for item in passage.items if kind in (None, item.kind)]
        listed = sum(item.account is not None and item.account.means is Means.LISTED for item in items)
        return Tally(len(items), listed, sum(item.account is None for item in items))

    def means(self, kind: ItemKind) -> Counter[Means]:
        """Count the items of one kind by what accounts for them."""
        return Counter(
            item.account.means
            for passage in self.passages
            for item in passage.items
            if item.kind is kind and item.account
        )
