"""From a file to quads: every RDF format of the project, or line, column and what was expected."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, cast
from xml.parsers import expat

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, parse

from unodc_graph.errors import UnreadableFile
from unodc_graph.namespace import PREFIXES
from unodc_graph.position import LanguageTag, Positions, Statement, positions, positions_in_n_quads
from unodc_graph.store.term import later_feature

FORMATS: Final = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".jsonld": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
}
"""File name extension to format."""

_AMPLIFIED: Final = 43  # XML_ERROR_AMPLIFICATION_LIMIT_BREACH of expat, which Python gives no name
_LATER: Final = re.compile(r"<<|@[A-Za-z0-9-]+--(?:ltr|rtl)|\"@direction\"|its:dir")
_PLACE = re.compile(r"(?:Parser error )?(?:at|between) line .*?\d: ")
_CAPITAL_TAG = re.compile(r"@[A-Za-z0-9-]*[A-Z]")
_TAGS_ELSEWHERE: Final = {
    RdfFormat.JSON_LD: re.compile(r'"@language"\s*:\s*"([A-Za-z0-9-]+)"'),
    RdfFormat.RDF_XML: re.compile(r"xml:lang\s*=\s*[\"']([A-Za-z0-9-]+)[\"']"),
}
_EXPLANATIONS: Final = (
    (
        r"(.+) is not a valid RDF object",
        "found '{}'; expected an object: an IRI, a prefixed name or a literal",
    ),
    (r"(.+) is not a valid predicate", "found '{}'; expected a predicate: an IRI, a prefixed name or 'a'"),
    (
        r"(.+) is not a valid (?:subject or graph name|RDF subject)",
        "found '{}'; expected the start of a statement: an IRI, a prefixed name or '['",
    ),
    (
        r"A '}' or a '\.' is expected at the end of a graph block",
        "expected '.', ';' or ',' between the statement before and this one, or '}}' at the end of its graph",
    ),
    (r"A dot is expected.*", "expected '.', ';' or ',' between the statement before and this one"),
    (r"Unexpected end(?: of file)?", "the text ends in the middle of a statement; expected its end, '.'"),
    (r"No scheme found.*", "expected a whole IRI, with its scheme (https:), or a prefixed name"),
)


@dataclass(frozen=True)
class ParsedFile:
    """What one file states. `text` is kept so that positions can be looked up when they are needed."""

    path: Path
    format: RdfFormat
    text: str = field(repr=False)
    graph: str
    quads: tuple[Quad, ...] = field(repr=False)


def parse_file(path: Path, graph: str) -> ParsedFile:
    """Read the RDF file at `path`; statements that name no graph of their own go into the graph `graph`.

    The extension of the name decides the format. Raises UnreadableFile when the file cannot be opened, is
    empty, is not UTF-8, is not of that format, or uses what RDF 1.1 lacks (triple terms, directions).
    """
    kind = _format(path)
    text = _read_text(path)
    if kind == RdfFormat.RDF_XML:
        place = amplified_at(text.encode("utf-8"))
        if place is not None:
            expected = "its entities come to far more than the file; expected RDF/XML with short ones"
            raise UnreadableFile(path, *place, expected)
    return parse_text(path, text, graph)


def parse_text(path: Path, text: str, graph: str) -> ParsedFile:
    """Read `text` as the file at `path` that it is, or is to be; as `parse_file` otherwise."""
    kind = _format(path)
    quads = tuple(_quads(path, text, kind, graph))
    if not quads:
        raise UnreadableFile(path, 1, 1, f"it states nothing; expected at least one statement in {kind.name}")
    return ParsedFile(path, kind, text, graph, quads)


def _format(path: Path) -> RdfFormat:
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        expected = f"expected a file name that ends in one of {', '.join(FORMATS)}"
        raise UnreadableFile(path, None, None, expected)
    return kind


def positions_of(file: ParsedFile) -> Positions:
    """Return where the statements of `file` stand; JSON-LD and RDF/XML have no lines to speak of."""
    if file.format == RdfFormat.N_QUADS:
        return positions_in_n_quads(file.text)
    if file.format in {RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N_TRIPLES}:
        return positions(file.text)
    return Positions()


def written_language_tags(file: ParsedFile) -> tuple[LanguageTag, ...]:
    """Return the language tags of `file` as they are written: the parser passes them on in lower case."""
    pattern = _TAGS_ELSEWHERE.get(file.format)
    if pattern is None:
        return positions_of(file).language_tags if _CAPITAL_TAG.search(file.text) else ()
    nowhere = Statement(None, None)
    return tuple(
        LanguageTag(nowhere, found.group(1), file.text.count("\n", 0, found.start()) + 1)
        for found in pattern.finditer(file.text)
    )


def _read_text(path: Path) -> str:
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise UnreadableFile(path, None, None, "is a pipe or a device; expected a file")
        content = path.read_bytes()
    except IsADirectoryError:
        raise UnreadableFile(path, None, None, "is a folder; expected a file") from None
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise UnreadableFile(path, None, None, f"{reason}; expected a readable file") from None
    if not content.strip():
        raise UnreadableFile(path, 1, 1, "the file is empty; expected RDF statements")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n")
        expected = f"byte 0x{content[error.start]:02x} is not UTF-8; expected a file saved as UTF-8"
        raise UnreadableFile(path, line, column, expected) from None


def amplified_at(content: bytes) -> tuple[int, int] | None:
    """Return line and column where the entities of an RDF/XML document come to far more than it, or None.

    The engine would write them out in memory; expat knows such a document before it is written out.
    """
    if b"<!ENTITY" not in content.replace(b"\0", b""):  # in UTF-16 every second byte is 0
        return None
    checker = expat.ParserCreate()
    try:
        checker.Parse(content, True)
    except expat.ExpatError as error:
        if error.code == _AMPLIFIED:
            return error.lineno, error.offset + 1
    return None


def _quads(path: Path, text: str, kind: RdfFormat, graph: str) -> Iterator[Quad]:
    """Yield the statements of `text`, those without a graph put into `graph`."""
    target = NamedNode(graph)
    try:
        for quad in parse(text, kind, rename_blank_nodes=True):
            if feature := later_feature(quad):
                line = next((n for n, row in enumerate(text.split("\n"), 1) if _LATER.search(row)), None)
                raise UnreadableFile(path, line, None, f"{feature}; expected RDF 1.1")
            unplaced = isinstance(quad.graph_name, DefaultGraph)
            yield Quad(quad.subject, quad.predicate, quad.object, target) if unplaced else quad
    except SyntaxError as error:
        line, column = error.lineno, error.offset
        if line is None:
            line, column = _place_without_help(text, kind)
        raise UnreadableFile(path, line, column, _expected(error.msg, kind)) from None


def _expected(message: str, kind: RdfFormat) -> str:
    """Turn the parser's message into one line that says what was found and what was expected."""
    message = " ".join(_PLACE.sub("", message).split())
    undeclared = re.fullmatch(r"The prefix (.*): has not been declared", message)
    if undeclared:
        prefix = undeclared.group(1)
        namespace = PREFIXES.get(prefix, "…")
        return (
            f"the prefix {prefix}: is not declared; expected a line @prefix {prefix}: <{namespace}> . above"
        )
    for pattern, explanation in _EXPLANATIONS:
        found = re.fullmatch(pattern, message)
        if found:
            return explanation.format(*found.groups())
    return f"{message[:1].lower()}{message[1:]}; expected {kind.name}"


def _place_without_help(text: str, kind: RdfFormat) -> tuple[int, int]:
    """Find line and column where the parser gives none: XML that is not well formed, or a wrong value."""
    if kind == RdfFormat.RDF_XML:
        checker = expat.ParserCreate()
        try:
            checker.Parse(text.encode("utf-8"), True)
        except expat.ExpatError as error:
            return error.lineno, error.offset + 1
    feed = _LineByLine(text)
    try:
        for _ in parse(cast("IO[bytes]", feed), kind):
            pass
    except SyntaxError:
        pass
    row = feed.last
    return feed.count, len(row) - len(row.lstrip()) + 1


class _LineByLine(io.RawIOBase):
    """Hands a text to the parser one line at a time, so that the last one handed over is the one at fault."""

    def __init__(self, text: str) -> None:
        self._rows = iter(text.splitlines(keepends=True))
        self._rest = b""
        self.count = 0
        self.last = ""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if not self._rest:
            row = next(self._rows, None)
            if row is None:
                return b""
            self.count += 1
            self.last = row
            self._rest = row.encode("utf-8")
        cut = len(self._rest) if size < 0 else size
        piece, self._rest = self._rest[:cut], self._rest[cut:]
        return piece
