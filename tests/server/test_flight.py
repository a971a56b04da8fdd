"""The same query at once is evaluated once, and a query in flight keeps the generation it began with."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.server.conftest import ENDLESS, Reply, Server, publish, running
from tests.server.process import wait_until

from unodc_graph.errors import QueryTimedOut
from unodc_server.flight import Flights
from unodc_server.pool import Watch
from unodc_server.refusal import Saturated

LONG = (
    "SELECT (COUNT(*) AS ?n) { { SELECT * { ?a ?b ?c } LIMIT 1000 } ?d ?e ?f "
    "FILTER(STRLEN(CONCAT(STR(?a), STR(?d), STR(?c), STR(?f))) > 5) }"
)
"""Takes a second or so over the small graph, and has an answer."""


def ask_at_once(server: Server, query: str, count: int, timeout: str) -> list[Reply]:
    replies: list[Reply] = []
    threads = [
        threading.Thread(target=lambda: replies.append(server.query(query, timeout=timeout)))
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    assert wait_until(lambda: server.metric("unodc_kg_waiting_queries") >= count - 1)
    assert server.metric("unodc_kg_active_queries") == 1
    for thread in threads:
        thread.join()
    return replies


def test_the_same_query_at_once_is_evaluated_once(small_state: Path) -> None:
    with running(small_state, "--timeout", "60", "--workers", "4") as server:
        replies = ask_at_once(server, LONG, 4, "60")
        assert {reply.status for reply in replies} == {200}
        assert len({reply.body for reply in replies}) == 1
        lines = [line for line in server.query_lines() if line["form"] == "select"]
        assert sum(not line["cached"] for line in lines) == 1


def test_those_who_follow_a_query_learn_how_it_failed(server: Server) -> None:
    killed = server.metric("unodc_kg_killed_workers")
    replies = ask_at_once(server, ENDLESS + " # at once", 3, "1.5")
    assert [reply.status for reply in replies] == [503] * 3
    assert {reply.json()["type"].rpartition("/")[2] for reply in replies} == {"query-timeout"}
    assert server.metric("unodc_kg_killed_workers") == killed + 1


def test_too_many_followers_are_turned_away() -> None:
    flights = Flights(1)
    flight, leads = flights.join("a")
    assert leads
    assert flights.join("a") == (flight, False)
    with pytest.raises(Saturated):
        flights.join("a")
    flights.end("a", flight, QueryTimedOut(1))
    with pytest.raises(QueryTimedOut):
        flights.follow(flight, Watch(None), 1)
    assert flights.following == 0
    assert flights.join("a")[1]


def test_O5_a_query_in_flight_keeps_its_generation(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    publish(state)
    with running(state, "--timeout", "60") as server:
        replies: list[Reply] = []
        thread = threading.Thread(target=lambda: replies.append(server.query(LONG)))
        thread.start()
        assert wait_until(lambda: server.metric("unodc_kg_active_queries") == 1)
        publish(state)
        during = server.query("ASK { ?s ?p ?o }")
        assert during.headers["Dataset-Version"] == "2"
        assert thread.is_alive(), "the long query must still run for this test to say anything"
        thread.join()
        assert replies[0].status == 200
        assert replies[0].headers["Dataset-Version"] == "1"
        again = server.query(LONG)
        assert again.headers["Dataset-Version"] == "2"
        assert again.headers["ETag"] != replies[0].headers["ETag"]


def test_retry_after_is_what_is_left_of_the_window(small_state: Path) -> None:
    with running(small_state, environment={"UNODC_KG_RATE": "2 per 4 seconds"}) as server:
        for _ in range(2):
            assert server.query("ASK {}").status == 200
        time.sleep(1.2)
        refused = server.query("ASK {}")
        assert refused.status == 429
        left = int(refused.headers["Retry-After"])
        assert 1 <= left <= 3
        time.sleep(left)
        assert server.query("ASK {}").status == 200


def test_P19_links_to_what_is_described_on_request(server: Server) -> None:
    query = "DESCRIBE <http://example.org/b>"
    plain = server.query(query, "application/n-triples")
    both = server.query(query, "application/n-triples", describe="incoming")
    inward = "<http://example.org/a> <http://example.org/follows> <http://example.org/b> ."
    assert inward not in plain.body.decode()
    assert set(both.body.decode().splitlines()) == {*plain.body.decode().splitlines(), inward}
    assert both.headers["ETag"] != plain.headers["ETag"]
    stated = server.query(query, "application/n-triples", describe="incoming", inferred="false")
    assert inward not in stated.body.decode()
    assert server.query(query, describe="sideways").status == 400


def test_P19_labels_of_blank_nodes_are_stable_within_an_answer(server: Server) -> None:
    body = server.query("DESCRIBE <http://example.org/c>", "application/n-triples").body.decode()
    rows = [line.split(" ") for line in body.splitlines()]
    by_predicate = {row[1].rpartition("/")[2].rstrip(">"): row for row in rows}
    assert by_predicate["address"][2] == by_predicate["part"][0]
    assert by_predicate["part"][2] == by_predicate["city"][0]
    assert by_predicate["address"][2] != by_predicate["part"][2]


def test_memory_is_given_back_after_a_hungry_query(small_state: Path) -> None:
    with running(small_state, "--workers", "2", "--timeout", "5") as server:
        from tests.benchmarks.server_bombs import memory

        server.query("ASK {}")
        before = memory(server.process.pid)
        hungry = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"
        body = urlencode({"query": hungry}).encode()
        reply = server.post(body, "application/x-www-form-urlencoded")
        assert reply.status in (413, 503)
        assert wait_until(lambda: memory(server.process.pid) < before * 1.3 + 2**24, 5)
