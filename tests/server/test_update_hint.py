"""Whoever sends an update to the wrong address is sent to the right one only where changes are taken."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.server.conftest import Reply, Server, running
from tests.server.writing import MINE, curator, serving_invented

UPDATE = "INSERT DATA { <a:b> <a:c> 1 }"
FORM = "application/x-www-form-urlencoded"


def misplaced(server: Server) -> list[Reply]:
    return [
        server.get("/sparql?" + urlencode({"update": UPDATE})),
        server.post(urlencode({"update": UPDATE}).encode(), FORM),
        server.post(UPDATE.encode(), "application/sparql-update"),
    ]


def test_a_graph_that_is_only_read_names_no_address_for_updates(server: Server) -> None:
    for reply in misplaced(server):
        assert reply.status == 400
        assert "/update" not in reply.json()["hint"]
        assert "SELECT" in reply.json()["hint"]


def test_one_that_takes_changes_names_it(tmp_path: Path) -> None:
    with running(tmp_path / "state", "--blank", "--workers", "1") as blank:
        for reply in misplaced(blank):
            assert reply.status == 400
            assert "/update" in reply.json()["hint"]
        assert blank.get("/", Accept="text/html").status == 200
        assert blank.get("/sparql?query=ASK%7B%7D", Accept="text/html").status == 200


@pytest.mark.parametrize("update", [UPDATE, "PREFIX a: <a:b> DELETE WHERE { ?s ?p ?o }"])
def test_an_update_sent_as_a_query_is_called_one(server: Server, update: str) -> None:
    reply = server.query(update)
    assert reply.status == 400
    assert "this is an update" in reply.json()["detail"]


def test_an_update_that_is_wrong_or_wrongly_sent_is_told_how_to_mend_it(tmp_path: Path) -> None:
    with serving_invented(tmp_path, workers=1) as kg:
        anna = curator(kg, "anna")
        undeclared = anna.update(f"INSERT DATA {{ GRAPH <{MINE}>\n{{ <a:b> activity:c 1 }} }}").json()
        assert "near `activity:c`: the prefix `activity:` is not declared" in undeclared["detail"]
        assert (undeclared["line"], undeclared["column"]) == (2, 9)
        assert "did you mean `INSERT`?" in anna.update("INSRT DATA { <a:b> <a:c> 1 }").json()["detail"]
        formed = anna.send("POST", "/update", UPDATE.encode(), FORM)
        assert formed.status == 400
        assert "The body came as a form" in formed.json()["detail"]
        assert "application/sparql-update" in formed.json()["hint"]
        assert "`update=`" in formed.json()["hint"]
