"""A document in each of its formats, by the suffix of its address.

Turtle, N-Triples, RDF/XML and JSON-LD hold its triples; TriG and N-Quads hold them in their default graph,
and again in the graphs that show on which passage each of them rests. JSON and CSV are for programs and
spreadsheets that know nothing of RDF.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, Final

from rdflib import Graph

from unodc_graph.context import Context
from unodc_graph.jsonld import framed, jsonld
from unodc_graph.namespace import INFERRED_GRAPH, passage_of_graph
from unodc_graph.store.canonical import lines
from unodc_graph.store.term import Literal, NamedNode, Quad
from unodc_graph.store.writing import rdfxml
from unodc_graph.turtle import trig, turtle
from unodc_server.composition import view
from unodc_server.document import Document
from unodc_server.negotiation import GRAPHS, ONE_GRAPH, PAGE, Variant
from unodc_server.view import View
from unodc_server.wording import names_of

_UTF8: Final = "charset=utf-8"

TURTLE: Final = ONE_GRAPH[0]
TRIPLES: Final = (*ONE_GRAPH[:3], Variant("application/ld+json", "jsonld"))
"""The formats of anything that is a set of triples and also to be had as JSON: that is no JSON-LD here."""
TRIG, NQUADS = GRAPHS[4:]
JSON: Final = Variant("application/json", "json", ("text/json",))
CSV: Final = Variant("text/csv", "csv", (), f"{_UTF8}; header=present")

_OF_RDFLIB: Final = MappingProxyType(
    {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld"}
)
"""What rdflib calls the formats of a graph."""

SUFFIXES: Final = MappingProxyType(
    {
        "ttl": TURTLE,
        "nt": TRIPLES[1],
        "jsonld": TRIPLES[3],
        "rdf": TRIPLES[2],
        "json": JSON,
        "csv": CSV,
        "html": PAGE,
        "trig": TRIG,
        "nq": NQUADS,
    }
)
"""The suffix of an address, and the variant that it always gives."""

OFFERED: Final = tuple(SUFFIXES.values())
"""What a document can be had in, in the server's order of preference."""

EXPLANATIONS: Final = (*TRIPLES, JSON, PAGE)
"""What an explanation can be had in, in the same order."""


def suffix_of(variant: Variant, suffixes: Iterable[tuple[str, Variant]] = tuple(SUFFIXES.items())) -> str:
    """Return the suffix of the address that always gives `variant`."""
    return next(suffix for suffix, known in suffixes if known == variant)


def triples(quads: Iterable[Quad], variant: Variant, context: Context, first: str | None = None) -> bytes:
    """Return `quads` without their graphs in one of TRIPLES; Turtle begins with the subject `first`."""
    plain = sorted({Quad(q.subject, q.predicate, q.object) for q in quads}, key=str)
    match variant.name:
        case "turtle":
            pieces = turtle(plain, first)
        case "rdfxml":
            pieces = rdfxml(plain)
        case "jsonld":
            pieces = jsonld(plain, context)
        case _:
            pieces = iter(f"{row}\n" for row in lines(plain))
    return "".join(pieces).encode("utf-8")


def serialised(graph: Graph, variant: Variant) -> bytes:
    """Return a graph of rdflib's in one of ONE_GRAPH."""
    return graph.serialize(format=_OF_RDFLIB[variant.name], encoding="utf-8")


def rendition(document: Document, variant: Variant, context: Context) -> bytes:
    """Return `document` in any variant of OFFERED but the page."""
    match variant.name:
        case "json":
            return as_json(view(document))
        case "csv":
            return as_csv(document)
        case "trig":
            return "".join(trig(document.dataset())).encode("utf-8")
        case "nquads":
            return "".join(f"{row}\n" for row in lines(document.dataset())).encode("utf-8")
        case "jsonld" if document.own:
            return "".join(framed(document.quads(), document.iri, context)).encode("utf-8")
    return triples(document.quads(), variant, context, document.iri)


def as_json(found: View) -> bytes:
    """Return the view as JSON: facts by property, each with the numbers of its evidence."""
    return (json.dumps(_lean(asdict(found)), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _lean(value: Any) -> Any:
    """Leave out what is empty, so that what is there is easily seen."""
    if isinstance(value, dict):
        kept = ((name, _lean(part)) for name, part in value.items())
        return {name: part for name, part in kept if part not in ("", [], {}, None)}
    if isinstance(value, list | tuple):
        return [_lean(part) for part in value]
    return value


COLUMNS: Final = (
    "subject",
    "subject_label",
    "property",
    "property_label",
    "value",
    "value_label",
    "datatype",
    "language",
    "evidence",
    "evidence_label",
    "graph",
    "inferred",
)


def as_csv(document: Document) -> bytes:
    """Return the statements of `document` as CSV (RFC 4180), one a row, labels beside the IRIs."""
    names = names_of((*document.named, *document.own))
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    parts = (document.own, document.stated, document.pointing, document.figures)
    for quad in sorted({quad for part in parts for quad in part}, key=str):
        subject, value = quad.subject, quad.object
        graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
        passage = passage_of_graph(graph) or ""
        literal = isinstance(value, Literal)
        writer.writerow(
            (
                _plain(subject),
                names(_plain(subject)),
                quad.predicate.value,
                names(quad.predicate.value),
                _plain(value),
                "" if literal else names(_plain(value)),
                value.datatype.value if isinstance(value, Literal) else "",
                (value.language or "") if isinstance(value, Literal) else "",
                passage,
                names(passage) if passage else "",
                graph,
                "true" if graph == INFERRED_GRAPH else "false",
            )
        )
    return output.getvalue().encode("utf-8")


def _plain(term: object) -> str:
    return str(getattr(term, "value", term))
