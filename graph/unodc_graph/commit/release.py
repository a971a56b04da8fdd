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
from unodc_graph.commit.derived import asserted
from unodc_graph.dataset import EVIDENCED_BY, Dataset, assemble
from unodc_graph.errors import ReleaseIncomplete, UnwritableFile
from unodc_graph.location import Rooms
from unodc_graph.store.canonical import with_canonical_labels
from unodc_graph.store.generation import Generation
from unodc_graph.store.parsing import ParsedFile
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
    """The files that a release wrote, those it removed because they would be empty, and what changed."""

    written: tuple[Path, ...]
    removed: tuple[Path, ...]
    added: int
    taken: int


def release(generation: Generation, rooms: Rooms) -> Released:
    """Make the files of `rooms` state what `generation` asserts.

    Raises ReleaseIncomplete when ontology or schemes differ, which are edited as files and nowhere else, or
    when the files would not give the same dataset; UnreadableFile and UnwritableFile.
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
    contents = {file.path: set(file.quads) - taken for file in dataset.files}
    chooser = _Chooser(dataset, rooms)
    for quad in sorted(added, key=_passages_first):
        contents.setdefault(chooser.file(quad), set()).add(quad)
        chooser.note(quad)
    known = {file.path: file for file in dataset.files}
    written, removed = [], []
    for path, quads in sorted(contents.items()):
        if path in known and quads == set(known[path].quads):
            continue
        if quads:
            _write(path, _text(path, quads, known.get(path)))
            written.append(path)
        else:
            path.unlink()
            removed.append(path)
    if set(with_canonical_labels(assemble(rooms).asserted)) != now:
        raise ReleaseIncomplete("", "the files do not give the published state again; look at their changes")
    return Released(tuple(written), tuple(removed), len(added), len(taken))


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
