"""The application: assembled from settings, with everything that holds for every answer."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Sequence
from math import ceil
from typing import NoReturn

from flask import Flask, Response, g, request
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix

from unodc_server import window
from unodc_server.delivery import VARY
from unodc_server.execution import Execution
from unodc_server.failure import allowed_methods, explain_errors
from unodc_server.markup import marked
from unodc_server.refusal import (
    AddressTooLong,
    BadRequest,
    BodyTooLarge,
    HeadersTooLarge,
    TooManyRequests,
)
from unodc_server.routes import (
    history,
    interface,
    linked,
    operation,
    page,
    saved,
    sparql,
    store,
    update,
)
from unodc_server.saved import SavedQueries
from unodc_server.service import Service, query_id
from unodc_server.settings import Settings
from unodc_server.wording import day
from unodc_server.writing import Writing, check_coding, is_change

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
    _answer_options(app)
    _check_size(app, settings)
    limit_rate(app, settings.rate, [name for name in app.view_functions if name.startswith(_COSTLY)])
    explain_errors(app, service)
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
    limited = frozenset(endpoints)
    Limiter(
        get_remote_address,
        app=app,
        storage_uri=f"{window.SCHEME}://",
        strategy="fixed-window",
        application_limits=[rate],
        application_limits_exempt_when=lambda: request.endpoint not in limited or request.method == "OPTIONS",
        on_breach=_turn_away,
    )


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
        stated = request.content_length
        if request.environ.get("wsgi.input_terminated") and (stated or 0) <= settings.body_bytes:
            _hold_body(settings.body_bytes, stated)


def _hold_body(limit: int, stated: int | None) -> None:
    """Read the body and put it back; `stated` is its length, None where it says so itself, as a chunked one.

    The framework stops at `limit` bytes of a body without a length, and at the end of one that is shorter
    than its length, and says nothing: what was cut off would pass for the whole. Raises BodyTooLarge and
    BadRequest.
    """
    try:
        body = request.environ["wsgi.input"].read(limit + 1)
    except Exception:  # the HTTP server has a class of its own for each way in which chunks can be wrong
        raise BadRequest("The body cannot be read to its end.", "Send all of it, in whole chunks.") from None
    if len(body) > limit:
        raise BodyTooLarge(limit)
    if stated is not None and len(body) < stated:
        said = f"The body ended after {len(body)} of the {stated} bytes that Content-Length states."
        raise BadRequest(said, "Send all of it.")
    request.environ["wsgi.input"] = io.BytesIO(body)


def _answer_options(app: Flask) -> None:
    @app.before_request
    def answer_options() -> Response | None:
        if request.method != "OPTIONS" or (request.url_rule is None and not allowed_methods()):
            return None
        response = Response(status=204)
        allowed = ", ".join(allowed_methods())
        response.headers["Allow"] = allowed
        response.headers["Access-Control-Allow-Methods"] = allowed
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match, Prefer"
        response.headers["Access-Control-Max-Age"] = "86400"
        return response


def _finish(app: Flask, service: Service) -> None:
    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.extend(_EVERYWHERE[1:] if is_change(request) else _EVERYWHERE)
        headers.setdefault("Content-Security-Policy", _POLICY)
        headers["Vary"] = VARY
        headers.add("Query-Id", query_id())
        headers.setdefault("Dataset-Version", str(service.execution.known_version))
        headers["Closure-State"] = service.execution.generation().metadata.closure
        headers.add("Link", f'<{service.base(request)}/sparql>; rel="service-desc"')
        route = request.url_rule.rule if request.url_rule else "none"
        now = time.monotonic()
        service.measures.observe(route, response.status_code, now - g.get("started", now))
        return response
