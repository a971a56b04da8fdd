"""`/history`: who changed the graph, when and why, and what each change was."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import islice

from flask import Blueprint, Response, request

from unodc_graph.commit.history import commits, difference_of
from unodc_graph.commit.patch import patch_text
from unodc_graph.errors import HistoryMissing
from unodc_graph.store.generation import GenerationFolder
from unodc_server import delivery
from unodc_server.parameter import LARGEST, number
from unodc_server.writing import Writing, state_tag

_PAGE = 100
_PATCH = "application/rdf-patch; charset=utf-8"


def blueprint(writing: Writing) -> Blueprint:
    """Return the routes of the history."""
    routes = Blueprint("history", __name__)
    service = writing.service
    folder = GenerationFolder(service.settings.state)

    @routes.get("/history", provide_automatic_options=False)
    def history() -> Response:
        before = number("before", request.args.get("before") or str(LARGEST))
        generation = service.execution.generation()
        listed = commits(folder, generation.number)
        found = (record for record in listed if record.number < before)
        shown = list(islice(found, _PAGE + 1))
        address = f"{service.base(request)}/history"
        document = {
            "version": generation.number,
            "state": state_tag(generation),
            "kept": folder.numbers(),
            "commits": [asdict(record) | {"patch": f"{address}/{record.number}"} for record in shown[:_PAGE]],
            "next": f"{address}?before={shown[_PAGE - 1].number}" if len(shown) > _PAGE else None,
        }
        body = json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
        validators = service.validators(generation, "history", body)
        return delivery.from_bytes(request, body, "application/json", validators)

    @routes.get("/history/<int:version>", provide_automatic_options=False)
    def patch(version: int) -> Response:
        """Give what generation `version` changed, in RDF Patch; `from=` names another one to compare with."""
        if version < 2:
            raise HistoryMissing(version)
        since = number("from", request.args.get("from", str(version - 1)))
        generation = service.execution.generation()
        delta = difference_of(folder, since, version, generation.number)
        body = patch_text(delta).encode()
        validators = service.validators(generation, "patch", version, since)
        return delivery.from_bytes(request, body, _PATCH, validators)

    return routes
