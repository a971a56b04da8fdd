"""`/explain` over the project's own facts: what follows is explained, in every format, to whoever asks."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import rdflib
from rdflib import PROV, RDF
from rdflib.compare import isomorphic
from tests.conftest import StateCopy
from tests.server.conftest import Reply, Server, running

from unodc_graph.errors import QueryTimedOut
from unodc_graph.inference.term import parse_term
from unodc_graph.namespace import INFERRED_GRAPH, PREFIXES
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.term import NamedNode, Quad
from unodc_server.pool import WorkerPool
from unodc_server.worker import Confinement, ExplainTask

FOLLOWS = {"s": "programme:haya", "p": "unodc:operatesIn", "o": "place:pse"}
ASSERTED = {"s": "place:kgz", "p": "unodc:within", "o": "place:m49-143"}
LITERAL = {"s": "place:kgz", "p": "unodc:iso3", "o": '"KGZ"'}
IN_SCHEME = {"s": "theme:domestic-violence", "p": "skos:broader", "o": "theme:gender-based-violence"}
SAMPLE = 30
FORMATS = {
    "turtle": ("text/turtle", "turtle"),
    "ntriples": ("application/n-triples", "nt"),
    "rdfxml": ("application/rdf+xml", "xml"),
    "jsonld": ("application/ld+json", "json-ld"),
}
HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def facts_state(state_copy: StateCopy) -> Path:
    return state_copy()


@pytest.fixture(scope="module")
def facts(facts_state: Path) -> Iterator[Server]:
    with running(facts_state, "--workers", "2") as found:
        yield found


@pytest.fixture(scope="module")
def inferred(facts_state: Path) -> list[Quad]:
    store = GenerationFolder(facts_state).current().open()
    return list(store.quads_for_pattern(None, None, None, NamedNode(INFERRED_GRAPH)))


def ask(server: Server, terms: dict[str, str], accept: str = "", **more: str) -> Reply:
    headers = {"Accept": accept} if accept else {}
    return server.get(f"/explain?{urlencode(terms | more)}", **headers)


def test_what_follows_rests_on_statements_with_their_passages(facts: Server) -> None:
    reply = ask(facts, FOLLOWS, format="json")
    assert (reply.status, reply.type) == (200, "application/json")
    found = reply.json()
    assert (found["inferred"], found["standings"], found["complete"]) == (True, [], True)
    assert found["explanations"]
    for explanation in found["explanations"]:
        premises = {
            (p["statement"]["predicate"].removeprefix(PREFIXES["unodc"])): p for p in explanation["premises"]
        }
        assert set(premises) == {"partOf", "place"}
        for premise in premises.values():
            (standing,) = premise["standings"]
            assert standing["kind"] == "passage"
            assert standing["graph"].startswith(PREFIXES["passage"])
            assert standing["source"]
        last = explanation["steps"][-1]
        assert last["conclusion"] == found["statement"]
        assert (last["axiom"]["kind"], last["axiom"]["words"]) == (
            "property chain",
            "“has part”, then “place”, amounts to “operates in”",
        )


def test_the_page_leads_to_passages_and_documents_without_scripts(facts: Server) -> None:
    reply = ask(facts, FOLLOWS, HTML)
    page = reply.body.decode()
    assert (reply.status, reply.type) == (200, "text/html")
    assert "<script" not in page
    assert f'href="{facts.origin}/doc/passage/' in page
    assert f'href="{facts.origin}/doc/document/000"' in page
    assert "amounts to “operates in”" in page
    assert "there is no other" in page


def test_every_link_of_the_page_answers(facts: Server) -> None:
    page = ask(facts, FOLLOWS, HTML).body.decode().replace("&amp;", "&")
    links = {part.partition('"')[0] for part in page.split(f'href="{facts.origin}')[1:]}
    assert len(links) > 15
    answers = {link: facts.get(link.partition("#")[0] or "/").status for link in links}
    assert set(answers.values()) == {200}, answers


def test_a_reference_row_and_a_scheme_are_named(facts: Server) -> None:
    row = ask(facts, ASSERTED, format="json").json()["standings"]
    assert [(standing["kind"], bool(standing["source"])) for standing in row] == [("reference", True)]
    assert "reference table" in ask(facts, ASSERTED, HTML).body.decode()
    (scheme,) = ask(facts, IN_SCHEME, format="json").json()["standings"]
    assert (scheme["kind"], scheme["source"]) == ("scheme", [f"{PREFIXES['scheme']}theme"])
    assert f'href="{facts.origin}/doc/scheme/theme"' in ask(facts, IN_SCHEME, HTML).body.decode()


def test_what_is_asserted_says_so(facts: Server) -> None:
    found = ask(facts, ASSERTED, format="json").json()
    assert (found["inferred"], found["explanations"], found["complete"]) == (False, [], True)
    page = ask(facts, ASSERTED, HTML).body.decode()
    assert "Where it is recorded" in page
    assert "It follows from nothing else." in page


def test_a_literal_is_given_as_in_n_triples(facts: Server) -> None:
    assert ask(facts, LITERAL, format="json").json()["statement"]["object"] == '"KGZ"'


def test_full_addresses_ask_the_same_as_prefixed_names(facts: Server) -> None:
    full = {
        "s": f"{PREFIXES['programme']}haya",
        "p": f"<{PREFIXES['unodc']}operatesIn>",
        "o": f"{PREFIXES['place']}pse",
    }
    assert ask(facts, full, format="ntriples").body == ask(facts, FOLLOWS, format="ntriples").body


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_of_rdf_reads_back_as_the_same_graph(facts: Server, name: str) -> None:
    media_type, parser = FORMATS[name]
    for reply in (ask(facts, FOLLOWS, format=name), ask(facts, FOLLOWS, media_type)):
        assert (reply.status, reply.type) == (200, media_type)
        graph = rdflib.Graph().parse(io.BytesIO(reply.body), format=parser)
        plain = rdflib.Graph().parse(io.BytesIO(ask(facts, FOLLOWS, format="ntriples").body), format="nt")
        assert isomorphic(graph, plain)
        goal = graph.value(predicate=RDF.object, object=rdflib.URIRef(f"{PREFIXES['place']}pse"), any=True)
        assert goal is not None
        assert set(graph.subjects(RDF.type, PROV.Derivation))
        sources = {str(value) for value in graph.objects(None, PROV.hadPrimarySource)}
        assert sources
        assert all(source.startswith(PREFIXES["passage"]) for source in sources)


def test_more_explanations_than_asked_for_are_announced(facts: Server) -> None:
    many = {"s": "body:unodc", "p": "a", "o": "unodc:Organisation"}
    found = ask(facts, many, format="json", limit="3").json()
    assert (len(found["explanations"]), found["complete"]) == (3, False)
    page = ask(facts, many, HTML, limit="3").body.decode()
    assert "in 3 ways, those with the fewest premises first; there may be more" in page


def test_a_sample_of_what_follows_is_explained(facts: Server, inferred: list[Quad]) -> None:
    chosen = sorted(inferred, key=lambda quad: hashlib.sha256(str(quad).encode()).digest())[:SAMPLE]
    assert len(chosen) == SAMPLE
    for quad in chosen:
        terms = {"s": str(quad.subject), "p": str(quad.predicate), "o": str(quad.object)}
        reply = ask(facts, terms, format="json")
        assert reply.status == 200, terms
        found = reply.json()
        assert found["inferred"]
        assert found["explanations"]
        for explanation in found["explanations"]:
            assert explanation["premises"]
            assert all(premise["standings"] for premise in explanation["premises"])


def test_a_search_for_reasons_ends_at_its_time_limit(facts_state: Path) -> None:
    subject, predicate, value = (parse_term(text) for text in FOLLOWS.values())
    assert isinstance(subject, NamedNode)
    assert isinstance(predicate, NamedNode)
    store = str(GenerationFolder(facts_state).current().store_path)
    pool = WorkerPool(1, Confinement(400 * 1024 * 1024), most_waiting=1)
    try:
        with pytest.raises(QueryTimedOut):
            pool.explain(ExplainTask(store, (subject, predicate, value), 10, 0.001))
        assert pool.explain(ExplainTask(store, (subject, predicate, value), 10, 20)).inferred
    finally:
        pool.close()


@pytest.mark.parametrize("accept", ["application/json", "text/html", "text/turtle"])
def test_what_the_graph_does_not_hold_is_404(facts: Server, accept: str) -> None:
    reply = ask(facts, FOLLOWS | {"o": "place:kgz"}, accept)
    assert reply.status == 404
    if accept == "application/json":
        problem = reply.json()
        assert problem["type"].endswith("/problems/statement-does-not-hold")
        assert "nor does it follow" in problem["detail"]
        assert "Kyrgyzstan" in problem["detail"]


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ({}, "s"),
        ({"s": "place:kgz", "o": "place:m49-143"}, "p"),
        ({"s": "place:kgz", "p": "unodc:within"}, "o"),
        (FOLLOWS | {"s": "no iri"}, "s"),
        (FOLLOWS | {"s": '"text"'}, "s"),
        (FOLLOWS | {"p": "_:b"}, "p"),
        (FOLLOWS | {"p": '"text"'}, "p"),
        (FOLLOWS | {"o": '"no end'}, "o"),
        (FOLLOWS | {"o": "<http://example.org/a b>"}, "o"),
        (FOLLOWS | {"limit": "0"}, "limit"),
        (FOLLOWS | {"limit": "101"}, "limit"),
        (FOLLOWS | {"limit": "many"}, "limit"),
    ],
)
def test_parameters_out_of_order_are_400_and_named(facts: Server, terms: dict[str, str], named: str) -> None:
    reply = ask(facts, terms)
    assert reply.status == 400
    assert reply.json()["detail"].startswith(f"`{named}` is")
    assert reply.json()["hint"]


def test_an_unacceptable_type_is_406(facts: Server) -> None:
    assert ask(facts, FOLLOWS, "image/png").status == 406
    assert ask(facts, FOLLOWS, format="csv").status == 406


def test_an_explanation_is_cached_like_a_document(facts: Server) -> None:
    reply = ask(facts, FOLLOWS, "text/turtle")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in reply.headers["Vary"]
    assert reply.headers["Content-Location"].endswith("&format=turtle")
    path = f"/explain?{urlencode(FOLLOWS)}"
    again = facts.get(path, Accept="text/turtle", If_None_Match=reply.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    other = ask(facts, FOLLOWS, "application/json")
    assert other.headers["ETag"] != reply.headers["ETag"]
    assert facts.request("HEAD", path).status == 200


def test_whatever_follows_has_a_link_that_explains_it(facts: Server) -> None:
    page = facts.get("/doc/programme/haya.html").body.decode().replace("&amp;", "&")
    links = [part.partition('"')[0] for part in page.split(f'href="{facts.origin}/explain')[1:]]
    assert len(links) > 5
    for link in links:
        assert facts.get(f"/explain{link}&format=json").status == 200, link
    groups = json.loads(facts.get("/doc/programme/haya.json").body)
    assert all(fact["why"] for group in groups["inferred"] for fact in group["facts"])
    assert not any("why" in fact for group in groups["groups"] for fact in group["facts"])


def test_the_state_of_what_follows_is_told(facts: Server, facts_state: Path) -> None:
    state = GenerationFolder(facts_state).current().metadata.closure
    assert state == "fresh"
    for path in ("/", "/doc/programme/haya", f"/explain?{urlencode(FOLLOWS)}"):
        assert facts.get(path).headers["Closure-State"] == state
    assert f"State of what follows: {state}." in facts.get("/sparql", Accept="text/turtle").body.decode()
