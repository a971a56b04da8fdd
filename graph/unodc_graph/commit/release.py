"""The published state written back into the source files, so that both ways of editing stay one.

A file is written anew only where its statements changed; then it is sorted, its first comment kept. A new
statement goes where its subject, or its passage, stands already, else into the file for its kind. What
follows from where a statement stands (`unodc:evidencedBy`) is never written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from unodc_graph import namespace
from unodc_graph.check import check
from unodc_graph.commit.derived import asserted
from unodc_graph.dataset import EVIDENCED_BY, Dataset, assemble
from unodc_graph.errors import CheckFailed, ReleaseIncomplete, UnwritableFile
from unodc_graph.finding import Finding, Severity
from unodc_graph.location import Rooms
from unodc_graph.store.canonical import with_canonical_labels
from unodc_graph.store.generation import Generation
from unodc_graph.store.parsing import ParsedFile, parse_text
from unodc_graph.store.term import NamedNode, Quad
from unodc_graph.turtle import trig, turtle

_KIND_FILE: Final = MappingProxyType(
    {
        "org": "organisations",
        "place": "places",
        "programme": "programmes",
        "output": "outputs",
        "instrument": "instruments",
        "provision": "instruments",
    }
)
_OTHER: Final = "others"
_BY_HAND: Final = frozenset({namespace.ONTOLOGY_GRAPH, namespace.SCHEMES_GRAPH})
_OCCURS_IN: Final = NamedNode(f"{namespace.ONTOLOGY}occursIn")
_FIRST_DOCUMENT: Final = "000"


@dataclass(frozen=True)
class Released:
    """The files that a release wrote, those it removed because they would be empty, and what changed.

    `warnings` are what the checks find in the files and does not block them.
    """

    written: tuple[Path, ...]
    removed: tuple[Path, ...]
    added: int
    taken: int
    warnings: tuple[Finding, ...] = ()


def release(generation: Generation, rooms: Rooms) -> Released:
    """Make the files of `rooms` state what `generation` asserts, if they then pass every check.

    Nothing is written before that is known. Raises ReleaseIncomplete when ontology or schemes differ, which
    are edited as files and nowhere else, or when the files would not give the same dataset; CheckFailed when
    they would break a rule; UnreadableFile and UnwritableFile.
    """
    dataset = assemble(rooms)
    before = set(with_canonical_labels(dataset.asserted))
    now = set(with_canonical_labels(asserted(generation.open())))
    if before == now:
        return Released((), (), 0, 0)
    added, taken = _without_evidence(now - before), _without_evidence(before - now)
    for quad in sorted(added | taken, key=str):
        if _graph(quad) in _BY_HAND:
            raise ReleaseIncomplete(_graph(quad), "it is edited as files only, under ontology/")
    texts = _texts(dataset, rooms, added, taken)
    files = {file.path: file for file in dataset.files}
    for path, text in texts.items():
        former = files.pop(path, None)
        if text:
            files[path] = parse_text(path, text, former.graph if former else _graph_of_file(path))
    coming = Dataset(tuple(files.values()))
    if set(with_canonical_labels(coming.asserted)) != now:
        raise ReleaseIncomplete("", "the files would not give the published state again")
    findings = check(coming, rooms)
    if any(finding.severity == Severity.VIOLATION for finding in findings):
        raise CheckFailed(findings)
    for path, text in texts.items():
        if text:
            _write(path, text)
        else:
            path.unlink()
    written = tuple(path for path, text in texts.items() if text)
    removed = tuple(path for path, text in texts.items() if not text)
    return Released(written, removed, len(added), len(taken), findings)


def _texts(dataset: Dataset, rooms: Rooms, added: set[Quad], taken: set[Quad]) -> dict[Path, str]:
    """Return what each file that changes is to hold, nothing where it is to go."""
    contents = {file.path: set(file.quads) - taken for file in dataset.files}
    chooser = _Chooser(dataset, rooms)
    for quad in sorted(added, key=_passages_first):
        contents.setdefault(chooser.file(quad), set()).add(quad)
        chooser.note(quad)
    known = {file.path: file for file in dataset.files}
    return {
        path: _text(path, quads, known.get(path)) if quads else ""
        for path, quads in sorted(contents.items())
        if path not in known or quads != set(known[path].quads)
    }


def _graph_of_file(path: Path) -> str:
    """Return the graph of a file that is new: one for passages names its graphs itself."""
    return namespace.UNPLACED_GRAPH if path.suffix == ".trig" else namespace.REFERENCE_GRAPH


class _Chooser:
    """Says in which file a new statement belongs."""

    def __init__(self, dataset: Dataset, rooms: Rooms) -> None:
        self._facts = rooms.facts
        self._subjects: dict[tuple[str, str], Path] = {}
        self._graphs: dict[str, Path] = {}
        self._documents: dict[str, str] = {}
        for file in dataset.files:
            for quad in file.quads:
                self.note(quad, file.path)
                if quad.predicate == _OCCURS_IN and isinstance(quad.object, NamedNode):
                    document = quad.object.value.rpartition("/")[2]
                    held = self._documents.get(_subject(quad), document)
                    self._documents[_subject(quad)] = min(held, document)

    def note(self, quad: Quad, path: Path | None = None) -> None:
        """Remember where the subject and the graph of `quad` stand."""
        path = path or self.file(quad)
        subject, graph = _subject(quad), _graph(quad)
        if graph != namespace.SOURCES_GRAPH or path.suffix == ".trig":  # the register is derived
            self._subjects.setdefault((graph, subject), path)
        if namespace.passage_of_graph(graph):
            self._graphs.setdefault(graph.removesuffix("/context"), path)
            self._subjects.setdefault((namespace.CATALOGUE_GRAPH, subject), path)

    def file(self, quad: Quad) -> Path:
        """Return the file that `quad` belongs in."""
        graph, subject = _graph(quad), _subject(quad)
        passage = namespace.passage_of_graph(graph)
        if passage is not None:
            return self._graphs.get(passage) or self._passages(passage)
        held = self._subjects.get((graph, subject))
        if held is not None:
            return held
        if graph == namespace.REFERENCE_GRAPH:
            name = _KIND_FILE.get(namespace.kind(subject) or "", _OTHER)
            return self._facts / "reference" / f"{name}.ttl"
        about = namespace.passage_of_graph(subject)
        if about is not None:
            return self._graphs.get(about) or self._passages(about)
        return self._passages("")

    def _passages(self, passage: str) -> Path:
        document = self._documents.get(passage, _FIRST_DOCUMENT)
        return self._facts / "passages" / f"{document}.trig"


def _passages_first(quad: Quad) -> tuple[bool, str]:
    return namespace.passage_of_graph(_graph(quad)) is None, str(quad)


def _without_evidence(quads: Iterable[Quad]) -> set[Quad]:
    return {quad for quad in quads if quad.predicate != EVIDENCED_BY}


def _graph(quad: Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""


def _subject(quad: Quad) -> str:
    return quad.subject.value if isinstance(quad.subject, NamedNode) else str(quad.subject)


def _text(path: Path, quads: set[Quad], former: ParsedFile | None) -> str:
    """Return a file that states `quads`, under the comment that the former one begins with."""
    rows: list[str] = []
    for row in former.text.splitlines() if former else ():
        if not row.startswith("#"):
            break
        rows.append(row)
    head = "\n".join(rows) + "\n\n" if rows else ""
    return head + "".join((trig if path.suffix == ".trig" else turtle)(quads))


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(f"{path.suffix}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise UnwritableFile(path, error.strerror or "unknown reason") from None
