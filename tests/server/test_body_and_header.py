"""What a request may be made of: bodies without a stated length, codings, `Host`, and forms of address."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.conftest import E, Reply, Server, running
from tests.server.writing import Curator, curator

from unodc_server.cache import ResultCache, Stored

BODY_BYTES = 20_000
TURTLE = b"".join(b"<a:s%d> <a:p> <a:o> .\n" % number for number in range(500))
"""A document of less than BODY_BYTES; three of them are more."""


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("bodies")
    environment = {"UNODC_KG_BODY_BYTES": str(BODY_BYTES), "TMPDIR": str(folder)}
    with running(folder / "unused", "--blank", "--workers", "2", environment=environment) as server:
        (server.state,) = folder.glob("unodc-kg-blank-*")
        yield server


@pytest.fixture(scope="module")
def anna(blank: Server) -> Curator:
    return curator(blank, "anna")


def chunked(anna: Curator, method: str, path: str, body: bytes, kind: str) -> Reply:
    """Send `body` in chunks, without Content-Length."""
    connection = http.client.HTTPConnection(anna.server.host, anna.server.port, timeout=30)
    headers = {"Content-Type": kind, "Authorization": f"Bearer {anna.token}"}
    try:
        parts = [body[start : start + 4000] for start in range(0, len(body), 4000)]
        connection.request(method, path, iter(parts), headers, encode_chunked=True)
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def count(server: Server, graph: str) -> int:
    reply = server.query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
    return int(reply.json()["results"]["bindings"][0]["n"]["value"])


CHUNKED = {
    "store": ("PUT", "/store?graph=a:long", TURTLE * 3, "text/turtle"),
    "update": ("POST", "/update", b"INSERT DATA {}" + b" " * BODY_BYTES, "application/sparql-update"),
    "sparql": ("POST", "/sparql", b"ASK {}" + b" " * BODY_BYTES, "application/sparql-query"),
    "reconcile": (
        "POST",
        "/reconcile",
        b"queries={}&x=" + b"x" * BODY_BYTES,
        "application/x-www-form-urlencoded",
    ),
}


@pytest.mark.parametrize("name", CHUNKED)
def test_a_chunked_body_over_the_limit_is_413_and_never_cut_off(anna: Curator, name: str) -> None:
    reply = chunked(anna, *CHUNKED[name])
    assert reply.status == 413, reply.body
    assert reply.json()["type"].endswith("/problems/body-too-large")
    assert count(anna.server, "a:long") == 0


def test_a_chunked_body_within_the_limit_is_taken_whole(anna: Curator) -> None:
    assert chunked(anna, "PUT", "/store?graph=a:short", TURTLE, "text/turtle").status == 201
    assert count(anna.server, "a:short") == 500
    assert chunked(anna, "POST", "/sparql", b"ASK {}", "application/sparql-query").json()["boolean"]
    form = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.ttl"\r\n'
        b"Content-Type: text/turtle\r\n\r\n<a:s> <a:p> <a:o> .\r\n--b--\r\n"
    )
    assert chunked(anna, "POST", "/store?graph=a:form", form, "multipart/form-data; boundary=b").status == 201
    assert count(anna.server, "a:form") == 1


@pytest.mark.parametrize("rest", [b"x\r\n", b"5\r\nASK", b"0\r\nno trailer\r\n\r\n", b"5\r\nASK{}XX"])
def test_chunks_that_are_none_are_400(blank: Server, rest: bytes) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
    with socket.create_connection((blank.host, blank.port), timeout=10) as connection:
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n" + rest)
        connection.shutdown(socket.SHUT_WR)
        assert connection.makefile("rb").readline().split()[1] == b"400"


def test_a_body_that_ends_before_its_stated_length_is_400_and_nothing_of_it_is_in(anna: Curator) -> None:
    """A client that dies while it sends closes its half so; what came of its lines would be a graph too."""
    head = (
        f"PUT /store?graph=a:half HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {anna.token}\r\n"
        f"Content-Type: application/n-triples\r\nContent-Length: {len(TURTLE)}\r\n\r\n"
    )
    half = TURTLE[: len(TURTLE) // 2].rpartition(b"\n")[0]
    with socket.create_connection((anna.server.host, anna.server.port), timeout=30) as connection:
        connection.sendall(head.encode() + half)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"after %d of the %d bytes" % (len(half), len(TURTLE)) in answer
    assert count(anna.server, "a:half") == 0


@pytest.mark.parametrize("path", ["/sparql", "/reconcile", "/update", "/store?graph=a:coded"])
def test_a_body_in_a_content_coding_is_415(anna: Curator, path: str) -> None:
    kind = "application/x-www-form-urlencoded"
    reply = anna.send("POST", path, b"query=ASK%20%7B%7D&queries=%7B%7D", kind, Content_Encoding="gzip")
    assert reply.status == 415
    assert json.loads(reply.body)["type"].endswith("/problems/unsupported-media-type")


@pytest.mark.parametrize("host", ["a b", "a'onclick=x", "a/b", "a@b", "a\\b", "[x]:1", "a:b"])
def test_a_host_that_is_none_is_400(blank: Server, host: str) -> None:
    assert blank.get("/", Host=host).status == 400


@pytest.mark.parametrize("host", ["kg.example", "kg.example:8000", "127.0.0.1:1", "[::1]:8000"])
def test_a_host_that_is_one_is_taken(blank: Server, host: str) -> None:
    reply = blank.get("/", Host=host)
    assert reply.status == 200
    assert f"<http://{host}/sparql>" in reply.headers["Link"]


def test_an_address_in_absolute_form_names_the_same_graph(anna: Curator) -> None:
    put = anna.send("PUT", f"{anna.server.origin}/store/direct", TURTLE, "text/turtle")
    assert put.status == 201
    assert put.headers["Location"] == f"{anna.server.origin}/store/direct"
    assert count(anna.server, f"{anna.server.origin}/store/direct") == 500


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_measures_are_not_for_those_who_come_through_a_proxy(blank: Server, name: str) -> None:
    assert blank.request("GET", "/metrics", headers={name: "203.0.113.9"}).status == 403


def test_a_form_of_too_many_fields_is_400_at_reconcile(blank: Server) -> None:
    assert (
        blank.post(
            b"queries=%7B%7D" + b"&a=" * 1000, "application/x-www-form-urlencoded", "/reconcile"
        ).status
        == 400
    )


def test_what_costs_much_counts_as_a_query(small_state: Path) -> None:
    costly = ("/store?graph=" + E + "g1", "/readyz", "/history", "/search?q=a", "/reconcile", "/doc/place/a")
    with running(small_state, environment={"UNODC_KG_RATE": "3 per minute"}) as server:
        assert [server.query("ASK {}").status for _ in range(3)] == [200] * 3
        assert {path: server.get(path).status for path in costly} == dict.fromkeys(costly, 429)
        assert server.get("/healthz").status == 200


def test_short_answers_count_as_a_block_of_the_disk(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path, 10 * 4096)
    for number in range(30):
        path = cache.fresh()
        path.write_bytes(b"x")
        cache.keep(str(number), Stored(path, 1, None)).file.close()
    assert cache.octets == 10 * 4096
    assert len(list(tmp_path.glob("*/*"))) == 10
    cache.close()


def test_a_page_of_another_site_may_read_which_release_answered(blank: Server) -> None:
    exposed = blank.get("/sparql?query=ASK%7B%7D").headers["Access-Control-Expose-Headers"]
    assert "Dataset-Release" in exposed.split(", ")
