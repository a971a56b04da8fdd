"""Each competency question has the answer that was read off the documents, whichever engine is asked."""

from __future__ import annotations

import io

import pytest
import rdflib
from tests.queries.question import Question, Rows, questions, rows

from unodc_graph.store.evaluation import Evaluation, Store, evaluate
from unodc_graph.store.scan import scan

QUESTIONS = questions()
NOT_ON_RDFLIB: dict[str, str] = {}
"""Questions that rdflib cannot answer, by name, each with the reason."""

every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)


def asked(store: Store, question: Question, *, inferred: bool) -> Rows:
    """Ask as the command line and the server do."""
    answer = io.BytesIO()
    evaluation = Evaluation(question.query, scan(question.query), "text/csv", inferred=inferred)
    evaluate(store, evaluation, answer)
    return rows(answer.getvalue().decode("utf-8"))


def asked_of_rdflib(dataset: rdflib.Dataset, question: Question) -> Rows:
    result = dataset.query(question.query)
    assert result.vars is not None
    return [
        [str(variable) for variable in result.vars],
        *(["" if term is None else str(term) for term in row] for row in result),  # type: ignore[union-attr]
    ]


@every_question
@pytest.mark.parametrize("inferred", [True, False], ids=["with what follows", "as asserted"])
def test_the_answer_is_what_the_documents_say(store: Store, question: Question, inferred: bool) -> None:
    assert asked(store, question, inferred=inferred) == question.answer()


# rdflib's query evaluation itself calls what its Dataset declares deprecated.
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
@pytest.mark.parametrize(
    "question",
    [question for question in QUESTIONS if question.name not in NOT_ON_RDFLIB],
    ids=lambda question: question.name,
)
def test_rdflib_gives_the_same_answer(rdflib_dataset: rdflib.Dataset, question: Question) -> None:
    assert asked_of_rdflib(rdflib_dataset, question) == question.answer()


@every_question
def test_an_answer_is_not_empty(question: Question) -> None:
    assert len(question.answer()) > 1, "an expected answer without rows would pass on an empty graph"


def test_what_rdflib_cannot_answer_is_a_question_with_a_reason() -> None:
    names = {question.name for question in QUESTIONS}
    assert all(name in names and reason for name, reason in NOT_ON_RDFLIB.items())
