"""What crawlers, security researchers and language models read first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from flask import Blueprint, Response, render_template, request

from unodc_graph.description.about import DESCRIPTION, LICENCE, TITLE
from unodc_server import publication
from unodc_server.address import path_of
from unodc_server.negotiation import Variant
from unodc_server.refusal import UnknownPage
from unodc_server.routes.search import KIND_NAMES, index_of
from unodc_server.service import Service

_TEXT: Final = Variant("text/plain", "text", (), "charset=utf-8")
_MARKDOWN: Final = Variant("text/markdown", "markdown", (), "charset=utf-8")
_XML: Final = Variant("application/xml", "xml")
_MOST: Final = 45_000
"""How many addresses one sitemap holds (the protocol allows 50,000)."""

_PAGES: Final = (
    "",
    "ontology",
    "shapes",
    "dumps/",
    "catalog",
    "search",
    "history",
    ".well-known/sparql-examples/",
)
_CLOSED: Final = ("/sparql?", "/q/", "/explain?", "/search?", "/reconcile", "/update", "/store")
_VALID: Final = timedelta(days=180)


def blueprint(service: Service) -> Blueprint:
    """Return the routes for crawlers."""
    routes = Blueprint("crawl", __name__)

    def respond(text: str, variant: Variant) -> Response:
        return publication.respond(service, request, service.execution.generation(), text.encode(), variant)

    @routes.get("/robots.txt", provide_automatic_options=False)
    def robots() -> Response:
        closed = "".join(f"Disallow: {path}\n" for path in _CLOSED)
        return respond(f"User-agent: *\n{closed}Sitemap: {service.base(request)}/sitemap.xml\n", _TEXT)

    @routes.get("/sitemap.xml", provide_automatic_options=False)
    @routes.get("/sitemap-<int:part>.xml", provide_automatic_options=False)
    def sitemap(part: int = 0) -> Response:
        base, generation = service.base(request), service.execution.generation()
        paths = [*_PAGES, *(path_of(entry.iri) or "" for entry in index_of(service).entries)]
        parts = -(-len(paths) // _MOST)
        if part > parts or (part and parts == 1):
            raise UnknownPage(request.path)
        whole = parts == 1 or part
        first = max(0, part - 1) * _MOST
        text = render_template(
            "sitemap.xml",
            base=base,
            whole=whole,
            parts=parts,
            modified=generation.metadata.created,
            paths=paths[first : first + _MOST],
        )
        return respond(text, _XML)

    @routes.get("/.well-known/security.txt", provide_automatic_options=False)
    def security() -> Response:
        base = service.base(request)
        month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        expires = (month + _VALID).strftime("%Y-%m-%dT%H:%M:%SZ")
        contact = service.settings.security_contact or f"{base}/"
        text = (
            f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\n"
            f"Canonical: {base}/.well-known/security.txt\n"
        )
        return respond(text, _TEXT)

    @routes.get("/llms.txt", provide_automatic_options=False)
    def llms() -> Response:
        text = render_template(
            "llms.txt",
            base=service.base(request),
            title=TITLE,
            description=DESCRIPTION,
            licence=LICENCE,
            kinds=KIND_NAMES,
            metadata=service.execution.generation().metadata,
        )
        return respond(text, _MARKDOWN)

    return routes
