"""`/sparql`: queries by GET, POST and QUERY, the service description, and the editor for browsers."""

from __future__ import annotations

import logging
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from html import escape

from flask import Blueprint, Request, Response, g, request
from flask_limiter.util import get_remote_address

from unodc_graph.namespace import METADATA_GRAPH
from unodc_graph.store.generation import Generation
from unodc_graph.store.term import NamedNode, to_rdflib_graph
from unodc_server import answer_page, coding, delivery, description, journal, protocol
from unodc_server.cache import Opened, Stored
from unodc_server.delivery import Validators
from unodc_server.execution import Answer, Prepared
from unodc_server.negotiation import ONE_GRAPH, PAGE, Variant, named, wanted
from unodc_server.parameter import number
from unodc_server.problem import explain
from unodc_server.refusal import TooManyRequests
from unodc_server.rendition import serialised
from unodc_server.routes.page import home_page
from unodc_server.service import Service, client_socket, query_id

_RETURN = re.compile(r"(?:^|[,;\s])return\s*=\s*\"?representation", re.IGNORECASE)
METHODS = ("GET", "POST", "QUERY")
_ANYWHERE = "http://anywhere.invalid"
"""Stands for the address of the server, in what is made before it is asked for by one."""


@dataclass
class _Noted:
    """What is known of a query when its line in the log is written."""

    form: str = "unknown"
    version: int | None = None
    rows: int | None = None
    octets: int | None = None
    cached: bool = False

    def take(self, answer: Answer) -> None:
        self.rows, self.octets, self.cached = answer.opened.rows, answer.opened.octets, answer.kept


def blueprint(service: Service) -> Blueprint:
    """Return the routes of the endpoint."""
    routes = Blueprint("sparql", __name__)

    @routes.route("/sparql", methods=METHODS, provide_automatic_options=False)
    @routes.route("/sparql/", methods=METHODS, provide_automatic_options=False)
    def sparql() -> Response:
        received = protocol.Received(
            method=request.method,
            query_string=request.query_string,
            content_type=request.headers.get("Content-Type"),
            body=request.get_data() if request.method in ("POST", "QUERY") else b"",
            prefer=request.headers.get("Prefer"),
        )
        asked = service.read(received)
        if asked is None:
            return _without_query(service)
        response = run(service, asked, request, page=True)
        if request.method == "POST" and _RETURN.search(request.headers.get("Prefer", "")):
            key = None
            with suppress(TooManyRequests):
                key = service.saved.keep(asked, get_remote_address())
            if key is not None:
                response.headers["Content-Location"] = f"{service.base(request)}/q/{key}"
                response.headers["Preference-Applied"] = "return=representation"
        return response

    return routes


def run(service: Service, asked: protocol.QueryRequest, request: Request, page: bool = False) -> Response:
    """Answer a query and write its line in the log, however it ends; with `page`, also as a page."""
    started = time.monotonic()
    g.asked = asked
    noted = _Noted()
    try:
        prepared = service.execution.prepare(asked, service.endpoint(request))
        noted.form, noted.version = prepared.scan.form, prepared.generation.number
        response = _answer(service, prepared, request, noted, page)
    except Exception as error:
        problem = explain(error)
        _note(asked, noted, problem.kind.status, problem.kind.slug, started, problem.kind.level)
        g.elapsed_ms = round((time.monotonic() - started) * 1000)
        raise
    _note(asked, noted, response.status_code, None, started, logging.INFO)
    return response


def _answer(service: Service, prepared: Prepared, request: Request, noted: _Noted, page: bool) -> Response:
    offered = (*prepared.offered, PAGE) if page else prepared.offered
    variant = (
        named(prepared.request.format, offered)
        if prepared.request.format
        else service.choose(request.headers.get("Accept"), offered)
    )
    if variant is PAGE:
        answer = service.execution.answer(
            prepared, answer_page.evaluated_as(prepared), client_socket(request)
        )
        noted.take(answer)
        return _counted(answer_page.respond(service, request, prepared, answer), prepared, answer.opened)
    validators = _validators(prepared, variant, request)
    used = delivery.wanted_coding(request, variant.content_type)
    names_tags = "If-None-Match" in request.headers and not request.if_none_match.star_tag
    if validators is not None and names_tags:
        # A tag that the client can only have from us tells the size too; a date or a star does not.
        same = delivery.unchanged(request, validators, used)
        if same is not None:
            return same
    answer = service.execution.answer(prepared, variant, client_socket(request))
    noted.take(answer)
    if answer.opened.octets <= coding.SMALLEST:
        used = None
    if validators is not None and (same := delivery.unchanged(request, validators, used)) is not None:
        answer.opened.file.close()
        return same
    opened = _coded(service, prepared, variant, answer, used) if used else answer.opened
    return _counted(
        delivery.from_file(opened, variant.content_type, used, validators), prepared, answer.opened
    )


def _counted(response: Response, prepared: Prepared, opened: Opened) -> Response:
    """Say of which generation the answer is and how many rows the whole of it has."""
    response.headers["Dataset-Version"] = str(prepared.generation.number)
    if opened.rows is not None:
        response.headers["Result-Rows"] = str(opened.rows)
    return response


def _validators(prepared: Prepared, variant: Variant, request: Request) -> Validators | None:
    """Return what the answer is validated by, None where two evaluations can differ or nobody asks twice."""
    if prepared.scan.volatile or request.method not in ("GET", "HEAD"):
        return None
    modified = delivery.moment(prepared.generation.metadata.created)
    return Validators(prepared.key(variant), modified)


def _coded(service: Service, prepared: Prepared, variant: Variant, answer: Answer, used: str) -> Opened:
    """Return the answer in a content coding, kept like the answer itself."""
    cache = service.execution.cache
    key = None if prepared.scan.volatile else f"{prepared.key(variant)}-{used}"
    kept = cache.get(key) if key else None
    if kept is not None:
        answer.opened.file.close()
        return kept
    path = cache.fresh()
    with answer.opened.file as source:
        octets = coding.code_file(source, path, used)
    return cache.keep(key, Stored(path, octets, answer.opened.rows, answer.opened.seconds))


def _without_query(service: Service) -> Response:
    """Answer a GET that asks nothing: the description for machines, the editor for browsers."""
    offered = (*ONE_GRAPH, PAGE)
    variant = wanted(request.args.get("format"), request.headers.get("Accept"), offered)
    if variant is PAGE:
        version = request.args.get("version")
        return home_page(service, number("version", version) if version else None)
    generation = service.execution.generation()
    key = ("service description", variant.name, generation.metadata.closure)
    made = service.reader.rendered(generation, key, lambda: _description(service, generation, variant))
    # Made once for all the names that a server may be asked by: with the dataset's, it takes a while.
    body = made.replace(_ANYWHERE.encode(), escape(service.base(request)).encode())
    validators = service.validators(generation, variant.media_type, body)
    return delivery.from_bytes(request, body, variant.content_type, validators)


def _description(service: Service, generation: Generation, variant: Variant) -> bytes:
    """Return the description of the service at _ANYWHERE and, behind it, what the dataset says of itself.

    Query editors and assistants that find no prefixes, examples and partitions in the default graph, where
    they would be counted as facts, look for them here.
    """
    held, blank = generation.metadata, service.settings.blank
    triples = held.triples + (0 if blank else held.inferred)
    endpoint, named_graphs = f"{_ANYWHERE}/sparql", service.named_graphs()
    graph = description.describe(endpoint, service.settings, triples, named_graphs, held.closure)
    if not blank:
        store = service.reader.store(generation)
        graph += to_rdflib_graph(store.quads_for_pattern(None, None, None, NamedNode(METADATA_GRAPH)))
    return serialised(graph, variant)


def _note(
    asked: protocol.QueryRequest,
    noted: _Noted,
    status: int,
    slug: str | None,
    started: float,
    level: int,
) -> None:
    entry = journal.Entry(
        query_id=query_id(),
        hash=journal.query_hash(asked.query),
        form=noted.form,
        status=status,
        problem=slug,
        seconds=time.monotonic() - started,
        rows=noted.rows,
        octets=noted.octets,
        cached=noted.cached,
        dataset_version=noted.version,
    )
    journal.write(entry, level)
