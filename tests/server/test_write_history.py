"""The past over HTTP: `/history`, `?version=`, and what is served when the newest state cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.conftest import Server, running
from tests.server.writing import Curator, activity, curator, serving_invented

from unodc_graph.store.generation import GenerationFolder

COUNT = "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/unodc-kg/ontology#Training> }"


@pytest.fixture
def kg(tmp_path: Path) -> Iterator[Server]:
    with serving_invented(tmp_path, workers=2) as server:
        yield server


def count(server: Server, **parameters: str) -> int:
    reply = server.query(COUNT, **parameters)
    assert reply.status == 200, reply.body
    return int(reply.json()["results"]["bindings"][0]["n"]["value"])


def write(somebody: Curator, *names: str) -> None:
    for name in names:
        assert somebody.update(activity(name)).status == 200


def test_an_older_version_that_is_kept_can_be_asked(kg: Server) -> None:
    before = count(kg)
    write(curator(kg, "anna"), "one", "two")
    assert (count(kg), count(kg, version="1"), count(kg, version="2")) == (before + 2, before, before + 1)
    assert kg.query(COUNT, version="3").headers["ETag"] == kg.query(COUNT).headers["ETag"]
    assert kg.query(COUNT, version="1").headers["ETag"] != kg.query(COUNT).headers["ETag"]
    assert kg.query(COUNT, version="99").status == 404
    assert kg.query(COUNT, version="old").status == 400


def test_history_lists_and_gives_patches(kg: Server) -> None:
    write(curator(kg, "anna"), "one", "two")
    document = kg.get("/history").json()
    assert [row["number"] for row in document["commits"]] == [3, 2]
    assert document["version"] == 3
    assert kg.get("/history?before=3").json()["commits"][0]["number"] == 2
    one, both = kg.get("/history/3").body, kg.get("/history/3?from=1").body
    assert b"activity/two" in one
    assert b"activity/one>" not in one
    assert b"activity/one>" in both
    for path, status in (("/history/1", 404), ("/history/9", 404), ("/history?before=x", 400)):
        assert kg.get(path).status == status


@pytest.mark.parametrize("harm", ["pointer", "metadata"])
def test_the_last_good_state_is_served_read_only(kg: Server, harm: str) -> None:
    somebody = curator(kg, "anna")
    write(somebody, "one")
    wanted = count(kg)
    if harm == "pointer":
        (kg.state / "current").write_text("nonsense")
    else:
        (kg.state / "generations" / "000002" / "generation.json").write_text("{")
    assert count(kg) == wanted
    assert somebody.update(activity("two")).status == 503
    with running(kg.state, "--workers", "1") as again:
        assert count(again) == (wanted if harm == "pointer" else wanted - 1)
        assert curator(again, "otto").update(activity("three")).status == 503
    assert GenerationFolder(kg.state).numbers() == (1, 2)
