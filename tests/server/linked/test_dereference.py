"""server/README.md, D1 to D10: every address answers, and says what it is about."""

from __future__ import annotations

import csv
import io
import json
import re

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from tests.server.linked.conftest import POINTERS

from unodc_graph.namespace import BASE, ID, ONTOLOGY, PREFIXES
from unodc_server.address import candidates, path_of
from unodc_server.document import PAGE_SIZE
from unodc_server.rendition import SUFFIXES

HAYA = f"{ID}programme/haya"
FORMATS = {
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
    "rdf": pyoxigraph.RdfFormat.RDF_XML,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
    "trig": pyoxigraph.RdfFormat.TRIG,
    "nq": pyoxigraph.RdfFormat.N_QUADS,
}


def triples(body: bytes, suffix: str) -> set[tuple[str, str, str]]:
    found = pyoxigraph.parse(body, format=FORMATS[suffix], base_iri="http://base/")
    return {(str(q.subject), str(q.predicate), str(q.object)) for q in found}


@pytest.mark.parametrize(
    "path", ["programme/haya", "passage/ab474c640cc3/context", "figure/kgz-police-trained", "theme/femicide"]
)
def test_D1_a_thing_leads_to_its_document(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/id/{path}")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://localhost/doc/{path}"
    assert answer.data == b""
    assert "Accept" in answer.headers["Vary"]
    assert "max-age" in answer.headers["Cache-Control"]
    assert client.get(answer.headers["Location"]).status_code == 200


def test_D1_a_thing_with_a_suffix_leads_to_the_suffix_form(client: FlaskClient) -> None:
    answer = client.get("/id/programme/haya.ttl")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "http://localhost/doc/programme/haya.ttl",
    )


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        (None, "ttl"),
        ("*/*", "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/rdf+xml", "rdf"),
        ("application/n-triples", "nt"),
        ("application/json", "json"),
        ("text/csv", "csv"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("text/turtle;q=0.5, application/trig;q=0.9", "trig"),
    ],
)
def test_D2_a_document_is_negotiated_and_names_its_suffix_form(
    client: FlaskClient, accept: str | None, suffix: str
) -> None:
    answer = client.get("/doc/programme/haya", headers={"Accept": accept} if accept else {})
    assert answer.status_code == 200
    assert answer.headers["Content-Location"] == f"http://localhost/doc/programme/haya.{suffix}"
    assert answer.mimetype == SUFFIXES[suffix].media_type
    fixed = client.get(f"/doc/programme/haya.{suffix}")
    assert fixed.data == answer.data
    assert fixed.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_D3_a_suffix_fixes_the_format(client: FlaskClient, suffix: str) -> None:
    answer = client.get(f"/doc/programme/haya.{suffix}", headers={"Accept": "image/png"})
    assert answer.status_code == 200
    assert answer.mimetype == SUFFIXES[suffix].media_type
    assert "Content-Location" not in answer.headers


def test_D3_every_rdf_suffix_holds_the_same_triples(client: FlaskClient) -> None:
    found = {suffix: triples(client.get(f"/doc/programme/haya.{suffix}").data, suffix) for suffix in FORMATS}
    assert len(found["nt"]) > 100
    for suffix in FORMATS:
        assert found[suffix] == found["nt"], suffix


def test_D3_csv_and_json_say_the_same_facts(client: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/doc/programme/haya.csv").text, newline="")))
    stated = [row for row in rows if row["subject"] == HAYA and row["property"] == f"{ONTOLOGY}supportedBy"]
    assert {row["value_label"] for row in stated} == {"United Nations Office on Drugs and Crime"}
    assert all(row["evidence"].startswith(f"{ID}passage/") for row in stated)
    assert {row["inferred"] for row in rows} == {"true", "false"}
    view = json.loads(client.get("/doc/programme/haya.json").data)
    group = next(g for g in view["groups"] if g["property"]["iri"] == f"{ONTOLOGY}supportedBy")
    assert group["facts"][0]["value"]["label"] == "United Nations Office on Drugs and Crime"
    numbers = {item["number"] for item in view["evidence"]}
    assert set(group["facts"][0]["evidence"]) <= numbers


@pytest.mark.parametrize("path", ["/ontology", "/shapes"])
@pytest.mark.parametrize(
    ("suffix", "type_"),
    [
        ("ttl", "text/turtle"),
        ("rdf", "application/rdf+xml"),
        ("jsonld", "application/ld+json"),
        ("html", "text/html"),
    ],
)
def test_D4_terms_and_shapes_have_one_document_each(
    client: FlaskClient, path: str, suffix: str, type_: str
) -> None:
    answer = client.get(path, headers={"Accept": type_})
    assert (answer.status_code, answer.mimetype) == (200, type_)
    assert answer.headers["Content-Location"] == f"http://localhost{path}.{suffix}"
    assert client.get(f"{path}.{suffix}").data == answer.data


def test_D4_every_term_has_an_anchor_on_the_page_and_a_label_in_the_data(client: FlaskClient) -> None:
    found = triples(client.get("/ontology.ttl").data, "ttl")
    terms = {
        s[1:-1] for s, p, _ in found if p == f"<{PREFIXES['rdfs']}label>" and s.startswith(f"<{ONTOLOGY}")
    }
    assert len(terms) > 200
    page = client.get("/ontology.html").text
    assert [term for term in terms if f'id="{term[len(ONTOLOGY) :]}"' not in page] == []


def test_a_foreign_class_is_shown_by_its_prefixed_name(client: FlaskClient) -> None:
    page = client.get("/ontology.html").text
    assert '<a href="http://www.w3.org/ns/prov#Activity">prov:Activity</a>' in page
    foreign = re.findall(r"<dd>.*?</dd>", page)
    names = [
        n for part in foreign for n in re.findall(r'<a href="http://(?!localhost/)[^"]+">([^<]+)</a>', part)
    ]
    assert len(names) > 10
    assert all(re.fullmatch(r"\S+:\S+", name) for name in names)
    assert ".jsonld</a>." in page


def test_D4_the_version_of_the_ontology_resolves(client: FlaskClient) -> None:
    found = triples(client.get("/ontology.ttl").data, "ttl")
    version = next(o[1:-1] for _, p, o in found if p == f"<{PREFIXES['owl']}versionIRI>")
    assert client.get(f"/{version[len(BASE) :]}").status_code == 200
    assert client.get("/ontology/99.0").status_code == 404


@pytest.mark.parametrize("accept", ["text/turtle", "application/json", "application/ld+json", "text/html"])
@pytest.mark.parametrize(
    "path",
    [
        "/id/programme/none",
        "/doc/programme/none.ttl",
        "/doc/nokind/haya",
        "/id/x",
        "/doc/programme/haya%3E%20x",
        "/graph/none",
    ],
)
def test_D5_an_unknown_thing_is_404_for_everybody(client: FlaskClient, path: str, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.mimetype in ("application/problem+json", "text/turtle", "text/html")
    assert answer.data


def test_D5_the_page_for_an_unknown_thing_suggests_others(client: FlaskClient) -> None:
    page = client.get("/id/programme/hayya", headers={"Accept": "text/html"}).text
    assert 'href="http://localhost/doc/programme/haya"' in page


@pytest.mark.parametrize("path", ["/id/body/unodc", "/id/programme/unodc", "/doc/body/unodc.ttl", "/unodc"])
def test_the_page_for_a_thing_of_a_wrong_kind_leads_to_the_right_one(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    things = re.findall(r'<li><a href="http://localhost/(doc/[^"]+)"', answer.text)
    assert things[0] == "doc/org/unodc"
    assert 'href="http://localhost/search?q=unodc"' in answer.text


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/id/programme", "programme"), ("/id/programme/none-such", "programme"), ("/id/body", "org")],
)
def test_the_page_for_an_unknown_thing_leads_to_all_of_its_kind(
    client: FlaskClient, path: str, kind: str
) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert f'href="http://localhost/search?kind={kind}"' in answer.text
    assert client.get(f"/search?kind={kind}").status_code == 200


def test_every_page_of_nothing_has_a_way_on_and_shows_no_markup_of_its_address(client: FlaskClient) -> None:
    for path in ("/id/", "/id/programme/%3Cb%3Ex", "/nowhere/at/all", "/id/x/" + "a" * 3000):
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404, path
        assert 'href="http://localhost/search"' in answer.text
        assert "<b>x" not in answer.text


@pytest.mark.parametrize("key", ["programme/haya", "place/kgz", "passage/349f4e032e81", "theme/femicide"])
def test_a_turtle_document_begins_with_its_thing_and_goes_on_in_order(client: FlaskClient, key: str) -> None:
    answer = client.get(f"/doc/{key}.ttl")
    subjects = list(
        dict.fromkeys(str(q.subject) for q in pyoxigraph.parse(answer.data, format=FORMATS["ttl"]))
    )
    assert subjects[0] == f"<{ID}{key}>"
    assert len(subjects) > 5
    assert subjects[1:] == sorted(subjects[1:], key=lambda iri: iri.strip("<>"))


@pytest.mark.parametrize(
    "path", ["/doc/programme/haya.docx", "/id/programme/haya.docx", "/ontology.pdf", "/shapes.csv"]
)
def test_an_unknown_suffix_is_406_with_the_list_and_links_that_answer(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 406
    assert "text/turtle" in answer.json["available"]
    links = [link for link in answer.headers.getlist("Link") if 'rel="alternate"' in link]
    assert len(links) == len(answer.json["formats"]) >= 5
    for link in links:
        found = client.get(link[1 : link.index(">")], follow_redirects=True)
        assert found.status_code == 200, link
        assert found.mimetype in answer.json["available"]


def test_an_unknown_format_is_406_with_the_list(client: FlaskClient) -> None:
    assert client.get("/doc/programme/haya?format=docx").status_code == 406
    assert client.get("/doc/programme/haya?format=csv").mimetype == "text/csv"
    assert client.get("/doc/programme/haya", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=99999999999", "version=x", "inferred=perhaps"])
def test_parameters_out_of_order_are_400(client: FlaskClient, query: str) -> None:
    assert client.get(f"/doc/programme/haya.ttl?{query}").status_code == 400


def test_D6_a_removed_thing_is_410_with_a_tombstone(odd_client: FlaskClient) -> None:
    assert odd_client.get("/id/place/gone").status_code == 303
    answer = odd_client.get("/doc/place/gone.ttl")
    assert answer.status_code == 410
    predicates = {p for s, p, _ in triples(answer.data, "ttl") if s == f"<{ID}place/gone>"}
    assert f"<{PREFIXES['owl']}deprecated>" in predicates
    page = odd_client.get("/doc/place/gone", headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert "removed" in page.text


def test_D7_a_renamed_thing_is_301_to_the_survivor(odd_client: FlaskClient) -> None:
    answer = odd_client.get("/id/place/old")
    assert (answer.status_code, answer.headers["Location"]) == (301, "http://localhost/id/place/new")
    answer = odd_client.get("/doc/place/old.ttl")
    assert (answer.status_code, answer.headers["Location"]) == (301, "http://localhost/doc/place/new.ttl")


def test_D8_a_document_says_what_it_is_part_of(client: FlaskClient) -> None:
    found = triples(client.get("/doc/programme/haya.ttl").data, "ttl")
    about = {p[1:-1]: o for s, p, o in found if s == f"<{BASE}doc/programme/haya>"}
    assert about[f"{PREFIXES['foaf']}primaryTopic"] == f"<{HAYA}>"
    assert about[f"{PREFIXES['void']}inDataset"] == f"<{BASE}graph/metadata#dataset>"
    assert "creativecommons.org/licenses/by/4.0" in about[f"{PREFIXES['dcterms']}license"]
    assert f"{PREFIXES['dcterms']}modified" in about
    assert f"{PREFIXES['dcat']}version" in about


def test_D8_a_document_names_whatever_of_ours_it_mentions(client: FlaskClient) -> None:
    found = triples(client.get("/doc/programme/haya.ttl").data, "ttl")
    names = tuple(f"<{p}>" for p in (f"{PREFIXES['rdfs']}label", f"{PREFIXES['skos']}prefLabel"))
    named = {s for s, p, _ in found if p in names}
    things = {t for s, _, o in found for t in (s, o) if t.startswith(f"<{ID}") and "/occurrence/" not in t}
    assert len(things) > 20
    assert [t for t in things if t not in named and not t.endswith("/context>")] == []


def test_D8_incoming_links_are_paged_without_loss(odd_client: FlaskClient) -> None:
    within, pointing = f"<{ONTOLOGY}within>", []
    page, pages = 1, -(-POINTERS // PAGE_SIZE)
    while True:
        answer = odd_client.get(f"/doc/place/hub.ttl?page={page}")
        assert answer.status_code == 200
        pointing += [s for s, p, _ in triples(answer.data, "ttl") if p == within]
        if 'rel="next"' not in "".join(answer.headers.getlist("Link")):
            break
        page += 1
    assert page == pages
    assert len(pointing) == len(set(pointing)) == POINTERS
    assert odd_client.get(f"/doc/place/hub.ttl?page={pages + 1}").status_code == 404


def test_D9_a_body_does_not_depend_on_the_host(client: FlaskClient) -> None:
    here = client.get("/doc/programme/haya.ttl")
    there = client.get("/doc/programme/haya.ttl", base_url="https://example.net/prefix")
    assert here.data == there.data
    assert b"localhost" not in here.data


@pytest.mark.parametrize("key", ["v1.2.ttl", "a%2Fb", "a%20b", "القاهرة"])
def test_D10_keys_that_need_care_round_trip(odd_client: FlaskClient, key: str) -> None:
    iri = f"{ID}place/{key}"
    answer = odd_client.get(f"/{iri[len(BASE) :]}")
    assert answer.status_code == 303
    assert answer.headers["Location"].isascii()
    document = odd_client.get(answer.headers["Location"], headers={"Accept": "application/n-triples"})
    assert document.status_code == 200
    assert any(s == f"<{iri}>" for s, _, _ in triples(document.data, "nt"))


def test_D10_a_path_is_looked_for_in_its_forms() -> None:
    assert list(candidates("id/place/a b")) == [f"{ID}place/a%20b"]
    assert f"{ID}place/a%2Fb" in list(candidates("id/place/a/b"))
    assert path_of("http://elsewhere/x") is None


def test_D1_what_is_asked_of_a_thing_is_asked_of_its_document(odd_client: FlaskClient) -> None:
    answer = odd_client.get("/id/place/new?version=1&format=ttl")
    assert answer.headers["Location"] == "http://localhost/doc/place/new?version=1&format=ttl"
    assert b'"Before"' in odd_client.get(answer.headers["Location"]).data


@pytest.mark.parametrize("suffix", ["trig", "nq"])
def test_D2_who_expects_a_graph_finds_it_in_the_default_graph_of_a_dataset(
    client: FlaskClient, suffix: str
) -> None:
    quads = list(pyoxigraph.parse(client.get(f"/doc/programme/haya.{suffix}").data, format=FORMATS[suffix]))
    default = {q.triple for q in quads if q.graph_name == pyoxigraph.DefaultGraph()}
    graph = pyoxigraph.parse(client.get("/doc/programme/haya.nt").data, format=FORMATS["nt"])
    assert default == {q.triple for q in graph}
    assert default == {q.triple for q in quads if q.graph_name != pyoxigraph.DefaultGraph()}


def test_the_page_of_a_past_version_says_so_and_stays_in_it(odd_client: FlaskClient) -> None:
    answer = odd_client.get("/doc/place/hub.html?version=1&page=2")
    assert 'href="http://localhost/doc/place/hub">See it as it is now</a>' in answer.text
    ends = re.findall(r'href="http://localhost/doc/place/hub([^"]*)"', answer.text)
    assert len(ends) > 10
    assert [end for end in ends if end and "version=1" not in end] == []
    assert '<http://localhost/doc/place/hub>; rel="latest-version"' in answer.headers.getlist("Link")
    assert "as it is now" not in odd_client.get("/doc/place/hub.html").text
    assert "as it is now" not in odd_client.get("/doc/place/hub.html?version=2").text


def test_past_versions_can_be_read_and_do_not_change(odd_client: FlaskClient) -> None:
    now, then = (odd_client.get(f"/doc/place/new.nt{q}") for q in ("", "?version=1"))
    assert b'"After"' in now.data
    assert b'"Before"' in then.data
    assert "immutable" in then.headers["Cache-Control"]
    assert "immutable" not in now.headers["Cache-Control"]
    assert odd_client.get("/doc/place/new.nt?version=77").status_code == 404


def test_what_follows_can_be_left_out(client: FlaskClient) -> None:
    whole = triples(client.get("/doc/programme/haya.nt").data, "nt")
    stated = triples(client.get("/doc/programme/haya.nt?inferred=false").data, "nt")
    assert len(stated) < len(whole)
    involves = f"<{ONTOLOGY}involves>"
    assert any((s, p) == (f"<{HAYA}>", involves) for s, p, _ in whole)
    assert not any((s, p) == (f"<{HAYA}>", involves) for s, p, _ in stated)


def test_trig_shows_on_which_passage_each_statement_rests(client: FlaskClient) -> None:
    quads = pyoxigraph.parse(client.get("/doc/programme/haya.trig").data, format=pyoxigraph.RdfFormat.TRIG)
    graphs = {
        q.graph_name.value
        for q in quads
        if q.predicate.value == f"{ONTOLOGY}supportedBy" and q.graph_name != pyoxigraph.DefaultGraph()
    }
    assert len(graphs) > 1
    assert all(graph.startswith(f"{ID}passage/") for graph in graphs)


def test_a_passage_says_where_it_stands_and_what_it_states(client: FlaskClient) -> None:
    found = triples(client.get("/doc/passage/ab474c640cc3.nt").data, "nt")
    predicates = {p for _, p, _ in found}
    assert f"<{PREFIXES['oa']}start>" in predicates
    assert any(s == f"<{ID}activity/haya-essential-services-campaign>" for s, _, _ in found)


def test_an_unchanged_document_is_304(client: FlaskClient) -> None:
    first = client.get("/doc/programme/haya.ttl")
    again = client.get("/doc/programme/haya.ttl", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Vary"] == first.headers["Vary"]


def test_head_mirrors_get(client: FlaskClient) -> None:
    got, head = client.get("/doc/programme/haya.ttl"), client.head("/doc/programme/haya.ttl")
    assert head.data == b""
    for name in ("Content-Length", "ETag", "Content-Type", "Link"):
        assert head.headers.getlist(name) == got.headers.getlist(name)
