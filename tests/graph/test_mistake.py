"""A wrong query is told with what was probably meant, at the place where it goes wrong."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from unodc_graph.store.mistake import meant
from unodc_graph.store.scan import tokens
from unodc_graph.store.syntax import syntax_error, update_error

CASES = (
    ("SELEC ?s { ?s ?p ?o }", "SELEC", "did you mean `SELECT`?"),
    ("SELECT ?s WHRE { ?s ?p ?o }", "WHRE", "did you mean `WHERE`?"),
    ("SELECT ?s { ?s ?p ?o FLITER(?o > 1) }", "FLITER", "did you mean `FILTER`?"),
    ("SELECT ?s { ?s ?p ?o } ODER BY ?s", "ODER", "did you mean `ORDER`?"),
    ("PREFIX a: <b:c> INSERT DATA { a:b a:c 1 }", "INSERT", "this is an update"),
    ("delete where { ?s ?p ?o }", "delete", "this is an update"),
    ("hello", "hello", "a query begins with SELECT"),
    ("", "", "the query is empty"),
    ("# a comment", "", "the query is empty"),
    ("SELECT ?s {", "", "the query ends too early; a `}` is missing"),
    ("SELECT ?s", "", "the query ends too early"),
    ("PREFIX a: <b:c>", "", "the query ends too early"),
    (
        "SELECT ?s { ?s a unodc:Programme }",
        "unodc:Programme",
        "put `PREFIX unodc: <https://w3id.org/unodc-kg/ontology#>` at the beginning",
    ),
    (
        "SELECT ?l { ?s rdfs:label ?l }",
        "rdfs:label",
        "put `PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>` at the beginning",
    ),
    ("SELECT ?s { ?s a foo:Programme }", "foo:Programme", "the prefix `foo:` is not declared"),
    ("SELECT ?s { ?s a Programme }", "Programme", "such as `unodc:Programme`"),
    ("SELECT ?s, ?p { ?s ?p ?o }", ",", "separated by spaces"),
    ("SELECT ?p { ?p a <x:y>\n ?p <x:z> 1 }", "?p", "is a `.` or `;` missing"),
    ("ASK { ?s ?p 'open }", "'", "never closed"),
    ("SELECT (COUNT(?s) AS ?n { ?s ?p ?o }", "{", "`)` was expected"),
)


def test_the_number_of_cases_is_known() -> None:
    assert len(CASES) == 20


@pytest.mark.parametrize(("query", "near", "said"), CASES)
def test_a_mistake_is_told_as_what_was_meant(query: str, near: str, said: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        Store().query(query)
    error = syntax_error(query, str(caught.value), None)
    assert error.near == near
    assert said in error.expected


def test_a_declared_prefix_is_no_mistake_of_its_own() -> None:
    query = "PREFIX unodc: <a:b#> SELECT ?s { ?s a unodc:X unodc:y 1 }"
    with pytest.raises(SyntaxError) as caught:
        Store().query(query)
    assert "not declared" not in syntax_error(query, str(caught.value), None).expected


UPDATES = (
    (
        "INSERT DATA { activity:x a 1 }",
        "activity:x",
        "put `PREFIX activity: <https://w3id.org/unodc-kg/id/activity/>` at the beginning",
    ),
    ("INSERT DATA { <a:b> foo:c 1 }", "foo:c", "the prefix `foo:` is not declared"),
    ("INSERT DATA {} ; INSERT { ?s ?p foo:x } WHERE { ?s ?p ?o }", "foo:x", "`foo:` is not declared"),
    ("INSRT DATA { <a:b> <a:c> 1 }", "INSRT", "did you mean `INSERT`?"),
    ("CLEAR ALL ; DELTE WHERE { ?s ?p ?o }", "DELTE", "did you mean `DELETE`?"),
    ("DELETE { ?s ?p ?o } WHRE { ?s ?p ?o }", "WHRE", "did you mean `WHERE`?"),
    ("INSERT DATA { GRAHP <a:b> { <a:b> <a:c> 1 } }", "GRAHP", "did you mean `GRAPH`?"),
    ("hello", "hello", "an update begins with INSERT"),
    ("SELECT ?s { ?s ?p ?o }", "SELECT", "this is a query"),
    ("INSERT DATA { <a:b> a Training }", "Training", "such as `unodc:Training`"),
    ("INSERT DATA { <a:b> <a:c> \u201chello\u201d }", "\u201chello\u201d", "a curly quotation mark"),
    ('INSERT DATA { <a:b> <a:c> "open }', '"', "never closed"),
    ("INSERT DATA { <a:b> <a:c> 1 ", "", "the update ends too early; a `}` is missing"),
    ("INSERT DATA { ?s <a:b> 1 }", "}", "Variables are not allowed"),
)


def test_the_number_of_updates_is_known() -> None:
    assert len(UPDATES) == 14


@pytest.mark.parametrize(("update", "near", "said"), UPDATES)
def test_so_is_a_mistake_in_an_update(update: str, near: str, said: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        Store().update(update)
    error = update_error(update, str(caught.value), None)
    assert error.near == near
    assert said in error.expected


def test_a_mistake_behind_very_many_semicolons_is_found_in_one_pass() -> None:
    """Looking back from each semicolon would take this some twenty minutes."""
    rows = "; <urn:p> 1 " * 200_000
    found = list(tokens(f"INSERT DATA {{ GRAPH <urn:g> {{ <urn:s> <urn:p> 1 {rows} }} }} ; INSRT"))
    assert meant(found, len(found) - 1, update=True) == "did you mean `INSERT`?"
