"""server/README.md, E400 to E507: every error is a problem document, and nothing internal is in it."""

from __future__ import annotations

import dataclasses
import inspect
import logging
from pathlib import Path
from typing import Any

import pytest
import rdflib
from tests.server.conftest import Server

from unodc_graph import errors as domain
from unodc_graph.store import evaluation
from unodc_server import refusal
from unodc_server.kind import KINDS
from unodc_server.problem import as_turtle, explain

SECRET = "/secret/place"
VALUES: dict[str, Any] = {
    "path": Path(SECRET),
    "state": Path(SECRET),
    "reason": "a reason",
    "description": f"Traceback in {SECRET}",
    "number": 1,
    "line": 3,
    "column": 4,
    "findings": 2,
    "seconds": 1.5,
    "megabytes": 400,
    "limit": 10,
    "retry_after": 3,
    "allowed": ("GET",),
    "accepted": ("text/plain",),
    "shown": ({"thing": "a thing", "message": "It has no label."},),
    "total": 2,
    "blocking": 1,
    "newest": 1,
    "offered": (("text/csv", "csv"),),
}
NEVER_SERVED = {
    domain.GraphError,
    domain.UnreadableFile,
    domain.CheckFailed,
    domain.UnwritableFile,
    domain.ServerRefused,
    domain.FilesChanged,
    domain.Unreleased,
    domain.ReleaseIncomplete,
    refusal.Refusal,
}
"""Roots, and errors of commands that read and write files: no request can lead to them."""


def every_error() -> list[type[Exception]]:
    found = {
        error
        for module in (domain, evaluation, refusal)
        for _, error in inspect.getmembers(module, inspect.isclass)
        if issubclass(error, domain.GraphError | refusal.Refusal)
    }
    return sorted(found - NEVER_SERVED, key=lambda error: error.__name__)


def instance(error: type[Exception]) -> Exception:
    values = VALUES | ({"path": "/page"} if error is refusal.UnknownPage else {})
    return error(*(values.get(f.name, "text") for f in dataclasses.fields(error)))  # type: ignore[arg-type]


def test_the_number_of_errors_is_known() -> None:
    assert len(every_error()) >= 25


@pytest.mark.parametrize("error", every_error())
def test_every_error_has_its_row(error: type[Exception]) -> None:
    assert error in KINDS


@pytest.mark.parametrize("error", every_error())
def test_every_error_is_told_without_internals(error: type[Exception]) -> None:
    problem = explain(instance(error))
    document = problem.document("http://host", "/sparql")
    assert document["type"].startswith("http://host/problems/")
    assert document["status"] == problem.kind.status
    assert document["title"]
    assert document["detail"]
    assert SECRET not in str(document)
    assert "Traceback" not in str(document)
    rdflib.Graph().parse(data=as_turtle(document), format="turtle")


def test_slugs_are_distinct() -> None:
    slugs = [kind.slug for kind in KINDS.values()]
    assert len(set(slugs)) == len(slugs)


def test_what_nobody_foresaw_is_our_mistake_and_says_nothing() -> None:
    problem = explain(ValueError(f"odd {SECRET}"))
    assert (problem.kind.status, problem.kind.level) == (500, logging.ERROR)
    assert SECRET not in str(problem.document("", ""))


def test_a_query_over_its_time_is_503_without_retry_after() -> None:
    problem = explain(domain.QueryTimedOut(20.0))
    assert (problem.kind.status, problem.kind.slug) == (503, "query-timeout")
    assert "Retry-After" not in problem.headers


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (domain.QueryTimedOut(20.0), "LIMIT"),
        (refusal.CallTimedOut(5.0), "fewer queries"),
        (refusal.ChangeTimedOut(60.0), "smaller parts"),
        (refusal.ChangeOutOfMemory(4096), "smaller parts"),
    ],
)
def test_who_is_over_a_limit_is_told_what_helps_there(error: Exception, advice: str) -> None:
    document = explain(error).document("", "")
    assert document["status"] == 503
    assert advice in document["detail"]
    assert ("LIMIT" in document["detail"]) == (advice == "LIMIT")


@pytest.mark.parametrize("error", [refusal.Saturated(7), refusal.TooManyRequests("1 per minute", 7)])
def test_saturation_and_quota_say_when_to_come_back(error: Exception) -> None:
    assert explain(error).headers["Retry-After"] == "7"


def test_a_client_over_its_quota_is_told_it() -> None:
    problem = explain(refusal.TooManyRequests("1 per minute", 7))
    assert "1 per minute" in problem.detail
    assert problem.members["limit"] == "1 per minute"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/problem+json"),
        ("*/*", "application/problem+json"),
        ("application/sparql-results+json", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("text/html,*/*;q=0.8", "text/html"),
        ("text/plain", "text/plain"),
        ("text/turtle", "text/turtle"),
    ],
)
def test_the_form_of_a_problem_follows_accept(server: Server, accept: str | None, expected: str) -> None:
    reply = server.query("ASK { nonsense }", accept, format="json")
    assert (reply.status, reply.type) == (400, expected)
    assert b"nonsense" in reply.body
    assert b"Traceback" not in reply.body


def test_fields_of_a_problem(server: Server) -> None:
    reply = server.query("ASK {\n ?s nope:x 1 }")
    problem = reply.json()
    assert problem["status"] == 400
    assert problem["instance"] == "/sparql"
    assert (problem["line"], problem["column"], problem["near"]) == (2, 5, "nope:x")
    assert problem["hint"]
    assert problem["query_id"] == reply.headers["Query-Id"]
    assert isinstance(problem["elapsed_ms"], int)


def test_the_type_of_each_problem_is_a_page(server: Server) -> None:
    for kind in KINDS.values():
        if kind.status != 499:
            reply = server.get(f"/problems/{kind.slug}")
            assert (reply.status, reply.type) == (200, "text/html"), kind.slug
    assert server.get("/problems/unheard-of").status == 404


@pytest.mark.parametrize("status", [400, 403, 404, 405, 406, 413, 414, 415])
def test_each_status_is_met(server: Server, status: int) -> None:
    requests = {
        400: lambda: server.query("nonsense"),
        403: lambda: server.query("ASK { SERVICE <a:b> {} }"),
        404: lambda: server.get("/../../etc/passwd"),
        405: lambda: server.request("PUT", "/sparql"),
        406: lambda: server.query("ASK {}", "image/png"),
        413: lambda: server.post(b"x" * 1_100_000, "application/sparql-query"),
        414: lambda: server.get("/sparql?query=" + "a" * 7_600),
        415: lambda: server.post(b"", "image/png"),
    }
    reply = requests[status]()
    assert (reply.status, reply.type) == (status, "application/problem+json")
    if status == 414:
        assert "POST" in reply.json()["detail"]
