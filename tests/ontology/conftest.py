"""The ontology and the schemes, read once for all suites of this room."""

from __future__ import annotations

import pytest
from rdflib import RDFS, SKOS, Graph

from unodc_graph.location import rooms


@pytest.fixture(scope="session")
def ontology() -> Graph:
    """The classes, properties and axioms. Not to be changed by a test: `ontology + Graph()` is a copy."""
    return Graph().parse(rooms().ontology / "unodc.ttl")


@pytest.fixture(scope="session")
def schemes() -> Graph:
    """All concept schemes together."""
    graph = Graph()
    files = sorted(rooms().schemes.glob("*.ttl"))
    assert len(files) == 8
    for file in files:
        graph.parse(file)
    return graph


@pytest.fixture(scope="session")
def terms(ontology: Graph, schemes: Graph) -> Graph:
    """Ontology and schemes together."""
    return ontology + schemes


@pytest.fixture(scope="session")
def axioms(ontology: Graph) -> Graph:
    """The ontology without its prose, which means nothing to a reasoner and costs time to read."""
    graph = ontology + Graph()
    for prose in (RDFS.label, RDFS.isDefinedBy, RDFS.seeAlso, RDFS.comment, SKOS.definition, SKOS.example):
        graph.remove((None, prose, None))
    return graph
