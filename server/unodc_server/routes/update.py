"""`/update`: SPARQL 1.1 Update over HTTP (SPARQL 1.1 Protocol §2.2), by POST and with a token only."""

from __future__ import annotations

from typing import NoReturn

from flask import Blueprint, Response, request

from unodc_graph.errors import ShapesViolated
from unodc_server import protocol
from unodc_server.refusal import BadRequest, MethodRefused
from unodc_server.writing import Writing, described, is_trial, state_tag


def blueprint(writing: Writing) -> Blueprint:
    """Return the route of updates."""
    routes = Blueprint("update", __name__)

    @routes.route("/update", methods=("POST",), provide_automatic_options=False)
    @routes.route("/update/", methods=("POST",), provide_automatic_options=False)
    def update() -> Response:
        token = writing.authorised(request)
        received = protocol.Received(
            "POST", request.query_string, request.headers.get("Content-Type"), request.get_data()
        )
        endpoint = f"{writing.service.base(request)}/update"
        change = protocol.read_update(received, endpoint)
        try:
            committed = writing.change(
                request, token, change, received.body, lambda parent: frozenset({state_tag(parent)})
            )
        except ShapesViolated as error:
            return writing.refusal(request, error)
        if is_trial(request):
            return writing.trial(request, committed)
        return writing.marked(described(committed), committed)

    @routes.route("/update", methods=("GET",), provide_automatic_options=False)
    @routes.route("/update/", methods=("GET",), provide_automatic_options=False)
    def never_by_url() -> NoReturn:
        if "update" in request.args:
            raise BadRequest("An update is never taken from a URL.", "Send it by POST.")
        raise MethodRefused("GET", ("POST", "OPTIONS"))

    return routes
