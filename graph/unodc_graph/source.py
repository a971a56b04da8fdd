"""A source file taken apart into what a curator sees: declarations, graph blocks, statements and comments.

This is no second parser: where a statement begins and ends is told by its punctuation, and what it says by
the engine, which reads it again behind the declarations and in the graph that it stands in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from unodc_graph.errors import UnreadableFile
from unodc_graph.store.parsing import ParsedFile, parse_text
from unodc_graph.store.term import BlankNode, NamedNode, Quad
from unodc_graph.terminal import CLOSING, OPENING, Terminal, numeric_unescape, terminals

_ANYTHING = "<urn:x> <urn:x> <urn:x> ."


class NotTakenApart(Exception):
    """A file, or a change to it, that goes beyond statements of named things. Its text says in what way."""


@dataclass(frozen=True)
class Declaration:
    """A directive from `start` to `end`: `@prefix`, whose prefix and IRI are given, or another (empty)."""

    start: int
    end: int
    prefix: str
    iri: str


@dataclass(frozen=True)
class Statement:
    """What is said of one subject in one place, from its name at `start` to its full stop, if it has one.

    `subject` is None when the statement begins with a bracket or a label. `labelled`: it names a blank node
    that others may name. `prefixes` are those declared before it.
    """

    start: int
    end: int
    subject: NamedNode | None
    quads: frozenset[Quad]
    closed: bool
    labelled: bool
    comments: tuple[str, ...]
    prefixes: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Block:
    """The statements of `graph` between two braces, or one after the other outside of any.

    `graph` is None when it has no IRI. `inside` is the offset after the opening brace, and `start` where
    there is none.
    """

    start: int
    inside: int
    end: int
    graph: str | None
    statements: tuple[Statement, ...]
    comments: tuple[str, ...]
    prefixes: Mapping[str, str] = field(repr=False)

    @property
    def braced(self) -> bool:
        """Whether it stands between braces."""
        return self.inside > self.start


@dataclass(frozen=True)
class Source:
    """A file taken apart; what stands in none of its parts is white space."""

    text: str = field(repr=False)
    declarations: tuple[Declaration, ...]
    blocks: tuple[Block, ...]
    comments: tuple[Terminal, ...]


def take_apart(file: ParsedFile) -> Source:
    """Return the parts of a Turtle or TriG file. Raises NotTakenApart when they are not the whole of it."""
    found = _Reader(file).read()
    named = {quad for block in found.blocks for statement in block.statements for quad in statement.quads}
    if set(without_blank_nodes(named)) != set(without_blank_nodes(file.quads)):
        raise NotTakenApart("its statements one by one are not those of the whole")
    return found


def without_blank_nodes(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield those of `quads` whose terms all have names of their own."""
    for quad in quads:
        if not any(isinstance(term, BlankNode) for term in (quad.subject, quad.object, quad.graph_name)):
            yield quad


class _Reader:
    """Follows the punctuation of one text."""

    def __init__(self, file: ParsedFile) -> None:
        self._file = file
        found = list(terminals(file.text, comments=True))
        self._comments = tuple(terminal for terminal in found if terminal.kind == "comment")
        self._terminals = [terminal for terminal in found if terminal.kind != "comment"]
        self._at = 0
        self._declarations: list[Declaration] = []
        self._prefixes: dict[str, str] = {}
        self._blocks: list[Block] = []
        self._loose: list[Statement] = []

    def read(self) -> Source:
        while self._at < len(self._terminals):
            first = self._at
            if self._directive():
                continue
            if self._terminals[first].text.upper() == "GRAPH":
                self._at += 1
            if self._peek() != "{":
                self._term()
            if self._peek() == "{":
                self._gather()
                self._block(first)
            else:
                self._loose.append(self._statement(first, ""))
        self._gather()
        return Source(self._file.text, tuple(self._declarations), tuple(self._blocks), self._comments)

    def _peek(self) -> str:
        return self._terminals[self._at].text if self._at < len(self._terminals) else ""

    def _next(self) -> Terminal:
        if self._at == len(self._terminals):
            raise NotTakenApart("it ends where more is expected")
        self._at += 1
        return self._terminals[self._at - 1]

    def _term(self) -> None:
        """Pass over one term, brackets with all that stands in them."""
        depth = 0
        while True:
            text = self._next().text
            depth += (text in OPENING) - (text in CLOSING)
            if depth <= 0:
                return

    def _directive(self) -> bool:
        """Read a declaration, of Turtle's or SPARQL's form."""
        first = self._terminals[self._at]
        if first.kind not in {"at", "word"}:
            return False
        keyword = first.text.removeprefix("@").upper()
        if keyword not in {"PREFIX", "BASE", "VERSION"}:
            return False
        self._gather()
        self._at += 1
        prefix = self._next().text[:-1] if keyword == "PREFIX" else None
        last = self._next()
        iri = numeric_unescape(last.text[1:-1])
        if first.kind == "at":
            last = self._next()
        self._declarations.append(Declaration(first.start, last.end, prefix or "", iri))
        if prefix is not None:
            self._prefixes = self._prefixes | {prefix: iri}
        return True

    def _block(self, first: int) -> None:
        opening = self._next()
        start = self._terminals[first].start
        head = self._file.text[start : opening.end]
        statements: list[Statement] = []
        while self._peek() != "}":
            begin = self._at
            self._term()
            statements.append(self._statement(begin, head))
        end = self._next().end
        graph = next(iter(self._quads(f"{head} {_ANYTHING} }}"))).graph_name
        name = graph.value if isinstance(graph, NamedNode) else None
        comments = self._comments_between(start, end)
        self._blocks.append(Block(start, opening.end, end, name, tuple(statements), comments, self._prefixes))

    def _gather(self) -> None:
        """Make a block of the statements that stood outside of braces."""
        if self._loose:
            start, end = self._loose[0].start, self._loose[-1].end
            comments = self._comments_between(start, end)
            self._blocks.append(
                Block(start, start, end, self._file.graph, tuple(self._loose), comments, self._prefixes)
            )
            self._loose = []

    def _statement(self, first: int, head: str) -> Statement:
        """Read on behind the subject of a statement, up to its full stop or the end of its graph."""
        while self._peek() not in {".", "}"}:
            self._term()
        closed = self._peek() == "."
        self._at += closed
        own = self._terminals[first : self._at]
        start, end = own[0].start, own[-1].end
        quads = frozenset(self._quads(f"{head} {self._file.text[start:end]}" + (" }" if head else "")))
        subjects = {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}
        labelled = any(part.kind == "name" and part.text.startswith("_:") for part in own)
        subject = subjects.pop() if len(subjects) == 1 and own[0].kind in {"iri", "name"} else None
        comments = self._comments_between(start, end)
        return Statement(start, end, subject, quads, closed, labelled, comments, self._prefixes)

    def _quads(self, text: str) -> tuple[Quad, ...]:
        declared = (self._file.text[found.start : found.end] for found in self._declarations)
        try:
            return parse_text(self._file.path, "\n".join((*declared, text)), self._file.graph).quads
        except UnreadableFile:
            raise NotTakenApart("one of its statements cannot be read alone") from None

    def _comments_between(self, start: int, end: int) -> tuple[str, ...]:
        first, last = (bisect_left(self._comments, at, key=attrgetter("start")) for at in (start, end))
        return tuple(comment.text for comment in self._comments[first:last])
