"""Who may change what: tokens, their end, and the graphs that they reach (server/README.md, P16 and W2)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.server.conftest import Server, running
from tests.server.writing import (
    MINE,
    Curator,
    activity,
    curator,
    publish_invented,
    serving_invented,
)

from unodc_graph.namespace import GRAPH
from unodc_graph.namespace import PREFIXES as NAMESPACES
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.token import Tokens


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_invented(tmp_path_factory.mktemp("authority"), workers=1) as server:
        yield server


@pytest.fixture(scope="module")
def anna(kg: Server) -> Curator:
    return curator(kg, "anna")


def test_P16_a_server_without_tokens_is_read_only(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    publish_invented(state, tmp_path / "project")
    with running(state, "--workers", "1") as server:
        reply = server.post(b"CLEAR ALL", "application/sparql-update", path="/update")
        assert (reply.status, reply.json()["type"].rpartition("/")[2]) == (403, "read-only")
        late = curator(server, "late")  # while it runs
        assert late.update("CLEAR SILENT GRAPH <urn:none>").status == 200
        Tokens(state).revoke("late", datetime.now(UTC))
        assert late.update("CLEAR SILENT GRAPH <urn:none>").status == 403


def test_P16_a_change_without_a_valid_token_is_401(kg: Server, anna: Curator) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}):
        reply = kg.request(
            "POST", "/update", b"CLEAR ALL", {"Content-Type": "application/sparql-update"} | headers
        )
        assert reply.status == 401
        assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_P16_an_expired_token_is_401(kg: Server, anna: Curator) -> None:
    past = datetime.now(UTC) - timedelta(days=3)
    secret = Tokens(kg.state).add("old", (), 1, past)
    assert Curator(kg, secret).update("CLEAR SILENT GRAPH <urn:none>").status == 401


def test_a_token_is_kept_hashed(kg: Server, anna: Curator) -> None:
    file = kg.state / "tokens.json"
    assert anna.token not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


def test_W2_a_token_writes_no_further_than_its_graphs(kg: Server, anna: Curator) -> None:
    narrow = curator(kg, "narrow", (MINE,))
    before = anna.digest()
    reply = narrow.update(activity("too-far"))
    assert (reply.status, reply.json()["type"].rpartition("/")[2]) == (403, "graph-not-allowed")
    assert anna.digest() == before


@pytest.mark.parametrize(
    ("graph", "statement"),
    [
        ("ontology", "unodc:operatesIn rdfs:subPropertyOf unodc:place"),
        ("ontology", "programme:haya unodc:operatesIn place:kgz"),
        ("schemes", 'theme:gender-based-violence skos:altLabel "x"@en'),
        ("reference", 'place:kgz skos:altLabel "x"@en'),
        ("sources", "passage:cccccccccccc a unodc:Passage"),
    ],
)
def test_W2_what_needs_no_evidence_is_written_only_by_a_token_that_names_it(
    kg: Server, anna: Curator, graph: str, statement: str
) -> None:
    before = anna.digest()
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in NAMESPACES.items())
    update = f"{prefixes} INSERT DATA {{ GRAPH graph:{graph} {{ {statement} }} }}"
    reply = anna.update(update)
    assert (reply.status, reply.json()["type"].rpartition("/")[2]) == (403, "graph-not-allowed")
    assert anna.digest() == before
    assert curator(kg, f"named-{graph}-{len(statement)}", (f"{GRAPH}{graph}",)).update(
        update, "?dry-run=true"
    ).status in {200, 422}


def test_a_token_for_a_graph_writes_none_whose_name_only_begins_like_it(kg: Server) -> None:
    narrow = curator(kg, "bounded", (f"{GRAPH}catalogue",))
    evil = f"INSERT DATA {{ GRAPH <{GRAPH}catalogue-evil> {{ <urn:a> <urn:b> 1 }} }}"
    assert narrow.update(evil).status == 403


def test_W2_a_token_that_is_revoked_while_its_change_waits_changes_nothing(kg: Server, anna: Curator) -> None:
    leaver = curator(kg, "leaver")  # not the last who may write: then it would be 403
    before = anna.digest()
    with ThreadPoolExecutor(1) as pool, GenerationFolder(kg.state).writing(10):
        waiting = pool.submit(leaver.update, activity("too-late"))
        until = time.monotonic() + 2  # by then it has come in and waits for the lock that is held here
        while time.monotonic() < until and not waiting.done():
            time.sleep(0.1)
        assert not waiting.done()
        Tokens(kg.state).revoke("leaver", datetime.now(UTC))
    assert waiting.result().status == 401
    assert anna.digest() == before
