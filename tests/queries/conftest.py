"""The graph that the questions are asked of: built once, as production builds it, and once for rdflib."""

from __future__ import annotations

import pytest
import rdflib

from unodc_graph.dataset import assemble
from unodc_graph.location import rooms
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation


@pytest.fixture(scope="session")
def store(built: Generation) -> Store:
    """A generation of the project's own facts, inferred triples in their graph."""
    assert built.metadata.inferred > 1000, "asking with what follows is no test when nothing does"
    return built.open()


@pytest.fixture(scope="session")
def rdflib_dataset() -> rdflib.Dataset:
    """What is asserted, in rdflib: the named graphs, and a default graph with each triple once."""
    facts = assemble(rooms())
    dataset = facts.graphs()
    for triple in facts.union():
        dataset.default_graph.add(triple)
    return dataset
