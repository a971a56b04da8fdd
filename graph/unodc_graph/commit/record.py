"""What is on record of each commit: a small file beside its patch, and PROV-O in `graph/history`."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from unodc_graph.errors import CorruptState
from unodc_graph.namespace import HISTORY_GRAPH, PREFIXES
from unodc_graph.store.durability import write_synced
from unodc_graph.store.term import Literal, NamedNode, Quad

_PROV: Final = PREFIXES["prov"]
_RDFS: Final = PREFIXES["rdfs"]
_XSD: Final = PREFIXES["xsd"]
_VOID: Final = PREFIXES["void"]
_TYPE: Final = f"{PREFIXES['rdf']}type"


@dataclass(frozen=True)
class Record:
    """One commit.

    `number` is that of the generation it made, `parent` that of the one before. `time` is ISO 8601 in UTC.
    `request` is the SHA-256 of what was sent and `shapes` the version of the shapes, both in hexadecimal.
    `added` and `removed` count quads of graphs that people write. `outcome` says how it ended, in words.
    """

    number: int
    parent: int | None
    time: str
    author: str
    message: str
    request: str
    added: int
    removed: int
    shapes: str
    outcome: str
    state_digest: str


def to_json(record: Record) -> str:
    """Return the record as a JSON object."""
    return json.dumps(asdict(record), ensure_ascii=False, indent=2) + "\n"


def record_file(folder: Path, number: int) -> Path:
    """Return the file in the history `folder` that holds the record of generation `number`."""
    return folder / f"{number:06d}.json"


def write_record(folder: Path, record: Record) -> None:
    """Write and sync `record` in the history `folder`. Raises OSError."""
    folder.mkdir(exist_ok=True)
    write_synced(record_file(folder, record.number), to_json(record).encode("utf-8"))


def read_records(folder: Path) -> Iterator[Record]:
    """Return the records in `folder`, newest first, each read when its turn comes. Raises CorruptState."""
    return (_read(path) for path in sorted(folder.glob("*.json"), reverse=True))


def read_record(folder: Path, number: int) -> Record | None:
    """Return the record of the commit that made generation `number`, or None. Raises CorruptState."""
    path = record_file(folder, number)
    return _read(path) if path.exists() else None


def _read(path: Path) -> Record:
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise CorruptState(path, "the record of a commit cannot be read") from None


def provenance(record: Record) -> Iterator[Quad]:
    """Yield the record in PROV-O, for `graph/history`: an activity, its author, what it used and made."""
    commit, made = _own(f"commit-{record.number}"), _own(f"generation-{record.number}")
    agent = _own(f"author-{record.author}")
    label = f"Commit {record.number}: {record.outcome}"
    yield _quad(commit, _TYPE, _iri("Activity"))
    yield _quad(commit, f"{_RDFS}label", Literal(label, language="en"))
    yield _quad(commit, f"{_PROV}endedAtTime", Literal(record.time, datatype=NamedNode(f"{_XSD}dateTime")))
    yield _quad(commit, f"{_PROV}wasAssociatedWith", agent)
    if record.message:
        yield _quad(commit, f"{_RDFS}comment", Literal(record.message))
    yield _quad(commit, f"{_PROV}used", _hash(record.request))
    yield _quad(commit, f"{_PROV}wasInfluencedBy", _hash(record.shapes))
    yield _quad(agent, _TYPE, _iri("Agent"))
    yield _quad(agent, f"{_RDFS}label", Literal(record.author))
    yield _quad(made, _TYPE, _iri("Entity"))
    yield _quad(made, f"{_PROV}wasGeneratedBy", commit)
    if record.parent is not None:
        yield _quad(made, f"{_PROV}wasDerivedFrom", _own(f"generation-{record.parent}"))
    for name, relation, count in (
        ("added", "generated", record.added),
        ("removed", "invalidated", record.removed),
    ):
        part = _own(f"{name}-{record.number}")
        yield _quad(commit, f"{_PROV}{relation}", part)
        yield _quad(part, _TYPE, _iri("Collection"))
        yield _quad(part, f"{_VOID}triples", Literal(count))


def _own(name: str) -> NamedNode:
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "-" for c in name)
    return NamedNode(f"{HISTORY_GRAPH}#{safe}")


def _iri(name: str) -> NamedNode:
    return NamedNode(_PROV + name)


def _hash(digest: str) -> NamedNode:
    """Return the name of something by its SHA-256 (RFC 6920)."""
    value = base64.urlsafe_b64encode(bytes.fromhex(digest)).decode("ascii").rstrip("=")
    return NamedNode(f"ni:///sha-256;{value}")


def _quad(subject: NamedNode, predicate: str, value: NamedNode | Literal) -> Quad:
    return Quad(subject, NamedNode(predicate), value, NamedNode(HISTORY_GRAPH))
