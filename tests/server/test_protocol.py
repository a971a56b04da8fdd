"""server/README.md, P1 to P20: the SPARQL protocol, row by row, over HTTP."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest
import rdflib
from rdflib.compare import isomorphic
from tests.server.conftest import E, Server
from tests.trap import Trap

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
ALL = f"SELECT ?p ?o WHERE {{ <{E}a> ?p ?o }} ORDER BY ?p ?o"


def bindings(body: bytes) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = json.loads(body)["results"]["bindings"]
    return found


def test_P1_get_with_an_encoded_query_is_answered(server: Server) -> None:
    reply = server.query(ALL)
    assert reply.status == 200
    assert len(bindings(reply.body)) == 3  # label, shared (once) and what is inferred


def test_P2_form_gives_the_same_bytes_as_get(server: Server) -> None:
    reply = server.post(urlencode({"query": ALL}).encode(), FORM)
    assert reply.status == 200
    assert reply.body == server.query(ALL).body


@pytest.mark.parametrize("text", ["%2F", "+", "&", "%252F", "a+b&c=%20", "é", "=;"])
def test_P2_form_is_decoded_once(server: Server, text: str) -> None:
    query = f'SELECT ("{text}" AS ?x) {{}}'
    for reply in (server.post(urlencode({"query": query}).encode(), FORM), server.query(query)):
        assert bindings(reply.body)[0]["x"]["value"] == text


@pytest.mark.parametrize("content_type", [QUERY, f"{QUERY}; charset=utf-8", f'{QUERY};charset="UTF-8"'])
def test_P3_direct_post_is_answered(server: Server, content_type: str) -> None:
    reply = server.post(ALL.encode(), content_type)
    assert (reply.status, reply.body) == (200, server.query(ALL).body)


def test_P4_query_verb_is_answered(server: Server) -> None:
    reply = server.request("QUERY", "/sparql", ALL.encode(), {"Content-Type": QUERY})
    assert (reply.status, reply.body) == (200, server.query(ALL).body)


def test_P5_default_graphs_are_merged_without_duplicates(server: Server) -> None:
    graphs = [("default-graph-uri", E + "g1"), ("default-graph-uri", E + "g2")]
    query = f"SELECT ?o {{ <{E}a> <{E}shared> ?o }}"
    reply = server.get("/sparql?" + urlencode([("query", query), *graphs]))
    assert [b["o"]["value"] for b in bindings(reply.body)] == ["once"]


def test_P5_from_clauses_are_merged_without_duplicates(server: Server) -> None:
    query = f"PREFIX e: <{E}> SELECT ?o FROM e:g1 FROM <{E}g2> {{ e:a e:shared ?o }}"
    assert len(bindings(server.query(query).body)) == 1


def test_P5_request_overrides_from(server: Server) -> None:
    query = f"SELECT ?o FROM <{E}g1> {{ <{E}b> <{E}date> ?o }}"
    assert bindings(server.query(query).body) == []
    reply = server.get("/sparql?" + urlencode({"query": query, "default-graph-uri": E + "g2"}))
    assert len(bindings(reply.body)) == 1


def test_P5_named_graphs_are_those_listed(server: Server) -> None:
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    one = server.get("/sparql?" + urlencode({"query": query, "named-graph-uri": E + "g1"}))
    assert [b["g"]["value"] for b in bindings(one.body)] == [E + "g1"]
    none = server.get("/sparql?" + urlencode({"query": query, "default-graph-uri": E + "g1"}))
    assert bindings(none.body) == []


def test_P5_named_graph_alone_leaves_the_default_graph_empty(server: Server) -> None:
    reply = server.get(
        "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o }", "named-graph-uri": E + "g1"})
    )
    assert bindings(reply.body) == []


def test_P5_more_than_a_hundred_graphs_is_400(server: Server) -> None:
    graphs = [("default-graph-uri", f"{E}{i}") for i in range(101)]
    reply = server.post(urlencode([("query", "ASK {}"), *graphs]).encode(), FORM)
    assert reply.status == 400
    assert "100" in reply.json()["detail"]
    assert server.post(urlencode([("query", "ASK {}"), *graphs[1:]]).encode(), FORM).status == 200


def test_P5_graph_that_is_no_iri_is_400(server: Server) -> None:
    assert server.query("ASK {}", **{"default-graph-uri": "not an iri"}).status == 400


@pytest.mark.parametrize("accept", [None, "*/*", "text/turtle", "application/rdf+xml", "application/ld+json"])
def test_P6_no_query_gives_the_service_description(server: Server, accept: str | None) -> None:
    reply = server.request("GET", "/sparql", headers={"Accept": accept} if accept else {})
    assert reply.status == 200
    graph = rdflib.Graph().parse(data=reply.body, format=reply.type)
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    services = list(graph.subjects(rdflib.RDF.type, sd.Service))
    assert [graph.value(s, sd.endpoint) for s in services] == [rdflib.URIRef(server.endpoint)]


BROWSERS = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
)


@pytest.mark.parametrize("accept", BROWSERS)
def test_P7_a_browser_gets_the_editor(server: Server, accept: str) -> None:
    reply = server.get("/sparql", Accept=accept)
    assert (reply.status, reply.type) == (200, "text/html")
    assert b"<textarea" in reply.body


@pytest.mark.parametrize(
    "parameters",
    [
        [("query", "ASK {}"), ("query", "ASK {}")],
        [("query", "ASK {}"), ("update", "CLEAR ALL")],
        [("query", "")],
        [("query", "  \n")],
        [("default-graph-uri", E)],
    ],
)
def test_P8_parameters_out_of_order_are_400(server: Server, parameters: list[tuple[str, str]]) -> None:
    assert server.get("/sparql?" + urlencode(parameters)).status == 400
    assert server.post(urlencode(parameters).encode(), FORM).status == 400


def test_P8_query_in_url_and_body_is_400(server: Server) -> None:
    assert server.post(b"ASK {}", QUERY, "/sparql?query=ASK%7B%7D").status == 400


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT * WHERE {\n  ?s ?p }", 2, 9),
        ("ASK { ?s nope:x 1 }", 1, None),
        ("SELEC", 1, None),
        ("SELECT ?s (COUNT(?x) AS ?s) {}", 1, None),
        ("ASK { ?s ?p 'unclosed }", 1, None),
        ("\U0001f642", 1, None),
    ],
)
def test_P9_malformed_query_is_400_with_its_place(
    server: Server, query: str, line: int, column: int | None
) -> None:
    reply = server.query(query)
    assert (reply.status, reply.type) == (400, "application/problem+json")
    problem = reply.json()
    assert problem["line"] == line
    assert column is None or problem["column"] == column


@pytest.mark.parametrize("content_type", ["text/plain", None, "application/json", "multipart/form-data"])
def test_P10_other_types_are_415_with_those_accepted(server: Server, content_type: str | None) -> None:
    reply = server.post(b"ASK {}", content_type)
    assert reply.status == 415
    assert reply.json()["accepted"] == [QUERY, FORM]
    assert reply.headers["Accept-Post"] == f"{QUERY}, {FORM}"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("ASK {}".encode("utf-16"), QUERY),
        ("ASK {}".encode("utf-16-le"), QUERY),
        (b"ASK { ?s ?p '\xff' }", QUERY),
        (b"query=%FF", FORM),
        (b"query=\xff", FORM),
        ("ASK {}".encode("utf-16"), f"{QUERY}; charset=utf-16"),
        (b"ASK {}", f"{QUERY}; charset=latin-1"),
    ],
)
def test_P11_what_is_not_utf8_is_refused(server: Server, body: bytes, content_type: str) -> None:
    assert server.post(body, content_type).status in (400, 415)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_P12_other_methods_are_405_with_allow(server: Server, method: str, path: str) -> None:
    reply = server.request(method, path, b"", {"Content-Type": QUERY})
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD, POST, QUERY, OPTIONS")


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/sparql?query=ASK%7B%7D", "*/*"),
        ("/sparql?query=" + quote("SELECT * { ?s ?p ?o } LIMIT 200"), "text/csv"),
        ("/sparql", "text/turtle"),
        ("/sparql", "text/html"),
        ("/", "text/html"),
        ("/limits", "*/*"),
        ("/problems/", "*/*"),
        ("/healthz", "*/*"),
        ("/static/page.css", "*/*"),
        ("/nothing", "*/*"),
    ],
)
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_P13_head_mirrors_get(server: Server, path: str, accept: str, coding: str) -> None:
    headers = {"Accept": accept, "Accept-Encoding": coding}
    get, head = (server.request(method, path, headers=headers) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (get.status, b"")
    for name in ("Content-Type", "Content-Length", "Content-Encoding", "ETag", "Vary", "Link"):
        assert head.headers[name] == get.headers[name], name


def test_P14_both_spellings_answer_and_neither_redirects(server: Server) -> None:
    for path in ("/sparql", "/sparql/"):
        assert server.post(b"ASK {}", QUERY, path).status == 200
        assert server.get(f"{path}?query=ASK%7B%7D").status == 200
        assert server.get(path).status == 200


UPDATES = (
    f"INSERT DATA {{ <{E}x> <{E}y> 1 }}",
    "CLEAR ALL",
    "DROP DEFAULT",
    "DELETE WHERE { ?s ?p ?o }",
)


@pytest.mark.parametrize("update", UPDATES)
def test_P15_updates_are_400_and_change_nothing(server: Server, update: str) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    before = server.query(count).body
    assert server.query(update).status == 400
    assert server.get("/sparql?" + urlencode({"update": update})).status == 400
    assert server.post(urlencode({"update": update}).encode(), FORM).status == 400
    assert server.post(update.encode(), "application/sparql-update").status == 400
    assert server.query(count).body == before


def test_P17_using_graph_of_an_update_is_400(server: Server) -> None:
    assert server.query("ASK {}", **{"using-graph-uri": E + "g1"}).status == 400


SELECT = f"SELECT ?s ?p ?o {{ VALUES ?s {{ <{E}a> <{E}b> <{E}c> }} ?s ?p ?o }} ORDER BY ?s ?p ?o"
SPARQL = "{http://www.w3.org/2005/sparql-results#}"


def test_P18_select_says_the_same_in_every_format(server: Server) -> None:
    reference = bindings(server.query(SELECT).body)
    assert len(reference) == 6
    values = [tuple(row[name]["value"] for name in "spo") for row in reference]
    # A blank node has another label in each answer.
    values = [
        tuple("_" if row[n]["type"] == "bnode" else row[n]["value"] for n in "spo") for row in reference
    ]
    xml = ElementTree.fromstring(server.query(SELECT, "application/sparql-results+xml").body)
    from_xml = [
        tuple("_" if b[0].tag == f"{SPARQL}bnode" else b[0].text for b in result)
        for result in xml.iter(f"{SPARQL}result")
    ]
    assert from_xml == values
    reply = server.query(SELECT, "text/csv")
    rows = list(csv.reader(io.StringIO(reply.body.decode(), newline="")))
    assert rows[0] == ["s", "p", "o"]
    assert [tuple("_" if v.startswith("_:") else v for v in row) for row in rows[1:]] == values
    assert reply.body.count(b"\r\n") == len(rows)
    tsv = rdflib.query.Result.parse(
        io.BytesIO(server.query(SELECT, "text/tab-separated-values").body), format="tsv"
    )
    assert [tuple("_" if isinstance(t, rdflib.BNode) else str(t) for t in row) for row in tsv] == values


def test_P18_tags_and_datatypes_survive(server: Server) -> None:
    objects = {b["o"]["value"]: b["o"] for b in bindings(server.query(SELECT).body)}
    assert objects["alpha"]["xml:lang"] == "en"
    assert objects["2020-02-29"]["datatype"].endswith("#date")
    assert any(o["type"] == "bnode" for o in objects.values())


@pytest.mark.parametrize("query", ["ASK {}", "ASK { FILTER(false) }"])
def test_P18_ask_in_json_and_xml(server: Server, query: str) -> None:
    expected = "false" not in query
    assert json.loads(server.query(query).body)["boolean"] is expected
    xml = ElementTree.fromstring(server.query(query, "application/sparql-results+xml").body)
    assert xml.findtext(f"{SPARQL}boolean") == str(expected).lower()


GRAPH_TYPES = (
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "application/ld+json",
    "application/trig",
    "application/n-quads",
)


@pytest.mark.parametrize("accept", GRAPH_TYPES)
@pytest.mark.parametrize("query", [f"CONSTRUCT WHERE {{ GRAPH <{E}g2> {{ ?s ?p ?o }} }}", f"DESCRIBE <{E}c>"])
def test_P18_graphs_are_isomorphic_in_every_format(server: Server, accept: str, query: str) -> None:
    if query.startswith("CONSTRUCT"):
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{E}g2> {{ ?s ?p ?o }} }}"
    reply = server.query(query, accept)
    assert (reply.status, reply.type) == (200, accept)
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=reply.body, format=reply.type)
    found = rdflib.Graph()
    for s, p, o, _ in dataset.quads():
        found.add((s, p, o))
    reference = rdflib.Graph().parse(data=server.query(query, "application/n-triples").body, format="nt")
    assert len(reference) >= 3
    assert isomorphic(found, reference)


def test_P19_describe_expands_blank_nodes(server: Server) -> None:
    reply = server.query(f"DESCRIBE <{E}c>", "application/n-triples")
    graph = rdflib.Graph().parse(data=reply.body, format="nt")
    assert [str(o) for o in graph.objects(None, rdflib.URIRef(E + "city"))] == ["Vienna"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {{ SERVICE <{trap}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE SILENT <{trap}> {{ ?s ?p ?o }} }}",
        "ASK{{?s ?p 1SERVICE<{trap}>{{?a ?b ?c}}}}",
        "ASK {{ ?s ?p ?o FILTER(?s<?o#>\n) SERVICE <{trap}> {{ ?a ?b ?c }} }}",
        'ASK {{ ?s ?p ?o FILTER(?s<?o#>"""\n) SERVICE <{trap}> {{ ?a ?b ?c }} #""" \n}}',
        "PREFIX e: <{trap}> ASK {{ ?s ?p e:a\\#b. SERVICE <{trap}> {{ ?a ?b ?c }} }}",
        "PREFIX e: <{trap}> ASK {{ SERVICEe:x {{ ?a ?b ?c }} }}",
        "ASK {{ <http://x/\\u0041#a> ?p ?o . SERVICE <{trap}> {{ ?a ?b ?c }} }}",
        "LOAD <{trap}>",
        "LOAD <{trap}> INTO GRAPH <http://example.org/new>",
    ],
)
def test_P20_what_reaches_out_is_refused_and_reaches_nobody(server: Server, trap: Trap, query: str) -> None:
    reply = server.query(query.format(trap=trap.address))
    assert reply.status == 403
    assert reply.json()["type"].endswith("/problems/outbound-refused")
    assert trap.visits == 0


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ("SERVICE <x> LOAD" AS ?x) {}',
        "SELECT * { # SERVICE <http://x> {}\n }",
        "SELECT ?service ?load {}",
        "ASK { <http://example.org/service> <http://example.org/download#load> 'x'@en }",
        "PREFIX e: <http://example.org/> ASK { ?s e:service e:loadFactor }",
        "ASK { VALUES (?x ?y) { (<http://a/b> <http://service/load#x>) } }",
    ],
)
def test_P20_the_words_elsewhere_are_fine(server: Server, query: str) -> None:
    assert server.query(query).status == 200


def test_P20_from_an_unknown_graph_is_an_empty_dataset(server: Server, trap: Trap) -> None:
    for query in (f"SELECT * FROM <{trap.address}> {{ ?s ?p ?o }}",):
        assert bindings(server.query(query).body) == []
    reply = server.query("SELECT * { ?s ?p ?o }", **{"default-graph-uri": trap.address})
    assert bindings(reply.body) == []
    assert trap.visits == 0
