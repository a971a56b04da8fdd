"""The description of the interface is valid and true, and nothing it allows breaks anything.

The row is V5 of server/README.md.
"""

from __future__ import annotations

import re
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

QUERY = b"ASK {}"
LEAST_PATHS = 12
EXAMPLES = 25
"""How many requests schemathesis makes of each operation."""
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


def test_V5_every_path_answers(server: Server, description: dict[str, Any]) -> None:
    kept = server.post(QUERY, "application/sparql-query", "/q").headers["Location"].rpartition("/")[2]
    held = urlencode({"s": f"{E}a", "p": f"{E}shared", "o": '"once"'})
    examples = {
        "/q/{key}": f"/q/{kept}",
        "/problems/{slug}": "/problems/query-syntax",
        "/explain": f"/explain?{held}",
    }
    assert len(description["paths"]) >= LEAST_PATHS
    for path, methods in description["paths"].items():
        address = re.sub(r"\{\w+\}", "unheard-of", examples.get(path, path))
        for method, operation in methods.items():
            body = QUERY if method != "get" else None
            headers = {"Content-Type": "application/sparql-query"} if body else {}
            reply = server.request(method.upper(), address, body, headers)
            expected = operation["responses"]
            assert reply.status < 500, (method, path, reply.status)
            assert str(reply.status) in expected or "default" in expected, (method, path, reply.status)
            if "default" not in expected:
                assert reply.status in (200, 303), (method, path, reply.status)


def test_V5_what_is_not_described_is_not_taken(server: Server, description: dict[str, Any]) -> None:
    for path, methods in description["paths"].items():
        for method in {"post", "put", "patch", "delete"} - set(methods):
            address = re.sub(r"\{\w+\}", "unheard-of", path)
            reply = server.request(method.upper(), address)
            assert reply.status in (401, 403, 404, 405), (method, path, reply.status)


def test_V5_what_the_description_allows_is_answered_as_it_says(api: schemathesis.BaseSchema) -> None:
    results = list(api.get_all_operations())
    operations = [result.ok() for result in results if isinstance(result, Ok)]
    assert len(operations) == len(results)
    assert len(operations) >= LEAST_PATHS
    for operation in operations:

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
