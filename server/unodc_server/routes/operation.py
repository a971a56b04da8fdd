"""`/healthz`, `/readyz`, `/metrics` and `/limits`: for those who run the server and for its clients."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request

from unodc_graph.errors import GraphError
from unodc_graph.store.generation import GenerationFolder
from unodc_server import delivery, description
from unodc_server.refusal import NotPublic
from unodc_server.service import Service

_PROXY_HEADERS = ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP")


def blueprint(service: Service) -> Blueprint:
    """Return the routes of operation."""
    routes = Blueprint("operation", __name__)
    folder = GenerationFolder(service.settings.state)

    def is_damaged() -> bool:
        """Say whether something older than what is published is served, or nobody can tell what is."""
        try:
            published = folder.current().number
        except GraphError:
            return True
        return service.execution.generation().number < published

    @routes.get("/healthz", provide_automatic_options=False)
    def healthz() -> Response:
        return _text("alive\n")

    @routes.get("/readyz", provide_automatic_options=False)
    def readyz() -> Response:
        counted = service.count_some()
        if counted == 0 and not service.settings.blank:
            return Response("the graph is empty\n", 503, content_type="text/plain; charset=utf-8")
        damaged = "; read-only, for the state is damaged" if is_damaged() else ""
        number = service.execution.generation().number
        return _text(f"ready: generation {number}, {counted} triples or more{damaged}\n")

    @routes.get("/metrics", provide_automatic_options=False)
    def metrics() -> Response:
        proxied = any(name in request.headers for name in _PROXY_HEADERS)
        local = request.remote_addr in ("127.0.0.1", "::1") and not proxied
        if not (local or service.settings.metrics_public):
            raise NotPublic("Measures are given to this machine only; the setting metrics_public opens them.")
        generation = service.execution.generation()
        text = service.measures.text(
            service.execution.state,
            generation.number,
            generation.metadata.triples,
            service.execution.cache.octets,
        )
        return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")

    @routes.get("/limits", provide_automatic_options=False)
    def limits() -> Response:
        body = json.dumps(description.limits(service.settings), indent=2).encode() + b"\n"
        generation = service.execution.generation()
        validators = service.validators(generation, "limits", body)
        return delivery.from_bytes(request, body, "application/json", validators)

    return routes


def _text(text: str) -> Response:
    response = Response(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
