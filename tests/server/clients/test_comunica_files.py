"""Comunica by itself, over dumps as they are served and over documents, without a query to the endpoint.

The row is V11 of server/README.md. Rows are compared without their order: Comunica sorts text by the customs
of a language, and where a query has DISTINCT by its first key alone.
"""

from __future__ import annotations

import re

import pytest
from tests.queries.question import Question, questions
from tests.server.clients.conftest import Answer, Ask
from tests.server.conftest import Server

from unodc_graph.namespace import ID, PREFIXES

QUESTIONS = {question.name: question for question in questions()}
OF_GRAPHS = [question for question in QUESTIONS.values() if "GRAPH" in question.body]
OF_TRIPLES = [question for question in QUESTIONS.values() if "GRAPH" not in question.body]
EVERY = 8
"""N-Quads are asked every third question, other formats each eighth that they can answer."""

SHACL = "PREFIX sh: <http://www.w3.org/ns/shacl#>"
FROM_DOCUMENTS = (
    "countries-in-both-training-lists",
    "essential-services-implementers",
    "gloact-network-champions",
    "haya-partners",
    "haya-places",
    "names-of-un-women",
    "roles-within-un-action",
    "seat-of-the-office",
    "spotlight-roles",
    "trust-fund-manager",
    "trust-fund-names",
)
"""Questions whose answers stand in the documents about the things that they name."""


@pytest.mark.parametrize(
    ("suffix", "named", "asked"),
    [
        ("nq", True, [*OF_GRAPHS, *OF_TRIPLES][::3]),
        ("trig", True, OF_GRAPHS[::EVERY]),
        ("jsonld", True, OF_GRAPHS[::EVERY]),
        ("ttl", False, OF_TRIPLES[1::EVERY]),
        ("nt", False, OF_TRIPLES[::EVERY]),
        ("rdf", False, OF_TRIPLES[::EVERY]),
    ],
)
def test_V11_comunica_over_a_dump(
    endpoint: Server, comunica: Ask, suffix: str, named: bool, asked: list[Question]
) -> None:
    assert len(asked) >= 5
    before = len(endpoint.query_lines())
    context = {"sources": [f"{endpoint.origin}/dumps/latest/unodc-kg.{suffix}"], "unionDefaultGraph": named}
    answers = comunica(context, [question.query for question in asked])
    assert wrong(asked, answers) == []
    assert len(endpoint.query_lines()) == before


@pytest.mark.parametrize("named", ["id", "doc"])
def test_V11_comunica_over_documents(endpoint: Server, comunica: Ask, named: str) -> None:
    asked = [QUESTIONS[name] for name in FROM_DOCUMENTS]
    things = sorted({thing for question in asked for thing in things_in(question)})
    assert len(things) > 10
    documents = [f"{endpoint.origin}/{named}/{thing}" for thing in things]
    before = len(endpoint.query_lines())
    answers = comunica(
        {"sources": [*documents, f"{endpoint.origin}/ontology"]}, [question.query for question in asked]
    )
    assert wrong(asked, answers) == []
    assert len(endpoint.query_lines()) == before


def test_V10_comunica_finds_prefixes_and_questions_in_the_service_description(
    endpoint: Server, comunica: Ask
) -> None:
    # This is how sparql-editor looks for them.
    query = (
        f"{SHACL} SELECT ?prefix ?text {{ {{ [] sh:prefix ?prefix ; sh:namespace ?namespace }} "
        "UNION { [] a sh:SPARQLExecutable ; sh:select|sh:ask ?text } }"
    )
    (rows,) = comunica({"sources": [{"type": "file", "value": endpoint.endpoint}]}, [query])
    assert isinstance(rows, list)
    assert {"prefix": "programme"} in rows
    assert sum("text" in row for row in rows) == len(QUESTIONS)


def things_in(question: Question) -> set[str]:
    """Return what the query of `question` names of ours, as kind and slug."""
    names = re.findall(r"\b([a-z-]+):([a-z0-9-]+)", question.body)
    known = (f"{PREFIXES.get(prefix, '')}{slug}" for prefix, slug in names)
    return {iri[len(ID) :] for iri in known if iri.startswith(ID)}


def wrong(asked: list[Question], answers: list[Answer]) -> list[str]:
    """Return the names of the questions that were not answered as expected."""
    return [
        question.name
        for question, answer in zip(asked, answers, strict=True)
        if in_order(answer) != in_order(expected(question))
    ]


def expected(question: Question) -> list[dict[str, str]]:
    names, *rows = question.answer()
    return [{name: value for name, value in zip(names, row, strict=True) if value} for row in rows]


def in_order(answer: Answer) -> object:
    return sorted(sorted(row.items()) for row in answer) if isinstance(answer, list) else answer
