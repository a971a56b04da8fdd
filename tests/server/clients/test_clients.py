"""Clients that work elsewhere work here at once, and get the answers read off the documents.

The row is V11 of server/README.md.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, POST, POSTDIRECTLY, URLENCODED, SPARQLWrapper
from SPARQLWrapper import TURTLE as WRAPPED_TURTLE
from SPARQLWrapper import XML as WRAPPED_XML
from tests.queries.question import Question, questions
from tests.server.clients.conftest import Ask
from tests.server.conftest import Server

LEAST = 100
"""How many questions there are at least."""

QUESTIONS = questions()
PROGRAMMES = "PREFIX unodc: <https://w3id.org/unodc-kg/ontology#> CONSTRUCT WHERE { ?s a unodc:Programme }"
COUNT = """PREFIX unodc: <https://w3id.org/unodc-kg/ontology#>
SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a unodc:Programme }"""

every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)


@pytest.fixture(scope="module")
def programmes(endpoint: Server) -> int:
    """How many programmes there are."""
    found = int(endpoint.query(COUNT).json()["results"]["bindings"][0]["n"]["value"])
    assert found > 10
    return found


def test_all_questions_are_there() -> None:
    assert len(QUESTIONS) >= LEAST


# SPARQLWrapper


@pytest.mark.parametrize("method", ["GET", "form", "direct"])
@every_question
def test_V11_sparqlwrapper(endpoint: Server, question: Question, method: str) -> None:
    # It looks for the form of the query in every second line of a comment, too: the header stays at home.
    client = _wrapper(endpoint, question.query.partition("\n\n")[2], method)
    client.setReturnFormat(JSON)
    answer: Any = client.queryAndConvert()
    names = answer["head"]["vars"]
    rows = [[row.get(name, {}).get("value", "") for name in names] for row in answer["results"]["bindings"]]
    assert [names, *rows] == question.answer()


def test_V11_sparqlwrapper_xml_ask_and_graphs(endpoint: Server, programmes: int) -> None:
    client = _wrapper(endpoint, "ASK { ?s ?p ?o }", "GET")
    client.setReturnFormat(WRAPPED_XML)
    answer: Any = client.queryAndConvert()
    assert answer.getElementsByTagName("boolean")[0].firstChild.data == "true"
    client = _wrapper(endpoint, PROGRAMMES, "GET")
    client.setReturnFormat(WRAPPED_TURTLE)
    text: Any = client.queryAndConvert()
    assert len(Graph().parse(data=text, format="turtle")) == programmes


def _wrapper(endpoint: Server, query: str, method: str) -> SPARQLWrapper:
    client = SPARQLWrapper(endpoint.endpoint)
    client.setQuery(query)
    if method != "GET":
        client.setMethod(POST)
        client.setRequestMethod(POSTDIRECTLY if method == "direct" else URLENCODED)
    return client


# rdflib


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@every_question
def test_V11_rdflib_sparqlstore(endpoint: Server, question: Question, method: str) -> None:
    graph = Graph(store=SPARQLStore(endpoint.endpoint, method=method))
    result = graph.query(question.query)
    assert result.vars is not None
    names = [str(variable) for variable in result.vars]
    rows = [["" if term is None else str(term) for term in row] for row in result]  # type: ignore[union-attr]
    assert [names, *rows] == question.answer()


def test_V11_rdflib_sparqlstore_patterns_ask_and_graphs(endpoint: Server, programmes: int) -> None:
    graph = Graph(store=SPARQLStore(endpoint.endpoint))
    constructed = graph.query(PROGRAMMES).graph
    assert constructed is not None
    assert len(constructed) == programmes
    subject = next(iter(constructed.subjects()))
    assert len(set(graph.triples((subject, None, None)))) > 3
    assert graph.query("ASK { ?s ?p ?o }").askAnswer is True


# curl


@pytest.mark.parametrize("method", ["GET", "form", "direct"])
@every_question
def test_V11_curl(endpoint: Server, question: Question, method: str, tmp_path: Path) -> None:
    file = tmp_path / "query.rq"
    file.write_text(question.query, encoding="utf-8")
    sent = {
        "GET": ["--get", "--data-urlencode", f"query@{file}"],
        "form": ["--data-urlencode", f"query@{file}"],
        "direct": ["--data-binary", f"@{file}", "--header", "Content-Type: application/sparql-query"],
    }[method]
    text = _curl(*sent, "--header", "Accept: text/csv", endpoint.endpoint)
    assert list(csv.reader(io.StringIO(text, newline=""))) == question.answer()


def test_V11_curl_shows_a_problem_and_its_status(endpoint: Server) -> None:
    said = _curl("--get", "--data-urlencode", "query=nonsense", "-w", "%{http_code}", endpoint.endpoint)
    assert said.endswith("400")
    assert '"near": "nonsense"' in said


def _curl(*arguments: str) -> str:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not tested: it is not installed")
    done = subprocess.run(
        [curl, "--silent", "--show-error", "--max-time", "60", *arguments], capture_output=True, check=True
    )
    return done.stdout.decode("utf-8")


# Comunica


def test_V11_comunica(endpoint: Server, comunica: Ask, programmes: int) -> None:
    texts = [question.query for question in QUESTIONS]
    before = len(endpoint.query_lines())
    context = {"sources": [{"type": "sparql", "value": endpoint.endpoint}]}
    *answers, boolean, triples = comunica(context, [*texts, "ASK { ?s ?p ?o }", PROGRAMMES])
    assert len(endpoint.query_lines()) >= before + len(texts) + 2
    assert (boolean, triples) == (True, programmes)
    for question, answer in zip(QUESTIONS, answers, strict=True):
        names, *rows = question.answer()
        bound = [{name: value for name, value in zip(names, row, strict=True) if value} for row in rows]
        assert answer == bound, question.name
