"""Each failing file gives the findings in its header and no other; together they hit every constraint.

A header lists its findings one a line: `# finding: thing | shape | constraint component | path | value`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from rdflib import RDF, SH, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from unodc_graph import namespace
from unodc_graph.dataset import evidence
from unodc_graph.finding import Finding
from unodc_graph.location import rooms
from unodc_graph.store.parsing import parse_file
from unodc_graph.store.term import to_rdflib_graph
from unodc_graph.validation import validate

HERE = Path(__file__).parent
FAILING = sorted((HERE / "failing").glob("*.trig"))
VALID = sorted((HERE / "valid").glob("*.trig"))
CONSTRAINTS = 340
"""How many constraints the shapes have: who adds one changes this number and adds a failing file."""
WITHOUT_VALID_FILE = {"header", "condition", "identifier", "subject", "organisation"}
"""Files of shapes of which every valid file is an example, or none can be."""

Check = Callable[[Path], tuple[Finding, ...]]


@dataclass(frozen=True, order=True)
class Expected:
    """One finding, in prefixed names; empty where nothing is given."""

    thing: str
    shape: str
    component: str
    path: str = ""
    value: str = ""


def expected(path: Path) -> list[Expected]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.removeprefix("# finding: ").split(" | ") for line in lines if line.startswith("# finding: ")]
    return sorted(Expected(*("" if field == "-" else field for field in row)) for row in rows)


def found(findings: tuple[Finding, ...]) -> list[Expected]:
    return sorted(
        Expected(
            named(finding.thing or ""),
            named(finding.rule),
            short_component(URIRef(finding.component or "")),
            named(path) if (path := finding.path or "").startswith("http") else path,
            valued(finding.value) if finding.value else "",
        )
        for finding in findings
    )


def named(iri: str) -> str:
    """Return an IRI's prefixed name, or the IRI between angle brackets."""
    if iri.startswith(namespace.SHAPES):
        return iri.replace(namespace.SHAPES, "shape:")
    short = namespace.compact(iri)
    return f"<{iri}>" if short == iri else short


def valued(term: str) -> str:
    """Return a term of N-Triples with prefixed names."""
    if term.startswith("<"):
        return named(term.strip("<>"))
    typed = re.fullmatch(r'(".*")\^\^<([^>]*)>', term, re.DOTALL)
    return f"{typed[1]}^^{named(typed[2])}" if typed else term


def short_component(component: Node) -> str:
    return str(component).removeprefix(str(SH)).removesuffix("ConstraintComponent")


def read(path: Path) -> Graph:
    """Return what a file asserts, with the evidence that follows from its named graphs."""
    quads = parse_file(path, namespace.UNPLACED_GRAPH).quads
    return to_rdflib_graph({*quads, *evidence(quads)})


def concepts(named: Iterable[Node], schemes: Graph) -> Graph:
    """Return what the schemes say of the concepts among `named`, of their broader ones and their schemes."""
    graph = Graph()
    waiting = {term for term in named if (term, RDF.type, SKOS.Concept) in schemes}
    while waiting:
        concept = waiting.pop()
        for triple in schemes.triples((concept, None, None)):
            graph.add(triple)
        wider = {
            term
            for step in (SKOS.broader, SKOS.inScheme, SKOS.topConceptOf)
            for term in schemes.objects(concept, step)
        }
        waiting |= {term for term in wider if (term, None, None) not in graph}
    return graph


@pytest.fixture(scope="module")
def check(ontology: Graph, schemes: Graph, shapes: Graph) -> Check:
    """Validate a file together with the ontology, the base and the concepts that either of them names.

    The other concepts are left out, because each run would check them all again.
    """
    base = ontology + read(HERE / "base.trig")
    base += concepts(set(base.objects()), schemes)

    def run(path: Path) -> tuple[Finding, ...]:
        own = read(path)
        own += concepts(set(own.objects()), schemes)
        added = [triple for triple in own if triple not in base]
        for triple in added:
            base.add(triple)
        try:
            return validate(base, shapes)
        finally:
            for triple in added:
                base.remove(triple)

    return run


@pytest.mark.parametrize("path", FAILING, ids=lambda path: path.stem)
def test_failing_file_gives_exactly_the_findings_in_its_header(path: Path, check: Check) -> None:
    assert expected(path)
    assert found(check(path)) == expected(path)


@pytest.mark.parametrize("path", [HERE / "base.trig", *VALID], ids=lambda path: path.stem)
def test_valid_file_gives_no_finding(path: Path, check: Check) -> None:
    assert found(check(path)) == []


def test_each_failing_file_is_named_for_a_shape_that_it_breaks_and_for_the_defect() -> None:
    for path in FAILING:
        shape, _, defect = path.stem.partition("--")
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", defect), path
        assert any(re.match(rf"shape:{shape}(-|$)", line.shape) for line in expected(path)), path


def test_each_area_has_a_valid_file() -> None:
    areas = {path.stem for path in rooms().shapes.glob("*.ttl")}
    assert {path.stem for path in VALID} == areas - WITHOUT_VALID_FILE


def test_every_constraint_is_hit(shapes: Graph, shacl: Graph) -> None:
    constraints = constraints_of(shapes, shacl)
    hit = {(line.shape, line.component) for path in FAILING for line in expected(path)}
    print(f"{len(constraints & hit)} of {len(constraints)} constraints hit by {len(FAILING)} failing files")
    assert constraints - hit == set()
    assert hit - constraints == set()
    assert len(constraints) == CONSTRAINTS


def constraints_of(shapes: Graph, shacl: Graph) -> set[tuple[str, str]]:
    """Return each shape that can report, with each constraint component of which it gives the parameter."""
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
    waiting = {shape for target in targets for shape in shapes.subjects(target)}
    reporting: set[Node] = set()
    while waiting:
        shape = waiting.pop()
        reporting.add(shape)
        waiting |= set(shapes.objects(shape, SH.property)) - reporting
    components = {
        path: component
        for component, parameter in shacl.subject_objects(SH.parameter)
        for path in shacl.objects(parameter, SH.path)
        if path != SH.property and (parameter, SH.optional, Literal(True)) not in shacl
    }
    return {
        (named(str(shape)), short_component(components[parameter]))
        for shape in reporting
        for parameter in shapes.predicates(shape)
        if parameter in components
    }
