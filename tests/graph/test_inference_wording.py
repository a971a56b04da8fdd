"""Words for axioms and statements: English labels first, the right article, each kind of axiom a sentence."""

from __future__ import annotations

import pytest
from tests.graph.inference_facts import AXIOMS, as_quads, quads

from unodc_graph.inference.fact import FactSet
from unodc_graph.inference.rule import rules
from unodc_graph.inference.wording import Wording

LABELS = """
body:x rdfs:label "Nom"@fr , "Name"@en . body:y rdfs:label "Nom seul"@fr .
group:g skos:prefLabel "judge"@en ; rdfs:label "other"@en .
unodc:C rdfs:label "activity"@en . unodc:D rdfs:label "UN entity"@en . unodc:E rdfs:label "training"@en .
unodc:p rdfs:label "place"@en . unodc:q rdfs:label "within"@en . unodc:r rdfs:label "operates in"@en .
body:v rdfs:label "Value"@en .
"""
WORDING = Wording(FactSet(quads(LABELS)))
STATEMENTS = {
    "body:x unodc:p body:y .": "Name — place — Nom seul",
    "body:x a unodc:C .": "Name is an activity",
    "body:x a unodc:D .": "Name is a UN entity",
    "body:x unodc:q 'text' .": "Name — within — text",
    "body:none unodc:p group:g .": "body:none — place — judge",
}
RULES = {
    "subclass": "every activity is a UN entity",
    "equivalent class": "every activity is a UN entity",
    "subproperty": "“place” is a kind of “within”",
    "equivalent property": "“place” is a kind of “within”",
    "domain": "whatever has “place” is an activity",
    "range": "whatever “place” leads to is an activity",
    "inverse": "“within” is “place” seen from the other end",
    "symmetric": "“place” holds in both directions",
    "transitive": "“place”, then “place”, amounts to “place”",
    "chain of two": "“place”, then “within”, amounts to “operates in”",
    "chain of three": "“place”, then “within”, then “place”, amounts to “operates in”",
    "intersection with a value": "whatever is an activity and has “place” Value is a UN entity",
    "some value of a class": "whatever has “place” an activity is a UN entity",
}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_reads_as_a_sentence(statement: str) -> None:
    (fact,) = quads(statement)
    assert WORDING.statement(fact) == STATEMENTS[statement]


@pytest.mark.parametrize("name", RULES)
def test_an_axiom_reads_as_a_sentence(name: str) -> None:
    assert RULES[name] in {WORDING.rule(rule) for rule in rules(as_quads(AXIOMS[name].axioms)).all}


def test_a_value_that_follows_from_a_class_is_told() -> None:
    told = {
        WORDING.rule(rule)
        for rule in rules(as_quads(AXIOMS["equivalence with a value works both ways"].axioms)).all
    }
    assert "every UN entity has “place” Value" in told
