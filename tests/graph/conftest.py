"""Fixtures that several suites of the graph share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import Result
from tests.graph.calling import Call, invoke
from tests.graph.place import Place
from tests.graph.small_project import small_project

from unodc_graph.dataset import assemble
from unodc_graph.inference.closure import closure
from unodc_graph.inference.rule import rules
from unodc_graph.location import rooms
from unodc_graph.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH
from unodc_graph.store.canonical import with_canonical_labels
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import NamedNode, Quad

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of the source documents, which are no part of the project.

    UNODC_KG_SOURCES names it; without that it is looked for beside the project.
    """
    folder = Path(os.environ.get("UNODC_KG_SOURCES", PROJECT.parent / "shared" / "sources"))
    if not any(folder.glob("*.txt")):
        pytest.skip(f"no source documents in {folder}: set UNODC_KG_SOURCES to the folder that holds them")
    return folder


@pytest.fixture(scope="session")
def facts() -> Store:
    """The project's own facts as a generation holds them: default graph, named graphs, and what follows."""
    asserted = with_canonical_labels(assemble(rooms()).asserted)
    known = rules(quad for quad in asserted if quad.graph_name == NamedNode(ONTOLOGY_GRAPH))
    store = Store()
    store.extend(asserted)
    store.extend(Quad(*quad.triple) for quad in asserted)
    store.extend(Quad(*fact, NamedNode(INFERRED_GRAPH)) for fact in closure(asserted, known))
    return store


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project of its own, with the real hygiene rules."""
    small_project(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A small project that is built, with a state of its own."""
    return Place(tmp_path)


@pytest.fixture
def call(project: Path, tmp_path: Path) -> Call:
    """Call a command on the small project and a state of its own, errors told as `main` tells them."""

    def called(command: str, *arguments: str | Path) -> Result:
        own = {"check": ["--project", project], "build": ["--project", project, "--state", tmp_path / "var"]}
        extra = own.get(command, ["--state", tmp_path / "var"])
        return invoke(command, *extra, *arguments)

    return called


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for source documents."""
    documents = tmp_path / "documents"
    documents.mkdir()
    return documents
