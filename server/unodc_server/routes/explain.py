"""`/explain`: why a statement of the graph holds, down to what is asserted and where that stands.

The search for reasons runs in a worker, like a query, so that it can be ended at its time limit.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Request, Response, render_template, request

from unodc_graph.export.writing import published_context
from unodc_graph.inference.explanation import DEFAULT_LIMIT, Explained
from unodc_graph.inference.rendering import to_json, to_quads
from unodc_graph.inference.rule import Fact
from unodc_graph.inference.term import UnreadableTerm, parse_term
from unodc_graph.namespace import compact
from unodc_graph.store.term import BlankNode, Literal, NamedNode
from unodc_server import publication
from unodc_server.address import link
from unodc_server.negotiation import PAGE, wanted
from unodc_server.parameter import number
from unodc_server.refusal import BadRequest
from unodc_server.rendition import EXPLANATIONS, JSON, triples
from unodc_server.routes.search import index_of
from unodc_server.service import Service, client_socket
from unodc_server.worker import ExplainTask

MOST: Final = 100
"""How many explanations of one statement can be asked for."""

_EXPECTED: Final = "an IRI or a prefixed name such as place:kgz"


def blueprint(service: Service) -> Blueprint:
    """Return the route of the explanations."""
    routes = Blueprint("explain", __name__)

    @routes.get("/explain", provide_automatic_options=False)
    def explain() -> Response:
        return answer(service, request)

    return routes


def answer(service: Service, request: Request) -> Response:
    """Return why the statement that `s`, `p` and `o` give holds, in at most `limit` ways.

    Raises BadRequest, NotAcceptable, StatementDoesNotHold, and what a worker raises.
    """
    fact = _fact(request)
    limit = number("limit", request.args.get("limit", str(DEFAULT_LIMIT)), most=MOST)
    asked = request.args.get("format")
    variant = wanted(asked, request.headers.get("Accept"), EXPLANATIONS)
    generation = service.execution.generation()
    base = service.base(request)

    def make() -> bytes:
        task = ExplainTask(str(generation.store_path), fact, limit, service.settings.timeout)
        found = service.execution.pool.explain(task, client_socket(request))
        if variant is PAGE:
            return _page(service, found, base, _query(request)).encode()
        if variant is JSON:
            return f"{to_json(found)}\n".encode()
        context = service.reader.derived(generation, "context", published_context)
        return triples(to_quads(found), variant, context)

    key = ("explain", *map(str, fact), limit, variant.name, _query(request) if variant is PAGE else "", base)
    body = service.reader.rendered(generation, key, make)
    links = [
        (f"{base}/explain{_query(request, other.name)}", "alternate", other.media_type)
        for other in EXPLANATIONS
    ]
    links += publication.common_links(base)
    here = "" if asked else f"{base}/explain{_query(request, variant.name)}"
    return publication.respond(service, request, generation, body, variant, links, here)


def _page(service: Service, found: Explained, base: str, query: str) -> str:
    generation, labels = service.execution.generation(), index_of(service).labels
    return render_template(
        "explain.html",
        base=base,
        found=found,
        query=query,
        formats=[variant for variant in EXPLANATIONS if variant is not PAGE],
        metadata=generation.metadata,
        link=lambda iri: link(base, iri),
        name=lambda iri: labels.get(iri) or compact(iri),
    )


def _fact(request: Request) -> Fact:
    subject, predicate, value = (_term(request, name) for name in ("s", "p", "o"))
    if isinstance(subject, Literal):
        raise BadRequest("`s` is a literal, and nothing can be said of one.", f"It takes {_EXPECTED}.")
    if not isinstance(predicate, NamedNode):
        raise BadRequest("`p` is not an IRI.", f"It takes {_EXPECTED}.")
    return subject, predicate, value


def _term(request: Request, name: str) -> NamedNode | BlankNode | Literal:
    text = request.args.get(name, "").strip()
    also = ', or a literal such as "text"@en or 12' if name == "o" else ""
    if not text:
        raise BadRequest(f"`{name}` is missing.", f"It takes {_EXPECTED}{also}.")
    try:
        return parse_term(text)
    except UnreadableTerm:
        raise BadRequest(f"`{name}` is {text[:100]!r}.", f"It takes {_EXPECTED}{also}.") from None


def _query(request: Request, form: str = "") -> str:
    """Return the parameters that fix the content, with `form` as the format if one is given."""
    kept = [(name, request.args[name]) for name in ("s", "p", "o", "limit") if name in request.args]
    return publication.query_of([*kept, *([("format", form)] if form else [])])
