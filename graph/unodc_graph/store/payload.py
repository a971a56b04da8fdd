"""RDF documents that a client sent, to quads. Only to be read in a worker: the parser is the engine's."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, parse

from unodc_graph.errors import PayloadUnreadable
from unodc_graph.store.parsing import amplified_at
from unodc_graph.store.term import later_feature

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
