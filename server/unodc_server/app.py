"""The application: assembled from settings, with everything that holds for every answer."""

from __future__ import annotations

import io
import logging
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from math import ceil
from typing import Any, NoReturn
from urllib.parse import quote

from flask import Flask, Response, g, render_template, request
from flask.globals import request_ctx
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import RequestRedirect

from unodc_graph.errors import GraphError
from unodc_graph.token import Tokens
from unodc_server import problem as problems
from unodc_server.answer_page import fields
from unodc_server.delivery import VARY
from unodc_server.execution import Execution
from unodc_server.kind import KINDS
from unodc_server.markup import excerpt, marked
from unodc_server.negotiation import PAGE, PROBLEMS, choose
from unodc_server.protocol import QueryRequest
from unodc_server.refusal import (
    AddressTooLong,
    BadRequest,
    BodyTooLarge,
    HeadersTooLarge,
    InternalError,
    MethodRefused,
    NotAcceptable,
    TooManyRequests,
    UnknownPage,
    UpdateAtQuery,
)
from unodc_server.routes import (
    history,
    interface,
    linked,
    operation,
    page,
    saved,
    search,
    sparql,
    store,
    update,
)
from unodc_server.saved import SavedQueries
from unodc_server.service import Service, query_id
from unodc_server.settings import Settings
from unodc_server.wording import day
from unodc_server.writing import Writing, check_coding, is_change

LOGGER = "unodc_server"

EXPOSED = (
    "ETag, Link, Content-Location, Retry-After, Location, Dataset-Version, Query-Id, Result-Rows, "
    "Closure-State, Dataset-Release"
)

_COSTLY = (
    "sparql.sparql",
    "saved.",
    "explain.",
    "document.",
    "search.",
    "reconcile.",
    "store.",
    "history.",
    "operation.readyz",
)
"""Endpoints, or beginnings of their names, that cost a worker's time, or much of this process's."""

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\Z")

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_EVERYWHERE = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", EXPOSED),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", _POLICY),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)


def create_app(settings: Settings, execution: Execution | None = None) -> Flask:
    """Return the application for `settings`, with a running execution unless one is given.

    Raises NoGeneration when no graph has been built, and StateUnwritable.
    """
    saved_queries = SavedQueries(settings.state / "queries")
    service = Service(settings, execution or Execution(settings), saved_queries)
    app = Flask("unodc_server")
    app.config["MAX_CONTENT_LENGTH"] = settings.body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = None  # the line above covers forms, which are read here as bytes
    app.url_map.redirect_defaults = False
    app.extensions["unodc_kg"] = service
    app.add_template_filter(day)
    app.add_template_filter(marked)
    for routes in (sparql, saved, page, operation, interface):
        app.register_blueprint(routes.blueprint(service))
    for linked_routes in linked.blueprints(service):
        app.register_blueprint(linked_routes)
    writing = Writing(service)
    for changes in (update, store, history):
        app.register_blueprint(changes.blueprint(writing))
    limit_rate(app, settings.rate, [name for name in app.view_functions if name.startswith(_COSTLY)])
    _answer_options(app)
    _check_size(app, settings)
    _explain_errors(app, service)
    _finish(app, service)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        # Flask is wrapped so by its own documentation, though its `wsgi_app` is a method.
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops, x_prefix=hops)  # type: ignore[method-assign]
    return app


def service_of(app: Flask) -> Service:
    """Return what `app` runs on, for whoever has to close it."""
    found: Service = app.extensions["unodc_kg"]
    return found


def limit_rate(app: Flask, rate: str, endpoints: Sequence[str]) -> None:
    """Let a client send `rate` requests to all of `endpoints` together; an empty rate limits nothing.

    Counted in fixed windows, which cost the same however many requests there are, and of which it is known
    when they end.
    """
    if not rate:
        return
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", strategy="fixed-window")
    limit = limiter.shared_limit(rate, scope="queries", on_breach=_turn_away)
    for name in endpoints:
        view: Any = app.view_functions[name]
        app.view_functions[name] = limit(view)


def _turn_away(breached: RequestLimit) -> NoReturn:
    left = breached.window.reset_time - time.time()
    raise TooManyRequests(str(breached.limit), max(1, ceil(left)))


def _check_size(app: Flask, settings: Settings) -> None:
    @app.before_request
    def check_size() -> None:
        g.started = time.monotonic()
        address = request.environ.get("RAW_URI") or request.full_path
        if len(address) > settings.url_bytes:
            raise AddressTooLong(settings.url_bytes)
        if sum(len(name) + len(value) for name, value in request.headers) > settings.header_bytes:
            raise HeadersTooLarge(settings.header_bytes)
        if not _HOST.match(request.headers.get("Host") or "none"):
            raise BadRequest("The `Host` of the request is not in order.", "Send the name of the server.")
        check_coding(request)
        if request.content_length is None and request.environ.get("wsgi.input_terminated"):
            _hold_body(settings.body_bytes)


def _hold_body(limit: int) -> None:
    """Read a body whose length is not stated, as a chunked one, and put it back.

    The framework stops at `limit` bytes of such a body and says nothing, so that what was cut off would
    pass for the whole. Raises BodyTooLarge and BadRequest.
    """
    try:
        body = request.environ["wsgi.input"].read(limit + 1)
    except Exception:  # the HTTP server has a class of its own for each way in which chunks can be wrong
        raise BadRequest("The body cannot be read to its end.", "Send all of it, in whole chunks.") from None
    if len(body) > limit:
        raise BodyTooLarge(limit)
    request.environ["wsgi.input"] = io.BytesIO(body)


def _answer_options(app: Flask) -> None:
    @app.before_request
    def answer_options() -> Response | None:
        if request.method != "OPTIONS" or (request.url_rule is None and not _allowed()):
            return None
        response = Response(status=204)
        allowed = ", ".join(_allowed())
        response.headers["Allow"] = allowed
        response.headers["Access-Control-Allow-Methods"] = allowed
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match, Prefer"
        response.headers["Access-Control-Max-Age"] = "86400"
        return response


def _allowed() -> tuple[str, ...]:
    """Return the methods of the requested address, in a fixed order; none when there is no such address."""
    adapter = request_ctx.url_adapter
    found = set(adapter.allowed_methods()) if adapter is not None else set()
    order = ("GET", "HEAD", "POST", "QUERY", "PUT", "PATCH", "DELETE")
    return (*(m for m in order if m in found), "OPTIONS") if found - {"OPTIONS"} else ()


def _explain_errors(app: Flask, service: Service) -> None:
    @app.errorhandler(Exception)
    def explain(error: Exception) -> Response | HTTPException:
        if isinstance(error, RequestRedirect):
            return error
        if isinstance(error, HTTPException):
            error = _translated(error, service.settings)
        if problems.explain(error).kind.status == 500:
            _log_mistake(error)
        return render(service, problems.explain(error))


def _translated(error: HTTPException, settings: Settings) -> Exception:
    """Return the refusal that an error of the framework stands for."""
    if isinstance(error, NotFound):
        return UnknownPage(request.path)
    if isinstance(error, MethodNotAllowed):
        return MethodRefused(request.method, _allowed())
    if isinstance(error, RequestEntityTooLarge):
        return BodyTooLarge(settings.body_bytes)
    if error.code is not None and error.code < 500:
        return BadRequest("The request cannot be read.", "Check its headers and its encoding.")
    return InternalError(f"{type(error).__name__} {error.code}")


def _log_mistake(error: Exception) -> None:
    said = error.description if isinstance(error, InternalError) else ""
    logging.getLogger(LOGGER).error("request %s: %s", query_id(), said or repr(error), exc_info=error)


def render(service: Service, found: problems.Problem) -> Response:
    """Return a problem as a response, in the form the client likes best."""
    try:
        variant = choose(request.headers.get("Accept"), PROBLEMS)
    except NotAcceptable:
        variant = PROBLEMS[0]
    base = service.base(request)
    document = found.document(base, request.path)
    document["query_id"] = query_id()
    if found.kind is KINDS[UpdateAtQuery] and _takes_changes(service):
        document["hint"] = "Send updates to /update by POST, with a token; never in a URL."
    if "elapsed_ms" in g:
        document["elapsed_ms"] = g.elapsed_ms
    if variant is PAGE:
        body = _problem_page(service, found, document)
    else:
        write: Any = {"json": problems.as_json, "text": problems.as_text, "turtle": problems.as_turtle}
        body = write[variant.name](document)
    response = Response(body, found.kind.status, content_type=variant.content_type)
    response.headers.update(found.headers)
    response.headers["Cache-Control"] = "no-store"
    for name in found.members.get("formats", ()):
        address = f"{base}{quote(request.path)}?format={name}"  # a path can hold line ends, a header cannot
        response.headers.add("Link", f'<{address}>; rel="alternate"; title="{name}"')
    return response


def _takes_changes(service: Service) -> bool:
    """Say whether anybody may change the graph here."""
    with suppress(GraphError):
        return Tokens(service.settings.state).any_valid(datetime.now(UTC))
    return False


def _problem_page(service: Service, found: problems.Problem, document: dict[str, Any]) -> str:
    """Return a problem as a page: with what was asked in the box again, so that it can be mended there."""
    asked: QueryRequest | None = g.get("asked")
    text = asked.query if asked else request.args.get("query", "")
    return render_template(
        "problem.html",
        base=service.base(request),
        blank=service.settings.blank,
        problem=document,
        suggestions=search.suggestions(service, request.path) if found.kind.status == 404 else [],
        at_endpoint=asked is not None or request.path.rstrip("/") in ("/sparql", "/q"),
        text=text,
        fields=fields(asked) if asked else (),
        place=excerpt(text, document["line"], document["column"]) if "line" in document else "",
    )


def _finish(app: Flask, service: Service) -> None:
    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.extend(_EVERYWHERE[1:] if is_change(request) else _EVERYWHERE)
        headers["Vary"] = VARY
        headers.add("Query-Id", query_id())
        headers.setdefault("Dataset-Version", str(service.execution.known_version))
        headers["Closure-State"] = service.execution.generation().metadata.closure
        headers.add("Link", f'<{service.base(request)}/sparql>; rel="service-desc"')
        route = request.url_rule.rule if request.url_rule else "none"
        now = time.monotonic()
        service.measures.observe(route, response.status_code, now - g.get("started", now))
        return response
