"""In which source file a new statement belongs: with its subject, or with the passage that speaks of it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from types import MappingProxyType
from typing import Final

from unodc_graph import namespace
from unodc_graph.commit.speaking import speaking
from unodc_graph.dataset import Dataset
from unodc_graph.location import Rooms
from unodc_graph.store.term import NamedNode, Quad

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
_OCCURS_IN: Final = NamedNode(f"{namespace.ONTOLOGY}occursIn")
_FORMER: Final = frozenset(
    NamedNode(f"{namespace.PREFIXES[prefix]}{name}")
    for prefix, name in (
        ("dcterms", "isReplacedBy"),
        ("dcterms", "modified"),
        ("owl", "deprecated"),
        ("skos", "changeNote"),
    )
)
"""What is said of a former address, and of nothing else in graph/catalogue."""
_FIRST_DOCUMENT: Final = "000"


class Placement:
    """Says where statements belong that are added to the files of a dataset."""

    def __init__(self, dataset: Dataset, rooms: Rooms, added: Collection[Quad]) -> None:
        """Learn where everything stands, and what the statements `added` speak of."""
        self._facts = rooms.facts
        self._subjects: dict[tuple[str, str], Path] = {}
        self._homes: dict[str, Path] = {}
        self._documents: dict[str, str] = {}
        for file in dataset.files:
            for quad in file.quads:
                self._note(quad, file.path)
        self.order = {passage: number for number, passage in enumerate(self._documents)}
        """Each registered passage's number, in the order in which passages first stand in the documents."""
        known = {*dataset.written, *added}
        by_file = {passage: number for number, passage in enumerate(self._homes)}
        self._speaking = speaking(known, added, by_file)

    def file(self, quad: Quad) -> Path:
        """Return the file that `quad` belongs in."""
        graph, subject = _graph(quad), _subject(quad)
        passage = namespace.passage_of_graph(graph)
        if passage is not None:
            return self._home(passage)
        if graph == namespace.CATALOGUE_GRAPH and quad.predicate in _FORMER:
            return self._facts / "moved.ttl"
        held = self._subjects.get((graph, subject))
        if held is not None:
            return held
        if graph == namespace.REFERENCE_GRAPH:
            name = _KIND_FILE.get(namespace.kind(subject) or "", _OTHER)
            return self._facts / "reference" / f"{name}.ttl"
        document = _document(subject)
        if document is not None:
            return self._passages(document)
        return self._home(namespace.passage_of_graph(subject) or self._speaking.get(subject, ""))

    def _note(self, quad: Quad, path: Path) -> None:
        """Remember where the subject and the passage of `quad` stand; nothing goes into the register."""
        graph, subject = _graph(quad), _subject(quad)
        if quad.predicate == _OCCURS_IN and isinstance(quad.object, NamedNode):
            document = _document(quad.object.value) or _FIRST_DOCUMENT
            self._documents[subject] = min(self._documents.get(subject, document), document)
        if graph == namespace.SOURCES_GRAPH and path.suffix != ".trig":
            return
        self._subjects.setdefault((graph, subject), path)
        passage = namespace.passage_of_graph(graph)
        if passage is None and graph == namespace.SOURCES_GRAPH:
            passage = namespace.passage_of_graph(subject)
        if passage is not None:
            self._homes.setdefault(passage, path)

    def _home(self, passage: str) -> Path:
        return self._homes.get(passage) or self._passages(self._documents.get(passage, _FIRST_DOCUMENT))

    def _passages(self, document: str) -> Path:
        return self._facts / "passages" / f"{document}.trig"


def _document(iri: str) -> str | None:
    """Return the slug of the document that `iri` names, or that the occurrence or position `iri` is in."""
    slug = iri.rpartition("/")[2].partition("#")[0]
    return {"document": slug, "occurrence": slug.rpartition("-")[0]}.get(namespace.kind(iri) or "")


def _graph(quad: Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""


def _subject(quad: Quad) -> str:
    return quad.subject.value if isinstance(quad.subject, NamedNode) else str(quad.subject)
