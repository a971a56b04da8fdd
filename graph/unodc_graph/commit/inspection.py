"""What a backup holds beside its statements: history, kept queries, counts, derived graphs, each compared.

A backup whose list of files agrees with its files can have been made by anybody. Whatever is served or built
upon later is therefore held to what it must be: exactly, where it follows from the statements, and by its
form, its order and its sums where it tells of the past.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from unodc_graph.commit import derived
from unodc_graph.commit.delta import Delta
from unodc_graph.commit.patch import read_patch
from unodc_graph.commit.record import Record
from unodc_graph.description import counts
from unodc_graph.description.metadata import count
from unodc_graph.errors import CorruptState, UnreadableFile
from unodc_graph.inference.closure import closure
from unodc_graph.inference.rule import rules
from unodc_graph.inference.upkeep import fact_of
from unodc_graph.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH
from unodc_graph.store.canonical import shifted_state_digest
from unodc_graph.store.durability import one_line
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation
from unodc_graph.store.metadata import Metadata, is_time
from unodc_graph.store.term import DefaultGraph, NamedNode

_ANOTHER: Final = "restore another backup"
_SHA: Final = re.compile(r"[0-9a-f]{64}")
_OUTCOME: Final = re.compile(r"published(?: with [1-9][0-9]{0,8} warnings?)?")
_ASKED: Final = frozenset({"query", "default_graphs", "named_graphs", "inferred", "incoming"})


def check_queries(files: Mapping[str, Path]) -> None:
    """Raise UnreadableFile for a kept query that is none, or not the one that its name, a hash, says."""
    for path in files.values():
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest()[:16] != path.stem or not _is_query(content):
            raise _refused(path, "it is not the kept query that its name stands for")


def _is_query(content: bytes) -> bool:
    try:
        held: object = json.loads(content)
    except (ValueError, RecursionError):
        return False
    if not isinstance(held, dict) or held.keys() != _ASKED:
        return False
    graphs = [held[name] for name in ("default_graphs", "named_graphs") if held[name] is not None]
    return (
        isinstance(held["query"], str)
        and isinstance(held["inferred"], bool)
        and isinstance(held["incoming"], bool)
        and all(isinstance(names, list) and all(isinstance(n, str) for n in names) for names in graphs)
    )


def check_history(files: Mapping[str, Path], current: Metadata) -> None:
    """Raise UnreadableFile for a record or patch that is none, or contradicts the others or `current`.

    The state digest of each commit is that of the one before, shifted by its patch.
    """
    records = {
        int(name[:6]): _record(path, int(name[:6])) for name, path in files.items() if name.endswith(".json")
    }
    newest = records.get(current.number)
    if newest is not None and newest.state_digest != current.state_digest:
        raise _refused(files[f"{current.number:06d}.json"], "it tells of another state than is backed up")
    for name, path in files.items():
        if name.endswith(".json"):
            continue
        number = int(name[:6])
        if number not in records:
            raise _refused(path, f"{number:06d}.json, the record of this patch, is not there")
        _check_patch(path, records[number], records.get(number - 1))


def _record(path: Path, number: int) -> Record:
    """Return the record in the file `path`, of generation `number`, each of its fields held to its type."""
    try:
        held: Any = json.loads(path.read_text(encoding="utf-8"))
        found = Record(**held)
    except (ValueError, TypeError, RecursionError):
        raise _refused(path, "it is no record of a commit") from None
    right = {
        "number": found.number == number and type(found.number) is int,
        "parent": found.parent is None or (type(found.parent) is int and 0 <= found.parent < number),
        "time": is_time(found.time),
        "author": isinstance(found.author, str),
        "message": isinstance(found.message, str),
        "request": _matches(_SHA, found.request),
        "added": _is_count(found.added),
        "removed": _is_count(found.removed),
        "shapes": _matches(_SHA, found.shapes),
        "outcome": _matches(_OUTCOME, found.outcome),
        "state_digest": _matches(_SHA, found.state_digest),
    }
    for field in fields(Record):
        if not right[field.name]:
            raise _refused(path, f"{field.name}: no commit has such a value")
    return found


def _check_patch(path: Path, record: Record, before: Record | None) -> None:
    try:
        parent, delta = read_patch(path)
    except CorruptState as error:
        raise _refused(path, error.reason) from None
    except OSError as error:
        raise _refused(path, one_line(error)) from None
    if parent != record.parent:
        raise _refused(path, "it begins at another generation than its record says")
    if (len(delta.added), len(delta.removed)) != (record.added, record.removed):
        raise _refused(path, "it adds and removes other numbers of statements than its record says")
    if before is not None and before.number == parent and _after(before, delta) != record.state_digest:
        raise _refused(path, "it does not lead to the state that its record says")


def _after(before: Record, delta: Delta) -> str:
    added, removed = ([f"{quad} ." for quad in part] for part in (delta.added, delta.removed))
    return shifted_state_digest(before.state_digest, added, removed)


def check_derived(generation: Generation) -> None:
    """Raise UnreadableFile unless what `generation` derives from its statements follows from them.

    The default graph holds each asserted triple and nothing else. What is inferred, and the counts, are
    worked out anew where this version of the software made them; another one may rightly have come to others,
    and then the next commit counts anew.
    """
    metadata = generation.metadata
    try:
        store = generation.open()
        if not _is_union(store):
            raise _refused(generation.store_path, "its default graph is not what its named graphs state")
        if metadata.version != version("unodc-kg"):
            return
        if metadata.closure == "fresh" and not _is_closed(store):
            raise _refused(generation.store_path, f"<{INFERRED_GRAPH}> is not what follows from it")
        file = generation.path / counts.FILE_NAME
        if file.exists() and counts.read_counts(generation.path) != count(store):
            advice = f"{_ANOTHER}, or take {counts.FILE_NAME} out of this one and out of SHA256SUMS"
            raise _refused(file, "it does not count what the generation holds", advice)
    except CorruptState as error:
        raise UnreadableFile(error.path, None, None, error.reason) from None
    except (OSError, RuntimeError) as error:
        raise UnreadableFile(generation.store_path, None, None, one_line(error)) from None


def _is_union(store: Store) -> bool:
    default = DefaultGraph()
    for quad in store.quads_for_pattern(None, None, None, default):
        same = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        if not any(map(derived.is_asserted, same)):
            return False
    return all(derived.in_default(quad) in store for quad in derived.asserted(store))


def _is_closed(store: Store) -> bool:
    known = rules(store.quads_for_pattern(None, None, None, NamedNode(ONTOLOGY_GRAPH)))
    wanted = frozenset(closure(store.quads_for_pattern(None, None, None, DefaultGraph()), known))
    held = store.quads_for_pattern(None, None, None, NamedNode(INFERRED_GRAPH))
    return wanted == frozenset(map(fact_of, held))


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _refused(path: Path, reason: str, advice: str = _ANOTHER) -> UnreadableFile:
    return UnreadableFile(path, None, None, f"{reason}; {advice}")
