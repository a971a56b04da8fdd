"""`/ontology` and `/shapes`: one document each for all terms, which are hash IRIs (server/README.md, D4)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import rdflib
from flask import Blueprint, Response, render_template, request

from unodc_graph import dataset
from unodc_graph.context import Context
from unodc_graph.export.writing import published_context
from unodc_graph.location import rooms
from unodc_graph.namespace import BASE, ONTOLOGY_DOCUMENT, ONTOLOGY_GRAPH, SHAPES
from unodc_graph.store.canonical import with_canonical_labels
from unodc_graph.store.parsing import parse_file
from unodc_graph.store.term import NamedNode, Quad
from unodc_server import publication
from unodc_server.address import link
from unodc_server.glossary import Glossary, glossary
from unodc_server.negotiation import PAGE, Variant, wanted
from unodc_server.refusal import NotAcceptable, UnknownPage
from unodc_server.rendition import TRIPLES, suffix_of, triples
from unodc_server.service import Service
from unodc_server.structured import dataset as described
from unodc_server.structured import embedded

SUFFIXES: Final = MappingProxyType(
    {"ttl": TRIPLES[0], "nt": TRIPLES[1], "rdf": TRIPLES[2], "jsonld": TRIPLES[3], "html": PAGE}
)
_OFFERED: Final = tuple(SUFFIXES.values())
_SH: Final = rdflib.Namespace("http://www.w3.org/ns/shacl#")


def blueprint(service: Service) -> Blueprint:
    """Return the routes of the ontology and the shapes."""
    routes = Blueprint("ontology", __name__)

    @routes.get("/ontology", provide_automatic_options=False)
    @routes.get("/ontology.<suffix>", provide_automatic_options=False)
    def ontology(suffix: str = "") -> Response:
        return _answer(service, "ontology", ONTOLOGY_DOCUMENT, suffix)

    @routes.get("/ontology/<version>", provide_automatic_options=False)
    def version(version: str) -> Response:
        if _terms(service).version_iri != f"{ONTOLOGY_DOCUMENT}/{version}":
            raise UnknownPage(request.path)
        return _answer(service, "ontology", ONTOLOGY_DOCUMENT, "")

    @routes.get("/shapes", provide_automatic_options=False)
    @routes.get("/shapes.<suffix>", provide_automatic_options=False)
    def shapes(suffix: str = "") -> Response:
        return _answer(service, "shapes", SHAPES.rstrip("#"), suffix)

    return routes


def _answer(service: Service, path: str, iri: str, suffix: str) -> Response:
    base, generation = service.base(request), service.execution.generation()
    variant = _variant(suffix)

    def make() -> bytes:
        if variant is not PAGE:
            context: Context = service.reader.derived(generation, "context", published_context)
            quads = _ontology_quads(service) if path == "ontology" else _shape_quads()
            return triples(quads, variant, context)
        return render_template(
            f"{path}.html",
            base=base,
            iri=iri,
            suffixes=SUFFIXES,
            glossary=_terms(service),
            shapes=service.reader.derived(generation, "shapes by target", lambda _: _listed()),
            metadata=generation.metadata,
            link=lambda other: link(base, other),
            data=embedded({"@context": "https://schema.org/", **described(base)}),
        ).encode()

    body = service.reader.rendered(generation, (path, variant.name, base), make)
    links = publication.alternates(path, base, SUFFIXES.items(), "")
    links += [(f"{BASE}{path}", "canonical", ""), *publication.common_links(base)]
    here = "" if suffix else f"{base}/{path}.{suffix_of(variant, SUFFIXES.items())}"
    return publication.respond(service, request, generation, body, variant, links, here)


def _variant(suffix: str) -> Variant:
    if suffix:
        if suffix not in SUFFIXES:
            raise NotAcceptable(f".{suffix}", tuple((v.media_type, v.name) for v in _OFFERED), suffix)
        return SUFFIXES[suffix]
    return wanted(request.args.get("format"), request.headers.get("Accept"), _OFFERED)


def _terms(service: Service) -> Glossary:
    generation = service.execution.generation()
    found: Glossary = service.reader.derived(
        generation, "glossary", lambda store: glossary(store, dataset.shapes(rooms()))
    )
    return found


def _ontology_quads(service: Service) -> list[Quad]:
    store = service.reader.store(service.execution.generation())
    return list(store.quads_for_pattern(None, None, None, NamedNode(ONTOLOGY_GRAPH)))


def _shape_quads() -> list[Quad]:
    files = [parse_file(path, SHAPES) for path in sorted(rooms().shapes.glob("*.ttl"))]
    return with_canonical_labels(quad for file in files for quad in file.quads)


def _listed() -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Return each node shape: its anchor, what it is about, and anchor, name and message of its rules."""
    graph = dataset.shapes(rooms())
    found = []
    for shape in sorted(set(graph.subjects(rdflib.RDF.type, _SH.NodeShape)), key=str):
        if not str(shape).startswith(SHAPES):
            continue
        label = str(graph.value(shape, rdflib.RDFS.label) or str(shape)[len(SHAPES) :])
        rules = []
        for rule in (shape, *graph.objects(shape, _SH.property), *graph.objects(shape, _SH.sparql)):
            for message in graph.objects(rule, _SH.message):
                name = str(graph.value(rule, _SH.name) or "")
                rules.append((str(rule).removeprefix(SHAPES), name, str(message)))
        found.append((str(shape)[len(SHAPES) :], label, sorted(set(rules))))
    return found
