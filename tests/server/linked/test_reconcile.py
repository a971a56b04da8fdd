"""The reconciliation API 0.2, as OpenRefine asks it: manifest, batches, suggest, preview, extend."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from unodc_graph.namespace import ID, ONTOLOGY


def reconcile(client: FlaskClient, **queries: Any) -> Any:
    return client.post("/reconcile", data={"queries": json.dumps(queries)}).json


def best(client: FlaskClient, **query: Any) -> str | None:
    found = reconcile(client, q=query)["q"]["result"]
    return found[0]["id"] if found else None


def test_the_manifest_says_what_the_service_can_do(client: FlaskClient) -> None:
    found = client.get("/reconcile").json
    assert found["versions"] == ["0.2"]
    assert (found["identifierSpace"], found["schemaSpace"]) == (ID, ONTOLOGY)
    assert "{{id}}" in found["view"]["url"]
    assert "{{id}}" in found["preview"]["url"]
    assert {"entity", "type", "property"} == found["suggest"].keys()
    assert all("${id}" in part["flyout_service_path"] for part in found["suggest"].values())
    assert all(type_["name"] for type_ in found["defaultTypes"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("United Nations Office on Drugs and Crime", "org/unodc"),
        ("UNODC", "org/unodc"),
        ("un women", "org/un-women"),
        ("HAYA Joint Programme", "programme/haya"),
        ("KGZ", "place/kgz"),
        ("Kyrgystan", "place/kgz"),
        ("A/RES/65/229", "instrument/a-res-65-229"),
        ("State of Palestine", "place/pse"),
    ],
)
def test_a_thing_is_found_by_label_other_name_code_symbol_and_misprint(
    client: FlaskClient, name: str, expected: str
) -> None:
    assert best(client, query=name) == expected


def test_a_candidate_says_name_types_score_and_whether_it_is_certain(client: FlaskClient) -> None:
    found = reconcile(client, q={"query": "UNODC", "limit": 3})["q"]["result"]
    assert len(found) <= 3
    assert found[0]["match"] is True
    assert 0 < found[0]["score"] <= 100
    assert {"id": "UNEntity", "name": "UN entity"} in found[0]["type"]
    assert not any(other["match"] for other in found[1:])


def test_a_doubtful_name_is_no_match(client: FlaskClient) -> None:
    found = reconcile(client, q={"query": "women"})["q"]["result"]
    assert len(found) > 1
    assert [f["id"] for f in found if f["match"]] in ([], ["group/women"])
    assert not any(f["match"] for f in reconcile(client, q={"query": "Kyrgystan"})["q"]["result"])


def test_a_name_that_nothing_has_is_an_empty_result(client: FlaskClient) -> None:
    assert reconcile(client, q={"query": "zzzzqqqq xxxyyy"})["q"]["result"] == []


def test_a_type_leaves_out_others(client: FlaskClient) -> None:
    found = reconcile(client, q={"query": "Kyrgyzstan", "type": "Organisation"})["q"]["result"]
    assert found
    assert all(candidate["id"].startswith("org/") for candidate in found)


def test_a_property_prefers_what_agrees(client: FlaskClient) -> None:
    asked = {"query": "criminal justice training", "properties": [{"pid": "place", "v": "Viet Nam"}]}
    assert best(client, **asked) == "activity/vnm-criminal-justice-training"
    asked = {"query": "criminal justice training", "properties": [{"pid": "place", "v": {"id": "place/egy"}}]}
    assert str(best(client, **asked)).startswith("activity/")
    assert best(client, **asked) != "activity/vnm-criminal-justice-training"


def test_a_property_alone_is_enough(client: FlaskClient) -> None:
    assert best(client, properties=[{"pid": "iso3", "v": "KGZ"}]) == "place/kgz"


def test_a_batch_answers_each_query_under_its_key(client: FlaskClient) -> None:
    found = reconcile(client, a={"query": "HAYA"}, b={"query": "Somalia", "type": "Place"})
    assert found["a"]["result"][0]["id"] == "programme/haya"
    assert found["b"]["result"][0]["id"] == "place/som"


def test_a_batch_can_be_asked_by_get(client: FlaskClient) -> None:
    answer = client.get("/reconcile", query_string={"queries": '{"q0": {"query": "HAYA"}}'})
    assert answer.json["q0"]["result"][0]["id"] == "programme/haya"


@pytest.mark.parametrize(
    ("queries", "said"),
    [
        ("{", "not JSON"),
        ("[]", "no JSON object"),
        ('{"good": {"query": "x"}, "bad": 3}', "Query `bad`"),
        ('{"q7": {}}', "Query `q7`"),
        ('{"q7": {"query": 5}}', "Query `q7`"),
        ('{"q7": {"query": "x", "limit": "many"}}', "`limit`"),
        ('{"q7": {"query": "x", "limit": -1}}', "`limit`"),
        ('{"q7": {"query": "x", "type": 4}}', "`type`"),
        ('{"q7": {"query": "x", "properties": {}}}', "`properties`"),
        ('{"q7": {"query": "x", "properties": [{"pid": "place"}]}}', "Query `q7`"),
        ("[" * 100_000, "not JSON"),
        (json.dumps({f"q{n}": {"query": "x"} for n in range(51)}), "limit is 50"),
    ],
)
def test_a_malformed_batch_is_400_that_says_which_query(client: FlaskClient, queries: str, said: str) -> None:
    answer = client.post("/reconcile", data={"queries": queries})
    assert answer.status_code == 400
    assert said in answer.json["detail"]


def test_a_post_without_a_batch_is_400(client: FlaskClient) -> None:
    assert client.post("/reconcile", data={}).status_code == 400


@pytest.mark.parametrize(
    ("what", "prefix", "expected"),
    [("entity", "kyrg", "place/kgz"), ("type", "prog", "Programme"), ("property", "place", "place")],
)
def test_suggestions_are_found_and_each_has_a_flyout(
    client: FlaskClient, what: str, prefix: str, expected: str
) -> None:
    manifest = client.get("/reconcile").json["suggest"][what]
    found = client.get(manifest["service_path"], query_string={"prefix": prefix}).json["result"]
    assert expected in [item["id"] for item in found]
    flyout = client.get(manifest["flyout_service_path"].replace("${id}", expected)).json
    assert flyout["id"] == expected
    assert "<strong>" in flyout["html"]


@pytest.mark.parametrize(
    ("what", "name"), [("entity", "place/kgz"), ("type", "PlanOfAction"), ("property", "schema:sameAs")]
)
def test_an_identifier_typed_whole_is_suggested_first(client: FlaskClient, what: str, name: str) -> None:
    found = client.get(f"/reconcile/suggest/{what}", query_string={"prefix": name}).json["result"]
    assert found[0]["id"] == name


@pytest.mark.parametrize("what", ["entity", "type", "property"])
def test_a_cursor_goes_on_where_the_suggestions_ended(client: FlaskClient, what: str) -> None:
    def listed(cursor: int) -> list[str]:
        asked = {"prefix": "a", "cursor": cursor}
        found = client.get(f"/reconcile/suggest/{what}", query_string=asked).json["result"]
        return [item["id"] for item in found]

    first, second = listed(0), listed(20)
    assert len(first) == 20
    assert second
    assert not set(first) & set(second)
    assert listed(15)[:5] == first[15:]
    assert listed(999_999) == []
    assert client.get(f"/reconcile/suggest/{what}?prefix=a&cursor=x").status_code == 400


def test_a_preview_may_stand_in_a_frame_and_other_pages_may_not(client: FlaskClient) -> None:
    preview = client.get("/reconcile/preview?id=programme/haya").headers["Content-Security-Policy"]
    assert "frame-ancestors *" in preview
    assert "default-src 'none'" in preview
    page = client.get("/doc/programme/haya.html").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page


def test_unknown_suggestions_and_flyouts_are_404(client: FlaskClient) -> None:
    for path in (
        "/reconcile/suggest/colour",
        "/reconcile/flyout/colour?id=x",
        "/reconcile/flyout/entity?id=x",
    ):
        assert client.get(path).status_code == 404


def test_a_preview_and_the_view_are_pages(client: FlaskClient) -> None:
    manifest = client.get("/reconcile").json
    for part in ("preview", "view"):
        parts = urlsplit(manifest[part]["url"].replace("{{id}}", "programme/haya"))
        answer = client.get(f"{parts.path}?{parts.query}", headers={"Accept": "text/html"})
        assert answer.status_code == 200
        assert "HAYA" in answer.text
    assert client.get("/reconcile/preview?id=programme/none").status_code == 404


def test_properties_are_proposed_for_a_type(client: FlaskClient) -> None:
    found = client.get("/reconcile/properties?type=Activity&limit=12").json
    assert found["type"] == "Activity"
    assert len(found["properties"]) == 12
    assert "place" in [
        item["id"] for item in client.get("/reconcile/properties?type=Activity").json["properties"]
    ]
    assert client.get("/reconcile/properties?type=Nothing").status_code == 404
    assert client.get("/reconcile/properties?limit=x").status_code == 400


def test_whatever_is_proposed_can_be_fetched(client: FlaskClient) -> None:
    for type_ in ("", *(item["id"] for item in client.get("/reconcile").json["defaultTypes"])):
        proposed = client.get(f"/reconcile/properties?type={type_}&limit=200").json["properties"]
        assert len(proposed) > 5
        properties = [{"id": item["id"]} for item in proposed]
        assert extend(client, ids=["place/kgz"], properties=properties).status_code == 200
    assert {"id": "rdfs:label", "name": "label"} in proposed


def extend(client: FlaskClient, **asked: Any) -> Any:
    return client.post("/reconcile", data={"extend": json.dumps(asked)})


def test_data_are_extended_with_things_numbers_texts_and_days(client: FlaskClient) -> None:
    found = extend(
        client,
        ids=["programme/haya", "figure/kgz-police-trained", "place/kgz", "org/none"],
        properties=[{"id": "place"}, {"id": "value"}, {"id": "iso3"}],
    ).json
    assert [item["id"] for item in found["meta"]] == ["place", "value", "iso3"]
    rows = found["rows"]
    assert {"id": "place/west-bank", "name": "West Bank"} in rows["programme/haya"]["place"]
    assert rows["figure/kgz-police-trained"]["value"] == [{"int": 200}]
    assert rows["place/kgz"]["iso3"] == [{"str": "KGZ"}]
    assert rows["org/none"] == {"place": [], "value": [], "iso3": []}


def test_what_follows_is_fetched_only_when_asked_for(client: FlaskClient) -> None:
    def places(**settings: Any) -> int:
        asked = extend(client, ids=["programme/haya"], properties=[{"id": "place", "settings": settings}])
        return len(asked.json["rows"]["programme/haya"]["place"])

    assert places() == 3
    assert places(inferred=True) > 3
    assert places(limit=1) == 1


@pytest.mark.parametrize(
    "asked",
    [{}, {"ids": "x"}, {"ids": [], "properties": [3]}, {"ids": ["a"], "properties": [{"id": "nothing"}]},
     {"ids": [f"a{n}" for n in range(201)], "properties": []}],
)  # fmt: skip
def test_a_malformed_extension_is_400(client: FlaskClient, asked: dict[str, Any]) -> None:
    assert extend(client, **asked).status_code == 400
