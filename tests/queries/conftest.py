"""The graph that the questions are asked of: built once, as production stores it, and once for rdflib."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from tests.queries.closure import inferred

from unodc_graph.dataset import Dataset, assemble
from unodc_graph.location import rooms
from unodc_graph.store.canonical import canonical_digest, lines, state_digest, with_canonical_labels
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import GenerationFolder, Metadata
from unodc_graph.store.term import DefaultGraph, Quad


@pytest.fixture(scope="session")
def facts() -> Dataset:
    """The project's own facts, unchecked: other suites check them."""
    return assemble(rooms())


@pytest.fixture(scope="session")
def store(facts: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A generation with nothing inferred."""
    return _published(facts, set(), tmp_path_factory.mktemp("asserted"))


@pytest.fixture(scope="session")
def store_with_inferred(facts: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A generation whose graph of inferred triples holds what follows from the axioms."""
    asserted = with_canonical_labels(facts.asserted)
    found = inferred(asserted)
    assert len(found) > 1000, "the closure should add thousands of triples"
    return _published(facts, found, tmp_path_factory.mktemp("inferred"))


@pytest.fixture(scope="session")
def rdflib_dataset(facts: Dataset) -> rdflib.Dataset:
    """The same in rdflib: the graphs, and a default graph with each asserted triple once."""
    dataset = facts.graphs()
    for triple in facts.union():
        dataset.default_graph.add(triple)
    return dataset


def _published(facts: Dataset, found: set[Quad], state: Path) -> Store:
    quads = with_canonical_labels(facts.asserted)
    default = {Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads}
    names = lines(quads)
    metadata = Metadata(
        number=0,
        created="2026-01-01T00:00:00+00:00",
        parent=None,
        quads=len(names),
        triples=len(default),
        inferred=len(found),
        graphs=len({quad.graph_name for quad in quads}),
        state_digest=state_digest(names),
        canonical_digest=canonical_digest(names),
        version="test",
    )
    folder = GenerationFolder(state)
    with folder.writing():
        return folder.publish([*quads, *default, *found], metadata).open()
