"""What a validation report becomes: findings to act on, or an error when the shapes are at fault."""

from __future__ import annotations

import logging

import pytest
from rdflib import SH, Graph, Literal, URIRef

from unodc_graph.finding import Severity
from unodc_graph.validation import ShapesUnusable, report, validate

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <https://w3id.org/unodc-kg/shapes#> .
@prefix unodc: <https://w3id.org/unodc-kg/ontology#> .
@prefix activity: <https://w3id.org/unodc-kg/id/activity/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ACTIVITY = "https://w3id.org/unodc-kg/id/activity/"


def graph(text: str) -> Graph:
    return Graph().parse(data=PREFIXES + text, format="turtle")


def property_shape(
    constraint: str, path: str = "unodc:place", message: str = "Wrong. Mend it. Really."
) -> Graph:
    return graph(
        f"""shape:Activity a sh:NodeShape ; sh:targetClass unodc:Activity ; sh:property shape:Activity-x .
        shape:Activity-x a sh:PropertyShape ; sh:path {path} ; {constraint} ; sh:message "{message}"@en ."""
    )


def test_conforming_data_gives_no_finding() -> None:
    data = graph("activity:a a unodc:Activity ; unodc:place unodc:b .")
    assert validate(data, property_shape("sh:minCount 1")) == ()
    assert (None, SH.conforms, Literal(True)) in report(data, property_shape("sh:minCount 1"))


def test_first_sentence_says_what_is_wrong_and_the_rest_how_to_mend_it() -> None:
    (finding,) = validate(graph("activity:a a unodc:Activity ."), property_shape("sh:minCount 1"))
    assert (finding.message, finding.advice) == ("Wrong.", "Mend it. Really.")
    assert finding.rule == "https://w3id.org/unodc-kg/shapes#Activity-x"
    assert finding.thing == f"{ACTIVITY}a"
    assert finding.path == "https://w3id.org/unodc-kg/ontology#place"
    assert finding.component == str(SH.MinCountConstraintComponent)
    assert finding.severity is Severity.VIOLATION


@pytest.mark.parametrize(("term", "expected"), [("sh:Warning", Severity.WARNING), ("sh:Info", Severity.INFO)])
def test_severity_is_that_of_the_shape(term: str, expected: Severity) -> None:
    shapes = property_shape(f"sh:minCount 1 ; sh:severity {term}")
    (finding,) = validate(graph("activity:a a unodc:Activity ."), shapes)
    assert finding.severity is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"x"@en', '"x"@en'),
        ("5", '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ('"two\\nlines, \\"quoted\\" \\\\"', '"two\\nlines, \\"quoted\\" \\\\"'),
        ("unodc:b", "<https://w3id.org/unodc-kg/ontology#b>"),
    ],
)
def test_value_is_written_as_n_triples(value: str, expected: str) -> None:
    data = graph(f"activity:a a unodc:Activity ; unodc:place {value} .")
    (finding,) = validate(data, property_shape("sh:class unodc:Place"))
    assert finding.value == expected


def test_value_that_is_one_too_many_is_named() -> None:
    data = graph('activity:a a unodc:Activity ; unodc:symbol "s" . activity:b unodc:symbol "s" .')
    (finding,) = validate(
        data, property_shape("sh:maxCount 1", "( unodc:symbol [ sh:inversePath unodc:symbol ] )")
    )
    assert finding.value == f"<{ACTIVITY}b>"
    assert finding.path == "unodc:symbol/^unodc:symbol"


def test_of_too_many_values_with_the_same_text_always_the_same_is_named() -> None:
    values = ", ".join(f'"half-year"@{language}' for language in ("ar", "en", "es", "fr", "ru", "zh"))
    data = graph(f'activity:a a unodc:Activity ; unodc:precision "half-year", {values} .')
    (finding,) = validate(data, property_shape("sh:maxCount 1", "unodc:precision"))
    assert finding.value == '"half-year"@zh'


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("[ sh:zeroOrMorePath unodc:partOf ]", "unodc:partOf*"),
        ("[ sh:oneOrMorePath [ sh:inversePath unodc:partOf ] ]", "^unodc:partOf+"),
        ("[ sh:zeroOrOnePath unodc:partOf ]", "unodc:partOf?"),
        ("[ sh:alternativePath ( unodc:place unodc:partOf ) ]", "unodc:place|unodc:partOf"),
    ],
)
def test_path_of_several_steps_is_written_as_in_sparql(path: str, expected: str) -> None:
    data = graph("activity:a a unodc:Activity .")
    (finding,) = validate(data, property_shape("sh:minCount 2", path))
    assert finding.path == expected


def test_query_in_a_shape_is_asked_of_each_thing_and_its_names_stand_in_the_message() -> None:
    shapes = graph(
        """shape:Activity a sh:NodeShape ; sh:targetClass unodc:Activity ; sh:sparql shape:Activity-query .
        shape:Activity-query a sh:SPARQLConstraint ; sh:message "It has {?value}, not {?wanted}. Mend it." ;
            sh:select "SELECT $this ?value (1 AS ?wanted) { $this <https://w3id.org/unodc-kg/x> ?value }" ."""
    )
    data = graph(
        "activity:a a unodc:Activity ; <https://w3id.org/unodc-kg/x> 2 . activity:b a unodc:Activity ."
        "activity:c a unodc:Activity ; <https://w3id.org/unodc-kg/x> 3 ."
    )
    assert [(found.thing, found.message) for found in validate(data, shapes)] == [
        (f"{ACTIVITY}a", "It has 2, not 1."),
        (f"{ACTIVITY}c", "It has 3, not 1."),
    ]


def test_date_outside_the_calendar_is_one_finding_and_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "rdflib.term")
    data = graph(
        """activity:a a unodc:Activity ;
            unodc:begin "2036-02-30"^^xsd:date ; unodc:end "2036-03-01"^^xsd:date ."""
    )
    before = set(data)
    shapes = property_shape("sh:datatype xsd:date ; sh:lessThanOrEquals unodc:end", "unodc:begin")
    (finding,) = validate(data, shapes)
    assert finding.component == str(SH.DatatypeConstraintComponent)
    assert set(data) == before
    assert {type(value) for value in data.objects()} == {URIRef, Literal}


def test_neither_graph_is_changed() -> None:
    data, shapes = graph("activity:a a unodc:Activity ."), property_shape("sh:minCount 1")
    before = set(data), set(shapes)
    validate(data, shapes)
    assert (set(data), set(shapes)) == before


@pytest.mark.parametrize(
    "wrong",
    [
        "sh:minCount 1 ; sh:path unodc:partOf",
        'sh:minCount "one"',
        'sh:sparql shape:Query . shape:Query a sh:SPARQLConstraint ; sh:select "SELECT"',
        'sh:pattern "("',
    ],
)
def test_shapes_that_are_at_fault_are_named_as_such(wrong: str) -> None:
    with pytest.raises(ShapesUnusable, match=r"the shapes in ontology/shapes cannot be applied: .+"):
        validate(graph("activity:a a unodc:Activity ; unodc:place unodc:b ."), property_shape(wrong))
