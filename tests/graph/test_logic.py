"""Description logic findings: a contradiction is told by its statements, with thing, file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.graph.small_project import small_project

from unodc_graph.check import check
from unodc_graph.dataset import assemble
from unodc_graph.finding import Finding
from unodc_graph.location import Rooms

HEAD = """@prefix activity: <https://w3id.org/unodc-kg/id/activity/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix theme: <https://w3id.org/unodc-kg/id/theme/> .
@prefix unodc: <https://w3id.org/unodc-kg/ontology#> .
"""


@pytest.fixture
def own(tmp_path: Path) -> Rooms:
    return small_project(tmp_path / "project")


def findings(own: Rooms, *paths: Path) -> tuple[Finding, ...]:
    return check(assemble(own, paths, "aaaaaaaaaaaa"), own, dl=True)


def test_facts_in_order_have_a_model(own: Rooms) -> None:
    assert findings(own) == ()


def test_a_contradiction_names_its_statements_and_their_place(own: Rooms, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.ttl"
    wrong.write_text(f"{HEAD}\nactivity:training-of-judges a unodc:Organisation .\n")
    (finding,) = findings(own, wrong)
    assert finding.rule == "contradiction"
    assert finding.label == "Training of judges"
    assert (finding.file, finding.line) == (wrong, 7)
    for part in (
        "unodc:Training activity:training-of-judges",
        "unodc:Organisation activity:training-of-judges",
    ):
        assert f"ClassAssertion({part})" in finding.message
    assert "DisjointClasses(" in finding.message


def test_a_class_that_can_have_no_member_is_named(own: Rooms) -> None:
    ontology = own.ontology / "unodc.ttl"
    ontology.write_text(
        ontology.read_text() + "unodc:Body a owl:Class ; rdfs:label 'body'@en ;\n"
        "    rdfs:subClassOf unodc:Organisation , unodc:Passage .\n"
    )
    (finding,) = findings(own)
    assert finding.rule == "unsatisfiable-class"
    assert finding.label == "body"
    assert finding.file == ontology
    assert "unodc:Body" in finding.message


def test_an_axiom_outside_the_profile_is_named(own: Rooms) -> None:
    ontology = own.ontology / "unodc.ttl"
    ontology.write_text(
        ontology.read_text() + "unodc:Activity rdfs:subClassOf [ a owl:Restriction ;\n"
        "    owl:onProperty unodc:theme ; owl:someValuesFrom owl:Thing ] .\n"
    )
    found = findings(own)
    assert {finding.rule for finding in found} == {"profile"}
    assert any("OWL 2 RL" in finding.message and "unodc:theme" in finding.message for finding in found)
