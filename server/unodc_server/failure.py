"""What goes wrong, answered: the problem of each error, in the form that the client likes best."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, render_template, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect

from unodc_graph.errors import CorruptState, GraphError, HistoryMissing
from unodc_graph.store.durability import is_damage, one_line
from unodc_graph.token import Tokens
from unodc_server import problem as problems
from unodc_server.answer_page import fields
from unodc_server.kind import KINDS
from unodc_server.markup import excerpt
from unodc_server.negotiation import PAGE, PROBLEMS, choose
from unodc_server.protocol import QueryRequest
from unodc_server.refusal import (
    BadRequest,
    BodyTooLarge,
    InternalError,
    MethodRefused,
    NotAcceptable,
    UnknownPage,
    UpdateAtQuery,
)
from unodc_server.routes import search
from unodc_server.service import Service, query_id
from unodc_server.settings import Settings

LOGGER = "unodc_server"


def allowed_methods() -> tuple[str, ...]:
    """Return the methods of the requested address, in a fixed order; none when there is no such address."""
    adapter = request_ctx.url_adapter
    found = set(adapter.allowed_methods()) if adapter is not None else set()
    order = ("GET", "HEAD", "POST", "QUERY", "PUT", "PATCH", "DELETE")
    return (*(m for m in order if m in found), "OPTIONS") if found - {"OPTIONS"} else ()


def explain_errors(app: Flask, service: Service) -> None:
    """Answer whatever goes wrong in `app` with its problem."""

    @app.errorhandler(Exception)
    def explain(error: Exception) -> Response | HTTPException:
        if isinstance(error, RequestRedirect):
            return error
        if isinstance(error, HTTPException):
            error = _translated(error, service.settings)
        if problems.explain(error).kind.status == 500:
            _log_mistake(error)
        elif isinstance(error, CorruptState) or is_damage(error):
            logging.getLogger(LOGGER).error("request %s: %s", query_id(), one_line(error))
        return render(service, problems.explain(error))


def _translated(error: HTTPException, settings: Settings) -> Exception:
    """Return the refusal that an error of the framework stands for."""
    if isinstance(error, NotFound):
        return UnknownPage(request.path)
    if isinstance(error, MethodNotAllowed):
        return MethodRefused(request.method, allowed_methods())
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
    suffix = found.members.get("suffix")
    path = request.path.removesuffix(f".{suffix}") if suffix else request.path
    for name in found.members.get("formats", ()):
        address = f"{base}{quote(path)}?format={name}"  # a path can hold line ends, a header cannot
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
    versioned = found.kind is KINDS[HistoryMissing]  # the thing is there, and only this version is not
    return render_template(
        "problem.html",
        base=service.base(request),
        blank=service.settings.blank,
        problem=document,
        way=search.way_on(service, request.path) if found.kind.status == 404 and not versioned else None,
        at_endpoint=asked is not None or request.path.rstrip("/") in ("/sparql", "/q"),
        text=text,
        fields=fields(asked) if asked else (),
        place=excerpt(text, document["line"], document["column"]) if "line" in document else "",
    )
