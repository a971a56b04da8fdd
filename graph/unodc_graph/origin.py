"""Statements in files that have no right to make them, which only the files show and no graph does.

The terms, the reference tables and the register are read from folders of their own. Another file may name
their graphs, or declare a passage, so where a statement comes from is looked at besides where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from unodc_graph import namespace
from unodc_graph.dataset import Dataset
from unodc_graph.store.term import NamedNode, Quad

_TYPE: Final = f"{namespace.PREFIXES['rdf']}type"
_OA: Final = namespace.PREFIXES["oa"]
_REGISTERED_PROPERTIES: Final = frozenset(
    {
        *(f"{_OA}{name}" for name in ("hasSource", "hasSelector", "start", "end")),
        *(
            f"{namespace.ONTOLOGY}{name}"
            for name in (
                "textHash",
                "occursIn",
                "hasOccurrence",
                "underHeading",
                "follows",
                "fileName",
                "length",
            )
        ),
    }
)
_REGISTERED_CLASSES: Final = frozenset(
    {
        *(f"{_OA}{name}" for name in ("SpecificResource", "TextPositionSelector")),
        *(f"{namespace.ONTOLOGY}{name}" for name in ("SourceDocument", "Passage", "Occurrence")),
    }
)


@dataclass(frozen=True)
class Outsider:
    """A statement, the graph whose own files might make it, and the file and line where it stands instead."""

    quad: Quad
    graph: str
    file: Path
    line: int | None


def outsiders(dataset: Dataset) -> Iterator[Outsider]:
    """Yield each statement that stands in a file which may not make it.

    A statement in the graph of the ontology, the schemes or the reference tables is made by the files of
    that graph only; what says which documents, passages and occurrences there are, by the register only.
    """
    for file in dataset.files:
        for quad in file.quads:
            graph = _owner(quad)
            if graph is not None and graph != file.graph:
                yield Outsider(quad, graph, file.path, dataset.line(file, quad))


def _owner(quad: Quad) -> str | None:
    """Return the graph whose files alone may state `quad`, None where every file may."""
    stands_in = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
    if stands_in in namespace.CURATED_GRAPHS:
        return stands_in
    kind = quad.object.value if isinstance(quad.object, NamedNode) else None
    if quad.predicate.value in _REGISTERED_PROPERTIES or (
        quad.predicate.value == _TYPE and kind in _REGISTERED_CLASSES
    ):
        return namespace.SOURCES_GRAPH
    return None
