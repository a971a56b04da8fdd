"""What `/reconcile` and `/search` refuse before any work: what is too much, and what is no text or number."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

LONG = "1" * 5000
PROPERTY = '{"q7": {"query": "UN", "properties": [%s]}}'


def refused(client: FlaskClient, **form: str) -> str:
    answer = client.post("/reconcile", data=form)
    assert answer.status_code == 400, answer.text
    return str(answer.json["detail"])


def properties(count: int) -> list[dict[str, Any]]:
    return [{"pid": "place", "v": f"v{number}"} for number in range(count)]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"query": "x" * 301}, "longer than 300"),
        ({"query": "x", "properties": properties(11)}, "11 entries; the limit is 10"),
        ({"properties": [{"pid": "place", "v": [f"v{n}" for n in range(21)]}]}, "'place' has 21 values"),
        ({"properties": [{"pid": "place", "v": "x" * 301}]}, "'place' is longer than 300"),
        ({"query": "x", "type": [f"T{n}" for n in range(21)]}, "`type` has 21 entries"),
    ],
)
def test_a_query_beyond_a_limit_is_400_that_names_it(
    client: FlaskClient, query: dict[str, Any], said: str
) -> None:
    detail = refused(client, queries=json.dumps({"good": {"query": "x"}, "q7": query}))
    assert "Query `q7`" in detail
    assert said in detail


def test_equal_properties_values_and_ids_count_once(client: FlaskClient) -> None:
    given = [{"pid": "place", "v": ["Viet Nam"] * 50}] * 50
    asked = {"query": "criminal justice training", "properties": given}
    found = client.post("/reconcile", data={"queries": json.dumps({"q": asked})}).json["q"]["result"]
    assert found[0]["id"] == "activity/vnm-criminal-justice-training"
    extension = {"ids": ["place/kgz"] * 500, "properties": [{"id": "iso3"}] * 500}
    found = client.post("/reconcile", data={"extend": json.dumps(extension)}).json
    assert [item["id"] for item in found["meta"]] == ["iso3"]
    assert found["rows"] == {"place/kgz": {"iso3": [{"str": "KGZ"}]}}


def test_an_extension_of_too_many_cells_is_400(client: FlaskClient) -> None:
    proposed = client.get("/reconcile/properties?limit=21").json["properties"]
    asked = {"ids": [f"place/{n}" for n in range(100)], "properties": [{"id": p["id"]} for p in proposed]}
    assert "100 `ids` by 21 `properties`" in refused(client, extend=json.dumps(asked))


@pytest.mark.parametrize("limit", ["Infinity", "-Infinity", "NaN", "1e999", LONG, "true", '"5"'])
def test_a_limit_that_is_no_number_is_400(client: FlaskClient, limit: str) -> None:
    detail = refused(client, queries=f'{{"q7": {{"query": "UN", "limit": {limit}}}}}')
    assert "Query `q7`: `limit`" in detail


@pytest.mark.parametrize("value", [LONG, "Infinity", "NaN", "[[]]", '{"id": {}}', r'"\ud800"'])
def test_a_value_that_is_none_is_400(client: FlaskClient, value: str) -> None:
    detail = refused(client, queries=PROPERTY % f'{{"pid": "place", "v": {value}}}')
    assert "Query `q7`" in detail


@pytest.mark.parametrize("pid", ["a b <>", "://", "nothing", r"\ud800", "", "https://example.org/p"])
def test_a_property_that_there_is_not_is_400(client: FlaskClient, pid: str) -> None:
    assert "Query `q7`" in refused(client, queries=PROPERTY % f'{{"pid": "{pid}", "v": "x"}}')


@pytest.mark.parametrize(
    ("name", "sent", "said"),
    [
        ("queries", r'{"\ud800": {"query": "UN"}}', "query 1"),
        ("queries", r'{"\ud800": 1}', "query 1"),
        ("queries", r'{"q7": {"query": "\ud800"}}', "Query `q7`"),
        ("queries", r'{"q7": {"query": "UN", "type": "\ud800"}}', "Query `q7`"),
        ("extend", r'{"ids": ["\udc00"], "properties": [{"id": "place"}]}', "`ids`"),
        ("extend", r'{"ids": ["a"], "properties": [{"id": "\ud800"}]}', "`properties`"),
        ("extend", f'{{"ids": {LONG}}}', "`ids`"),
    ],
)
def test_half_a_surrogate_pair_is_400(client: FlaskClient, name: str, sent: str, said: str) -> None:
    assert said in refused(client, **{name: sent})


def test_the_manifest_says_how_many_queries_make_a_batch(client: FlaskClient) -> None:
    most = client.get("/reconcile").json["batchSize"]
    batch = {f"q{number}": {"query": "x"} for number in range(most + 1)}
    assert f"limit is {most}" in refused(client, queries=json.dumps(batch))
    batch.popitem()
    assert client.post("/reconcile", data={"queries": json.dumps(batch)}).status_code == 200


@pytest.mark.parametrize("path", ["/search", "/search/suggest"])
def test_a_search_for_more_than_a_name_is_400(client: FlaskClient, path: str) -> None:
    assert client.get(path, query_string={"q": "a " * 150}).status_code == 200
    assert "300" in client.get(path, query_string={"q": "a" * 301}).json["detail"]


@pytest.mark.parametrize(
    "path", [f"/history/{LONG}", f"/dumps/{LONG}/x", f"/sitemap-{LONG}.xml", f"/ontology/{LONG}"]
)
def test_a_number_longer_than_any_is_an_error_of_the_client(client: FlaskClient, path: str) -> None:
    assert 400 <= client.get(path).status_code < 500
