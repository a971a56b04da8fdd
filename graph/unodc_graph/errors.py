"""The domain errors: each carries fields, and says in one line what is wrong, where, and how to mend it.

None of them knows HTTP or exit codes; the command line and the server each have one table for that. Those
that several modules raise stand in this one file, though it is long, so that whoever needs one finds it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from unodc_graph.finding import Finding


@dataclass(eq=False)
class GraphError(Exception):
    """The root of all errors that a user can cause or mend. They survive pickling between processes."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild from the fields, because an exception's own `args` misses keyword arguments."""
        return type(self), tuple(getattr(self, field.name) for field in fields(self))


def _place(line: int | None, column: int | None) -> str:
    return f" at line {line}, column {column}" if line is not None else ""


def _counted(findings: tuple[Finding, ...]) -> str:
    return f"{len(findings)} {'finding' if len(findings) == 1 else 'findings'}"


@dataclass(eq=False)
class UnreadableFile(GraphError):
    """A file cannot be read as what its name says it is. `line` and `column` count from 1."""

    path: Path
    line: int | None
    column: int | None
    expected: str

    def __str__(self) -> str:
        """Return `path:line:column: expected`."""
        place = [str(self.path), *(str(part) for part in (self.line, self.column) if part is not None)]
        return f"{':'.join(place)}: {self.expected}"


@dataclass(eq=False)
class UnknownFormat(GraphError):
    """A format was asked for that is not offered."""

    name: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        """Return the name refused and the names allowed."""
        return f"unknown format {self.name!r}; allowed: {', '.join(self.allowed)}"


@dataclass(eq=False)
class NotFound(GraphError):
    """The graph says nothing about a thing."""

    iri: str

    def __str__(self) -> str:
        """Return which thing is missing."""
        return f"nothing is known about <{self.iri}>"


@dataclass(eq=False)
class NoGeneration(GraphError):
    """The state folder holds no published generation yet."""

    state: Path

    def __str__(self) -> str:
        """Return where none was found, and the command that makes one."""
        way = "run `unodc-kg build` first, or name another folder by --state"
        return f"no graph has been built in {self.state}: {way}"


@dataclass(eq=False)
class CorruptState(GraphError):
    """The state folder is damaged."""

    path: Path
    reason: str

    def __str__(self) -> str:
        """Return what is damaged and how to recover."""
        if self.path.name == "current":
            return (
                f"{self.path}: {self.reason}; `unodc-kg build` makes it name the newest generation and keeps "
                "the changes made since the files were read; if that generation is damaged too, "
                "`unodc-kg restore-backup DIR` makes one of a backup"
            )
        return (
            f"{self.path}: {self.reason}; `unodc-kg build` makes a generation of the files, "
            "`unodc-kg restore-backup DIR` of a backup"
        )


@dataclass(eq=False)
class StateUnwritable(GraphError):
    """The state folder cannot be written: no permission, no space, or another process is writing."""

    path: Path
    reason: str

    def __str__(self) -> str:
        """Return where and why."""
        return f"{self.path}: {self.reason}"


@dataclass(eq=False)
class UnwritableFile(GraphError):
    """A file that was to be written cannot be: no folder, no permission, no space."""

    path: Path
    reason: str

    def __str__(self) -> str:
        """Return where and why."""
        return f"{self.path}: cannot be written: {self.reason}"


@dataclass(eq=False)
class CheckFailed(GraphError):
    """The facts have violations, so nothing was built, or changed, over the last good generation.

    `intended` is what was asked for: "built" or "changed".
    """

    findings: tuple[Finding, ...]
    intended: str = "built"

    def __str__(self) -> str:
        """Return how many findings there are."""
        return f"{_counted(self.findings)}: nothing was {self.intended}"


@dataclass(eq=False)
class QuerySyntaxError(GraphError):
    """A query or update is not SPARQL 1.1. `line` and `column` count from 1; `near` is the text there."""

    line: int | None
    column: int | None
    near: str
    expected: str

    def __str__(self) -> str:
        """Return where the text stops being SPARQL and what would have been in order."""
        near = f", near {self.near!r}" if self.near else ""
        return f"the query is not valid SPARQL{_place(self.line, self.column)}{near}: {self.expected}"


@dataclass(eq=False)
class QueryRefused(GraphError):
    """A query or update asks for what this service never does, such as fetching from another server."""

    word: str
    line: int | None
    column: int | None
    reason: str

    def __str__(self) -> str:
        """Return the word refused, its place, and why."""
        return f"{self.word}{_place(self.line, self.column)} is refused: {self.reason}"


@dataclass(eq=False)
class QueryTimedOut(GraphError):
    """A query was stopped at its time limit."""

    seconds: float

    def __str__(self) -> str:
        """Return the limit and what to do."""
        return f"the query was stopped after {self.seconds:g} s: add a LIMIT or narrow the pattern"


@dataclass(eq=False)
class QueryOutOfMemory(GraphError):
    """A query was stopped at its memory limit."""

    megabytes: int

    def __str__(self) -> str:
        """Return the limit and what to do."""
        limit = f"more than {self.megabytes} MB" if self.megabytes else "more memory than there is"
        return f"the query needs {limit}: add a LIMIT or narrow the pattern"


@dataclass(eq=False)
class QueryTooDeep(GraphError):
    """A query is nested more deeply than the engine can parse."""

    def __str__(self) -> str:
        """Return what to do."""
        return "the query is nested too deeply: write it with fewer braces or brackets inside each other"


@dataclass(eq=False)
class ResultTooLarge(GraphError):
    """A result is larger than the limit; nothing of it is given, because half an answer is a wrong one."""

    limit: int
    unit: str

    def __str__(self) -> str:
        """Return the limit and what to do."""
        return f"the result is larger than {self.limit} {self.unit}: add a LIMIT, or take the dump"


@dataclass(eq=False)
class StateBusy(StateUnwritable):
    """Another process is writing, and went on longer than this one waited."""


@dataclass(eq=False)
class PayloadUnreadable(GraphError):
    """An RDF document that was sent cannot be read as its type. `line` and `column` count from 1."""

    media_type: str
    line: int | None
    column: int | None
    expected: str

    def __str__(self) -> str:
        """Return the type, the place, and what the parser says."""
        return f"the document is not {self.media_type}{_place(self.line, self.column)}: {self.expected}"


@dataclass(eq=False)
class GraphDerived(GraphError):
    """A change would write a graph that the software itself keeps. `graph` is its IRI, empty for several."""

    graph: str

    def __str__(self) -> str:
        """Return which graph, and what to write instead."""
        said = (
            f"<{self.graph}> is derived, and"
            if self.graph
            else "this would also change graphs that are derived,"
        )
        return f"{said} written by nobody: name a passage's graph, or one that people write"


@dataclass(eq=False)
class DefaultGraphDerived(GraphDerived):
    """A change would write the default graph, which holds what the named graphs assert."""

    def __str__(self) -> str:
        """Return what to do."""
        return "the default graph is derived from the named graphs: name a graph, as in GRAPH <…> { … }"


@dataclass(eq=False)
class GraphNotAllowed(GraphError):
    """A token does not reach as far as a change does."""

    graph: str
    prefixes: tuple[str, ...]

    def __str__(self) -> str:
        """Return the graph refused, and those allowed."""
        name = f"<{self.graph}>" if self.graph else "the default graph"
        if not self.prefixes:
            return (
                f"this token may not write {name}, since its --graphs do not name that graph; "
                f"`unodc-kg token add NAME --graphs {self.graph}` makes one that may"
            )
        allowed = ", ".join(f"<{prefix}…>" for prefix in self.prefixes)
        return f"this token may not write {name}; it may write {allowed}"


@dataclass(eq=False)
class ShapesViolated(GraphError):
    """A change would leave the graph with violations; nothing of it was done.

    `findings` holds warnings too. `report` is the SHACL validation report as N-Triples.
    """

    findings: tuple[Finding, ...]
    report: str = ""

    def __str__(self) -> str:
        """Return how many findings there are."""
        return f"{_counted(self.findings)}: nothing was changed"


@dataclass(eq=False)
class HistoryMissing(GraphError):
    """A generation was never made, or what led to it is no longer on record. `newest` is the newest one."""

    number: int
    newest: int | None = None

    @property
    def never_made(self) -> bool:
        """Whether there never was such a generation, as far as is known."""
        return self.number < 1 or (self.newest is not None and self.number > self.newest)

    def __str__(self) -> str:
        """Return which one, and where to look."""
        return f"generation {self.number} is not on record: `unodc-kg history` lists those that are"


@dataclass(eq=False)
class TokenUnusable(GraphError):
    """A token cannot be made or ended."""

    name: str
    reason: str

    def __str__(self) -> str:
        """Return which token, and why."""
        return f"token {self.name!r}: {self.reason}"


@dataclass(eq=False)
class GraphExists(GraphError):
    """A graph was to be created that is there already."""

    graph: str

    def __str__(self) -> str:
        """Return which graph, and what to do."""
        return f"the graph <{self.graph}> is there already: leave CREATE out, or write CREATE SILENT GRAPH"


@dataclass(eq=False)
class ServerRefused(GraphError):
    """A server that a change was sent to did not make it. `status` is that of HTTP, 0 without an answer."""

    address: str
    status: int
    reason: str

    def __str__(self) -> str:
        """Return the server, the status, and what it said."""
        said = f"answered {self.status}" if self.status else "cannot be reached"
        return f"{self.address} {said}: {self.reason}"


@dataclass(eq=False)
class Unreleased(GraphError):
    """The published graph holds commits that the files lack, and the files something that it lacks."""

    number: int

    def __str__(self) -> str:
        """Return the generation, and what to do."""
        return (
            f"generation {self.number} holds changes that the files lack, and the files have changed since "
            "they were read: put what is new in the files into the graph with `unodc-kg add FILE` and write "
            "the graph's changes into the files with `unodc-kg release`, or let these go with "
            "`unodc-kg build --discard`"
        )


@dataclass(eq=False)
class FilesChanged(GraphError):
    """A release would take out of the files what somebody wrote into them since they were read.

    `statements` are those, each with file and line.
    """

    number: int
    statements: tuple[str, ...]

    def __str__(self) -> str:
        """Return how many statements would be lost, and what to do."""
        one = len(self.statements) == 1
        return (
            f"the files have changed since they were read, and generation {self.number} lacks "
            f"{len(self.statements):,} {'statement' if one else 'statements'} of theirs: put "
            f"{'it' if one else 'them'} into the graph first with `unodc-kg add FILE`, or let "
            f"{'it' if one else 'them'} go with `unodc-kg release --discard`; no file is written"
        )


@dataclass(eq=False)
class ReleaseIncomplete(GraphError):
    """The files cannot be made to state what is published. `graph` is an IRI, empty for the whole."""

    graph: str
    reason: str

    def __str__(self) -> str:
        """Return what differs, and why it stays so."""
        name = f"<{self.graph}>" if self.graph else "the published state"
        return f"{name} cannot be written into the files: {self.reason}"
