"""The graphs that the suites of the shapes share."""

from __future__ import annotations

from importlib import resources

import pytest
from rdflib import Graph

from unodc_graph import namespace
from unodc_graph.dataset import shapes as read_shapes
from unodc_graph.location import rooms
from unodc_graph.store.parsing import parse_file
from unodc_graph.store.term import to_rdflib_graph


@pytest.fixture(scope="session")
def shapes() -> Graph:
    """The shapes of the project."""
    return read_shapes(rooms())


@pytest.fixture(scope="session")
def shacl() -> Graph:
    """The SHACL vocabulary itself, as pySHACL ships it."""
    return Graph().parse(str(resources.files("pyshacl") / "assets" / "shacl.ttl"))


@pytest.fixture(scope="session")
def ontology() -> Graph:
    """The ontology."""
    return to_rdflib_graph(parse_file(rooms().ontology / "unodc.ttl", namespace.ONTOLOGY_GRAPH).quads)


@pytest.fixture(scope="session")
def schemes() -> Graph:
    """The concept schemes."""
    files = [parse_file(path, namespace.SCHEMES_GRAPH) for path in sorted(rooms().schemes.glob("*.ttl"))]
    return to_rdflib_graph(quad for file in files for quad in file.quads)
