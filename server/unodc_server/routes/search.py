"""`/search`: things by name and by kind, for people; and how a browser may ask (OpenSearch 1.1)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flask import Blueprint, Response, render_template, request

from unodc_graph.description.about import TITLE
from unodc_graph.errors import GraphError
from unodc_graph.namespace import KINDS
from unodc_server import publication
from unodc_server.address import link
from unodc_server.label import LONGEST, Entry, LabelIndex, Match
from unodc_server.negotiation import PAGE, Variant
from unodc_server.parameter import number
from unodc_server.refusal import BadRequest
from unodc_server.service import Service

_PAGE_SIZE: Final = 50
_MOST: Final = 500
_MOST_PAGES: Final = 999_999
_MOST_LIKE: Final = 5
_ALSO_KINDS: Final = MappingProxyType({"body": "org"})
"""Names of kinds that people know from the prefixes, and what addresses call them."""

_OPENSEARCH: Final = Variant("application/opensearchdescription+xml", "opensearch")
_SUGGESTIONS: Final = Variant("application/x-suggestions+json", "suggestions")
KIND_NAMES: Final = MappingProxyType(
    {
        "programme": "Programmes",
        "activity": "Activities",
        "org": "Organisations",
        "instrument": "Instruments and mandates",
        "provision": "Requests in instruments",
        "publication": "Publications",
        "output": "Outputs",
        "place": "Places",
        "figure": "Figures",
        "theme": "Themes",
        "group": "Groups of people",
        "measure": "Measures",
        "document": "Source documents",
        "passage": "Passages",
        "period": "Reporting periods",
        "qualifier": "Qualifiers",
        "status": "Statuses",
        "scope": "Scopes of figures",
        "component-kind": "Kinds of country component",
        "scheme": "Lists of concepts",
    }
)
"""What the things of each kind are called, in the order in which they are offered."""


def index_of(service: Service) -> LabelIndex:
    """Return the index of the generation served."""
    generation = service.execution.generation()
    found: LabelIndex = service.reader.derived(generation, "labels", LabelIndex)
    return found


def blueprint(service: Service) -> Blueprint:
    """Return the routes of the search."""
    routes = Blueprint("search", __name__)

    @routes.get("/search", provide_automatic_options=False)
    def search() -> Response:
        text, kind, page = _asked()
        index = index_of(service)
        base = service.base(request)
        generation = service.execution.generation()
        if text:
            rows: list[tuple[Entry, Match | None]] = [
                (m.entry, m) for m in index.find(text, _MOST, kind=kind)
            ]
        else:
            rows = [(entry, None) for entry in index.of_kind(kind)]
        pages = max(1, -(-len(rows) // _PAGE_SIZE))
        counts = Counter(entry.kind for entry in index.entries)
        shown = rows[(page - 1) * _PAGE_SIZE : page * _PAGE_SIZE]
        body = render_template(
            "search.html",
            base=base,
            sought=text,
            kind=kind,
            kinds={name: (title, counts[name]) for name, title in KIND_NAMES.items() if counts[name]},
            rows=shown,
            labels=index.labels,
            found=len(rows),
            page=page,
            pages=pages,
            metadata=generation.metadata,
            link=lambda iri: link(base, iri),
        ).encode()
        return publication.respond(service, request, generation, body, PAGE, publication.common_links(base))

    @routes.get("/search.xml", provide_automatic_options=False)
    def description() -> Response:
        base = service.base(request)
        body = render_template("search.xml", base=base, title=TITLE).encode()
        return publication.respond(service, request, service.execution.generation(), body, _OPENSEARCH)

    @routes.get("/search/suggest", provide_automatic_options=False)
    def suggest() -> Response:
        text, _, _ = _asked()
        base = service.base(request)
        found = index_of(service).beginning(text, 10) if text else []
        labels = [match.entry.title for match in found]
        about = [match.entry.description for match in found]
        addresses = [link(base, match.entry.iri) for match in found]
        body = publication.json_bytes([text, labels, about, addresses])
        return publication.respond(service, request, service.execution.generation(), body, _SUGGESTIONS)

    return routes


def _asked() -> tuple[str, str, int]:
    text = request.args.get("q", "").strip()
    kind = request.args.get("kind", "")
    page = number("page", request.args.get("page", "1"), most=_MOST_PAGES)
    if len(text) > LONGEST:
        raise BadRequest(f"`q` is longer than {LONGEST} characters.", "Search for a few words of a name.")
    if kind and kind not in KINDS:
        raise BadRequest(f"`kind` is {kind[:30]!r}.", f"It takes one of {', '.join(KIND_NAMES)}.")
    return text, kind, page


@dataclass(frozen=True)
class WayOn:
    """What a page that has nothing offers: things, each by title and address, words to search for, a kind."""

    things: tuple[tuple[str, str], ...] = ()
    words: str = ""
    kind: str = ""
    kind_name: str = ""


def way_on(service: Service, path: str) -> WayOn:
    """Return where to go from `path`, at which there is nothing: by its last part, and by a kind in it."""
    parts = [part for part in path.split("/") if part]
    kind = next((k for part in parts if (k := _ALSO_KINDS.get(part, part)) in KIND_NAMES), "")
    slug = parts[-1].partition(".")[0] if parts else ""
    if _ALSO_KINDS.get(slug, slug) == kind or slug in ("id", "doc"):
        return WayOn(kind=kind, kind_name=KIND_NAMES.get(kind, ""))
    words = slug.replace("-", " ").replace("_", " ")[:LONGEST]
    try:
        index = index_of(service)
    except GraphError:
        return WayOn()
    same = [entry for entry in index.entries if slug and entry.iri.endswith(f"/{slug}")]
    like = [match.entry for match in index.find(words, _MOST_LIKE)]
    things = list(dict.fromkeys((*same, *like)))[:_MOST_LIKE]
    base = service.base(request)
    return WayOn(tuple((e.title, link(base, e.iri)) for e in things), words, kind, KIND_NAMES.get(kind, ""))
