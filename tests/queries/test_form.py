"""Each competency question says what it is, says it truly, and stands in the list of questions."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from rdflib import Graph
from tests.queries.algebra import Algebra, ontology
from tests.queries.question import (
    EXPECTED,
    PROGRAMMES,
    PROJECT,
    QUESTIONS,
    TRAPS,
    IncompleteHeader,
    Question,
    parse,
    questions,
)

from unodc_graph.namespace import PREFIXES

ALL = questions()
LIST = PROJECT / "queries" / "README.md"
LONGEST = 15

every_question = pytest.mark.parametrize("question", ALL, ids=lambda question: question.name)

WHOLE = """\
# question: What is there?
# why: Somebody asks.
# means: stated
# expected: tests/queries/expected/example.csv
# about: people
# hops: 1

PREFIX unodc: <https://w3id.org/unodc-kg/ontology#>

SELECT ?a WHERE { ?a unodc:partOf ?b }
"""


@pytest.fixture(scope="session")
def terms() -> Graph:
    return ontology()


def test_there_are_as_many_questions_as_counted() -> None:
    assert len(ALL) == len(list(QUESTIONS.glob("*"))) == COUNT
    assert sum(bool(question.programmes) for question in ALL) == ON_PROGRAMMES >= 15
    assert sum(question.hops > 1 for question in ALL) == SEVERAL_HOPS >= 20
    uses = Counter(use for question in ALL for use in question.uses)
    assert uses == {"negation": NEGATIONS, "aggregate": AGGREGATES}
    assert min(uses.values()) >= 10
    assert sum(question.means == "stated" for question in ALL) == STATED


COUNT, ON_PROGRAMMES, SEVERAL_HOPS, NEGATIONS, AGGREGATES, STATED = 107, 29, 37, 28, 16, 39


def test_each_of_the_four_programmes_is_asked_about() -> None:
    asked = Counter(programme for question in ALL for programme in question.programmes)
    assert set(asked) == PROGRAMMES
    assert min(asked.values()) >= 5


def test_each_trap_of_the_record_has_a_question() -> None:
    assert {question.trap for question in ALL} - {None} == TRAPS


@every_question
def test_the_tags_are_what_the_algebra_says(question: Question, terms: Graph) -> None:
    algebra = Algebra(question.query, terms)
    assert (algebra.hops(), algebra.uses()) == (question.hops, question.uses)


@every_question
def test_a_question_about_what_is_stated_asks_the_graphs_of_passages(question: Question) -> None:
    asks_graphs = "GRAPH ?passage {" in question.body or "GRAPH passage:" in question.body
    assert asks_graphs or question.means != "stated"


@every_question
def test_a_query_is_short_and_its_rows_have_an_order(question: Question) -> None:
    assert len(question.body.splitlines()) <= LONGEST
    assert "ORDER BY" in question.body or len(question.answer()) == 2


@every_question
def test_the_question_is_a_sentence_and_so_is_the_reason(question: Question) -> None:
    assert question.question.endswith("?")
    assert question.why.endswith((".", "?"))


def test_each_expected_answer_belongs_to_one_question() -> None:
    assert [question.expected for question in ALL] == [EXPECTED / f"{q.name}.csv" for q in ALL]
    assert sorted(EXPECTED.iterdir()) == [question.expected for question in ALL]


def test_the_list_of_questions_is_what_the_files_say() -> None:
    assert listed(LIST.read_text(encoding="utf-8")) == [(q.name, q.question, q.why) for q in ALL]


def test_a_list_that_leaves_out_a_question_is_noticed() -> None:
    text = LIST.read_text(encoding="utf-8")
    shortened = text.replace(next(line for line in text.splitlines() if f"{ALL[0].name}.rq" in line), "")
    assert listed(shortened) == [(q.name, q.question, q.why) for q in ALL[1:]]


def listed(text: str) -> list[tuple[str, ...]]:
    """Return file, question and reason of each row of the list."""
    row = re.compile(r"^\| \[([a-z0-9-]+)\]\(competency/\1\.rq\) \| (.+) \| (.+) \|$", re.MULTILINE)
    return row.findall(text)


def test_a_whole_header_is_read() -> None:
    question = parse("example", WHOLE)
    assert (question.means, question.hops, question.uses, question.trap) == ("stated", 1, frozenset(), None)
    assert question.body == "SELECT ?a WHERE { ?a unodc:partOf ?b }"


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("# why: Somebody asks.\n", ""),
        ("# why: Somebody asks.", "# why:"),
        ("# means: stated", "# means: guessed"),
        ("# about: people", "# about: weather"),
        ("# hops: 1", "# hops: 1\n# hops: 2"),
        ("# hops: 1", "# hops: 1\n# uses: luck"),
        ("# hops: 1", "# hops: 1\n# trap: quicksand"),
        ("# hops: 1", "# hops: 1\n# author: somebody"),
    ],
)
def test_a_header_that_is_not_whole_is_refused(line: str, instead: str) -> None:
    assert line in WHOLE
    with pytest.raises(IncompleteHeader, match="example: "):
        parse("example", WHOLE.replace(line, instead))


@pytest.mark.parametrize(
    ("where", "hops"),
    [
        ("?a a unodc:Training ; rdfs:label ?label", 0),
        ("?a unodc:partOf ?b", 1),
        ("?a unodc:partOf ?b ; unodc:place ?c", 2),
        ("?a unodc:partOf ?b . ?b unodc:fundedBy ?c . ?c unodc:unitOf ?d", 3),
        ("?a unodc:partOf/unodc:fundedBy ?c", 2),
        ("?a unodc:place/unodc:within* ?b", 1),
        ("?a unodc:place/unodc:within+ ?b", 2),
        ("?a unodc:partOf ?b ; unodc:evidencedBy ?p", 1),
        ("?a unodc:evidencedBy ?p . ?p unodc:hasOccurrence ?o", 2),
        ("?f unodc:figureOf ?a ; unodc:figurePlace ?c ; unodc:measure measure:duration ; unodc:value ?v", 1),
        ("?f unodc:figureOf ?a . ?a unodc:place ?c ; unodc:status status:ongoing", 2),
        ("?a unodc:partOf ?b . FILTER NOT EXISTS { ?b unodc:fundedBy ?c }", 1),
    ],
)
def test_hops_are_counted(where: str, hops: int, terms: Graph) -> None:
    assert Algebra(_query(f"SELECT * WHERE {{ {where} }}"), terms).hops() == hops


@pytest.mark.parametrize(
    ("query", "uses"),
    [
        ("SELECT ?a WHERE { ?a unodc:partOf ?b }", set()),
        ("SELECT ?a WHERE { ?a unodc:partOf ?b FILTER NOT EXISTS { ?a unodc:place ?c } }", {"negation"}),
        ("SELECT ?a WHERE { ?a unodc:partOf ?b MINUS { ?a unodc:place ?c } }", {"negation"}),
        ("SELECT ?a WHERE { ?a unodc:partOf ?b FILTER EXISTS { ?a unodc:place ?c } }", set()),
        ("SELECT (COUNT(?a) AS ?n) WHERE { ?a unodc:partOf ?b }", {"aggregate"}),
        ("SELECT ?b WHERE { ?a unodc:partOf ?b } GROUP BY ?b", set()),
    ],
)
def test_negation_and_aggregates_are_seen(query: str, uses: set[str], terms: Graph) -> None:
    assert Algebra(_query(query), terms).uses() == uses


def _query(text: str) -> str:
    return "".join(f"PREFIX {p}: <{PREFIXES[p]}>\n" for p in ("measure", "rdfs", "status", "unodc")) + text
