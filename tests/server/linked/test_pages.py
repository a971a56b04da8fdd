"""server/README.md, O4: pages that read without scripts, on any screen, with any reader."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from flask.testing import FlaskClient

PAGES = (
    "/doc/programme/haya.html",
    "/doc/passage/ab474c640cc3.html",
    "/doc/figure/kgz-police-trained.html",
    "/doc/org/unodc.html",
    "/doc/theme/femicide.html",
    "/doc/document/000.html",
    "/doc/occurrence/000-4349.html",
    "/doc/graph/reference.html",
    "/search?q=haya",
    "/search?kind=place",
    "/search",
    "/ontology.html",
    "/shapes.html",
    "/dumps/",
    "/history",
    "/.well-known/sparql-examples/",
    "/id/programme/none",
    "/",
)
VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})


class Outline(HTMLParser):
    """What matters of a page: elements with their attributes, whether all are closed, heading levels."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


@pytest.fixture(params=PAGES)
def page(client: FlaskClient, request: pytest.FixtureRequest) -> Outline:
    answer = client.get(request.param, headers={"Accept": "text/html"}, follow_redirects=True)
    assert answer.mimetype == "text/html"
    found = Outline()
    found.feed(answer.text)
    return found


def test_every_element_is_closed(page: Outline) -> None:
    assert page.faults == []
    assert page.open == []


def test_there_is_one_of_each_landmark_and_a_skip_link(page: Outline) -> None:
    tags = [tag for tag, _ in page.elements]
    assert tags.count("main") == 1
    assert tags.count("h1") == 1
    assert {"header", "nav", "footer"} <= set(tags)
    first = next(attributes for tag, attributes in page.elements if tag == "a")
    assert first["href"] == "#content"
    assert any(attributes.get("id") == "content" for _, attributes in page.elements)


def test_language_direction_title_and_viewport_are_given(page: Outline) -> None:
    html = next(attributes for tag, attributes in page.elements if tag == "html")
    assert (html["lang"], html["dir"]) == ("en", "ltr")
    assert any(tag == "title" for tag, _ in page.elements)
    assert any(attributes.get("name") == "viewport" for tag, attributes in page.elements if tag == "meta")


def test_headings_skip_no_level(page: Outline) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_references_lead_somewhere(page: Outline) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.elements:
        for name in ("aria-labelledby", "for"):
            if attributes.get(name):
                assert attributes[name] in ids, (tag, attributes)
        target = attributes.get("href") or ""
        if tag == "a" and target.startswith("#"):
            assert target[1:] in ids, target


def test_every_field_has_a_label(page: Outline) -> None:
    labelled = {attributes.get("for") for tag, attributes in page.elements if tag == "label"}
    for tag, attributes in page.elements:
        if tag in ("input", "select", "textarea") and attributes.get("type") != "hidden":
            assert attributes.get("id") in labelled


def test_nothing_runs_or_is_fetched_from_elsewhere(page: Outline) -> None:
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert "style" not in attributes
        if tag == "script" and attributes.get("type") != "application/ld+json":
            assert (attributes.get("src") or "").startswith("http://localhost/static/")
        if tag == "link" and attributes.get("rel") == "stylesheet":
            assert (attributes["href"] or "").startswith("http://localhost/static/")


def text_of(client: FlaskClient, path: str) -> str:
    body = client.get(path).text.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_a_page_says_facts_in_words_with_their_evidence(client: FlaskClient) -> None:
    text = text_of(client, "/doc/activity/kgz-police-prosecutor-training.html")
    assert "200 persons trained : police officer , Kyrgyzstan [1]" in text
    assert "implemented by United Nations Office on Drugs and Crime [1 + context]" in text
    assert "characters 1,581 to 1,902" in text
    assert "Context: preceding text" in text


def test_what_follows_stands_apart_from_what_is_stated(client: FlaskClient) -> None:
    page = client.get("/doc/programme/haya.html").text
    stated, _, follows = page.partition('<h2 id="inferred">')
    assert ">has part</a>" in follows
    assert ">has part</a>" not in stated


def test_a_passage_page_says_where_it_stands_and_what_it_states(client: FlaskClient) -> None:
    text = text_of(client, "/doc/passage/ab474c640cc3.html")
    assert "What this passage states" in text
    assert "6 workshops held" in text
    assert "Where it stands" in text
    assert "with its context" in text


def test_a_name_in_arabic_says_its_language_and_direction(
    client: FlaskClient, odd_client: FlaskClient
) -> None:
    assert odd_client.get("/doc/place/القاهرة.html").status_code == 200
    assert 'dir="ltr"' in client.get("/doc/place/kgz.html").text


def test_search_finds_by_name_misprint_and_kind(client: FlaskClient) -> None:
    assert "/doc/place/kgz" in client.get("/search?q=kyrgystan").text
    found = client.get("/search?q=Kyrgyzstan&kind=activity").text.partition('id="kinds"')[0]
    assert "/doc/activity/" in found
    assert "/doc/place/kgz" not in found
    assert "Nothing is called that" in client.get("/search?q=zzzzqqqq").text


TWINS = ("A/RES/68/191", "A/RES/70/176")
"""Two resolutions of one title."""


@pytest.mark.parametrize(
    "path",
    [
        "/doc/org/un-general-assembly.html",
        "/doc/instrument/a-res-70-176.html",
        "/search?kind=instrument",
        "/search?q=Taking+action+against+gender-related+killing",
        "/search/suggest?q=Taking+action",
        "/instrument/taking-action-against-gender-related-killing-of-women-and-girls",
        "/reconcile/suggest/entity?prefix=Taking+action",
    ],
)
def test_two_instruments_of_one_title_are_told_apart_by_symbol(client: FlaskClient, path: str) -> None:
    text = client.get(path, headers={"Accept": "text/html, application/json;q=0.9"}).text
    for symbol in TWINS:
        beside = rf"gender-related killing of women and girls[^.]{{0,60}}?{symbol}"
        assert re.search(beside, text), symbol
        assert "symbol: " not in text


def test_search_is_paged(client: FlaskClient) -> None:
    first = client.get("/search?kind=activity").text
    assert 'rel="next"' in first
    second = client.get("/search?kind=activity&page=2").text
    assert 'rel="prev"' in second

    def listed(page: str) -> set[str]:
        return set(re.findall(r'href="(http://localhost/doc/activity/[^"]+)"', page))

    assert listed(first)
    assert listed(second)
    assert not listed(first) & listed(second)


@pytest.mark.parametrize("query", ["kind=colour", "page=0", "page=x", f"q={'x' * 501}"])
def test_a_search_out_of_order_is_400(client: FlaskClient, query: str) -> None:
    assert client.get(f"/search?{query}").status_code == 400


def test_search_text_cannot_become_markup(client: FlaskClient) -> None:
    assert "<script>x" not in client.get("/search?q=%3Cscript%3Ex").text


def test_opensearch_describes_the_search_and_suggests(client: FlaskClient) -> None:
    text = client.get("/search.xml").text
    assert 'template="http://localhost/search?q={searchTerms}' in text
    asked, labels, _, addresses = client.get("/search/suggest?q=kyr").json
    assert asked == "kyr"
    assert labels[0] == "Kyrgyzstan"
    assert addresses[0] == "http://localhost/doc/place/kgz"


def test_a_source_document_lists_its_passages_in_the_order_of_the_text(client: FlaskClient) -> None:
    text = text_of(client, "/doc/document/001.html").partition("in the order of the text")[2]
    starts = [int(number.replace(",", "")) for number in re.findall(r"characters ([\d,]+) to", text)]
    assert len(starts) > 30
    firsts = re.findall(r'value="(\d+)"', client.get("/doc/document/001.html").text)
    assert [int(number) for number in firsts] == list(range(1, len(firsts) + 1))
    assert starts[0] == min(starts)
