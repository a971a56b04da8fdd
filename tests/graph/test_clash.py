"""Six planted contradictions: each is found with its smallest clash, every part of it by label and file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from rdflib import RDFS, SKOS

from unodc_graph.clash import named
from unodc_graph.dataset import Dataset, assemble
from unodc_graph.location import rooms
from unodc_graph.namespace import PREFIXES
from unodc_graph.reasoning import check_consistency
from unodc_graph.store.term import Literal

HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
DISJOINT = (
    "DisjointClasses(skos:Concept unodc:ContextGraph unodc:Figure unodc:Instrument unodc:MandateProvision "
    "unodc:Occurrence unodc:Organisation unodc:Output unodc:Passage unodc:Place unodc:Publication "
    "unodc:ReportingPeriod unodc:SourceDocument unodc:Undertaking)"
)


@dataclass(frozen=True)
class Planted:
    """Statements that contradict each other by axioms, and the thing that has a label."""

    statements: dict[str, str]
    axioms: set[str]
    thing: str


PLANTED = {
    "disjoint classes": Planted(
        {
            "body:x a unodc:CoordinationMechanism .": "ClassAssertion(unodc:CoordinationMechanism body:x)",
            "body:x a unodc:JointProgramme .": "ClassAssertion(unodc:JointProgramme body:x)",
        },
        {
            DISJOINT,
            "SubClassOf(unodc:CoordinationMechanism unodc:Organisation)",
            "SubClassOf(unodc:JointProgramme unodc:Programme)",
            "SubClassOf(unodc:Programme unodc:Undertaking)",
        },
        "body:x",
    ),
    "a functional datatype property with two values": Planted(
        {
            "figure:x unodc:value 1 .": 'DataPropertyAssertion(unodc:value figure:x "1"^^xsd:integer)',
            "figure:x unodc:value 2 .": 'DataPropertyAssertion(unodc:value figure:x "2"^^xsd:integer)',
        },
        {"FunctionalDataProperty(unodc:value)"},
        "figure:x",
    ),
    "irreflexive": Planted(
        {
            "instrument:x unodc:updates instrument:x .": (
                "ObjectPropertyAssertion(unodc:updates instrument:x instrument:x)"
            ),
        },
        {"IrreflexiveObjectProperty(unodc:updates)"},
        "instrument:x",
    ),
    "asymmetric": Planted(
        {
            "instrument:x unodc:supplements instrument:y .": (
                "ObjectPropertyAssertion(unodc:supplements instrument:x instrument:y)"
            ),
            "instrument:y unodc:supplements instrument:x .": (
                "ObjectPropertyAssertion(unodc:supplements instrument:y instrument:x)"
            ),
        },
        {"AsymmetricObjectProperty(unodc:supplements)"},
        "instrument:x",
    ),
    "a range": Planted(
        {
            "activity:x unodc:implementedBy place:x .": (
                "ObjectPropertyAssertion(unodc:implementedBy activity:x place:x)"
            ),
            "place:x a unodc:CountryOrArea .": "ClassAssertion(unodc:CountryOrArea place:x)",
        },
        {
            DISJOINT,
            "ObjectPropertyRange(unodc:involves unodc:Organisation)",
            "SubClassOf(unodc:CountryOrArea unodc:Place)",
            "SubObjectPropertyOf(unodc:implementedBy unodc:involves)",
        },
        "place:x",
    ),
    "an individual's class": Planted(
        {
            "activity:x a unodc:Training .": "ClassAssertion(unodc:Training activity:x)",
            "activity:x a prov:Entity .": "ClassAssertion(prov:Entity activity:x)",
        },
        {
            "DisjointClasses(prov:Activity prov:Entity)",
            "SubClassOf(unodc:Activity prov:Activity)",
            "SubClassOf(unodc:Training unodc:Activity)",
        },
        "activity:x",
    ),
}


def clash(dataset: Dataset) -> tuple[str, ...]:
    """Return the parts of the clash in the axioms and the planted facts of `dataset`, each named."""
    graph = dataset.union()
    for prose in (RDFS.label, RDFS.isDefinedBy, RDFS.seeAlso, SKOS.definition, SKOS.example):
        graph.remove((None, prose, None))  # means nothing to a reasoner and costs time to read
    labels = {
        quad.subject.value: quad.object.value
        for quad in dataset.asserted
        if quad.predicate.value == str(RDFS.label) and isinstance(quad.object, Literal)
    }
    return tuple(named(axiom, dataset, labels) for axiom in check_consistency(graph).clash)


@pytest.mark.parametrize("name", PLANTED)
def test_the_smallest_clash_is_found_and_each_part_named(name: str, tmp_path: Path) -> None:
    planted = PLANTED[name]
    wrong = tmp_path / "wrong.ttl"
    lines = [*HEAD.splitlines(), f"{planted.thing} rdfs:label 'wrong'@en .", *planted.statements]
    wrong.write_text("\n".join(lines) + "\n")
    ontology = rooms().ontology / "unodc.ttl"
    whole = assemble(rooms(), [wrong], "aaaaaaaaaaaa")
    dataset = Dataset(tuple(file for file in whole.files if file.path in {wrong, ontology}))
    found = clash(dataset)
    assert len(found) == len(planted.statements) + len(planted.axioms)
    for statement, fact in planted.statements.items():
        (told,) = (part for part in found if part.startswith(f"{fact} ("))
        line = lines.index(statement) + 1
        assert told.endswith(f"{wrong}:{line})") or (" 2 ." in statement and f"{wrong}:" in told)
        assert "“wrong”" in told or planted.thing not in statement.split(None, 1)[0]
    for axiom in planted.axioms:
        (told,) = (part for part in found if part.startswith(f"{axiom} (“"))
        assert f"{ontology}:" in told


def test_six_are_planted() -> None:
    assert len(PLANTED) == 6
