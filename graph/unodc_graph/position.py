"""Where each statement stands in a text: the line of every subject, predicate and object IRI.

RDF parsers give no positions, and a curator needs them. This is no second parser: it reads text that the
engine has already accepted, terminal by terminal, and only follows the punctuation, so that a name inside a
string, a comment or a bracket is never mistaken for a statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import urljoin

from unodc_graph.terminal import CLOSING, OPENING, Terminal, numeric_unescape, terminals

_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class Statement(NamedTuple):
    """Part of a statement, from the left: the graph (None for the default graph), subject, predicate, object.

    IRIs are written out; a part that is no IRI, or that is not meant, is None.
    """

    graph: str | None
    subject: str | None
    predicate: str | None = None
    object: str | None = None


@dataclass(frozen=True)
class LanguageTag:
    """A language tag as it is written, with the statement it stands in and its line."""

    statement: Statement
    tag: str
    line: int


@dataclass(frozen=True)
class Positions:
    """The first line, from 1, of each statement and part of a statement, and every language tag."""

    lines: Mapping[Statement, int] = field(default_factory=dict)
    language_tags: tuple[LanguageTag, ...] = ()

    def line(self, statement: Statement) -> int | None:
        """Return the line of `statement`, or of as much of it, from the left, as is known."""
        for known in (
            statement,
            statement._replace(object=None),
            statement._replace(predicate=None, object=None),
        ):
            if known in self.lines:
                return self.lines[known]
        return None


def positions(text: str) -> Positions:
    """Return the positions in `text`, which must be valid Turtle, TriG or N-Triples."""
    return _Reader(text).read()


def positions_in_n_quads(text: str) -> Positions:
    """Return the positions in `text`, which must be valid N-Quads: a statement a line, the graph last."""
    lines: dict[Statement, int] = {}
    tags: list[LanguageTag] = []
    for number, row in enumerate(text.split("\n"), 1):
        tokens = list(terminals(row))
        datatypes = {n + 1 for n, token in enumerate(tokens) if token.text == "^^"}
        terms = [
            numeric_unescape(token.text[1:-1]) if token.kind == "iri" else None
            for n, token in enumerate(tokens)
            if token.kind in {"iri", "name", "string"} and n not in datatypes
        ]
        if len(terms) < 3:
            continue
        statement = Statement(terms[3] if len(terms) > 3 else None, *terms[:3])
        for part in (
            statement._replace(predicate=None, object=None),
            statement._replace(object=None),
            statement,
        ):
            lines.setdefault(part, number)
        tags += [LanguageTag(statement, token.text[1:], number) for token in tokens if token.kind == "at"]
    return Positions(lines, tuple(tags))


class _Reader:
    """Follows the statements of one text."""

    def __init__(self, text: str) -> None:
        self._stream = terminals(text)
        self._ahead: Terminal | None = next(self._stream, None)
        self._base = ""
        self._prefixes: dict[str, str] = {}
        self._lines: dict[Statement, int] = {}
        self._tags: list[LanguageTag] = []

    def read(self) -> Positions:
        graph: str | None = None
        while token := self._next():
            if token.text in {"{", "."}:
                continue
            if token.text == "}":
                graph = None
            elif self._directive(token):
                continue
            elif token.kind == "word" and token.text.upper() == "GRAPH":
                graph = self._term(self._next())
            else:
                name = self._term(token)
                if token.text in OPENING:
                    self._skip_brackets(Statement(graph, None))
                if self._peek("{"):
                    graph = name
                else:
                    self._statements(Statement(graph, name), token.line)
        return Positions(self._lines, tuple(self._tags))

    def _next(self) -> Terminal | None:
        token, self._ahead = self._ahead, next(self._stream, None)
        return token

    def _peek(self, *texts: str) -> bool:
        return self._ahead is not None and self._ahead.text in texts

    def _directive(self, token: Terminal) -> bool:
        """Read a prefix or base declaration, of Turtle's or SPARQL's form."""
        keyword = token.text.removeprefix("@").upper()
        if token.kind not in {"at", "word"} or keyword not in {"PREFIX", "BASE"}:
            return False
        prefix = self._next() if keyword == "PREFIX" else None
        address = self._next()
        if address is not None:
            iri = self._resolve(address.text)
            if prefix is None:
                self._base = iri
            else:
                self._prefixes[prefix.text[:-1]] = iri
        return True

    def _statements(self, at: Statement, line: int) -> None:
        """Read the predicates and objects of one subject, up to the full stop or the end of its graph."""
        self._note(at, line)
        while not self._peek(".", "}") and (token := self._next()):
            if token.text == ";":
                continue
            at = at._replace(predicate=_TYPE if token.text == "a" else self._term(token))
            self._note(at, token.line)
            self._objects(at)

    def _objects(self, at: Statement) -> None:
        while token := self._next():
            name = self._term(token)
            if name is not None:
                self._note(at._replace(object=name), token.line)
            if token.text in OPENING:
                self._skip_brackets(at)
            self._after_object(at)
            if not self._peek(","):
                return
            self._next()

    def _after_object(self, at: Statement) -> None:
        """Read what may follow an object: a language tag, a datatype, an annotation."""
        while self._ahead is not None and (self._ahead.kind == "at" or self._peek("^^", "{|", "~")):
            token = self._next()
            if token is None:
                return
            if token.kind == "at":
                self._tags.append(LanguageTag(at, token.text[1:], token.line))
            elif token.text == "^^":
                self._next()
            elif token.text == "{|":
                self._skip_brackets(at)
            elif self._ahead is not None and self._ahead.kind in {"iri", "name"}:
                self._next()

    def _skip_brackets(self, at: Statement) -> None:
        """Pass over what stands in brackets whose opening is read already, minding language tags."""
        depth = 1
        while depth and (token := self._next()):
            if token.kind == "at":
                self._tags.append(LanguageTag(at, token.text[1:], token.line))
            depth += (token.text in OPENING) - (token.text in CLOSING)

    def _note(self, statement: Statement, line: int) -> None:
        self._lines.setdefault(statement, line)

    def _term(self, token: Terminal | None) -> str | None:
        """Return the IRI that `token` names, or None for a blank node, a literal or a bracket."""
        if token is None:
            return None
        if token.kind == "iri":
            return self._resolve(token.text)
        if token.kind == "name" and not token.text.startswith("_:"):
            prefix, _, local = token.text.partition(":")
            return self._prefixes.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)
        return None

    def _resolve(self, written: str) -> str:
        iri = numeric_unescape(written[1:-1])
        return urljoin(self._base, iri) if self._base else iri
