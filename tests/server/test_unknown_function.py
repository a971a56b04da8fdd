"""Functions that nobody here knows: an error of the expression that calls one (SPARQL 1.1 §17.3), no more."""

from __future__ import annotations

from tests.server.conftest import E, Server

UNKNOWN = f"<{E}unknown>"


def test_a_call_of_an_unknown_function_has_no_value(server: Server) -> None:
    query = f"SELECT * {{ BIND({UNKNOWN}(1) AS ?a) BIND(COALESCE({UNKNOWN}(1), <{E}other>(), 2) AS ?b) }}"
    (row,) = server.query(query).json()["results"]["bindings"]
    assert {name: term["value"] for name, term in row.items()} == {"b": "2"}


def test_a_filter_by_an_unknown_function_lets_nothing_pass(server: Server) -> None:
    assert server.query(f"ASK {{ FILTER({UNKNOWN}()) }}").json()["boolean"] is False


def test_a_mistake_behind_an_unknown_function_is_found(server: Server) -> None:
    reply = server.query(f"ASK {{\n FILTER({UNKNOWN}())\n nonsense }}")
    assert (reply.status, reply.json()["line"]) == (400, 3)
