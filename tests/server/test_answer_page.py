"""What somebody with a browser gets at a query's address: a page that shows the whole answer, in parts."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from tests.server.conftest import MANY, E, Reply, Server

from unodc_graph.store.term import BlankNode, Literal, NamedNode
from unodc_server.answer_page import ROWS, Cell, cell
from unodc_server.markup import excerpt, marked

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORM = "application/x-www-form-urlencoded"
NUMBERS = f"SELECT ?s ?n {{ ?s <{E}number> ?n }} ORDER BY ?s"
OURS = "https://w3id.org/unodc-kg/"


class Page(HTMLParser):
    """The parts of a page that the tests ask for."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        assert reply.type == "text/html", (reply.status, reply.body[:200])
        self.links: dict[str, str] = {}
        self.cells: list[list[str]] = []
        self.areas: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self._href = ""
        self.feed(reply.body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert not any(name.startswith("on") or name == "style" for name in values)
        assert tag != "style"
        if tag in ("a", "td", "th", "textarea"):
            self._open.append(tag)
        if tag == "a":
            self._href = values.get("href") or ""
        if tag == "tr":
            self.cells.append([])
        if tag in ("td", "th"):
            self.cells[-1].append("")
        if tag == "textarea":
            self.areas.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("a", "td", "th", "textarea"):
            self._open.remove(tag)
        if tag == "textarea":
            self.areas[-1] = self.areas[-1].removeprefix("\n")  # as a browser does

    def handle_data(self, data: str) -> None:
        self.text += data
        if "a" in self._open:
            self.links[data.strip()] = self._href
        if self.cells and self._open and {"td", "th"} & set(self._open):
            self.cells[-1][-1] += data
        if "textarea" in self._open:
            self.areas[-1] += data


def ask(server: Server, query: str, **parameters: str) -> Page:
    return Page(server.query(query, BROWSER, **parameters))


def follow(server: Server, address: str) -> Reply:
    assert address.startswith(server.origin)
    return server.get(address.removeprefix(server.origin), Accept=BROWSER)


def test_html_alone_is_answered(server: Server) -> None:
    for query in (NUMBERS, "ASK {}", f"DESCRIBE <{E}a>"):
        reply = server.query(query, "text/html")
        assert (reply.status, reply.type) == (200, "text/html")
        assert server.query(query, format="html").type == "text/html"
        assert server.query(query, "text/html;q=0.5, */*").type != "text/html"


def test_a_select_is_a_table_of_its_rows(server: Server) -> None:
    query = f"SELECT ?p ?o {{ <{E}a> ?p ?o }} ORDER BY ?p ?o"
    page = ask(server, query)
    assert page.cells[0] == ["p", "o"]
    rows = json.loads(server.query(query).body)["results"]["bindings"]
    assert len(rows) == 3
    assert [row[0] for row in page.cells[1:]] == [row["p"]["value"] for row in rows]
    assert [row[1] for row in page.cells[1:] if row[0] == f"{E}label"] == ["alpha"]
    assert "3 rows" in page.text
    assert "Evaluated in" in page.text
    assert page.areas == [query]


def test_a_language_is_marked_where_it_is_not_english(server: Server) -> None:
    reply = server.query("SELECT ('eau'@fr AS ?a) ('water'@en AS ?b) ('colour'@en-GB AS ?c) {}", BROWSER)
    assert Page(reply).cells[1] == ["eau fr", "water", "colour"]
    html = reply.body.decode()
    assert '<span lang="en" dir="auto">water</span>' in html
    assert '<span class="note language">fr</span>' in html


def test_the_pages_together_are_the_whole_answer(server: Server) -> None:
    csv = server.query(NUMBERS, "text/csv").body.decode().split("\r\n")[1:-1]
    shown: list[str] = []
    page = ask(server, NUMBERS)
    pages = 1
    while True:
        assert f"of {MANY:,}." in page.text
        shown += [",".join(row) for row in page.cells[1:]]
        if "Next" not in page.links:
            break
        page = Page(follow(server, page.links["Next"]))
        pages += 1
    assert pages == -(-MANY // ROWS) > 1
    assert shown == csv


@pytest.mark.parametrize("page", ["0", "-1", "5", "x", "٣", "9" * 5000])
def test_a_page_beyond_the_answer_is_400(server: Server, page: str) -> None:
    assert server.query(NUMBERS, BROWSER, page=page).status == 400


def test_pages_of_an_answer_that_differs_each_time_say_so(server: Server) -> None:
    changing = NUMBERS.replace("?s ?n {", "?s (RAND() AS ?n) {").replace("?n }", "?m }")
    assert "parts of\ndifferent answers" in ask(server, changing).text
    assert "different answers" not in ask(server, NUMBERS).text


def test_a_long_value_says_how_much_of_it_is_shown(server: Server) -> None:
    doubled = (
        '"'
        + "x" * 1000
        + '" AS ?a) '
        + " ".join(f"(CONCAT(?{a}, ?{a}) AS ?{b})" for a, b in zip("abcdefghij", "bcdefghijk", strict=True))
    )
    page = ask(server, f"SELECT ?k {{ {{ SELECT ({doubled} {{}} }} }}")
    assert f"the first 2,000 of {1000 * 2**10:,} characters" in page.text
    assert "1 row." in page.text


def test_the_other_formats_are_linked_and_whole(server: Server) -> None:
    page = ask(server, NUMBERS)
    for name in ("csv", "tsv", "json", "xml"):
        assert follow(server, page.links[name]).body == server.query(NUMBERS, format=name).body
    graph = ask(server, f"DESCRIBE <{E}a>")
    assert follow(server, graph.links["turtle"]).type == "text/turtle"


def test_a_graph_is_a_table_of_triples(server: Server) -> None:
    page = ask(server, f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{E}g1> {{ ?s ?p ?o }} }}")
    assert page.cells[0] == ["subject", "predicate", "object"]
    assert "2 triples" in page.text
    assert len(page.cells) == 3


@pytest.mark.parametrize(("query", "said"), [("ASK {}", "Yes"), ("ASK { FILTER(false) }", "No")])
def test_an_ask_is_yes_or_no(server: Server, query: str, said: str) -> None:
    assert f"{said}\n" in ask(server, query).text


def test_an_empty_answer_says_so(server: Server) -> None:
    page = ask(server, f"SELECT * {{ ?s <{E}nothing> ?o }}")
    assert "No rows." in page.text
    assert "not stated" in page.text


def test_what_comes_from_data_and_query_is_escaped(server: Server) -> None:
    query = 'SELECT ("<b onclick=1>&amp;" AS ?x) (<javascript:alert(1)> AS ?y) { }#</textarea><script>'
    reply = server.query(query, BROWSER)
    page = Page(reply)
    assert page.cells[1] == ["<b onclick=1>&amp;", "javascript:alert(1)"]
    assert not any(href.startswith("javascript") for href in page.links.values())
    assert page.areas == [query]
    assert "script-src 'self'" in reply.headers["Content-Security-Policy"]


def test_its_tag_differs_from_the_datas_and_is_known_again(server: Server) -> None:
    tags = [server.query(NUMBERS, accept).headers["ETag"] for accept in (BROWSER, "text/csv", None)]
    assert len(set(tags)) == 3
    address = "/sparql?" + urlencode({"query": NUMBERS})
    assert server.get(address, Accept=BROWSER, If_None_Match=tags[0]).status == 304
    head = server.request("HEAD", address, headers={"Accept": BROWSER})
    assert (head.status, head.headers["ETag"], head.body) == (200, tags[0], b"")
    assert server.query("SELECT (RAND() AS ?x) {}", BROWSER).headers["ETag"] is None


def test_a_kept_query_shows_its_permanent_address(server: Server) -> None:
    fields = {"query": NUMBERS, "default-graph-uri": E + "many"}
    location = server.post(urlencode(fields).encode(), FORM, "/q").headers["Location"]
    reply = follow(server, location)
    page = Page(reply)
    assert location in page.links.values()
    assert page.links["csv"] == f"{location}?format=csv"
    assert follow(server, page.links["Next"]).status == 200
    assert f'name="default-graph-uri" value="{E}many"' in reply.body.decode()


def test_a_query_too_long_for_a_url_is_answered_to_a_form(server: Server) -> None:
    query = f"{NUMBERS} #{'x' * 8000}"
    reply = server.post(urlencode({"query": query}).encode(), FORM, Accept=BROWSER)
    page = Page(reply)
    assert page.areas == [query]
    assert "too long for a URL" in page.text
    assert "Next" not in page.links
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "status"), [("SELECT *\n{ ?s ?p }", 400), ("ASK { SERVICE <a:b> {} }", 403), (NUMBERS, 406)]
)
def test_an_error_keeps_the_query_in_the_box(server: Server, query: str, status: int) -> None:
    parameters = {"format": "turtle"} if status == 406 else {}
    reply = server.query(query, BROWSER, **parameters)
    assert reply.status == status
    assert Page(reply).areas == [query]
    posted = server.post(urlencode({"query": query, **parameters}).encode(), FORM, Accept=BROWSER)
    assert Page(posted).areas == [query]


def test_a_syntax_error_shows_its_place(server: Server) -> None:
    body = server.query("SELECT *\n{ ?s ?p }", BROWSER).body.decode()
    found = re.search(r"<pre><code>(.*?)</code></pre>", body, re.DOTALL)
    assert found
    line, mark = unescape(found.group(1)).split("\n")
    assert (line, mark) == ("{ ?s ?p }", "        ^")
    assert "`" not in body.partition("<textarea")[0]


def test_an_answer_over_the_cap_leads_to_the_downloads(server: Server) -> None:
    product = f"SELECT ?s {{ ?s <{E}number> ?n . ?t <{E}number> ?m }}"
    reply = server.query(product, BROWSER)
    assert reply.status == 413
    assert f"{server.origin}/dumps/" in Page(reply).links["the downloads"]
    assert server.get("/dumps/", Accept=BROWSER).status == 200


def test_the_form_says_which_formats_are_for_which_queries(server: Server) -> None:
    for path in ("/", "/sparql", "/sparql?query=ASK%7B%7D"):
        body = server.get(path, Accept=BROWSER).body.decode()
        first = re.search(r"<option[^>]*>([^<]*)", body)
        assert first
        assert "page" in first.group(1)
        for label, name in (("SELECT and ASK", "csv"), ("CONSTRUCT and DESCRIBE", "turtle")):
            group = re.search(rf'<optgroup label="[^"]*{label}">(.*?)</optgroup>', body, re.DOTALL)
            assert group
            assert f"<option>{name}</option>" in group.group(1)


def test_a_thing_is_shown_by_its_label_and_leads_to_its_page() -> None:
    iri = f"{OURS}id/place/kgz"
    shown = cell(NamedNode(iri), "http://host", {iri: "Kyrgyzstan"})
    assert shown == Cell("Kyrgyzstan", "http://host/doc/place/kgz", "place:kgz", iri=iri)
    assert cell(NamedNode(iri), "", {}).href == iri
    term = f"{OURS}ontology#Programme"
    assert cell(NamedNode(term), "http://host", {}).href == "http://host/ontology#Programme"
    assert cell(NamedNode("urn:x"), "http://host", {}) == Cell("urn:x", iri="urn:x")


def test_values_show_what_they_are() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert cell(None, "", {}) == Cell("")
    assert cell(Literal("a"), "", {}) == Cell("a")
    assert cell(Literal("1", datatype=NamedNode(f"{xsd}integer")), "", {}) == Cell("1", is_number=True)
    assert cell(Literal("2020-02-29", datatype=NamedNode(f"{xsd}date")), "", {}).note == "xsd:date"
    assert cell(BlankNode("b"), "", {}).text == "_:b"
    long = cell(Literal("x" * 5000), "", {})
    assert len(long.text) < 2100
    assert "of 5,000 characters" in long.note


def test_backticks_are_code_and_nothing_else_is_markup() -> None:
    assert marked("Send `a<b` & `c`, `") == "Send <code>a&lt;b</code> &amp; <code>c</code>, `"
    assert excerpt("a\nbcd", 2, 3) == "bcd\n  ^"
    assert excerpt("x" * 300, 1, 200) == f"{'x' * 100}\n{' ' * 60}^"
    assert excerpt("a", 9, 1) == ""
