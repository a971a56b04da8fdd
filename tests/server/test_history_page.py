"""The history for people: who changed what, when and why, on pages that read without scripts.

The row is W8 of server/README.md.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.server.conftest import Reply, Server, publish, running
from tests.server.linked.test_pages import Outline
from tests.server.test_answer_page import BROWSER
from tests.server.writing import PREFIXES, THEME, activity, curator, quads, serving_invented

from unodc_graph.commit.patch import write_record
from unodc_graph.commit.record import Record
from unodc_server.difference import MOST

HOSTILE = "<script>alert(1)</script> & \"more\" 'still'"
LONG = 250
"""Changes in a long history."""
MANY = 70
"""Activities in the large change: six statements each, more than a page shows."""


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A graph with four changes: a course, its name changed, a large one, and the course taken out."""
    with serving_invented(tmp_path_factory.mktemp("history"), workers=2) as server:
        anna = curator(server, "anna")
        made(anna.update(activity("one"), f"?message={quote(HOSTILE)}"))
        made(anna.update(renamed("one", "Course one", "Course <b>uno</b>")))
        many = " ".join(quads(f"many-{number}") for number in range(MANY))
        made(anna.update(f"{PREFIXES} INSERT DATA {{ {many} }}", "?message=Many"))
        gone = "DELETE WHERE { GRAPH graph:catalogue { activity:one ?p ?o } }"
        stated = f"DELETE WHERE {{ GRAPH passage:{passage()} {{ activity:one ?p ?o }} }}"
        made(anna.update(f"{PREFIXES} {gone} ; {stated}"))
        yield server


@pytest.fixture
def untouched(tmp_path: Path) -> Iterator[Server]:
    with serving_invented(tmp_path, workers=1) as server:
        yield server


def passage() -> str:
    found = re.search(r"passage:([0-9a-f]{12})", activity("x"))
    assert found is not None
    return found[1]


def renamed(name: str, old: str, new: str) -> str:
    """Return an update that gives an activity another name."""
    return f"""{PREFIXES}
        DELETE DATA {{ GRAPH graph:catalogue {{ activity:{name} rdfs:label "{old}"@en }} }} ;
        INSERT DATA {{ GRAPH graph:catalogue {{ activity:{name} rdfs:label "{new}"@en }} }}"""


def made(reply: Reply) -> None:
    assert reply.status == 200, reply.body


def page(server: Server, path: str, **headers: str) -> str:
    """Return the page at `path`, which is sound HTML."""
    reply = server.get(path, **{"Accept": BROWSER, **headers})
    assert (reply.status, reply.type) == (200, "text/html"), (path, reply.status)
    text = reply.body.decode()
    outline = Outline()
    outline.feed(text)
    assert (outline.faults, outline.open) == ([], [])
    assert not [tag for tag, _ in outline.elements if tag == "script"]
    return text


def words(text: str) -> str:
    """Return what a reader sees of the content of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text.partition('<main id="content">')[2])).split())


def test_W8_a_browser_gets_the_changes_with_who_when_why_and_how_many(kg: Server) -> None:
    text = page(kg, "/history")
    seen = words(text)
    assert re.findall(r">Change (\d+)<", text) == ["5", "4", "3", "2"]
    commits = {row["number"]: row for row in kg.get("/history").json()["commits"]}
    for number, row in commits.items():
        assert f'<time datetime="{row["time"]}">' in text
        assert f'href="{kg.origin}/history/{number}"' in text
        assert f'href="{kg.origin}/sparql?version={number}#query"' in text
    assert seen.count("anna") == 4
    assert "1 statement added, 1 removed" in seen
    assert f"{commits[4]['added']:,} statements added, none removed" in seen
    assert text.count('class="source">published</span>') == 4


def test_W8_programs_get_what_they_always_got(kg: Server) -> None:
    for accept in ("*/*", "application/json", "application/json, text/html;q=0.5"):
        assert kg.get("/history", Accept=accept).json()["version"] == 5
    for accept in ("*/*", "application/rdf-patch", "application/rdf-patch, text/html;q=0.5"):
        reply = kg.get("/history/3", Accept=accept)
        assert reply.headers["Content-Type"] == "application/rdf-patch; charset=utf-8"
        assert reply.body.startswith(b"TX .\nD ")
    patch = kg.get("/history").json()["commits"][0]["patch"]
    assert kg.get(patch.removeprefix(kg.origin), Accept="application/json").type == "application/rdf-patch"


@pytest.mark.parametrize(
    ("path", "forms"), [("/history", ("json", "html")), ("/history/3", ("patch", "html"))]
)
def test_W8_the_history_is_negotiated_as_documents_are(kg: Server, path: str, forms: tuple[str, str]) -> None:
    replies = [kg.get(f"{path}?format={form}", Accept="image/png") for form in forms]
    assert [reply.status for reply in replies] == [200, 200]
    assert replies[0].headers["ETag"] != replies[1].headers["ETag"]
    for accept, wanted in (("*/*", replies[0]), (BROWSER, replies[1])):
        reply = kg.get(path, Accept=accept)
        assert (reply.body, reply.headers["ETag"]) == (wanted.body, wanted.headers["ETag"])
        assert reply.headers["Vary"] == "Accept, Accept-Encoding"
        assert "max-age=60" in reply.headers["Cache-Control"]
        form = forms[0] if accept == "*/*" else forms[1]
        assert reply.headers["Content-Location"] == f"{kg.origin}{path}?format={form}"
        links = ",".join(reply.headers.get_all("Link") or ())
        assert all(f'<{kg.origin}{path}?format={other}>; rel="alternate"' in links for other in forms)
        head = kg.request("HEAD", path, headers={"Accept": accept})
        assert (head.status, head.body, head.headers["ETag"]) == (200, b"", reply.headers["ETag"])
        assert kg.get(path, Accept=accept, If_None_Match=reply.headers["ETag"]).status == 304
    refused = kg.get(path, Accept="image/png")
    assert (refused.status, refused.headers["Vary"]) == (406, "Accept, Accept-Encoding")
    assert kg.get(f"{path}?format=csv").status == 406


def test_what_a_curator_wrote_never_becomes_markup(kg: Server) -> None:
    for path in ("/history", "/history/2"):
        text = page(kg, path)
        assert "<script>alert" not in text
        assert HOSTILE in words(text)
    text = page(kg, "/history/3")
    assert "<b>uno" not in text
    assert "Course &lt;b&gt;uno&lt;/b&gt;" in text


def test_a_change_says_in_labels_what_was_added_and_removed_and_where(kg: Server) -> None:
    text = page(kg, "/history/3")
    seen = words(text)
    assert "removed Course one added Course <b>uno</b>" in seen
    assert "<del>Course one</del>" in text
    assert f'href="{kg.origin}/doc/graph/catalogue"' in text
    first = words(page(kg, "/history/2"))
    assert "added gender-based violence against women" in first
    assert "theme" in first
    assert f'<a href="{kg.origin}/ontology#theme">' in page(kg, "/history/2")
    for other in (2, 4):
        assert f'href="{kg.origin}/history/{other}"' in text


def test_what_is_gone_is_called_by_its_last_name_and_leads_nowhere(kg: Server) -> None:
    text = page(kg, "/history/5")
    assert "Course <b>uno</b>" in words(text)
    assert "/doc/activity/one" not in text
    assert "<ins>" not in text


def test_a_large_change_is_shown_in_part_with_a_link_to_all_of_it(kg: Server) -> None:
    text = page(kg, "/history/4")
    whole = kg.get("/history").json()["commits"][1]
    assert whole["added"] > MOST
    assert text.count("<ins>") == MOST
    assert f"The first {MOST} statements are shown. All {whole['added']} are in" in words(text)
    (patch,) = set(re.findall(rf'href="{kg.origin}(/history/4\?format=patch)"', text))
    assert kg.get(patch, Accept=BROWSER).body.count(b"\nA ") == whole["added"]


def test_two_versions_are_compared(kg: Server) -> None:
    text = page(kg, "/history/3?from=1")
    assert "From generation 1 to generation 3" in words(text)
    assert "<del>" not in text
    assert "/history/3?from=1&amp;format=patch" in text
    assert "no statement added or removed" in words(page(kg, "/history/3?from=3")).lower()


def test_the_changes_before_one_are_listed(kg: Server) -> None:
    assert re.findall(r">Change (\d+)<", page(kg, "/history?before=4")) == ["3", "2"]
    text = page(kg, "/history?before=2")
    assert "No change is older than that." in words(text)
    assert f'href="{kg.origin}/history"' in text
    following = page(kg, "/history?before=4&format=html")
    assert f'href="{kg.origin}/history?format=html"' in following


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/history/1", 404),
        ("/history/99", 404),
        ("/history/0", 404),
        ("/history/two", 404),
        ("/history/2?from=99", 404),
        ("/history/2?from=0", 400),
        ("/history?before=0", 400),
        ("/history?before=-1", 400),
        ("/history?before=x", 400),
        ("/sparql?version=99", 404),
        ("/sparql?version=x", 400),
    ],
)
def test_what_is_not_there_is_said_on_a_page(kg: Server, path: str, status: int) -> None:
    reply = kg.get(path, Accept=BROWSER)
    assert (reply.status, reply.type) == (status, "text/html")
    assert b"Traceback" not in reply.body


@pytest.mark.parametrize(
    "path",
    ["/history/99", "/history/5?from=99", "/doc/place/pse?version=99", "/sparql?query=ASK%7B%7D&version=99"],
)
def test_a_version_that_never_was_is_told_so(kg: Server, path: str) -> None:
    assert "Version 99 has never been made; the newest is version 5." in kg.get(path).json()["detail"]
    text = kg.get(path, Accept=BROWSER).body.decode()
    assert f'<a href="{kg.origin}/history">' in text.partition("<main")[2].partition("</main>")[0]
    assert "Search for" not in text


def test_a_version_of_a_thing_that_is_not_kept_is_told_so(untouched: Server) -> None:
    anna = curator(untouched, "anna")
    made(anna.update(activity("later")))
    shutil.rmtree(untouched.state / "generations" / "000001")  # as it is done once nobody reads it any more
    reply = untouched.get("/doc/place/pse?version=1")
    assert reply.status == 404
    assert "Version 1 is not kept." in reply.json()["detail"]
    assert "/history" in reply.json()["detail"]


def test_a_graph_without_changes_says_so(untouched: Server) -> None:
    assert "No change yet: the graph is as it was built." in words(page(untouched, "/history"))
    assert untouched.get("/history").json()["commits"] == []


def test_an_old_version_is_asked_from_its_query_box_and_stays_it(kg: Server) -> None:
    hidden = '<input type="hidden" name="version" value="2">'
    assert hidden in page(kg, "/sparql?version=2")
    assert 'name="version"' not in page(kg, "/sparql")
    query = f"SELECT ?a {{ ?a {THEME.removesuffix(';')} }}"
    asked = f"/sparql?version=2&query={quote(PREFIXES + query)}"
    text = page(kg, asked)
    assert hidden in text
    assert "This is what generation 2 answers." in words(text)
    (data,) = {unescape(found) for found in re.findall(r'<a href="([^"]*format=csv[^"]*)"', text)}
    assert b"activity/one\r\n" in kg.get(data.removeprefix(kg.origin)).body


def test_a_long_history_is_read_page_by_page(tmp_path: Path) -> None:
    """The records are written here: to make so many changes would take minutes."""
    state = tmp_path / "state"
    state.mkdir()
    publish(state)
    (state / "generations" / "000001").rename(state / "generations" / f"{LONG:06d}")
    metadata = state / "generations" / f"{LONG:06d}" / "generation.json"
    metadata.write_text(json.dumps(json.loads(metadata.read_text()) | {"number": LONG}))
    (state / "current").write_text(f"{LONG}\n")
    for number in range(2, LONG + 1):
        digest = "0" * 64
        record = Record(
            number, number - 1, "2026-01-02T03:04:05+00:00", "anna", "", digest, 1, 0, digest, "published", ""
        )
        write_record(state / "history", record)
    with running(state, "--workers", "1") as server:
        pages: list[list[int]] = []
        address = "/history"
        while address:
            text = page(server, address)
            pages.append([int(number) for number in re.findall(r">Change (\d+)<", text)])
            following = re.search(rf'<a rel="next" href="{server.origin}([^"]+)">', text)
            address = unescape(following[1]) if following else ""
        assert [len(numbers) for numbers in pages] == [100, 100, LONG - 201]
        assert [number for numbers in pages for number in numbers] == list(range(LONG, 1, -1))
        assert server.get("/history").json()["next"] == f"{server.origin}/history?before={LONG - 99}"
        assert 'rel="next"' in ",".join(server.get("/history").headers.get_all("Link") or ())
