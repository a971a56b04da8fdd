"""The graph that the questions are asked of: built once, as production builds it, and once for rdflib."""

from __future__ import annotations

import pytest
import rdflib

from unodc_graph.build import build
from unodc_graph.dataset import assemble
from unodc_graph.location import rooms
from unodc_graph.store.evaluation import Store


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A generation of the project's own facts, inferred triples in their graph."""
    generation = build(rooms(), tmp_path_factory.mktemp("state")).generation
    assert generation.metadata.inferred > 1000, "asking with what follows is no test when nothing does"
    return generation.open()


@pytest.fixture(scope="session")
def rdflib_dataset() -> rdflib.Dataset:
    """What is asserted, in rdflib: the named graphs, and a default graph with each triple once."""
    facts = assemble(rooms())
    dataset = facts.graphs()
    for triple in facts.union():
        dataset.default_graph.add(triple)
    return dataset
