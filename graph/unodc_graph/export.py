"""Exports of a generation, each format sorted, so that the same facts give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType
from typing import IO, Final

from unodc_graph.errors import UnknownFormat
from unodc_graph.jsonld import jsonld
from unodc_graph.namespace import DERIVED_GRAPHS
from unodc_graph.store.canonical import lines
from unodc_graph.store.generation import Generation
from unodc_graph.store.term import DefaultGraph, NamedNode, Quad
from unodc_graph.store.writing import rdfxml
from unodc_graph.turtle import trig, turtle


def _rows(quads: Iterable[Quad]) -> Iterator[str]:
    for row in lines(quads):
        yield f"{row}\n"


_Writer = Callable[[Iterable[Quad]], Iterable[str]]
_GRAPH: Final[dict[str, _Writer]] = {"turtle": turtle, "ntriples": _rows, "rdfxml": rdfxml}
_DATASET: Final[dict[str, _Writer]] = {"trig": trig, "nquads": _rows, "jsonld": jsonld}

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
"""The name of each format and the extension of its files."""


def export(generation: Generation, name: str, output: IO[bytes]) -> None:
    """Write what `generation` asserts to `output`, in UTF-8, in the format called `name`.

    `trig`, `nquads` and `jsonld` hold the named graphs, so that the evidence stays visible; `turtle`,
    `ntriples` and `rdfxml` hold each triple once. What is inferred is left out. Raises UnknownFormat.
    """
    store = generation.open()
    if name in _GRAPH:
        quads = store.quads_for_pattern(None, None, None, DefaultGraph())
        pieces = _GRAPH[name](quads)
    elif name in _DATASET:
        pieces = _DATASET[name](quad for quad in store if _is_asserted(quad))
    else:
        raise UnknownFormat(name, tuple(FORMATS))
    for piece in pieces:
        output.write(piece.encode("utf-8"))


def _is_asserted(quad: Quad) -> bool:
    return isinstance(quad.graph_name, NamedNode) and quad.graph_name.value not in DERIVED_GRAPHS
