"""server/README.md, L1 to L7: no query hurts anybody else, and no answer is half an answer."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import rdflib
from tests.server.conftest import ENDLESS, MANY, Server, running
from tests.server.process import alive, children, wait_until

FORM = "application/x-www-form-urlencoded"


def test_L1_limits_are_published(server: Server) -> None:
    limits = server.get("/limits").json()
    assert limits["seconds_per_query"] == 4
    assert limits["rows_per_result"] == 5000
    description = rdflib.Graph().parse(data=server.get("/sparql").body, format="turtle")
    comments = " ".join(str(o) for o in description.objects(None, rdflib.RDFS.comment))
    for name, value in limits.items():
        assert f"{name.replace('_', ' ')}: {value}" in comments


def test_L2_a_query_is_killed_at_its_deadline_and_the_next_is_served(server: Server) -> None:
    killed = server.metric("unodc_kg_killed_workers")
    reply = server.query(ENDLESS, timeout="0.3")
    assert (reply.status, reply.type) == (503, "application/problem+json")
    assert reply.json()["type"].endswith("/problems/query-timeout")
    assert reply.headers["Retry-After"] is None
    assert server.metric("unodc_kg_killed_workers") == killed + 1
    assert server.query("ASK {}").status == 200


def test_L3_too_much_memory_is_503_and_the_service_goes_on(server: Server) -> None:
    reply = server.query("SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?d LIMIT 10")
    assert reply.status == 503
    assert reply.json()["type"].endswith(("/problems/query-memory", "/problems/query-timeout"))
    assert server.query("ASK {}").status == 200


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_L4_too_many_rows_is_413_and_never_cut_off(server: Server, name: str) -> None:
    query = "SELECT * {{ ?s ?p ?o VALUES ?x {{ 1 2 3 }} }} LIMIT {}"
    assert server.query(query.format(5000), format=name).status == 200
    reply = server.query(query.format(5001), format=name)
    assert (reply.status, reply.type) == (413, "application/problem+json")
    problem = reply.json()
    assert problem["limit"] == 5000
    assert "dump" in problem["hint"]


@pytest.mark.parametrize("accept", ["text/turtle", "application/n-triples", "application/rdf+xml"])
def test_L4_too_many_triples_is_413(server: Server, accept: str) -> None:
    query = "CONSTRUCT {{ ?s ?p ?o ; ?x ?p }} WHERE {{ ?s ?p ?o VALUES ?x {{ <a:1> <a:2> <a:3> }} }} LIMIT {}"
    assert server.query(query.format(100), accept).status == 200
    assert server.query(query.format(100_000), accept).status == 413


def test_L4_too_many_bytes_is_413(server: Server) -> None:
    query = 'SELECT ?y { ?s ?p ?o BIND(CONCAT(STR(?s), "' + "x" * 1000 + '") AS ?y) } LIMIT 4000'
    reply = server.post(query.encode(), "application/sparql-query")
    assert reply.status == 413
    assert "bytes" in reply.json()["detail"]


def test_L4_rows_counted_equal_rows_parsed(server: Server) -> None:
    query = "SELECT * { ?s ?p ?o } LIMIT 1500"
    reply = server.query(query)
    assert int(reply.headers["Result-Rows"]) == len(json.loads(reply.body)["results"]["bindings"]) == 1500


@pytest.mark.parametrize(("parameter", "prefer"), [("0.2", None), (None, "wait=0.2"), ("0.2", "wait=30")])
def test_L5_a_client_may_ask_for_less_time(server: Server, parameter: str | None, prefer: str | None) -> None:
    address = "/sparql?" + urlencode({"query": ENDLESS} | ({"timeout": parameter} if parameter else {}))
    reply = server.request("GET", address, headers={"Prefer": prefer} if prefer else {})
    assert (reply.status, reply.json()["limit"]) == (503, 0.2)


def test_L5_a_client_cannot_have_more_time(server: Server) -> None:
    reply = server.query(ENDLESS, timeout="3600")
    assert (reply.status, reply.json()["limit"]) == (503, 4)


@pytest.mark.parametrize("timeout", ["0", "-1", "soon", "nan", "inf", "1e9"])
def test_L5_a_time_that_is_none_is_400(server: Server, timeout: str) -> None:
    assert server.query("ASK {}", timeout=timeout).status == 400


BOMBS = {
    "cross product": ENDLESS,
    "path": "SELECT (COUNT(*) AS ?n) { ?s (<a:1>|!<a:1>)*/(<a:2>|!<a:2>)*/(<a:3>|!<a:3>)* ?o . "
    "?x ?y ?z . ?u ?v ?w }",
    "regex": 'SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?a), STR(?d)), "(x+x+)+y$")) }',
    "concat": "SELECT (GROUP_CONCAT(?x) AS ?y) { ?a ?b ?c . ?d ?e ?f BIND(CONCAT(STR(?a), STR(?d)) AS ?x) }",
    "order": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
    "aggregates": "SELECT (SUM(?n) AS ?m) { { SELECT (COUNT(*) AS ?n) ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } "
    "GROUP BY ?a } }",
    "values": "SELECT (COUNT(*) AS ?n) { VALUES ?x { "
    + " ".join(str(i) for i in range(100_000))
    + " } ?a ?b ?c . ?d ?e ?f }",
}


@pytest.mark.parametrize("name", BOMBS)
def test_L6_bombs_die_cleanly(server: Server, name: str) -> None:
    reply = server.post(urlencode({"query": BOMBS[name], "timeout": "1"}).encode(), FORM)
    assert reply.status in (413, 503)
    assert reply.type == "application/problem+json"
    assert server.query("ASK {}").status == 200


@pytest.mark.parametrize(
    "query",
    [
        "ASK " + "{" * 20_000 + "}" * 20_000,
        "SELECT * { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }",
        "SELECT * { FILTER(" + "!" * 50_000 + "true) }",
        "SELECT * { ?s ?p " + "[ ?p " * 20_000 + "1" + "]" * 20_000 + " }",
    ],
)
def test_L6_nesting_too_deep_is_400(server: Server, query: str) -> None:
    reply = server.post(query.encode(), "application/sparql-query")
    assert reply.status == 400
    assert reply.json()["type"].endswith("/problems/query-too-deep")
    assert server.query("ASK {}").status == 200


def test_L6_others_are_answered_while_bombs_run(server: Server) -> None:
    bombs = [
        threading.Thread(target=server.query, args=(f"{ENDLESS} # {i}",), kwargs={"timeout": "3"})
        for i in range(3)
    ]
    for bomb in bombs:
        bomb.start()
    assert wait_until(lambda: server.metric("unodc_kg_active_queries") == 3)
    replies = [server.query(f"SELECT ({i} AS ?x) {{}}") for i in range(20)]
    assert server.metric("unodc_kg_active_queries") == 3
    assert {reply.status for reply in replies} == {200}
    for bomb in bombs:
        bomb.join()


def test_L7_a_client_that_leaves_stops_its_query(server: Server) -> None:
    killed = server.metric("unodc_kg_killed_workers")
    address = f"/sparql?query={quote(ENDLESS)}"
    with socket.create_connection((server.host, server.port)) as connection:
        connection.sendall(f"GET {address} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert wait_until(lambda: server.metric("unodc_kg_active_queries") == 1)
    assert wait_until(lambda: server.metric("unodc_kg_active_queries") == 0, 0.5)
    assert server.metric("unodc_kg_killed_workers") == killed + 1
    assert wait_until(lambda: server.query_lines()[-1]["status"] == 499)


def test_L2_workers_end_when_the_server_is_killed(small_state: Path) -> None:
    with running(small_state, "--timeout", "1") as server:
        thread = threading.Thread(target=_ask_and_ignore, args=(server,))
        thread.start()
        assert wait_until(lambda: server.metric("unodc_kg_active_queries") == 1)
        below = children(server.process.pid)
        assert len(below) >= 6
        for process in (server.process.pid, *children(server.process.pid)):
            name = Path(f"/proc/{process}/cmdline").read_text()
            if "forkserver" not in name and "resource_tracker" not in name:
                os.kill(process, signal.SIGKILL)
        assert wait_until(lambda: not any(alive(process) for process in below), 6)
        thread.join()


def _ask_and_ignore(server: Server) -> None:
    try:
        server.query(ENDLESS)
    except OSError:
        return


def test_L1_requests_beyond_the_queue_are_503_with_retry_after(small_state: Path) -> None:
    narrow = {"UNODC_KG_WAITING": "0"}
    with running(small_state, "--workers", "1", "--timeout", "3", environment=narrow) as server:
        bomb = threading.Thread(target=server.query, args=(ENDLESS,))
        bomb.start()
        assert wait_until(lambda: server.metric("unodc_kg_active_queries") == 1)
        reply = server.query("ASK {}")
        assert reply.status == 503
        assert int(reply.headers["Retry-After"]) >= 1
        assert server.get("/healthz").status == 200
        bomb.join()
        assert server.query("ASK {}").status == 200


def test_L1_a_client_over_its_quota_is_429_with_retry_after(small_state: Path) -> None:
    with running(small_state, environment={"UNODC_KG_RATE": "3 per minute"}) as server:
        replies = [server.query("ASK {}") for _ in range(4)]
        assert [reply.status for reply in replies] == [200, 200, 200, 429]
        assert int(replies[-1].headers["Retry-After"]) >= 1
        assert replies[-1].json()["type"].endswith("/problems/too-many-requests")


def test_the_data_is_large_enough_for_the_bombs() -> None:
    assert MANY >= 2000
