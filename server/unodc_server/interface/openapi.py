"""The interface as an OpenAPI 3.1 document, computed from the routes that are on.

Paths and methods come from the routes themselves; what each is for comes from the tables of operations, and
a route that is in none is a mistake. Left out: HEAD, which mirrors GET; OPTIONS; and QUERY, for which OpenAPI
3.1 has no word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Final

from werkzeug.routing import Map, Rule

from unodc_server.interface import change, query
from unodc_server.interface import document as documents
from unodc_server.interface.operation import TEXT, Operation, Parameter, Table
from unodc_server.kind import CLIENT_CLOSED, KINDS
from unodc_server.negotiation import PROBLEMS
from unodc_server.protocol import FORM

VERSION: Final = "3.1.0"
METHODS: Final = ("get", "post", "put", "patch", "delete")
ASSETS: Final = "static"
"""Files of the pages, which are no interface."""

OPERATIONS: Final[Table] = MappingProxyType({**query.OPERATIONS, **change.OPERATIONS, **documents.OPERATIONS})
_VARIABLE: Final = re.compile(r"<(?:[^<>:]*:)?([^<>:]+)>")
_NOT_A_LETTER: Final = re.compile(r"\W")
_EVERYWHERE: Final = (400, 413, 414, 415, 431, 503)
"""What any request can be answered with, whatever it asks: it is not in order, or there is no graph."""

_WITHOUT_CONTENT: Final = MappingProxyType(
    {
        201: "Made",
        204: "Done",
        301: "It has another address now",
        302: "Look there for now",
        303: "Look there",
        304: "What the client holds is current",
    }
)
_CONTENT: Final = MappingProxyType({206: "The part asked for", 410: "It was taken out, and this is why"})
_LED: Final = frozenset({301, 302, 303})


def document(routes: Map, base: str, version: str) -> dict[str, Any]:
    """Return the OpenAPI document of `routes`, served below the address `base` by software `version`.

    Raises KeyError for a route that no table describes.
    """
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(routes.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint.rpartition(".")[2] == ASSETS:
            continue
        path = path_of(rule)
        for method in sorted(rule.methods or ()):
            if method.lower() in METHODS:
                paths.setdefault(path, {})[method.lower()] = _operation(path, method.lower())
    return {
        "openapi": VERSION,
        "info": {
            "title": "UNODC knowledge graph (unofficial)",
            "version": version,
            "description": "SPARQL 1.1 over HTTP, and pages. HEAD mirrors GET; /sparql takes QUERY as well.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base or "/"}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _problem_schema()},
            "responses": {str(status): _problem_response(status) for status in _problem_statuses()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def path_of(rule: Rule) -> str:
    """Return the path in OpenAPI's notation: `/q/<key>` becomes `/q/{key}`."""
    return _VARIABLE.sub(r"{\1}", rule.rule)


def _operation(path: str, method: str) -> dict[str, Any]:
    found = OPERATIONS[path.rstrip("/") or "/", method]
    operation: dict[str, Any] = {
        "operationId": method + _NOT_A_LETTER.sub("_", path),
        "summary": found.summary,
        "parameters": [_parameter(parameter) for parameter in found.parameters],
        "responses": _responses(found),
    }
    if found.form or found.body:
        operation["requestBody"] = {"required": True, "content": _bodies(found)}
    if found.token:
        operation["security"] = [{"token": []}]
    return operation


def _parameter(parameter: Parameter) -> dict[str, Any]:
    required = {"required": True} if parameter.required else {}
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.meaning,
        "schema": dict(parameter.schema),
        **required,
    }


def _responses(found: Operation) -> dict[str, Any]:
    types: dict[str, Any] = {name: {} for name in found.types}
    responses: dict[str, Any] = {}
    for status in sorted({*found.statuses, *_EVERYWHERE}):
        if status in _WITHOUT_CONTENT:
            responses[str(status)] = _without_content(status)
        else:
            responses[str(status)] = {"$ref": f"#/components/responses/{status}"}
    for status in found.answers:
        content = dict(types)
        if status in found.statuses or status in _EVERYWHERE:
            content |= _problem_response(status)["content"]
        responses[str(status)] = {"description": _CONTENT.get(status, found.summary), "content": content}
    if found.reports:
        report: dict[str, Any] = {name: {} for name in found.reports}
        problem = _problem_response(422)
        responses["422"] = problem | {"content": report | problem["content"]}
    return dict(sorted(responses.items()))


def _without_content(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {"description": _WITHOUT_CONTENT[status]}
    if status in _LED:
        response["headers"] = {"Location": {"description": "The address", "required": True, "schema": TEXT}}
    return response


def _bodies(found: Operation) -> dict[str, Any]:
    bodies: dict[str, Any] = {media_type: {"schema": TEXT} for media_type in found.body}
    if found.form:
        needed = [field.name for field in found.form if field.required]
        fields = {field.name: dict(field.schema) for field in found.form}
        bodies[FORM] = {"schema": {"type": "object", "required": needed, "properties": fields}}
    return bodies


def _problem_statuses() -> Iterable[int]:
    return sorted({kind.status for kind in KINDS.values() if 400 <= kind.status < 600} - {CLIENT_CLOSED})


def _problem_response(status: int) -> dict[str, Any]:
    titles = [kind.title for kind in KINDS.values() if kind.status == status]
    content: dict[str, Any] = {variant.media_type: {} for variant in PROBLEMS}
    content[PROBLEMS[0].media_type] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": "; ".join(dict.fromkeys(titles)), "content": content}


def _problem_schema() -> dict[str, Any]:
    """Return the schema of a problem document (RFC 9457 §3.1) with our members."""
    integer = {"type": "integer"}
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": TEXT,
            "instance": TEXT,
            "query_id": TEXT,
            "elapsed_ms": integer,
            "line": integer,
            "column": integer,
            "near": TEXT,
            "hint": TEXT,
        },
    }
