"""HermiT and the profile checker: our terms pass, and what is planted is found and named."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from rdflib import OWL, Graph, Literal, URIRef

from unodc_graph.namespace import ID, ONTOLOGY, ONTOLOGY_DOCUMENT, PREFIXES
from unodc_graph.reasoning import (
    ConsistencyReport,
    ReasoningFailed,
    check_consistency,
    check_profile,
)

HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())

CONTRADICTIONS = {
    "a mechanism that is a joint programme": "body:x a unodc:CoordinationMechanism , unodc:JointProgramme .",
    "an activity that is a PROV entity": "activity:x a unodc:Training , prov:Entity .",
    "a norm that is its reprint": "instrument:x a unodc:StandardOrNorm , unodc:InstrumentEdition .",
    "a place in a role": "activity:x unodc:implementedBy place:kgz . place:kgz a unodc:CountryOrArea .",
    "a figure with two values": "figure:x unodc:value 1 , 2 .",
    "a text that updates itself": "instrument:x unodc:updates instrument:x .",
    "two texts that supplement each other": (
        "instrument:x unodc:supplements instrument:y . instrument:y unodc:supplements instrument:x ."
    ),
    "a concept that is a scheme": "theme:x a skos:Concept , skos:ConceptScheme .",
}

OUT_OF_PROFILE = {
    "some value on the right": (
        "unodc:Figure rdfs:subClassOf [ a owl:Restriction ; owl:onProperty unodc:measure ;"
        " owl:someValuesFrom skos:Concept ] .",
        {"OWL 2 RL"},
        "unodc:measure",
    ),
    "a range of dates": ("unodc:beginDate rdfs:range xsd:date .", {"OWL 2 RL"}, "xsd:date"),
    "a union as domain": (
        "unodc:place rdfs:domain [ a owl:Class ; owl:unionOf ( unodc:Undertaking unodc:Output ) ] .",
        {"OWL 2 RL"},
        "unodc:Output",
    ),
    "transitive and functional": ("unodc:within a owl:FunctionalProperty .", {"OWL 2 DL"}, "unodc:within"),
    "an undeclared class": (
        "unodc:City rdfs:subClassOf unodc:Settlement .",
        {"OWL 2 DL"},
        "unodc:Settlement",
    ),
    "a datatype of our own": ("unodc:code a rdfs:Datatype .", {"OWL 2 RL"}, "unodc:code"),
}


def with_(graph: Graph, turtle: str) -> Graph:
    return (graph + Graph()).parse(data=HEAD + turtle, format="turtle")


def test_ontology_and_schemes_are_in_both_profiles(terms: Graph) -> None:
    assert check_profile(terms) == ()


@pytest.mark.parametrize("name", OUT_OF_PROFILE)
def test_an_axiom_outside_a_profile_is_named(axioms: Graph, name: str) -> None:
    turtle, profiles, part = OUT_OF_PROFILE[name]
    found = check_profile(with_(axioms, turtle))
    assert {violation.profile for violation in found} >= profiles
    assert any(part in violation.axiom for violation in found)
    assert all(violation.reason for violation in found)


def test_ontology_and_schemes_are_consistent_without_an_empty_class(terms: Graph) -> None:
    report = check_consistency(terms)
    assert report == ConsistencyReport(consistent=True)


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_found_with_its_smallest_clash(axioms: Graph, name: str) -> None:
    report = check_consistency(with_(axioms, CONTRADICTIONS[name]))
    assert not report.consistent
    assert 1 <= len(report.clash) <= 9
    assert any(":x" in axiom for axiom in report.clash)


def test_a_class_that_can_have_no_member_is_named(axioms: Graph) -> None:
    report = check_consistency(
        with_(axioms, "unodc:Chimera a owl:Class ; rdfs:subClassOf unodc:Training , unodc:Project .")
    )
    assert report == ConsistencyReport(consistent=True, unsatisfiable=(f"{ONTOLOGY}Chimera",))


def test_dates_are_no_contradiction_and_ntriples_are_taken_as_text(axioms: Graph) -> None:
    date = Literal("2019-11-01", datatype=URIRef(f"{PREFIXES['xsd']}date"))
    graph = axioms + Graph()
    graph.add((URIRef(f"{ID}activity/x"), URIRef(f"{ONTOLOGY}beginDate"), date))
    assert check_consistency(graph.serialize(format="nt")).consistent


def test_ntriples_are_taken_as_bytes() -> None:
    line = f"<{ID}theme/x> <{PREFIXES['rdf']}type> <{PREFIXES['skos']}Concept> .\n"
    assert [found.reason for found in check_profile(line.encode())] != []


def test_an_import_is_not_followed(axioms: Graph) -> None:
    graph = axioms + Graph()
    graph.add((URIRef(ONTOLOGY_DOCUMENT), OWL.imports, URIRef("http://127.0.0.1:9/none")))
    assert check_profile(graph) == ()


def test_what_is_not_rdf_is_refused_in_one_line() -> None:
    for check in (check_consistency, check_profile):
        with pytest.raises(ReasoningFailed) as caught:
            check("no triple at all\n")
        assert str(caught.value).startswith("the reasoner gave no verdict: ")
        assert "\n" not in str(caught.value)


def test_a_check_that_takes_too_long_is_stopped(axioms: Graph) -> None:
    with pytest.raises(ReasoningFailed, match=r"stopped after 0\.01 s"):
        check_consistency(axioms, seconds=0.01)


def test_the_clash_names_just_what_clashes_and_no_file_is_left_behind(
    axioms: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    report = check_consistency(with_(axioms, "activity:x a unodc:Training , unodc:Project ."))
    assert report.clash == (
        "ClassAssertion(unodc:Project activity:x)",
        "ClassAssertion(unodc:Training activity:x)",
        "DisjointClasses(unodc:Activity unodc:Programme)",
        "SubClassOf(unodc:Project unodc:Programme)",
        "SubClassOf(unodc:Training unodc:Activity)",
    )
    assert list(tmp_path.iterdir()) == []
