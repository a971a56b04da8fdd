"""server/README.md, N1 to N12: negotiation, by the function itself and over HTTP."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.conftest import E, Server

from unodc_server.negotiation import GRAPHS, PAGE, RESULTS, choose, named, ranges
from unodc_server.refusal import NotAcceptable

SELECT = f"SELECT * {{ <{E}a> ?p ?o }}"
GRAPH = f"CONSTRUCT {{ <{E}a> ?p ?o }} WHERE {{ <{E}a> ?p ?o }}"
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JSON = "application/sparql-results+json"


@pytest.mark.parametrize("accept", [None, "*/*", ""])
def test_N1_defaults(server: Server, accept: str | None) -> None:
    assert server.query(SELECT, accept).type == JSON
    assert server.query("ASK {}", accept).type == JSON
    assert server.query(GRAPH, accept).type == "text/turtle"


def test_N2_json_is_the_json_of_each_form(server: Server) -> None:
    assert server.query(SELECT, "application/json").type == JSON
    assert server.query(GRAPH, "application/json").type == "application/ld+json"


def test_N3_the_higher_quality_wins(server: Server) -> None:
    assert server.query(GRAPH, "text/turtle;q=0.5, application/ld+json;q=0.9").type == "application/ld+json"


def test_N4_the_most_specific_range_decides(server: Server) -> None:
    assert server.query(GRAPH, "text/*;q=0.3, text/turtle;q=0.8, */*;q=0.1").type == "text/turtle"
    assert server.query(GRAPH, "text/*;q=0.9, text/turtle;q=0.1, */*;q=0.5").type != "text/turtle"


def test_N5_quality_zero_excludes(server: Server) -> None:
    reply = server.query(SELECT, f"{JSON};q=0, */*")
    assert (reply.status, reply.type) == (200, "application/sparql-results+xml")


@pytest.mark.parametrize("accept", [CHROME, FIREFOX])
def test_N6_browsers_get_pages_of_answers_too(server: Server, accept: str) -> None:
    assert server.get("/", Accept=accept).type == "text/html"
    for query in (SELECT, "ASK {}", GRAPH):
        assert server.query(query, accept).type == "text/html"


def test_N6_a_program_that_takes_html_as_well_gets_data(server: Server) -> None:
    assert server.query(SELECT, "*/*, text/html;q=0.9").type == JSON
    assert server.query(SELECT, f"text/html, {JSON}").type == JSON
    assert server.query(GRAPH, "text/*").type == "text/turtle"


def test_N7_rows_are_never_labelled_as_rdf(server: Server) -> None:
    accept = "application/n-triples;q=0.9, text/turtle;q=0.8, application/sparql-results+xml;q=0.6"
    assert server.query(SELECT, accept).type == "application/sparql-results+xml"
    reply = server.query(SELECT, "text/turtle")
    assert reply.status == 406


def test_N8_an_unknown_favourite_falls_back(server: Server) -> None:
    assert server.query(SELECT, "application/vnd.unknown, text/csv;q=0.1").type == "text/csv"


def test_N9_only_unknown_types_is_406_with_what_there_is(server: Server) -> None:
    reply = server.query(SELECT, "image/png")
    assert (reply.status, reply.type) == (406, "application/problem+json")
    assert reply.json()["available"] == [v.media_type for v in (*RESULTS, PAGE)]
    links = reply.headers.get_all("Link") or []
    assert sum('rel="alternate"' in link for link in links) == len(RESULTS) + 1


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("TEXT/CSV", "text/csv"),
        ("  text/csv  ;  q=0.5 ", "text/csv"),
        ('text/csv; profile="a,b;q=0"', "text/csv"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted", text/csv;q=0.1', "text/csv"),
        ("text/csv;q=high, application/sparql-results+xml;q=0.1", "application/sparql-results+xml"),
        (",,;;q=,", JSON),
        ("*", JSON),
        ('"', JSON),
        ("text/csv;q=1.0000", JSON),
        ("text/csv;header=present", "text/csv"),
    ],
)
def test_N10_tolerant_of_what_clients_send(server: Server, accept: str, expected: str) -> None:
    reply = server.query(SELECT, accept)
    assert (reply.status, reply.type) == (200, expected)


@pytest.mark.parametrize(
    ("query", "name", "expected"),
    [
        (SELECT, "csv", "text/csv"),
        (SELECT, "tsv", "text/tab-separated-values"),
        (SELECT, "text/csv", "text/csv"),
        (SELECT, "srx", "application/sparql-results+xml"),
        (GRAPH, "nt", "application/n-triples"),
        (GRAPH, "ttl", "text/turtle"),
        (GRAPH, "jsonld", "application/ld+json"),
        (GRAPH, "json", "application/ld+json"),
        (GRAPH, "xml", "application/rdf+xml"),
    ],
)
def test_N11_format_overrides_accept(server: Server, query: str, name: str, expected: str) -> None:
    assert server.query(query, "image/png", format=name).type == expected


def test_N11_unknown_format_is_406(server: Server) -> None:
    assert server.query(SELECT, format="xls").status == 406
    assert server.query(SELECT, format="turtle").status == 406


@pytest.mark.parametrize("accept", ["text/csv", "text/tab-separated-values"])
def test_N12_text_types_say_their_charset(server: Server, accept: str) -> None:
    assert "charset=utf-8" in server.query(SELECT, accept).headers["Content-Type"]
    assert "charset=utf-8" in server.query(GRAPH, "text/turtle").headers["Content-Type"]
    assert "charset=utf-8" in server.get("/", Accept="text/html").headers["Content-Type"]


def test_N12_csv_lines_end_in_crlf(server: Server) -> None:
    body = server.query(SELECT, "text/csv").body
    assert body.count(b"\r\n") == body.count(b"\n") == 4
    assert "header=present" in server.query(SELECT, "text/csv").headers["Content-Type"]


TYPES = [v.media_type for v in (*RESULTS, *GRAPHS, PAGE)]


@given(st.text(max_size=200))
def test_N10_any_header_gives_a_variant_or_406(accept: str) -> None:
    for offered in (RESULTS, GRAPHS):
        try:
            chosen = choose(accept, offered)
        except NotAcceptable:
            assert ranges(accept)  # a header without one range in order accepts everything
        else:
            assert chosen in offered


@given(
    st.lists(
        st.tuples(st.sampled_from([*TYPES, "*/*", "text/*", "application/*"]), st.integers(0, 1000)),
        min_size=1,
    )
)
def test_N4_no_other_variant_was_wanted_more(wanted: list[tuple[str, int]]) -> None:
    wanted = list(dict(wanted).items())
    header = ", ".join(f"{name};q={q / 1000:.3f}" for name, q in wanted)

    def quality(media_type: str) -> int:
        given = dict(wanted)
        main = media_type.partition("/")[0]
        return given.get(media_type, given.get(f"{main}/*", given.get("*/*", 0)))

    try:
        chosen = choose(header, GRAPHS)
    except NotAcceptable:
        assert all(quality(v.media_type) == 0 for v in GRAPHS)
    else:
        assert quality(chosen.media_type) == max(quality(v.media_type) for v in GRAPHS)


@given(st.text(max_size=50))
def test_N11_any_format_gives_a_variant_or_406(name: str) -> None:
    with contextlib.suppress(NotAcceptable):
        assert named(name, RESULTS) in RESULTS
