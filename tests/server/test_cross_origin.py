"""server/README.md, R1 to R4: scripts of other origins may read every answer."""

from __future__ import annotations

import socket

import pytest
from tests.server.conftest import Server

LONG = "/sparql?query=" + "a" * 7_600
REQUESTS = [
    ("GET", "/sparql?query=ASK%7B%7D", {}, 200),
    ("HEAD", "/sparql?query=ASK%7B%7D", {}, 200),
    ("GET", "/sparql", {}, 200),
    ("GET", "/", {}, 200),
    ("GET", "/static/page.css", {}, 200),
    ("GET", "/sparql?query=nonsense", {}, 400),
    ("GET", "/sparql?query=ASK%7BSERVICE%3Ca:b%3E%7B%7D%7D", {}, 403),
    ("GET", "/nothing", {}, 404),
    ("DELETE", "/sparql", {}, 405),
    ("GET", "/sparql?query=ASK%7B%7D", {"Accept": "image/png"}, 406),
    ("POST", "/sparql", {"Content-Length": "2000000"}, 413),
    ("GET", LONG, {}, 414),
    ("GET", "/sparql?query=" + "a" * 9_000, {}, 414),
    ("POST", "/sparql", {"Content-Type": "text/plain"}, 415),
    ("GET", "/sparql?query=ASK%7B%7D", {"X-Long": "a" * 8_000}, 431),
    ("GET", "/sparql?query=ASK%7B%7D", {"X-Long": "a" * 20_000}, 431),
]


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
@pytest.mark.parametrize(("method", "path", "headers", "status"), REQUESTS)
def test_R1_every_answer_may_be_read(
    server: Server, method: str, path: str, headers: dict[str, str], status: int, origin: dict[str, str]
) -> None:
    reply = server.request(method, path, headers={**headers, **origin})
    assert reply.status == status
    assert reply.headers.get_all("Access-Control-Allow-Origin") == ["*"]
    if status >= 400 and method != "HEAD":
        assert reply.type == "application/problem+json"
        assert reply.json()["status"] == status


def test_R1_what_is_no_http_is_told_too(server: Server) -> None:
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/9.9\r\nHost: x\r\n\r\n")
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Access-Control-Allow-Origin: *" in answer


@pytest.mark.parametrize(("method", "path", "headers", "status"), REQUESTS)
def test_R2_never_with_credentials(
    server: Server, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    reply = server.request(method, path, headers={**headers, "Origin": "https://elsewhere.example"})
    assert reply.status == status
    assert reply.headers["Access-Control-Allow-Credentials"] is None


@pytest.mark.parametrize("path", ["/sparql", "/sparql/", "/", "/limits", "/healthz"])
def test_R3_preflight_is_204(server: Server, path: str) -> None:
    sent = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    reply = server.request("OPTIONS", path, headers=sent)
    assert (reply.status, reply.body) == (204, b"")
    assert "GET" in reply.headers["Access-Control-Allow-Methods"]
    for name in ("Accept", "Content-Type", "If-None-Match"):
        assert name in reply.headers["Access-Control-Allow-Headers"]
    assert int(reply.headers["Access-Control-Max-Age"]) > 0
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


def test_R3_preflight_of_nothing_is_404(server: Server) -> None:
    assert server.request("OPTIONS", "/nothing").status == 404


@pytest.mark.parametrize(("method", "path", "headers", "status"), REQUESTS[:6])
def test_R4_headers_are_exposed(
    server: Server, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    exposed = server.request(method, path, headers=headers).headers["Access-Control-Expose-Headers"]
    for name in (
        "ETag",
        "Link",
        "Content-Location",
        "Retry-After",
        "Location",
        "Dataset-Version",
        "Query-Id",
    ):
        assert name in exposed.split(", ")
