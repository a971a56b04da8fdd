"""The description of the interface is valid and true, and nothing it allows breaks anything.

The row is V5 of server/README.md.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.server.conftest import E, Server

from unodc_server.interface import openapi
from unodc_server.protocol import _SINGLE

QUERY = b"ASK {}"
SOURCES = Path(openapi.__file__).parents[1]
READ = re.compile(
    r"""request\.(?:args|values)(?:\.get(?:list)?\(\s*|\[)"([\w-]+)"|"([\w-]+)" in request\.(?:args|values)"""
)
LEAST_OPERATIONS = 60
EXAMPLES = 10
"""How many requests schemathesis makes of each operation."""
UNASKED = {"/update", "/update/", "/reconcile/flyout/{what}", "/reconcile/preview"}
"""What a GET gives nothing for without a parameter, or at all."""
CHECKS = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="session")
def description(server: Server) -> dict[str, Any]:
    """The document that the server gives."""
    reply = server.get("/openapi.json")
    assert (reply.status, reply.type) == (200, "application/json")
    found: dict[str, Any] = reply.json()
    return found


@pytest.fixture
def api(server: Server) -> schemathesis.BaseSchema:
    """The same, for schemathesis."""
    return schemathesis.openapi.from_url(f"{server.origin}/openapi.json")


def test_V5_the_description_is_valid_openapi(api: schemathesis.BaseSchema) -> None:
    assert api.raw_schema["openapi"] == "3.1.0"
    api.validate()


def test_V5_references_resolve_and_names_are_distinct(description: dict[str, Any]) -> None:
    references: list[str] = re.findall(r"'\$ref': '#/([^']+)'", str(description))
    assert references
    for reference in references:
        place: Any = description
        for step in reference.split("/"):
            place = place[step]
    names = [o["operationId"] for path in description["paths"].values() for o in path.values()]
    assert len(set(names)) == len(names)


def test_V5_addresses_are_those_of_the_server(server: Server, description: dict[str, Any]) -> None:
    assert description["servers"] == [{"url": server.origin}]


def operations(description: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The operations by path and method."""
    found = {
        (p, m): operation for p, methods in description["paths"].items() for m, operation in methods.items()
    }
    assert len(found) >= LEAST_OPERATIONS
    return found


def parameters(operation: dict[str, Any], place: str) -> set[str]:
    return {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == place}


def test_V5_every_route_is_described_and_every_description_has_a_route(description: dict[str, Any]) -> None:
    """A route that no table describes would have no document at all."""
    described = {(path.rstrip("/") or "/", method) for path, method in operations(description)}
    assert described == set(openapi.OPERATIONS)


def test_V5_every_operation_has_words_of_its_own(description: dict[str, Any]) -> None:
    summaries: dict[str, str] = {}
    for (path, method), operation in operations(description).items():
        assert len(operation["summary"].split()) > 1, (path, method)
        own = f"{method} {path.rstrip('/')}"
        assert summaries.setdefault(operation["summary"], own) == own
        assert all(parameter["description"].endswith(".") for parameter in operation["parameters"])
        assert "default" not in operation["responses"]


def test_V5_every_part_of_a_path_is_a_parameter(description: dict[str, Any]) -> None:
    for (path, _), operation in operations(description).items():
        assert parameters(operation, "path") == set(re.findall(r"\{(\w+)\}", path))


def test_V5_every_parameter_that_is_read_or_written_about_is_described(description: dict[str, Any]) -> None:
    known = {
        name for operation in operations(description).values() for name in parameters(operation, "query")
    }
    sources = [path.read_text(encoding="utf-8") for path in sorted(SOURCES.rglob("*.py"))]
    read = {name for text in sources for found in READ.findall(text) for name in found if name}
    told = set(re.findall(r"`([a-z-]+)=[^`]*`", (SOURCES.parent / "README.md").read_text(encoding="utf-8")))
    assert len(read) > 15
    assert len(told) > 8
    assert (read | told | {*_SINGLE}) - {"update"} <= known  # which is never taken from a URL


def test_V5_every_path_answers(server: Server, description: dict[str, Any]) -> None:
    kept = server.post(QUERY, "application/sparql-query", "/q").headers["Location"].rpartition("/")[2]
    held = urlencode({"s": f"{E}a", "p": f"{E}shared", "o": '"once"'})
    examples = {
        "/q/{key}": f"/q/{kept}",
        "/problems/{slug}": "/problems/query-syntax",
        "/explain": f"/explain?{held}",
        "/store": "/store?default=",
        "/store/": f"/store/?{urlencode({'graph': f'{E}g1'})}",
        "/ontology.{suffix}": "/ontology.ttl",
        "/shapes.{suffix}": "/shapes.ttl",
        "/dumps/latest/{name}": "/dumps/latest/manifest.json",
        "/reconcile/suggest/{what}": "/reconcile/suggest/entity?prefix=a",
        "/sitemap-{part}.xml": "/sitemap-0.xml",
    }
    for (path, method), operation in operations(description).items():
        address = re.sub(r"\{\w+\}", "unheard-of", examples.get(path, path))
        body = QUERY if "requestBody" in operation else None
        types = operation.get("requestBody", {}).get("content", {})
        headers = {"Content-Type": "application/sparql-query"} if "application/sparql-query" in types else {}
        reply = server.request(method.upper(), address, body, headers)
        assert reply.status < 500, (method, path, reply.status)
        assert str(reply.status) in operation["responses"], (method, path, reply.status)
        if method == "get" and address == examples.get(path, path) and path not in UNASKED:
            assert reply.status in (200, 302), (method, path, reply.status)


def test_V5_what_is_not_described_is_not_taken(server: Server, description: dict[str, Any]) -> None:
    for path, methods in description["paths"].items():
        for method in {"post", "put", "patch", "delete"} - set(methods):
            address = re.sub(r"\{\w+\}", "unheard-of", path)
            reply = server.request(method.upper(), address)
            assert reply.status in (401, 403, 404, 405), (method, path, reply.status)


def test_V5_what_the_description_allows_is_answered_as_it_says(api: schemathesis.BaseSchema) -> None:
    results = list(api.get_all_operations())
    found = [result.ok() for result in results if isinstance(result, Ok)]
    assert len(found) == len(results)
    assert len(found) >= LEAST_OPERATIONS
    for operation in found:

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def conforms(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(checks=CHECKS)

        conforms()
