"""The front page says how much the graph holds: by its classes, and as much as there is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import StateCopy
from tests.server.conftest import Server, running

from unodc_graph.dataset import assemble
from unodc_graph.location import rooms

KINDS = {
    "programmes": "programme",
    "activities": "activity",
    "organisations": "org",
    "instruments": "instrument",
    "publications": "publication",
    "places": "place",
    "figures": "figure",
    "passages": "passage",
}
"""What the page calls a kind of thing, and what its addresses do."""


@pytest.fixture(scope="module")
def real(state_copy: StateCopy) -> Iterator[Server]:
    """A server of the project's own graph."""
    with running(state_copy(), "--workers", "2") as found:
        yield found


def test_the_counts_are_those_of_the_graph(real: Server) -> None:
    page = real.get("/", Accept="text/html").body.decode()
    shown = dict(re.findall(r"<dt>([^<]+)</dt><dd>([\d,]+)</dd>", page))
    things = {str(triple[0]) for triple in assemble(rooms()).union()}
    kinds = Counter(
        match.group(1)
        for thing in things
        if (match := re.fullmatch(r"https://w3id\.org/unodc-kg/id/([^/]+)/[^/#]+", thing))
    )
    assert {name: int(shown[name].replace(",", "")) for name in KINDS} == {
        name: kinds[kind] for name, kind in KINDS.items()
    }
    assert shown["passages"] == "107"


@pytest.mark.parametrize("path", sorted((rooms().queries / "pages").glob("*.rq")), ids=lambda path: path.stem)
def test_every_query_of_the_pages_finds_something(real: Server, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "STRSTARTS" not in text, "things are told apart by their classes, not by their addresses"
    reply = real.query(text)
    assert reply.status == 200
    assert len(reply.json()["results"]["bindings"]) >= 5


def rows_of(server: Server, path: str, **parameters: str) -> list[dict[str, str]]:
    """Return the solutions of `queries/{path}.rq`, each variable with its text."""
    reply = server.query((rooms().queries / f"{path}.rq").read_text(encoding="utf-8"), **parameters)
    return [{k: v["value"] for k, v in row.items()} for row in reply.json()["results"]["bindings"]]


def test_the_example_lists_as_many_programmes_as_the_page_counts(real: Server) -> None:
    counted = {row["what"]: int(row["n"]) for row in rows_of(real, "pages/counts")}
    listed = rows_of(real, "pages/example-programmes")
    assert len(listed) == len({row["programme"] for row in listed}) == counted["programmes"]
    assert any(row["name"] == "Orange Day" for row in listed), "a programme only mentioned is named too"


@pytest.mark.parametrize("inferred", ["true", "false"])
def test_activities_are_counted_without_programmes_and_plans(real: Server, inferred: str) -> None:
    counted = {
        row["label"]: int(row["activities"])
        for row in rows_of(real, "pages/example-places", inferred=inferred)
    }
    assert len(counted) == 34
    kyrgyz = {row["activity"] for row in rows_of(real, "competency/work-in-kyrgyzstan", inferred=inferred)}
    assert counted["Kyrgyzstan"] == len(kyrgyz) == 11
    pilots = "competency/pilot-countries-without-an-activity"
    without = {row["country"] for row in rows_of(real, pilots, inferred=inferred)}
    assert without >= {"Peru", "Tunisia"}
    assert not {"Peru", "Tunisia"} & set(counted), "a country component is no activity"


def test_the_comments_of_the_examples_fit_a_narrow_box(real: Server) -> None:
    body = real.get("/", Accept="text/html").body.decode()
    assert "Which programmes does the record name, of what kind is each, and in how many documents" in body
    comments = [
        line
        for path in (rooms().queries / "pages").glob("example-*.rq")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    ]
    assert len(comments) > 15
    assert max(map(len, comments)) <= 36


def test_inferred_false_leaves_out_what_follows_and_has_another_tag(real: Server) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    both, stated = real.query(query), real.query(query, inferred="false")
    number = [int(r.json()["results"]["bindings"][0]["n"]["value"]) for r in (both, stated)]
    page = real.get("/", Accept="text/html").body.decode()
    shown = dict(re.findall(r"<dt>([a-z]+) triples</dt><dd>([\d,]+)</dd>", page))
    assert number[1] == int(shown["asserted"].replace(",", ""))
    assert number[0] - number[1] == int(shown["inferred"].replace(",", "")) > 1000
    assert both.headers["ETag"] != stated.headers["ETag"]
    inside = "SELECT (COUNT(*) AS ?n) { GRAPH <https://w3id.org/unodc-kg/graph/inferred> { ?s ?p ?o } }"
    assert real.query(inside, inferred="false").body == real.query(inside).body


def test_an_example_that_is_not_there_is_404(real: Server) -> None:
    assert real.get("/?example=example-places", Accept="text/html").status == 200
    assert real.get("/?example=nothing", Accept="text/html").status == 404


def test_what_the_page_leads_to_is_there(real: Server) -> None:
    body = real.get("/", Accept="text/html").body.decode()
    paths = set(re.findall(rf'href="{real.origin}(/[^"#]*)', body))
    assert {"/search", "/ontology", "/shapes", "/dumps/", "/limits", "/problems/", "/history"} <= paths
    for path in sorted(paths):
        assert real.get(path, Accept="text/html,*/*;q=0.8").status == 200, path
    assert not re.findall(
        r'<(?:link rel="(?:icon|stylesheet)"|script|img)[^>]*(?:href|src)="(?!data:|'
        rf"{real.origin}/)",
        body,
    )


def test_the_date_is_one_that_people_read(real: Server) -> None:
    body = real.get("/", Accept="text/html").body.decode()
    assert re.search(r'<time datetime="[^"]+">\d{1,2} [A-Z][a-z]+ \d{4}</time>', body)


def test_the_examples_are_answered_on_a_page_with_links_to_things(real: Server) -> None:
    body = real.get("/", Accept="text/html").body.decode()
    names = re.findall(r"example=([a-z-]+)#query", body)
    assert len(names) == 3
    for name in names:
        text = (rooms().queries / "pages" / f"{name}.rq").read_text(encoding="utf-8")
        page = real.query(text, "text/html").body.decode()
        assert re.search(
            r'<td><a href="[^"]+/doc/[a-z]+/[^"]+" title="https://w3id.org/unodc-kg/id/', page
        ), name
