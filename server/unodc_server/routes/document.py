"""`/doc/…`: documents about things, negotiated or by suffix, page by page, of this generation or another."""

from __future__ import annotations

from flask import Blueprint, Request, Response, render_template, request

from unodc_graph.context import Context
from unodc_graph.description.about import version_of
from unodc_graph.errors import CorruptState, HistoryMissing
from unodc_graph.export.writing import published_context
from unodc_graph.namespace import BASE
from unodc_graph.store.generation import Generation, GenerationFolder
from unodc_server import publication
from unodc_server.address import link, path_of
from unodc_server.composition import view
from unodc_server.document import Document, read
from unodc_server.negotiation import PAGE, Variant, wanted
from unodc_server.parameter import number, truth
from unodc_server.rendition import OFFERED, SUFFIXES, rendition, suffix_of
from unodc_server.routes.thing import is_removed, resolve, survivor_of
from unodc_server.service import Service
from unodc_server.structured import structured


def blueprint(service: Service) -> Blueprint:
    """Return the routes of the documents."""
    routes = Blueprint("document", __name__)
    routes.add_app_template_filter(version_of, "version")

    @routes.get("/doc/<path:key>", provide_automatic_options=False)
    def document(key: str) -> Response:
        return answer(service, request, key)

    return routes


def answer(service: Service, request: Request, key: str) -> Response:
    """Return the document about the thing with `key`, such as `place/kgz` or `place/kgz.ttl`.

    Raises NotFound, NotAcceptable for a suffix of no format, and BadRequest for parameters out of order.
    """
    generation, past = _generation(service, request)
    store = service.reader.store(generation)
    iri, suffix = _resolve(service, generation, key)
    base = service.base(request)
    survivor = survivor_of(store, iri)
    if survivor is not None:
        response = Response(status=301)
        end = f".{suffix}" if suffix else ""
        response.headers["Location"] = f"{base}/{path_of(survivor)}{end}{_kept(request)}"
        return response
    variant = _variant(request, suffix)
    page = number("page", request.args.get("page", "1"))
    inferred = truth("inferred", request.args.get("inferred", ""), True)
    body, pages = _body(service, generation, iri, variant, page, inferred)
    links = _links(base, iri, page, pages, _kept(request))
    if past:
        links.append((f"{base}/{path_of(iri)}", "latest-version", ""))
    here = "" if suffix else f"{base}/{path_of(iri)}.{suffix_of(variant)}{_kept(request)}"
    response = publication.respond(service, request, generation, body, variant, links, here, past)
    if is_removed(store, iri) and response.status_code == 200:
        response.status_code = 410
    return response


def _body(
    service: Service, generation: Generation, iri: str, variant: Variant, page: int, inferred: bool
) -> tuple[bytes, int]:
    """Return the document in `variant`, and how many pages it has."""
    store, base = service.reader.store(generation), service.base(request)
    made: list[Document] = []

    def document() -> Document:
        if not made:
            made.append(read(store, iri, generation.metadata, page, inferred))
        return made[0]

    def make() -> bytes:
        if variant is PAGE:
            return _page_about(service, document(), generation, is_removed(store, iri))
        context: Context = service.reader.derived(generation, "context", published_context)
        return rendition(document(), variant, context)

    key = (iri, page, inferred)
    seen = (base, _kept(request), _is_past(service, generation)) if variant is PAGE else ()
    body = service.reader.rendered(generation, (*key, variant.name, *seen), make)
    pages = service.reader.rendered(generation, (*key, "pages"), lambda: str(document().pages).encode())
    return body, int(pages)


def _page_about(service: Service, found: Document, generation: Generation, removed: bool) -> bytes:
    shown, base = view(found), service.base(request)
    return render_template(
        "document.html",
        base=base,
        view=shown,
        path=path_of(found.iri),
        suffixes=SUFFIXES,
        data=structured(shown, base),
        metadata=generation.metadata,
        removed=removed,
        past=_is_past(service, generation),
        kept=lambda **changed: _kept(request, **changed),
        link=lambda other: link(base, other),
    ).encode()


def _is_past(service: Service, generation: Generation) -> bool:
    return generation.number != service.execution.generation().number


def _resolve(service: Service, generation: Generation, key: str) -> tuple[str, str]:
    path = key if key.startswith("graph/") else f"id/{key}"
    return resolve(service.reader.store(generation), path)


def _variant(request: Request, suffix: str) -> Variant:
    if suffix:
        return SUFFIXES[suffix]
    asked = request.args.get("format")
    if asked and asked.lower() in SUFFIXES:
        return SUFFIXES[asked.lower()]
    return wanted(asked, request.headers.get("Accept"), OFFERED)


def _generation(service: Service, request: Request) -> tuple[Generation, bool]:
    """Return the generation asked for by `version`, and whether one was."""
    asked = request.args.get("version")
    if asked is None:
        return service.execution.generation(), False
    try:
        return GenerationFolder(service.settings.state).generation(number("version", asked)), True
    except CorruptState:
        raise HistoryMissing(number("version", asked), service.execution.generation().number) from None


def _kept(request: Request, **changed: object) -> str:
    """Return those parameters of the request that fix the content, with `changed` in place of theirs."""
    given = [(name, request.args[name]) for name in ("version", "page", "inferred") if name in request.args]
    fresh = dict(given) | {name: str(value) for name, value in changed.items()}
    return publication.query_of(fresh.items())


def _links(base: str, iri: str, page: int, pages: int, query: str) -> list[publication.Link]:
    path = path_of(iri) or ""
    found = publication.alternates(path, base, SUFFIXES.items(), query)
    found += [(f"{BASE}{path}", "canonical", ""), (iri, "cite-as", ""), (iri, "describes", "")]
    found += publication.common_links(base)
    if page < pages:
        found.append((f"{base}/{path}{_kept(request, page=page + 1)}", "next", ""))
    if page > 1:
        found.append((f"{base}/{path}{_kept(request, page=page - 1)}", "prev", ""))
    return found
