"""The published state written back into the source files, so that both ways of editing stay one.

In a file only the statements that changed are written anew; the rest stays byte for byte, comments and order
included. Where that cannot be done the file is written whole and sorted, the comment at its head kept. What
follows from where a statement stands (`unodc:evidencedBy`) is never written.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Final

from unodc_graph import namespace
from unodc_graph.check import check
from unodc_graph.commit.derived import asserted
from unodc_graph.commit.placement import Placement
from unodc_graph.commit.revision import revise
from unodc_graph.dataset import Dataset, assemble, without_evidence
from unodc_graph.errors import CheckFailed, FilesChanged, ReleaseIncomplete, UnwritableFile
from unodc_graph.finding import Finding
from unodc_graph.location import Rooms
from unodc_graph.source import NotTakenApart
from unodc_graph.store.canonical import lines, state_digest, with_canonical_labels
from unodc_graph.store.generation import Generation
from unodc_graph.store.parsing import FORMATS, ParsedFile, parse_text
from unodc_graph.store.term import NamedNode, Quad
from unodc_graph.turtle import trig, turtle

_BY_HAND: Final = frozenset({namespace.ONTOLOGY_GRAPH, namespace.SCHEMES_GRAPH})
_MARK: Final = b"\xef\xbb\xbf"
_HEAD: Final = """\
# What the passages that stand first in document {document} state: each passage in a graph of its own.
# What a reader must supply is in the passage's context graph; labels and descriptions are in graph:catalogue.
"""


@dataclass(frozen=True)
class Whole:
    """A file that was written whole and sorted, and what about it did not let it be revised."""

    path: Path
    reason: str


@dataclass(frozen=True)
class _Draft:
    """What a file is to hold, nothing where it is to go, and why it is written whole, if it is."""

    text: str
    reason: str = ""


@dataclass(frozen=True)
class Released:
    """The files that a release wrote, those it removed because they would be empty, and what changed.

    `whole` are those of the written files that lost their arrangement. `warnings` are what the checks find
    in the files and does not block them.
    """

    written: tuple[Path, ...]
    removed: tuple[Path, ...]
    added: int
    taken: int
    whole: tuple[Whole, ...] = ()
    warnings: tuple[Finding, ...] = ()


def release(
    generation: Generation,
    rooms: Rooms,
    expected: Collection[str] = (),
    removed: Collection[Quad] = (),
    discard: bool = False,
) -> Released:
    """Make the files of `rooms` state what `generation` asserts, if they then pass every check.

    Files whose state digest is neither the one that the generation was built from nor among those `expected`
    have been edited since: then FilesChanged is raised where they would lose statements, unless `discard`
    lets them go. It is no loss where commits took those out that the files stated, `removed`.

    Nothing is written before all is known. Raises ReleaseIncomplete when ontology or schemes differ, which
    are edited as files and nowhere else, or when the files would not give the same dataset; CheckFailed when
    they would break a rule; UnreadableFile and UnwritableFile.
    """
    dataset = assemble(rooms)
    before = set(with_canonical_labels(dataset.asserted))
    now = set(with_canonical_labels(asserted(generation.open())))
    if before == now:
        return Released((), (), 0, 0)
    added, taken = without_evidence(now - before), without_evidence(before - now)
    for quad in sorted(added | taken, key=str):
        if _graph(quad) in _BY_HAND:
            raise ReleaseIncomplete(_graph(quad), "it is edited as files only, under ontology/")
    lost = taken.difference(removed)
    known = {generation.metadata.files_digest, *expected}
    if lost and not discard and state_digest(lines(before)) not in known:
        raise FilesChanged(generation.number, _listed(dataset, lost))
    drafts = _drafts(dataset, rooms, added, taken)
    files = {file.path: file for file in dataset.files}
    for path, draft in drafts.items():
        former = files.pop(path, None)
        if draft.text:
            files[path] = parse_text(path, draft.text, former.graph if former else _graph_of_file(path))
    coming = Dataset(tuple(files.values()))
    if set(with_canonical_labels(coming.asserted)) != now:
        raise ReleaseIncomplete("", "the files would not give the published state again")
    findings = check(coming, rooms)
    if any(finding.blocks for finding in findings):
        raise CheckFailed(findings)
    for path, draft in drafts.items():
        if draft.text:
            _write(path, draft.text)
        else:
            path.unlink()
    return Released(
        tuple(path for path, draft in drafts.items() if draft.text),
        tuple(path for path, draft in drafts.items() if not draft.text),
        len(added),
        len(taken),
        tuple(Whole(path, draft.reason) for path, draft in drafts.items() if draft.reason),
        findings,
    )


def _listed(dataset: Dataset, quads: Collection[Quad]) -> tuple[str, ...]:
    """Return `quads` for a reader, each with file and line where these are known."""
    places = {
        quad: f"{file.path}:{dataset.line(file, quad) or '?'}: "
        for file in dataset.files
        for quad in file.quads
        if quad in quads
    }
    return tuple(
        sorted(
            places.get(quad, "") + " ".join(namespace.compact_term(str(term)) for term in quad.triple)
            for quad in quads
        )
    )


def _drafts(dataset: Dataset, rooms: Rooms, added: set[Quad], taken: set[Quad]) -> dict[Path, _Draft]:
    """Return what becomes of each file that changes."""
    contents = {file.path: set(file.quads) - taken for file in dataset.files}
    placement = Placement(dataset, rooms, added)
    for quad in added:
        contents.setdefault(placement.file(quad), set()).add(quad)
    known = {file.path: file for file in dataset.files}
    return {
        path: _draft(path, quads, known.get(path), placement.order) if quads else _Draft("")
        for path, quads in sorted(contents.items())
        if path not in known or quads != set(known[path].quads)
    }


def _draft(path: Path, quads: set[Quad], former: ParsedFile | None, order: Mapping[str, int]) -> _Draft:
    """Return a file that states `quads`, as much of it as can be as it was."""
    graph = _graph_of_file(path)
    if former is None and graph == namespace.UNPLACED_GRAPH:
        former = ParsedFile(path, FORMATS[path.suffix], _HEAD.format(document=path.stem), graph, ())
    if former is None:
        return _Draft("".join(turtle(quads)))
    try:
        return _Draft(revise(former, quads, order))
    except NotTakenApart as reason:
        rows = takewhile(lambda row: row.startswith("#"), former.text.splitlines())
        head = "".join(f"{row}\n" for row in rows)
        whole = (trig if path.suffix == ".trig" else turtle)(quads)
        return _Draft("".join((head, "\n" if head else "", *whole)), str(reason))


def _graph_of_file(path: Path) -> str:
    """Return the graph of a file that is new: one for passages names its graphs itself."""
    if path.suffix == ".trig":
        return namespace.UNPLACED_GRAPH
    return namespace.CATALOGUE_GRAPH if path.stem == "moved" else namespace.REFERENCE_GRAPH


def _graph(quad: Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""


def _write(path: Path, text: str) -> None:
    """Put `text` in the place of the file, whole or not at all, with the byte order mark that it had."""
    fresh = path.with_suffix(f"{path.suffix}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        marked = path.is_file() and path.read_bytes().startswith(_MARK)
        with fresh.open("wb") as file:
            file.write((_MARK if marked else b"") + text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise UnwritableFile(path, error.strerror or "unknown reason") from None
