"""The gate refuses each planted defect with exactly its constraint, and asks only what a change concerns."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Final

import pytest
from rdflib import URIRef
from tests.graph.gate_state import FAILING, Place, base, ontology, read, schemes

from unodc_graph import namespace
from unodc_graph.commit.delta import Delta
from unodc_graph.finding import Finding
from unodc_graph.gate.judgement import Gate
from unodc_graph.location import rooms
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import Literal, NamedNode, Quad

CATALOGUE: Final = NamedNode(namespace.CATALOGUE_GRAPH)
Row = tuple[str, str, str]


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(rooms())


@pytest.fixture(scope="module")
def whole(gate: Gate) -> Place:
    place = Place(gate)
    place.start(ontology() | schemes() | base())
    return place


def test_the_failing_files_are_found() -> None:
    assert len(FAILING) >= 256


@pytest.mark.parametrize("name", FAILING)
def test_a_planted_defect_is_refused_with_exactly_its_constraint(name: str, whole: Place) -> None:
    delta = Delta(added=frozenset(read(FAILING[name]) - whole.quads))
    whole.apply(delta)
    judgement = whole.judge(delta)
    whole.apply(delta.inverse)
    assert found(judgement.findings) == expected(FAILING[name])
    assert judgement.accepted == (name in WARNINGS)


WARNINGS: Final = {"Described-description--missing"}


def expected(path: Path) -> list[Row]:
    """Return thing, shape and component of each finding that the header of a file announces."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.removeprefix("# finding: ").split(" | ") for line in lines if line.startswith("# finding: ")]
    return sorted((row[0], row[1], row[2]) for row in rows)


def found(findings: tuple[Finding, ...]) -> list[Row]:
    """Return the same of the findings of shapes."""
    return sorted(
        (
            named(finding.thing or ""),
            finding.rule.replace(namespace.SHAPES, "shape:"),
            (finding.component or "").rpartition("#")[2].removesuffix("ConstraintComponent"),
        )
        for finding in findings
        if finding.component is not None
    )


def named(iri: str) -> str:
    short = namespace.compact(iri)
    return f"<{iri}>" if short == iri else short


# --- What a judgement rests on


def test_a_query_in_a_shape_says_whom_a_change_concerns(whole: Place) -> None:
    """A position beyond the end of the document breaks a shape of the document, which did not change."""
    end = next(quad for quad in whole.quads if "900-10#position" in str(quad.subject) and "#end" in str(quad))
    beyond = Quad(end.subject, end.predicate, Literal(1001), end.graph_name)
    delta = Delta(added=frozenset({beyond}), removed=frozenset({end}))
    whole.apply(delta)
    judgement = whole.judge(delta)
    whole.apply(delta.inverse)
    assert judgement.focus[URIRef(f"{namespace.SHAPES}SourceDocument-positions")] == {
        URIRef(f"{namespace.ID}document/900")
    }
    assert [row[1] for row in found(judgement.findings)] == ["shape:SourceDocument-positions"]


def test_a_change_that_changes_no_triple_asks_nothing(whole: Place) -> None:
    quad = next(quad for quad in whole.quads if "/id/place/" in str(quad.subject))
    elsewhere = NamedNode(f"{namespace.ID}passage/74b14bfa8b1b")
    delta = Delta(added=frozenset({Quad(*quad.triple, elsewhere)}))
    whole.apply(delta)
    judgement = whole.judge(delta)
    whole.apply(delta.inverse)
    assert (judgement.focus, judgement.findings) == ({}, ())


def test_everything_is_validated_when_the_shapes_have_changed(gate: Gate) -> None:
    """A fault that was there before is found then, and not otherwise."""
    place = Place(gate)
    place.start(frozenset(quad for quad in ontology() | base() if "#symbol" not in str(quad.predicate)))
    assert place.judge(Delta()).findings == ()
    judgement = gate.judge(place.candidate, place.candidate, Delta(), everything=True)
    assert "shape:Resolution-symbol" in {row[1] for row in found(judgement.findings)}


def test_nothing_holds_the_files_of_the_engine_after_a_judgement(gate: Gate, tmp_path: Path) -> None:
    """They are published next, and no process may have them open for writing then."""
    store = Store(str(tmp_path))
    quads = ontology() | base()
    store.extend(quads)
    store.extend(Quad(*quad.triple) for quad in quads)
    gc.disable()
    try:
        gate.judge(Store(), store, Delta(added=quads))
        del store
        Store(str(tmp_path))
    finally:
        gc.enable()
