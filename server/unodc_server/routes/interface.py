"""`/openapi.json`: the interface, for programs that read how to use one."""

from __future__ import annotations

import json
from importlib.metadata import version

from flask import Blueprint, Response, current_app, request

from unodc_server import delivery
from unodc_server.interface import openapi
from unodc_server.service import Service


def blueprint(service: Service) -> Blueprint:
    """Return the route of the interface's description."""
    routes = Blueprint("interface", __name__)

    @routes.get("/openapi.json", provide_automatic_options=False)
    def interface() -> Response:
        found = openapi.document(current_app.url_map, service.base(request), version("unodc-kg"))
        body = json.dumps(found, indent=2).encode() + b"\n"
        validators = service.validators(service.execution.generation(), "openapi", body)
        return delivery.from_bytes(request, body, "application/json", validators)

    return routes
