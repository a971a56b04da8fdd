"""A column of somebody's spreadsheet, reconciled call by call as OpenRefine does it, over HTTP.

Every answer has the members that Reconciliation Service API 0.2 requires, of the types that it requires; the
service is found by its manifest alone. From another origin, as the API demands of every address (Cross-Origin
Access).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from tests.server.conftest import Reply, Server

ORIGIN = "http://127.0.0.1:3333"
"""Where OpenRefine runs on somebody's machine."""

COLUMN = {
    "Kyrgyzstan": "place/kgz",
    "Viet Nam": "place/vnm",
    "State of Palestine": "place/pse",
    "SOM": "place/som",
}
REFERENCE = {"id": str, "name": str}
SERVICE = {"service_url": str, "service_path": str}
MANIFEST = {
    "versions": list,
    "name": str,
    "identifierSpace": str,
    "schemaSpace": str,
    "defaultTypes": [REFERENCE],
    "view": {"url": str},
    "preview": {"url": str, "width": int, "height": int},
    "suggest": {name: SERVICE | {"flyout_service_path": str} for name in ("entity", "type", "property")},
    "extend": {
        "propose_properties": SERVICE,
        "property_settings": [{"name": str, "label": str, "type": str}],
    },
}
CANDIDATES = {"result": [{"id": str, "name": str, "score": (int, float), "match": bool, "type": [REFERENCE]}]}
SUGGESTIONS = {"entity": REFERENCE | {"notable": [REFERENCE]}, "type": REFERENCE, "property": REFERENCE}
CELLS = {"str": str, "int": int, "float": (int, float), "date": str, "bool": bool, "id": str}


def check(found: Any, wanted: Any, path: str = "$") -> None:
    """Fail where `found` lacks a member of `wanted`, or has one of another type; others may be there."""
    if isinstance(wanted, Mapping):
        assert isinstance(found, dict), path
        for name, part in wanted.items():
            assert name in found, f"{path}.{name}"
            check(found[name], part, f"{path}.{name}")
    elif isinstance(wanted, list):
        assert isinstance(found, list), path
        assert found, path
        for number, item in enumerate(found):
            check(item, wanted[0], f"{path}[{number}]")
    else:
        assert isinstance(found, wanted), f"{path} is {found!r}"


def ask(endpoint: Server, address: str, form: dict[str, Any] | None = None) -> Reply:
    """GET an address of the manifest, or POST a form there, as a script of another origin."""
    path = address.removeprefix(endpoint.origin)
    headers = {"Origin": ORIGIN}
    if form is None:
        reply = endpoint.request("GET", path, headers=headers)
    else:
        sent = urlencode({name: json.dumps(value) for name, value in form.items()}).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        reply = endpoint.request("POST", path, sent, headers)
    assert reply.status == 200, reply.body
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    return reply


@pytest.fixture(scope="module")
def service(endpoint: Server) -> str:
    return f"{endpoint.origin}/reconcile"


@pytest.fixture(scope="module")
def manifest(endpoint: Server, service: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(endpoint, service).json()
    return found


def test_the_manifest_is_whole(manifest: dict[str, Any]) -> None:
    check(manifest, MANIFEST)
    assert "0.2" in manifest["versions"]
    for setting in manifest["extend"]["property_settings"]:
        assert setting["type"] in ("number", "text", "checkbox", "select")


def test_a_column_is_reconciled_and_its_type_guessed(endpoint: Server, service: str) -> None:
    sample = {f"q{n}": {"query": name, "limit": 3} for n, name in enumerate(COLUMN)}
    found = ask(endpoint, service, {"queries": sample}).json()
    assert found.keys() == sample.keys()
    for answer in found.values():
        check(answer, CANDIDATES)
        scores = [candidate["score"] for candidate in answer["result"]]
        assert scores == sorted(scores, reverse=True)
    types = Counter(t["id"] for answer in found.values() for t in answer["result"][0]["type"])
    assert types["CountryOrArea"] == len(COLUMN)
    asked = {key: query | {"type": "CountryOrArea", "type_strict": "should"} for key, query in sample.items()}
    again = ask(endpoint, service, {"queries": asked}).json()
    best = [answer["result"][0] for answer in again.values()]
    assert [candidate["id"] for candidate in best] == list(COLUMN.values())
    assert all(candidate["match"] for candidate in best)


def test_get_and_post_of_one_query_or_several_answer_alike(endpoint: Server, service: str) -> None:
    for batch in ({"q0": {"query": "HAYA"}}, {"a b": {"query": "HAYA"}, "é": {"query": "Cairo & Giza"}}):
        posted = ask(endpoint, service, {"queries": batch}).json()
        got = ask(endpoint, f"{service}?queries={quote(json.dumps(batch))}").json()
        assert got == posted
        assert posted.keys() == batch.keys()


def test_other_columns_tell_namesakes_apart(endpoint: Server, service: str) -> None:
    query = {"query": "criminal justice training", "type": "Activity"}
    given = [{"pid": "place", "v": [{"id": "place/vnm", "name": "Viet Nam"}]}]
    found = ask(endpoint, service, {"queries": {"q0": query | {"properties": given}}}).json()
    assert found["q0"]["result"][0]["id"] == "activity/vnm-criminal-justice-training"


@pytest.mark.parametrize(("what", "prefix"), [("entity", "kyrg"), ("type", "cou"), ("property", "pla")])
def test_what_is_typed_is_suggested_and_explained(
    endpoint: Server, manifest: dict[str, Any], what: str, prefix: str
) -> None:
    service = manifest["suggest"][what]
    address = f"{service['service_url']}{service['service_path']}"
    found = ask(endpoint, f"{address}?prefix={prefix}&cursor=0").json()
    check(found, {"result": [SUGGESTIONS[what]]})
    name = found["result"][0]["id"]
    flyout = f"{service['service_url']}{service['flyout_service_path']}".replace(
        "${id}", quote(name, safe="")
    )
    check(ask(endpoint, flyout).json(), {"id": str, "html": str})


def test_a_match_is_previewed_in_a_frame_and_viewed(endpoint: Server, manifest: dict[str, Any]) -> None:
    name = quote("place/kgz", safe="")
    preview = ask(endpoint, manifest["preview"]["url"].replace("{{id}}", name))
    assert preview.type == "text/html"
    assert "Kyrgyzstan" in preview.body.decode()
    assert "frame-ancestors *" in preview.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in preview.headers
    assert ask(endpoint, manifest["view"]["url"].replace("{{id}}", name)).status == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_columns_are_added_from_what_is_proposed(
    endpoint: Server, service: str, manifest: dict[str, Any], method: str
) -> None:
    proposal = manifest["extend"]["propose_properties"]
    address = f"{proposal['service_url']}{proposal['service_path']}?type=CountryOrArea&limit=20"
    proposed = ask(endpoint, address).json()
    check(proposed, {"type": str, "limit": int, "properties": [REFERENCE]})
    names = [item["id"] for item in proposed["properties"]]
    assert {"iso3", "within"} <= set(names)
    settings = {setting["name"]: setting["default"] for setting in manifest["extend"]["property_settings"]}
    query = {
        "ids": list(COLUMN.values()),
        "properties": [{"id": name, "settings": settings} for name in names],
    }
    if method == "POST":
        found = ask(endpoint, service, {"extend": query}).json()
    else:
        found = ask(endpoint, f"{service}?extend={quote(json.dumps(query))}").json()
    check(found, {"meta": [REFERENCE], "rows": dict.fromkeys(query["ids"], dict.fromkeys(names, list))})
    cells = [cell for row in found["rows"].values() for values in row.values() for cell in values]
    assert len(cells) > 20
    for cell in cells:
        member = next(name for name in CELLS if name in cell)
        check(cell, {member: CELLS[member]} | ({"name": str} if member == "id" else {}))
    assert [found["rows"][name]["iso3"] for name in query["ids"]] == [
        [{"str": name.rpartition("/")[2].upper()}] for name in query["ids"]
    ]


def test_a_browser_may_ask_before_it_posts(endpoint: Server) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    reply = endpoint.request("OPTIONS", "/reconcile", headers=asked)
    assert reply.status == 204
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in reply.headers["Access-Control-Allow-Methods"]


def test_a_malformed_batch_says_which_query(endpoint: Server) -> None:
    sent = urlencode({"queries": '{"q0": {"query": "UNODC"}, "q1": {"query": 7}}'}).encode()
    reply = endpoint.post(sent, "application/x-www-form-urlencoded", "/reconcile")
    assert reply.status == 400
    assert "`q1`" in reply.json()["detail"]
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
