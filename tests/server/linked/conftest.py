"""Two applications asked in this process: over the project's own facts, and over things made to be odd."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from tests.conftest import StateCopy

from unodc_graph.namespace import BASE, ID, PREFIXES
from unodc_graph.store.generation import Generation, GenerationFolder
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Quad
from unodc_server.app import create_app, service_of
from unodc_server.settings import Settings

REFERENCE = NamedNode(f"{BASE}graph/reference")
LABEL = NamedNode(f"{PREFIXES['rdfs']}label")
POINTERS = 250
"""How many things point to `place/hub`: more than two pages."""


@contextmanager
def asking(state: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(state=state, workers=1, rate=""))
    try:
        yield app.test_client()
    finally:
        service_of(app).execution.close()


@pytest.fixture(scope="session")
def facts_state(state_copy: StateCopy) -> Path:
    """A state folder with the project's own facts."""
    return state_copy()


@pytest.fixture(scope="session")
def generation(facts_state: Path) -> Generation:
    return GenerationFolder(facts_state).current()


@pytest.fixture(scope="session")
def client(facts_state: Path) -> Iterator[FlaskClient]:
    with asking(facts_state) as found:
        yield found


def odd_quads(word: str) -> list[Quad]:
    """Things renamed, removed, with keys that need care, and one that many others point to."""
    owl, dcterms = PREFIXES["owl"], PREFIXES["dcterms"]

    def thing(key: str) -> NamedNode:
        return NamedNode(f"{ID}{key}")

    stated = [
        (thing("place/new"), LABEL, Literal(word, language="en")),
        (thing("place/old"), NamedNode(f"{dcterms}isReplacedBy"), thing("place/new")),
        (thing("place/gone"), LABEL, Literal("Gone", language="en")),
        (
            thing("place/gone"),
            NamedNode(f"{owl}deprecated"),
            Literal("true", datatype=NamedNode(f"{PREFIXES['xsd']}boolean")),
        ),
        (thing("place/gone"), NamedNode(f"{dcterms}description"), Literal("Never was.", language="en")),
        (thing("place/v1.2.ttl"), LABEL, Literal("Dots", language="en")),
        (thing("place/a%2Fb"), LABEL, Literal("Slash", language="en")),
        (thing("place/a%20b"), LABEL, Literal("Space", language="en")),
        (thing("place/القاهرة"), LABEL, Literal("القاهرة", language="ar")),
        (thing("place/hub"), LABEL, Literal("Hub <script>alert(1)</script>", language="en")),
    ]
    within = NamedNode(f"{BASE}ontology#within")
    for number in range(POINTERS):
        stated.append((thing(f"place/p{number:03d}"), LABEL, Literal(f"P {number}", language="en")))
        stated.append((thing(f"place/p{number:03d}"), within, thing("place/hub")))
    return [Quad(*triple, graph) for triple in stated for graph in (REFERENCE, DefaultGraph())]


@pytest.fixture(scope="session")
def odd_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """An application over two generations: `place/new` is called Before in the first, After in the second."""
    state = tmp_path_factory.mktemp("odd") / "state"
    state.mkdir()
    folder = GenerationFolder(state)
    for number, word in enumerate(("Before", "After"), 1):
        quads = odd_quads(word)
        metadata = Metadata(
            0, f"2026-01-0{number}T03:04:05+00:00", None, len(quads) // 2, len(quads) // 2, 0, 1,
            f"{number}b" * 32, f"{number}d" * 32, "test",
        )  # fmt: skip
        with folder.writing():
            folder.publish(quads, metadata)
    with asking(state) as found:
        yield found
