"""How machines find out what is here: VoID, DCAT, API catalogue, context, examples.

The rows are V1 to V10 of server/README.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, render_template, request

from unodc_graph.context import Context
from unodc_graph.description.about import DATASET
from unodc_graph.description.example import Example, examples
from unodc_graph.description.metadata import distributions
from unodc_graph.description.neighbourhood import EXAMPLES
from unodc_graph.description.void import DCAT, VOID
from unodc_graph.export.writing import published_context
from unodc_graph.location import rooms
from unodc_graph.namespace import BASE, METADATA_GRAPH, PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import NamedNode, Quad
from unodc_server import publication
from unodc_server.negotiation import PAGE, Variant, wanted
from unodc_server.refusal import UnknownPage
from unodc_server.rendition import TRIPLES, triples
from unodc_server.service import Service

_LINKSET: Final = Variant(
    "application/linkset+json",
    "linkset",
    ("application/json",),
    'profile="https://www.rfc-editor.org/info/rfc9727"',
)
_CONTEXT: Final = Variant("application/ld+json", "jsonld", ("application/json",))
_APIS: Final = ("/sparql", "/update", "/store", "/reconcile")
_DAY: Final = "public, max-age=86400"
_METADATA: Final = NamedNode(METADATA_GRAPH)
_CATALOGUE: Final = (
    f"{METADATA_GRAPH}#catalogue",
    DATASET,
    f"{METADATA_GRAPH}#sparql",
    f"{METADATA_GRAPH}#publisher",
)


def blueprint(service: Service) -> Blueprint:
    """Return the routes of the descriptions."""
    routes = Blueprint("discovery", __name__)

    def respond(
        quads: Callable[[], list[Quad]], variant: Variant, links: list[publication.Link], *state: object
    ) -> Response:
        """Return what `quads` makes, once for each generation and each `state` of what it is made of."""
        generation = service.execution.generation()
        key = (request.path, variant.name, service.base(request), *state)
        context = _context(service)
        body = service.reader.rendered(generation, key, lambda: triples(quads(), variant, context))
        return publication.respond(service, request, generation, body, variant, links)

    @routes.get("/.well-known/void", provide_automatic_options=False)
    def void() -> Response:
        base = service.base(request)
        store = service.reader.store(service.execution.generation())

        def quads() -> list[Quad]:
            found = [quad for quad in _metadata(store) if not _subject(quad).startswith(EXAMPLES)]
            return [*found, *_here(base)]

        links = [(f"{base}/catalog", "alternate", "text/turtle"), *publication.common_links(base)]
        return respond(quads, _wanted(TRIPLES), links)

    @routes.get("/catalog", provide_automatic_options=False)
    def catalogue() -> Response:
        base, generation = service.base(request), service.execution.generation()
        store = service.reader.store(generation)
        release = service.downloads.begun(generation)

        def quads() -> list[Quad]:
            found = [q for q in _metadata(store) if _subject(q) in _CATALOGUE and not _is_count(q)]
            return [*found, *(distributions(release) if release else ()), *_here(base)]

        return respond(quads, _wanted(TRIPLES), publication.common_links(base), release is None)

    @routes.get("/.well-known/api-catalog", provide_automatic_options=False)
    def api_catalogue() -> Response:
        base = service.base(request)
        described = [{"href": f"{base}/openapi.json", "type": "application/json"}]
        meta = [{"href": f"{base}/.well-known/void", "type": "text/turtle"}]
        linkset = [
            {
                "anchor": f"{base}/.well-known/api-catalog",
                "item": [{"href": f"{base}{path}"} for path in _APIS],
            },
            *({"anchor": f"{base}{path}", "service-desc": described, "service-meta": meta} for path in _APIS),
        ]
        body = publication.json_bytes({"linkset": linkset})
        links = [(f"{base}/.well-known/api-catalog", "api-catalog", "")]
        generation = service.execution.generation()
        return publication.respond(service, request, generation, body, _LINKSET, links)

    @routes.get("/context.jsonld", provide_automatic_options=False)
    @routes.get("/context-<digest>.jsonld", provide_automatic_options=False)
    def context(digest: str = "") -> Response:
        body = publication.json_bytes({"@context": _context(service).document()})
        own = hashlib.sha256(body).hexdigest()[:12]
        if digest and digest != own:
            raise UnknownPage(request.path)
        twin = f"{service.base(request)}/context-{own}.jsonld"
        generation = service.execution.generation()
        response = publication.respond(
            service, request, generation, body, _CONTEXT, [(twin, "latest-version", "")], past=bool(digest)
        )
        if not digest:
            response.headers["Cache-Control"] = _DAY
        return response

    @routes.get("/.well-known/sparql-examples/", provide_automatic_options=False)
    def listed() -> Response:
        return _examples(service, "")

    @routes.get("/.well-known/sparql-examples/<name>", provide_automatic_options=False)
    def single(name: str) -> Response:
        return _examples(service, name)

    return routes


def _examples(service: Service, name: str) -> Response:
    base, generation = service.base(request), service.execution.generation()
    variant = _wanted((*TRIPLES, PAGE))
    known: tuple[Example, ...] = service.reader.derived(
        generation, "examples", lambda _: examples(rooms().queries / "competency")
    )
    shown = [example for example in known if name in ("", example.name)]
    if not shown:
        raise UnknownPage(request.path)
    if variant is PAGE:
        body = render_template(
            "examples.html", base=base, examples=shown, name=name, metadata=generation.metadata
        ).encode()
    else:
        start = f"{EXAMPLES}{name}"
        quads = [
            quad
            for quad in _metadata(service.reader.store(generation))
            if (_subject(quad) == start if name else _subject(quad).startswith(start)) or _is_prefix(quad)
        ]
        body = triples(quads, variant, _context(service))
    return publication.respond(service, request, generation, body, variant, publication.common_links(base))


def _wanted(offered: tuple[Variant, ...]) -> Variant:
    return wanted(request.args.get("format"), request.headers.get("Accept"), offered)


def _context(service: Service) -> Context:
    generation = service.execution.generation()
    found: Context = service.reader.derived(generation, "context", published_context)
    return found


def _metadata(store: Store) -> list[Quad]:
    return list(store.quads_for_pattern(None, None, None, _METADATA))


def _subject(quad: Quad) -> str:
    return quad.subject.value if isinstance(quad.subject, NamedNode) else ""


def _is_count(quad: Quad) -> bool:
    """Say whether a statement about the dataset is of VoID, whose partitions a catalogue leaves out."""
    return quad.predicate.value.startswith((VOID, PREFIXES["sh"]))


def _is_prefix(quad: Quad) -> bool:
    declared = quad.predicate.value == f"{PREFIXES['sh']}declare"
    return declared or _subject(quad).startswith(f"{METADATA_GRAPH}#prefix-")


def _here(base: str) -> list[Quad]:
    """Return where this server answers, beside the permanent addresses, unless they are the same."""
    if f"{base}/" == BASE:
        return []
    endpoint = NamedNode(f"{base}/sparql")
    return [
        Quad(NamedNode(DATASET), NamedNode(f"{VOID}sparqlEndpoint"), endpoint, _METADATA),
        Quad(NamedNode(f"{METADATA_GRAPH}#sparql"), NamedNode(f"{DCAT}endpointURL"), endpoint, _METADATA),
    ]
