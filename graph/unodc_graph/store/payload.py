"""RDF documents that a client sent, to quads. Only to be read in a worker: the parser is the engine's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse

from unodc_graph.errors import PayloadUnreadable, QuerySyntaxError
from unodc_graph.store.parsing import amplified_at
from unodc_graph.store.term import later_feature
from unodc_graph.store.updating import run_update

PAYLOAD_TYPES: Final = MappingProxyType(
    {
        "text/turtle": RdfFormat.TURTLE,
        "application/x-turtle": RdfFormat.TURTLE,
        "application/n-triples": RdfFormat.N_TRIPLES,
        "application/rdf+xml": RdfFormat.RDF_XML,
        "application/ld+json": RdfFormat.JSON_LD,
    }
)
"""Media types of a graph that can be stored."""


DATASET_TYPES: Final = MappingProxyType(
    {"application/trig": RdfFormat.TRIG, "application/n-quads": RdfFormat.N_QUADS}
)
"""Media types of several graphs at once."""


def read_payload(content: bytes, media_type: str, base_iri: str | None, graph: str | None) -> list[Quad]:
    """Return the triples of an RDF document as quads of `graph`, blank nodes under fresh labels.

    Raises PayloadUnreadable, for a document that names graphs of its own or is of RDF 1.2 as well.
    """
    target = DefaultGraph() if graph is None else NamedNode(graph)
    quads = []
    for quad in _parsed(content, media_type, PAYLOAD_TYPES[media_type], base_iri):
        if not isinstance(quad.graph_name, DefaultGraph):
            raise PayloadUnreadable(media_type, None, None, "it names a graph; send one graph's triples")
        quads.append(Quad(quad.subject, quad.predicate, quad.object, target))
    return quads


def read_dataset(content: bytes, media_type: str, base_iri: str | None) -> list[Quad]:
    """Return the quads of an RDF document of several graphs, blank nodes under fresh labels.

    Raises PayloadUnreadable, for a document of RDF 1.2, or with a graph without an IRI, as well.
    """
    quads = list(_parsed(content, media_type, DATASET_TYPES[media_type], base_iri))
    if any(isinstance(quad.graph_name, BlankNode) for quad in quads):
        raise PayloadUnreadable(media_type, None, None, "a graph named by a blank node; name it by an IRI")
    return quads


def _parsed(content: bytes, media_type: str, kind: RdfFormat, base_iri: str | None) -> Iterator[Quad]:
    place = amplified_at(content) if kind == RdfFormat.RDF_XML else None
    if place is not None:
        raise PayloadUnreadable(media_type, *place, "its entities come to far more than the document")
    try:
        for quad in parse(content, kind, base_iri=base_iri, rename_blank_nodes=True):
            if feature := later_feature(quad):
                raise PayloadUnreadable(media_type, None, None, f"{feature}; send RDF 1.1")
            yield quad
    except SyntaxError as error:
        text = " ".join(str(error.msg).split())
        raise PayloadUnreadable(media_type, error.lineno, error.offset, text) from None
    except ValueError as error:
        raise PayloadUnreadable(media_type, None, None, " ".join(str(error).split())) from None


def refuse_later_terms(quads: Iterable[Quad]) -> None:
    """Raise QuerySyntaxError when an update adds what only RDF 1.2 has: triple terms, or directions."""
    for quad in quads:
        if feature := later_feature(quad):
            near = "<<" if isinstance(quad.object, Triple) else str(quad.object)
            raise QuerySyntaxError(None, None, near, f"{feature} is of RDF 1.2; send RDF 1.1")


def refuse_nameless_graphs(quads: Iterable[Quad]) -> None:
    """Raise QuerySyntaxError when an update adds to a graph that a blank node names, as BNODE() can."""
    if any(isinstance(quad.graph_name, BlankNode) for quad in quads):
        raise QuerySyntaxError(None, None, "GRAPH", "an update that names each graph by an IRI")


def read_lines(lines: tuple[str, ...]) -> list[Quad]:
    """Return the quads of N-Quads lines of our own, blank node labels kept."""
    text = "\n".join(lines).encode("utf-8")
    return list(parse(text, RdfFormat.N_QUADS))


def inserted(update: str, base_iri: str | None) -> tuple[list[Quad], list[NamedNode | BlankNode]]:
    """Return what an update made of INSERT DATA inserts, and the graphs it names. Raises QuerySyntaxError."""
    memory = Store()
    run_update(memory, update, base_iri)
    return list(memory), list(memory.named_graphs())
