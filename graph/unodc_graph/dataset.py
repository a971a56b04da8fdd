"""The dataset as its files state it: which file goes into which graph, what follows from where a statement
stands (`unodc:evidencedBy`), and in which file and line each statement is found again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import rdflib

from unodc_graph import namespace
from unodc_graph.errors import UnreadableFile
from unodc_graph.location import Rooms
from unodc_graph.position import Positions, Statement
from unodc_graph.store.parsing import FORMATS, ParsedFile, parse_file, positions_of
from unodc_graph.store.term import NamedNode, Quad, to_rdflib_dataset, to_rdflib_graph

EVIDENCED_BY: Final = NamedNode(f"{namespace.ONTOLOGY}evidencedBy")
_OWN_WORDS: Final = frozenset(
    {
        NamedNode(f"{namespace.PREFIXES['rdfs']}label"),
        NamedNode(f"{namespace.PREFIXES['dcterms']}description"),
    }
)
"""What graph/catalogue says of the things that passages speak of, and no passage's graph may."""


@dataclass(frozen=True)
class Place:
    """Where a statement stands: a file, and the line from 1 where the format lets it be known."""

    file: Path
    line: int | None


@dataclass(frozen=True)
class Dataset:
    """Everything that is asserted. A curator's own files come first in `files`."""

    files: tuple[ParsedFile, ...]
    _positions: dict[Path, Positions] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def written(self) -> frozenset[Quad]:
        """The statements of the files, each once in each graph."""
        return frozenset(quad for file in self.files for quad in file.quads)

    @cached_property
    def asserted(self) -> frozenset[Quad]:
        """What is written, and the evidence of each thing that a passage speaks of."""
        return self.written | frozenset(evidence(self.written))

    def union(self) -> rdflib.Graph:
        """Return each asserted triple once, for tools that know one graph only."""
        return to_rdflib_graph(self.asserted)

    def terms(self) -> rdflib.Graph:
        """Return the ontology with its schemes, without facts."""
        terms = {NamedNode(namespace.ONTOLOGY_GRAPH), NamedNode(namespace.SCHEMES_GRAPH)}
        return to_rdflib_graph(quad for quad in self.asserted if quad.graph_name in terms)

    def graphs(self) -> rdflib.Dataset:
        """Return each asserted statement in its named graph, for tools that ask who states what."""
        return to_rdflib_dataset(self.asserted)

    def place(
        self, thing: str, path: str | None = None, value: str | None = None, graph: str | None = None
    ) -> Place | None:
        """Return where the statement about `thing` stands, by IRIs: the closest match, earliest file first.

        What is None is not looked at; without the very statement, the first one about `thing` is taken.
        """
        best: tuple[int, Place] | None = None
        for file, own in self._mentions.get(thing, ()):
            if graph is not None and own != graph:
                continue
            positions = self.positions(file)
            name = None if positions.line(Statement(own, thing)) is None else own
            for match, statement in enumerate(
                (Statement(name, thing), Statement(name, thing, path), Statement(name, thing, path, value))
            ):
                line = positions.lines.get(statement)
                if line is not None and (best is None or match > best[0]):
                    best = match, Place(file.path, line)
            if best is None:
                best = -1, Place(file.path, None)
        return best[1] if best else None

    def line(self, file: ParsedFile, quad: Quad) -> int | None:
        """Return the line of `quad` in `file`, as exactly as it is known."""
        named = (quad.graph_name, quad.subject, quad.predicate, quad.object)
        graph, *terms = (term.value if isinstance(term, NamedNode) else None for term in named)
        positions = self.positions(file)
        found = positions.line(Statement(graph, *terms))
        return positions.line(Statement(None, *terms)) if found is None else found

    def positions(self, file: ParsedFile) -> Positions:
        """Return the positions in one of the files, read when first asked for."""
        if file.path not in self._positions:
            self._positions[file.path] = positions_of(file)
        return self._positions[file.path]

    @cached_property
    def _mentions(self) -> dict[str, list[tuple[ParsedFile, str]]]:
        """For each subject, the files and graphs in which something is said of it."""
        mentions: dict[str, dict[tuple[Path, str], ParsedFile]] = {}
        for file in self.files:
            for quad in file.quads:
                if isinstance(quad.subject, NamedNode):
                    graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
                    mentions.setdefault(quad.subject.value, {}).setdefault((file.path, graph), file)
        return {
            thing: [(file, graph) for (_, graph), file in places.items()]
            for thing, places in mentions.items()
        }


def evidence(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield `unodc:evidencedBy` for each thing that a passage's graph, or its context graph, speaks of.

    The triple stands in the graph that gives the evidence, and is never written by hand.
    """
    for quad in quads:
        subject, graph = quad.subject, quad.graph_name
        if isinstance(subject, NamedNode) and isinstance(graph, NamedNode):
            passage = namespace.passage_of_graph(graph.value)
            if passage is not None and namespace.kind(subject.value) in namespace.STATED_KINDS:
                yield Quad(subject, EVIDENCED_BY, NamedNode(passage), graph)


def without_evidence(quads: Iterable[Quad]) -> set[Quad]:
    """Return those of `quads` that a file can state."""
    return {quad for quad in quads if quad.predicate != EVIDENCED_BY}


def assemble(rooms: Rooms, extra: Sequence[Path] = (), passage: str | None = None) -> Dataset:
    """Read the project's files, and the curator's files or folders in `extra`, into one dataset.

    `passage`, twelve hexadecimal digits, says whose graph the statements of `extra` belong to when the file
    itself names none; without it they are unplaced, which the checks refuse. Labels and descriptions in a
    format that cannot name a graph go into graph/catalogue then. A file of `extra` that is one of the
    project's own is not read twice. Raises UnreadableFile at the first file that cannot be read.
    """
    own = {path.resolve(): (path, graph) for path, graph in _own_files(rooms)}
    added = {path.resolve(): path for given in extra for path in _rdf_files(given)}
    theirs = [_curated(path, passage) for key, path in added.items() if key not in own]
    return Dataset((*theirs, *(parse_file(path, graph) for path, graph in own.values())))


def read_files(given: Sequence[Path], passage: str | None = None) -> Dataset:
    """Return a curator's files or folders, alone; `passage` as for `assemble`.

    Raises UnreadableFile at the first file that cannot be read.
    """
    return Dataset(tuple(_curated(path, passage) for entry in given for path in _rdf_files(entry)))


def _curated(path: Path, passage: str | None) -> ParsedFile:
    """Return a curator's file; `passage` as for `assemble`."""
    if passage is None:
        return parse_file(path, namespace.UNPLACED_GRAPH)
    file = parse_file(path, namespace.passage(passage))
    if file.format.supports_datasets:
        return file
    catalogue = NamedNode(namespace.CATALOGUE_GRAPH)
    placed = (
        Quad(quad.subject, quad.predicate, quad.object, catalogue) if _in_own_words(quad) else quad
        for quad in file.quads
    )
    return replace(file, quads=tuple(placed))


def _in_own_words(quad: Quad) -> bool:
    subject = quad.subject
    stated = isinstance(subject, NamedNode) and namespace.kind(subject.value) in namespace.STATED_KINDS
    return stated and quad.predicate in _OWN_WORDS


def shapes(rooms: Rooms) -> rdflib.Graph:
    """Return all shapes as one graph. Raises UnreadableFile."""
    files = [parse_file(path, namespace.SHAPES) for path in _sorted(rooms.shapes, ".ttl")]
    return to_rdflib_graph(quad for file in files for quad in file.quads)


def _own_files(rooms: Rooms) -> Iterator[tuple[Path, str]]:
    """Yield each file of the project and the graph for its statements (ontology/README.md, closed lists)."""
    ontology = rooms.ontology / "unodc.ttl"
    if not ontology.is_file():
        expected = "not found; expected a folder laid out like the project, with ontology/unodc.ttl in it"
        raise UnreadableFile(ontology, None, None, expected)
    yield ontology, namespace.ONTOLOGY_GRAPH
    known = {ontology, *_sorted(rooms.shapes, ".ttl")}
    moved = rooms.facts / "moved.ttl"
    if moved.is_file():
        known.add(moved)
        yield moved, namespace.CATALOGUE_GRAPH
    for folder, suffix, graph in (
        (rooms.schemes, ".ttl", namespace.SCHEMES_GRAPH),
        (rooms.facts / "reference", ".ttl", namespace.REFERENCE_GRAPH),
        (rooms.facts / "sources", ".ttl", namespace.SOURCES_GRAPH),
        (rooms.facts / "passages", ".trig", namespace.UNPLACED_GRAPH),
    ):
        for path in _sorted(folder, suffix):
            known.add(path)
            yield path, graph
    for room in (rooms.ontology, rooms.facts):
        for stray in sorted(path for path in room.rglob("*") if path.suffix.lower() in FORMATS):
            if stray not in known:
                expected = "nobody reads it here; expected passages/*.trig, reference/*.ttl or sources/*.ttl"
                raise UnreadableFile(stray, None, None, expected)


def _rdf_files(given: Path) -> list[Path]:
    """Return `given`, or what a folder holds of RDF files at any depth."""
    if not given.is_dir():
        return [given]
    files = sorted(path for path in given.rglob("*") if path.suffix.lower() in FORMATS and path.is_file())
    if not files:
        expected = f"holds no RDF file; expected one that ends in {', '.join(FORMATS)}"
        raise UnreadableFile(given, None, None, expected)
    return files


def _sorted(folder: Path, suffix: str) -> list[Path]:
    return sorted(folder.glob(f"*{suffix}"))
