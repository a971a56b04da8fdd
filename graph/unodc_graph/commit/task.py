"""What passes between the writer and its worker process: tasks, candidates, and how they are sent."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from unodc_graph.commit.change import Request
from unodc_graph.commit.record import Record
from unodc_graph.finding import Finding
from unodc_graph.location import Rooms
from unodc_graph.store.generation import Generation


@dataclass(frozen=True)
class Task:
    """Make a candidate of `parent` in the folder `target`, as generation `number`, within `seconds`.

    Patch and record go to the folder `history`. With `blank` nothing is judged or derived.
    """

    parent: Generation
    target: Path
    number: int
    history: Path
    request: Request
    seconds: float
    blank: bool = False


@dataclass(frozen=True)
class Preparation:
    """Do what a change of `parent` needs that takes the longer the larger the graph is."""

    parent: Generation


@dataclass(frozen=True)
class Prepared:
    """A preparation is done, as far as it could be."""


@dataclass(frozen=True)
class Candidate:
    """What became of a task: the record it would have, what the checks found, and the difference.

    `difference` holds lines of RDF Patch, at most the first 2,000. `report` is the SHACL report as N-Triples.
    `written` says that the candidate is there to be published; without it nothing changed, was found, or was
    only tried.
    """

    record: Record
    findings: tuple[Finding, ...]
    report: str
    difference: tuple[str, ...]
    created: frozenset[str]
    dropped: frozenset[str]
    written: bool

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that block the change."""
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def warnings(self) -> int:
        """How many findings do not block it."""
        return len(self.findings) - len(self.violations)


@dataclass(frozen=True)
class Setup:
    """How a worker is set up: its rooms, and memory in bytes. `judges`: the rules are read beforehand."""

    rooms: Rooms
    memory: int
    judges: bool = True


def send(file: IO[bytes], value: object) -> None:
    """Write `value` to `file`, pickled, with its length in front."""
    data = pickle.dumps(value)
    file.write(struct.pack(">Q", len(data)) + data)
    file.flush()


def receive(file: IO[bytes]) -> object:
    """Return the next value that `send` wrote, or None at the end."""
    head = file.read(8)
    if len(head) < 8:
        return None
    size = struct.unpack(">Q", head)[0]
    data = file.read(size)
    return pickle.loads(data) if len(data) == size else None
