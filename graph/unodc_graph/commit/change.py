"""The changes a commit can make, as they were asked for: nothing in them has been parsed yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from unodc_graph.commit.delta import GraphName
from unodc_graph.printable import printable


@dataclass(frozen=True)
class Update:
    """A SPARQL Update request. The graphs are those of `using-graph-uri` and `using-named-graph-uri`."""

    text: str
    base_iri: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Payload:
    """An RDF document in one of the media types of `store.payload`, relative to `base_iri`."""

    content: bytes
    media_type: str
    base_iri: str | None = None


@dataclass(frozen=True)
class Put:
    """Make `graph` hold what `payloads` state and nothing else, or with `merge` add that to it."""

    graph: GraphName
    payloads: tuple[Payload, ...]
    merge: bool = False


@dataclass(frozen=True)
class Merge:
    """Add what `payloads`, documents of several graphs, state, each statement to its graph."""

    payloads: tuple[Payload, ...]


@dataclass(frozen=True)
class Drop:
    """Remove `graph` with everything in it. Raises NotFound when it is not there."""

    graph: GraphName


@dataclass(frozen=True)
class Patch:
    """Add and remove these statements, given as N-Quads lines."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    """Named graphs that are emptied before `added` is added."""


Change = Update | Put | Merge | Drop | Patch


LONGEST_MESSAGE: Final = 1000
_NO_SIGNS: Final = MappingProxyType({0xFFFE: "?", 0xFFFF: "?"})
"""What XML has not, beside control characters (XML 1.0 §2.2)."""


def message_of(text: str) -> str:
    """Return what somebody says of a change, as it goes on record: one line of signs that every format holds.

    Bytes of a command line that are no UTF-8 come as half a character each, and show as question marks.
    """
    whole = text.encode("utf-8", "replace").decode("utf-8").translate(_NO_SIGNS)
    return printable(" ".join(whole.split()))[:LONGEST_MESSAGE]


@dataclass(frozen=True)
class Author:
    """Who changes the graph and why.

    `graphs` are prefixes of the graphs they may write, None for any but those of `withheld`, which a prefix
    has to name. A prefix stands for the graph of that name and those under it at a `/` or `#`; one that ends
    in `/`, `#` or `:` for all that begin with it.
    """

    name: str
    message: str = ""
    graphs: tuple[str, ...] | None = None
    withheld: frozenset[str] = frozenset()

    def may_write(self, graph: str | None) -> bool:
        """Say whether they may write the graph `graph`, None for the default graph."""
        if self.graphs is None:
            return graph not in self.withheld
        return graph is not None and any(_is_under(prefix, graph) for prefix in self.graphs)


def _is_under(prefix: str, graph: str) -> bool:
    rest = graph.removeprefix(prefix)
    return graph == prefix or (
        graph.startswith(prefix) and (prefix.endswith(("/", "#", ":")) or rest.startswith(("/", "#")))
    )


@dataclass(frozen=True)
class Request:
    """A change, who makes it, and when. `sent_digest` is the SHA-256 of what was sent, in hexadecimal."""

    change: Change
    author: Author
    time: datetime
    sent_digest: str
    dry_run: bool = False
