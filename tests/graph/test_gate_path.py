"""Paths walked backwards, and what a shape is found to read."""

from __future__ import annotations

import pytest
from rdflib import RDF, RDFS, Graph, URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

from unodc_graph.gate.index import index
from unodc_graph.gate.path import Reading, readings, starts
from unodc_graph.gate.reading import reads

EX = "https://w3id.org/unodc-kg/id/"
P, Q, R = (URIRef(f"{EX}{name}") for name in "pqr")
SHAPE = URIRef("https://w3id.org/unodc-kg/shapes#S")
PREFIXES = f"""
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix shape: <https://w3id.org/unodc-kg/shapes#> .
@prefix rdf: <{RDF}> . @prefix rdfs: <{RDFS}> . @prefix : <{EX}> .
"""
DATA = ":a :p :b . :b :q :c . :d :p :b . :c :p :e . :x rdf:type :T . :T rdfs:subClassOf :S ."


def graph(text: str) -> Graph:
    return Graph().parse(data=PREFIXES + text, format="turtle")


def nodes(names: str) -> set[URIRef]:
    return {URIRef(f"{EX}{name}") for name in names}


@pytest.mark.parametrize(
    ("steps", "end", "expected"),
    [
        ((P,), "b", "ad"),
        ((InvPath(P),), "a", "b"),
        ((SequencePath(P, Q),), "c", "ad"),
        ((InvPath(SequencePath(P, Q)),), "a", "c"),
        ((AlternativePath(P, Q),), "c", "b"),
        ((MulPath(AlternativePath(P, Q), "*"),), "c", "abcd"),
        ((MulPath(AlternativePath(P, Q), "+"),), "c", "abd"),
        ((MulPath(P, "?"),), "b", "abd"),
        ((P, MulPath(Q, "*")), "c", "ad"),
        ((), "a", "a"),
        ((R,), "b", ""),
    ],
)
def test_steps_are_walked_back_to_where_they_start(steps: tuple, end: str, expected: str) -> None:
    assert starts(graph(DATA), steps, nodes(end)) == nodes(expected)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (P, {Reading((), P)}),
        (InvPath(P), {Reading((), P, inverse=True)}),
        (SequencePath(P, InvPath(Q)), {Reading((), P), Reading((P,), Q, inverse=True)}),
        (
            InvPath(SequencePath(P, Q)),
            {Reading((), Q, inverse=True), Reading((InvPath(Q),), P, inverse=True)},
        ),
        (AlternativePath(P, Q), {Reading((), P), Reading((), Q)}),
        (MulPath(P, "*"), {Reading((MulPath(P, "*"),), P)}),
        (MulPath(InvPath(P), "+"), {Reading((MulPath(InvPath(P), "*"),), P, inverse=True)}),
        (MulPath(P, "?"), {Reading((), P)}),
    ],
)
def test_each_step_of_a_path_reads_where_the_steps_before_it_lead(path: object, expected: set) -> None:
    assert set(readings(path)) == expected


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("sh:path :p ; sh:minCount 1", {Reading((), P)}),
        ("sh:path :p ; sh:equals :q", {Reading((), P), Reading((), Q)}),
        ("sh:path :p ; sh:node [ sh:path :q ; sh:maxCount 1 ]", {Reading((), P), Reading((P,), Q)}),
        ("sh:not [ sh:path :q ; sh:maxCount 1 ]", {Reading((), Q)}),
        ("sh:or ( [ sh:path :p ] [ sh:path :q ] )", {Reading((), P), Reading((), Q)}),
        ("sh:path :p ; sh:closed true", {Reading((), P), Reading((P,), None)}),
        ("sh:path :p ; sh:qualifiedValueShape [ sh:path :q ]", {Reading((), P), Reading((P,), Q)}),
        (
            "sh:class :T",
            {Reading((), RDF.type), Reading((RDF.type, MulPath(RDFS.subClassOf, "*")), RDFS.subClassOf)},
        ),
    ],
)
def test_a_shape_reads_what_its_constraints_look_at(constraint: str, expected: set) -> None:
    found = reads(graph(f"shape:S sh:targetNode :a ; {constraint} ."), SHAPE)
    assert found.readings == expected
    assert not found.everything


@pytest.mark.parametrize(
    "constraint",
    [
        'sh:sparql [ sh:select "SELECT $this { $this ?p 1 }" ]',
        "shape:unheardOf true",
        "sh:node shape:S",
    ],
)
def test_what_is_not_understood_is_asked_of_all_targets(constraint: str) -> None:
    shapes = graph(f"shape:S sh:targetSubjectsOf :p ; {constraint} .")
    assert reads(shapes, SHAPE).everything
    assert index(shapes).opaque == {SHAPE}
