"""server/README.md, K1 to K6: validators, codings and what caches may keep."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.server.conftest import Server, publish, running

SMALL = "/sparql?query=" + quote("SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 1")
LARGE = "/sparql?query=" + quote("SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 500")
PATHS = (SMALL, LARGE, "/sparql", "/", "/limits", "/problems/")


@pytest.mark.parametrize("path", PATHS)
def test_K1_every_200_has_a_strong_tag(server: Server, path: str) -> None:
    first, second = server.get(path), server.get(path)
    assert first.status == 200
    assert first.headers["ETag"].startswith('"')
    assert (first.headers["ETag"], first.body) == (second.headers["ETag"], second.body)


def test_K1_tags_differ_by_format_and_coding(server: Server) -> None:
    tags = [
        server.get(LARGE, Accept=accept, Accept_Encoding=coding).headers["ETag"]
        for accept in ("text/csv", "application/json", "text/tab-separated-values")
        for coding in ("identity", "gzip")
    ]
    assert len(set(tags)) == len(tags)


def test_K1_tags_change_with_the_generation(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    publish(state)
    with running(state) as server:
        before = {path: server.get(path).headers["ETag"] for path in PATHS}
        publish(state)
        for path in PATHS:
            reply = server.get(path, If_None_Match=before[path])
            assert reply.status == 200, path
            assert reply.headers["ETag"] != before[path]
            assert reply.headers["Dataset-Version"] == "2"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (NOW() AS ?x) {}",
        "SELECT (RAND() AS ?x) {}",
        "SELECT (UUID() AS ?x) {}",
        "SELECT (struuid() AS ?x) {}",
        "SELECT (BNODE() AS ?x) {}",
        "CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT { _:b ?p ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p (1 2) } WHERE { ?s ?p ?o }",
    ],
)
def test_K1_what_differs_each_time_has_no_tag_and_is_not_kept(server: Server, query: str) -> None:
    path = "/sparql?query=" + quote(query + " LIMIT 3")
    first, second = server.get(path), server.get(path)
    assert first.status == 200
    assert first.headers["ETag"] is None
    assert first.body != second.body


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "gzip, br"])
def test_K2_a_known_tag_is_304_without_body(server: Server, path: str, coding: str) -> None:
    full = server.get(path, Accept_Encoding=coding)
    for tag in (full.headers["ETag"], "W/" + full.headers["ETag"], f'"other", {full.headers["ETag"]}', "*"):
        reply = server.get(path, Accept_Encoding=coding, If_None_Match=tag)
        assert (reply.status, reply.body) == (304, b""), tag
        for name in ("ETag", "Vary", "Cache-Control"):
            assert reply.headers[name] == full.headers[name], name
    assert server.get(path, Accept_Encoding=coding, If_None_Match='"other"').status == 200


def test_K2_the_tag_of_another_format_is_not_known(server: Server) -> None:
    tag = server.get(LARGE, Accept="text/csv").headers["ETag"]
    assert server.get(LARGE, Accept="application/json", If_None_Match=tag).status == 200


@pytest.mark.parametrize("path", PATHS)
def test_K3_last_modified_is_the_release_and_the_tag_wins(server: Server, path: str) -> None:
    reply = server.get(path)
    assert reply.headers["Last-Modified"] == "Fri, 02 Jan 2026 03:04:05 GMT"
    later = "Sat, 03 Jan 2026 00:00:00 GMT"
    assert server.get(path, If_Modified_Since=later).status == 304
    assert server.get(path, If_Modified_Since="Thu, 01 Jan 2026 00:00:00 GMT").status == 200
    assert server.get(path, If_Modified_Since="yesterday").status == 200
    assert server.get(path, If_Modified_Since=later, If_None_Match='"other"').status == 200


def test_K4_vary_is_the_same_everywhere(server: Server) -> None:
    tag = server.get(SMALL).headers["ETag"]
    replies = [
        server.get(SMALL, Accept="text/csv"),
        server.get(SMALL, If_None_Match=tag),
        server.get(SMALL, Accept="image/png"),
        server.get("/sparql", Accept="text/html"),
        server.get("/nothing"),
        server.get("/sparql?query=nonsense"),
    ]
    assert [r.status for r in replies] == [200, 304, 406, 200, 404, 400]
    assert {r.headers["Vary"] for r in replies} == {"Accept, Accept-Encoding"}


def test_K5_cache_control(server: Server) -> None:
    assert server.get(SMALL).headers["Cache-Control"] == "public, max-age=60"
    assert server.get("/nothing").headers["Cache-Control"] == "no-store"
    assert server.get("/readyz").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [LARGE, "/", "/problems/"])
def test_K6_large_text_is_coded_when_asked(server: Server, path: str) -> None:
    plain = server.get(path)
    assert plain.headers["Content-Encoding"] is None
    for accept in ("gzip", "gzip;q=0.5", "*", "deflate, gzip"):
        coded = server.get(path, Accept_Encoding=accept)
        if coded.headers["Content-Encoding"] == "gzip":
            assert gzip.decompress(coded.body) == plain.body
            assert len(coded.body) < len(plain.body)
    assert server.get(path, Accept_Encoding="gzip").headers["Content-Encoding"] == "gzip"
    assert server.get(path, Accept_Encoding="gzip;q=0").headers["Content-Encoding"] is None


def test_K6_brotli_is_preferred(server: Server) -> None:
    brotli = pytest.importorskip("brotli", reason="brotli is not installed, so br is not offered")
    coded = server.get(LARGE, Accept_Encoding="gzip, br")
    assert coded.headers["Content-Encoding"] == "br"
    assert brotli.decompress(coded.body) == server.get(LARGE).body


def test_K6_small_answers_are_sent_as_they_are(server: Server) -> None:
    reply = server.get(SMALL, Accept_Encoding="gzip")
    assert reply.headers["Content-Encoding"] is None
