"""Short permanent addresses of queries."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.server.conftest import E, Server

from unodc_graph.errors import NotFound
from unodc_server.protocol import QueryRequest
from unodc_server.refusal import TooManyRequests
from unodc_server.saved import SavedQueries

QUERY = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 2"
FORM = "application/x-www-form-urlencoded"


def path_of(address: str, server: Server) -> str:
    assert address.startswith(f"{server.origin}/q/")
    return address.removeprefix(server.origin)


def test_a_posted_query_gets_an_address_when_it_prefers_so(server: Server) -> None:
    reply = server.post(QUERY.encode(), "application/sparql-query", Prefer="return=representation")
    assert reply.status == 200
    assert reply.headers["Preference-Applied"] == "return=representation"
    again = server.get(path_of(reply.headers["Content-Location"], server))
    assert (again.status, again.body) == (200, reply.body)
    assert again.headers["ETag"]
    assert server.post(QUERY.encode(), "application/sparql-query").headers["Content-Location"] is None


def test_the_page_sends_there(server: Server) -> None:
    reply = server.post(urlencode({"query": QUERY, "format": "csv"}).encode(), FORM, "/q")
    assert reply.status == 303
    again = server.get(path_of(reply.headers["Location"], server))
    assert (again.status, again.type) == (200, "text/csv")


def test_the_dataset_is_kept_with_the_query(server: Server) -> None:
    fields = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "default-graph-uri": E + "g1"}
    reply = server.post(urlencode(fields).encode(), FORM, "/q")
    again = server.get(path_of(reply.headers["Location"], server))
    assert again.json()["results"]["bindings"][0]["n"]["value"] == "2"


def test_the_same_query_has_the_same_address(server: Server) -> None:
    body = urlencode({"query": QUERY}).encode()
    assert len({server.post(body, FORM, "/q").headers["Location"] for _ in range(2)}) == 1


def test_formats_are_negotiated_and_tags_known(server: Server) -> None:
    location = server.post(urlencode({"query": QUERY}).encode(), FORM, "/q").headers["Location"]
    path = path_of(location, server)
    csv = server.get(path, Accept="text/csv")
    assert csv.type == "text/csv"
    assert server.get(path, Accept="text/csv", If_None_Match=csv.headers["ETag"]).status == 304
    assert server.get(f"{path}?format=xml").type == "application/sparql-results+xml"


@pytest.mark.parametrize("key", ["0" * 16, "x", "..%2f..%2fcurrent", "A" * 16])
def test_an_unknown_address_is_404(server: Server, key: str) -> None:
    assert server.get(f"/q/{key}").status == 404


def test_what_would_be_refused_gets_no_address(server: Server) -> None:
    body = urlencode({"query": "ASK { SERVICE <a:b> {} }"}).encode()
    assert server.post(body, FORM, "/q").status == 403


def test_nothing_is_dropped_when_the_room_is_used_up(tmp_path: Path) -> None:
    saved = SavedQueries(tmp_path / "queries", capacity=8192)
    first = QueryRequest("ASK {}")
    key = saved.keep(first, "192.0.2.1")
    assert key is not None
    assert saved.keep(QueryRequest("ASK { " + "?s ?p ?o . " * 500 + "}"), "192.0.2.1") is None
    assert saved.keep(first, "192.0.2.2") == key
    assert saved.get(key) == first
    with pytest.raises(NotFound):
        saved.get("0" * 16)


def test_small_queries_count_as_the_disk_counts_them(tmp_path: Path) -> None:
    """Else a stranger could fill the disk with files of a hundred bytes."""
    saved = SavedQueries(tmp_path / "queries", capacity=3 * 4096)
    kept = [saved.keep(QueryRequest(f"ASK {{ ?s ?p {n} }}"), "192.0.2.1") for n in range(5)]
    assert [key is not None for key in kept] == [True, True, True, False, False]


def test_nobody_uses_up_the_room_alone(tmp_path: Path) -> None:
    saved = SavedQueries(tmp_path / "queries")
    long = "ASK { " + "?s ?p ?o . " * 40_000 + "?s ?p %d }"
    first = QueryRequest(long % 0)
    key = saved.keep(first, "192.0.2.1")
    assert saved.keep(QueryRequest(long % 1), "192.0.2.1") is not None
    with pytest.raises(TooManyRequests) as refused:
        saved.keep(QueryRequest(long % 2), "192.0.2.1")
    assert 0 < refused.value.retry_after <= 24 * 60 * 60
    assert saved.keep(first, "192.0.2.1") == key, "what is kept already takes no room"
    assert saved.keep(QueryRequest(long % 2), "192.0.2.2") is not None
