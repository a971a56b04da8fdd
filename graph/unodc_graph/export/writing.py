"""One file of a generation in one RDF format, so that the same facts give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from tempfile import TemporaryFile
from types import MappingProxyType
from typing import Final

from unodc_graph.context import Context, context_of
from unodc_graph.errors import UnknownFormat
from unodc_graph.export.output import Output
from unodc_graph.export.selection import Selection, graphs_of, quads_of
from unodc_graph.export.sorting import write_sorted
from unodc_graph.jsonld import framed, jsonld
from unodc_graph.namespace import ONTOLOGY_GRAPH
from unodc_graph.store.canonical import lines
from unodc_graph.store.dumping import dump_quads, dump_triples
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation
from unodc_graph.store.term import NamedNode, Quad
from unodc_graph.store.writing import rdfxml
from unodc_graph.turtle import trig, turtle

FORMATS: Final = MappingProxyType(
    {
        "turtle": ".ttl",
        "trig": ".trig",
        "ntriples": ".nt",
        "nquads": ".nq",
        "jsonld": ".jsonld",
        "rdfxml": ".rdf",
    }
)
"""The name of each RDF format and the extension of its files."""

_WRITERS: Final[dict[str, Callable[[Iterable[Quad]], Iterable[str]]]] = {
    "turtle": turtle,
    "trig": trig,
    "rdfxml": rdfxml,
}
_WITH_GRAPHS: Final = frozenset({"trig", "nquads", "jsonld"})
_LINES: Final = frozenset({"ntriples", "nquads"})
_EVERYTHING: Final = Selection()


def export(generation: Generation, name: str, output: Output, selection: Selection = _EVERYTHING) -> None:
    """Write what `selection` takes of `generation` to `output`, in UTF-8, in the format called `name`.

    `trig`, `nquads` and `jsonld` hold the named graphs, so that the evidence stays visible; `turtle`,
    `ntriples` and `rdfxml` hold each triple once. `ntriples` and `nquads` are sorted by code point with a
    bounded amount of memory; the others are made in memory. Raises UnknownFormat, NotFound.
    """
    if name not in FORMATS:
        raise UnknownFormat(name, tuple(FORMATS))
    store = generation.open()
    if name in _LINES and selection.thing is None:
        _write_lines(store, name in _WITH_GRAPHS, output, selection)
        return
    quads = quads_of(store, selection, name in _WITH_GRAPHS)
    if name == "jsonld":
        pieces = _jsonld(store, quads, selection)
    else:
        pieces = _rows(quads) if name in _LINES else _WRITERS[name](quads)
    for piece in pieces:
        output.write(piece.encode("utf-8"))


def published_context(store: Store) -> Context:
    """Return the JSON-LD context that the ontology in `store` makes."""
    return context_of(store.quads_for_pattern(None, None, None, NamedNode(ONTOLOGY_GRAPH)))


def _jsonld(store: Store, quads: Iterable[Quad], selection: Selection) -> Iterable[str]:
    context = published_context(store)
    if selection.thing is not None and not selection.evidence:
        return framed(quads, selection.thing, context)
    return jsonld(quads, context)


def _write_lines(store: Store, named: bool, output: Output, selection: Selection) -> None:
    graphs = graphs_of(store, selection, named)
    keep = named and (selection.evidence or selection.graph is not None)
    with TemporaryFile() as spool:
        if keep:
            dump_quads(store, (graph for graph in graphs if isinstance(graph, NamedNode)), spool)
        else:
            dump_triples(store, graphs, spool)
        write_sorted(spool, output, repeated=not keep and len(graphs) > 1)


def _rows(quads: Iterable[Quad]) -> Iterator[str]:
    for row in lines(quads):
        yield f"{row}\n"
