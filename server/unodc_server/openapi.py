"""The interface as an OpenAPI 3.1 document, computed from the routes that are on.

Paths and methods come from the routes themselves; what each is for comes from the table below, and where it
says nothing, from the route alone. Left out: HEAD, which mirrors GET; OPTIONS; and QUERY, for which OpenAPI
3.1 has no word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from werkzeug.routing import Map, Rule

from unodc_server.kind import CLIENT_CLOSED, KINDS
from unodc_server.negotiation import GRAPHS, PAGE, PROBLEMS, RESULTS, Variant
from unodc_server.protocol import FORM, MOST_GRAPHS, QUERY
from unodc_server.rendition import EXPLANATIONS

VERSION: Final = "3.1.0"
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_ASSETS: Final = "static"
"""Files of the pages, which are no interface."""

_VARIABLE: Final = re.compile(r"<(?:[^<>:]*:)?([^<>:]+)>")
_NOT_A_LETTER: Final = re.compile(r"\W")
_EVERYWHERE: Final = (400, 414, 431)
"""What any request can be answered with, whatever it asks."""

_TEXT: Final = {"type": "string"}
_ADDRESSES: Final = {"type": "array", "items": {"type": "string", "format": "iri"}, "maxItems": MOST_GRAPHS}
_FORMATS: Final = tuple(dict.fromkeys(variant.name for variant in (*RESULTS, *GRAPHS, PAGE)))
_PLAIN: Final = Variant("text/plain", "text")
_JSON: Final = Variant("application/json", "json")
_ANSWERS: Final = (*RESULTS, *GRAPHS, PAGE)

_DATASET: Final[tuple[tuple[str, Mapping[str, Any], str], ...]] = (
    ("default-graph-uri", _ADDRESSES, "Graphs that make up the default graph; they override FROM."),
    ("named-graph-uri", _ADDRESSES, "Named graphs; they override FROM NAMED."),
    ("format", {"enum": list(_FORMATS)}, "Format of the answer; overrides Accept."),
    ("timeout", {"type": "number", "exclusiveMinimum": 0}, "Seconds; lowers the limit, never raises it."),
    ("inferred", {"enum": ["true", "false"]}, "Whether the default graph holds what follows, too."),
)
_PAGE: Final[tuple[str, Mapping[str, Any], str]] = (
    "page",
    {"type": "integer", "minimum": 1},
    "Which part of the answer the page shows.",
)
_QUERY: Final[tuple[str, Mapping[str, Any], str]] = ("query", _TEXT, "A SPARQL 1.1 query.")


@dataclass(frozen=True)
class Operation:
    """What one method of one path does.

    `parameters` are those of the URL: name, schema, meaning; `required` names those that may not be left out.
    `form` says that they come in a form, too; `body` lists further types of the request's body. `variants`
    are what success is answered in, `statuses` what else can be the answer.
    """

    summary: str
    parameters: tuple[tuple[str, Mapping[str, Any], str], ...] = ()
    required: tuple[str, ...] = ()
    form: bool = False
    body: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = (PAGE,)
    success: int = 200
    statuses: tuple[int, ...] = ()


_EVALUATION: Final = (400, 403, 406, 413, 429, 502, 503)
_OPERATIONS: Final[Mapping[tuple[str, str], Operation]] = MappingProxyType(
    {
        ("/sparql", "get"): Operation(
            "Answer a query; without one, describe the service",
            (_QUERY, *_DATASET, _PAGE),
            variants=_ANSWERS,
            statuses=(304, 404, *_EVALUATION),
        ),
        ("/sparql", "post"): Operation(
            "Answer a query",
            _DATASET,
            form=True,
            body=(QUERY,),
            variants=_ANSWERS,
            statuses=(*_EVALUATION, 415),
        ),
        ("/q", "post"): Operation(
            "Keep a query and send to its short permanent address",
            _DATASET,
            form=True,
            body=(QUERY,),
            success=303,
            statuses=(400, 403, 413, 415, 429),
        ),
        ("/q/{key}", "get"): Operation(
            "Run a kept query again",
            (*(p for p in _DATASET if p[0] in ("format", "timeout")), _PAGE),
            variants=_ANSWERS,
            statuses=(304, 404, *_EVALUATION),
        ),
        ("/explain", "get"): Operation(
            "Say why a statement holds, down to what is asserted and where that stands",
            (
                ("s", _TEXT, "The subject: an IRI or a prefixed name."),
                ("p", _TEXT, "The predicate: an IRI or a prefixed name."),
                ("o", _TEXT, "The object: an IRI, a prefixed name, or a literal as in N-Triples."),
                (
                    "limit",
                    {"type": "integer", "minimum": 1, "maximum": 100},
                    "How many explanations at most.",
                ),
                (
                    "format",
                    {"enum": [v.name for v in EXPLANATIONS]},
                    "Format of the answer; overrides Accept.",
                ),
            ),
            required=("s", "p", "o"),
            variants=EXPLANATIONS,
            statuses=(304, 404, 406, 413, 429, 503),
        ),
        ("/", "get"): Operation(
            "The front page", (("example", _TEXT, "Name of an example to begin with."),), statuses=(304, 404)
        ),
        ("/problems/", "get"): Operation("What each error means", statuses=(304,)),
        ("/problems/{slug}", "get"): Operation("What one error means", statuses=(304, 404)),
        ("/healthz", "get"): Operation("Whether the process lives", variants=(_PLAIN,)),
        ("/readyz", "get"): Operation(
            "Whether a worker can count triples now", variants=(_PLAIN,), statuses=(503,)
        ),
        ("/metrics", "get"): Operation(
            "Measures for Prometheus; for the machine itself unless opened",
            variants=(_PLAIN,),
            statuses=(403,),
        ),
        ("/limits", "get"): Operation("The limits, each with its unit", variants=(_JSON,), statuses=(304,)),
        ("/openapi.json", "get"): Operation("This document", variants=(_JSON,), statuses=(304,)),
    }
)


def document(routes: Map, base: str, version: str) -> dict[str, Any]:
    """Return the OpenAPI document of `routes`, served below the address `base` by software `version`."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(routes.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint.rpartition(".")[2] == _ASSETS:
            continue
        path = _path(rule)
        for method in sorted(rule.methods or ()):
            if method.lower() in _METHODS:
                paths.setdefault(path, {})[method.lower()] = _operation(rule, path, method.lower())
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
        },
    }


def _path(rule: Rule) -> str:
    """Return the path in OpenAPI's notation: `/q/<key>` becomes `/q/{key}`."""
    return _VARIABLE.sub(r"{\1}", rule.rule)


def _operation(rule: Rule, path: str, method: str) -> dict[str, Any]:
    known = _OPERATIONS.get((path, method)) or _OPERATIONS.get((path.rstrip("/"), method))
    found = known or Operation(f"{method.upper()} {path}")
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": _TEXT} for name in sorted(rule.arguments)
    ]
    parameters += [
        {"name": name, "in": "query", "description": meaning, "schema": dict(schema)}
        | ({"required": True} if name in found.required else {})
        for name, schema, meaning in found.parameters
    ]
    responses: dict[str, Any] = {str(found.success): _success(found, known is not None)}
    for status in sorted({*found.statuses, *_EVERYWHERE}):
        responses[str(status)] = (
            {"description": "What the client holds is current"}
            if status == 304
            else {"$ref": f"#/components/responses/{status}"}
        )
    if known is None:
        responses["default"] = {"description": "Another answer"}
    operation: dict[str, Any] = {
        "operationId": method + _NOT_A_LETTER.sub("_", path),
        "summary": found.summary,
        "parameters": parameters,
        "responses": responses,
    }
    if found.form or found.body:
        operation["requestBody"] = {"required": True, "content": _bodies(found)}
    return operation


def _success(found: Operation, known: bool) -> dict[str, Any]:
    if found.success == 303:
        location = {"description": "The address", "required": True, "schema": {"type": "string"}}
        return {"description": "Look there", "headers": {"Location": location}}
    names = [variant.media_type for variant in found.variants] if known else ["*/*"]
    types: dict[str, Any] = {name: {} for name in names}
    return {"description": found.summary, "content": types}


def _bodies(found: Operation) -> dict[str, Any]:
    bodies: dict[str, Any] = {media_type: {"schema": _TEXT} for media_type in found.body}
    if found.form:
        fields = {name: dict(schema) for name, schema, _ in (_QUERY, *found.parameters)}
        bodies[FORM] = {"schema": {"type": "object", "required": ["query"], "properties": fields}}
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
            "title": _TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": _TEXT,
            "instance": _TEXT,
            "query_id": _TEXT,
            "elapsed_ms": integer,
            "line": integer,
            "column": integer,
            "near": _TEXT,
            "hint": _TEXT,
        },
    }
