"""`/q/…`: queries under a short permanent address, which runs them again."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, g, redirect, request
from flask_limiter.util import get_remote_address

from unodc_server import protocol
from unodc_server.refusal import BadRequest, NotPublic
from unodc_server.routes.sparql import run
from unodc_server.service import Service


def blueprint(service: Service) -> Blueprint:
    """Return the routes of kept queries."""
    routes = Blueprint("saved", __name__)

    @routes.route("/q", methods=("POST",), provide_automatic_options=False)
    def keep() -> Response:
        received = protocol.Received(
            "POST", request.query_string, request.headers.get("Content-Type"), request.get_data()
        )
        asked = protocol.read(received)
        if asked is None:
            raise BadRequest("There is no `query` parameter.", "Send the query under that name.")
        g.asked = asked
        service.execution.prepare(asked, service.endpoint(request))  # what would be refused gets no address
        key = service.saved.keep(asked, get_remote_address())
        if key is None:
            raise NotPublic("There is no room for more kept queries.")
        suffix = f"?format={asked.format}" if asked.format and asked.format.isalnum() else ""
        response = redirect(f"{service.base(request)}/q/{key}{suffix}", 303)
        assert isinstance(response, Response)
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.get("/q/<key>", provide_automatic_options=False)
    def again(key: str) -> Response:
        fields = protocol.read(
            protocol.Received(
                "GET", b"query=ASK%7B%7D&" + request.query_string, prefer=request.headers.get("Prefer")
            )
        )
        asked = service.saved.get(key)
        if fields is not None:
            asked = replace(asked, format=fields.format, seconds=fields.seconds)
        return run(service, asked, request, page=True)

    return routes
