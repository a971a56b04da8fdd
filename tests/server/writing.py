"""A knowledge graph of invented facts that can be changed, served; what the suites of writes share."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.server.conftest import Reply, Server, running

from unodc_graph.dataset import Dataset, assemble, evidence
from unodc_graph.gate.judgement import Gate
from unodc_graph.inference.closure import closure
from unodc_graph.inference.rule import rules
from unodc_graph.location import Rooms, rooms
from unodc_graph.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH
from unodc_graph.store.canonical import lines, state_digest, with_canonical_labels
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import NamedNode, Quad
from unodc_graph.token import Tokens

SHAPES = Path(__file__).parents[1] / "ontology" / "shapes"
PASSAGE = re.findall(r"passage:([0-9a-f]{12})", (SHAPES / "base.trig").read_text(encoding="utf-8"))[0]

MINE = f"https://w3id.org/unodc-kg/id/passage/{PASSAGE}"
PREFIXES = """
PREFIX unodc: <https://w3id.org/unodc-kg/ontology#>
PREFIX graph: <https://w3id.org/unodc-kg/graph/>
PREFIX activity: <https://w3id.org/unodc-kg/id/activity/>
PREFIX theme: <https://w3id.org/unodc-kg/id/theme/>
PREFIX passage: <https://w3id.org/unodc-kg/id/passage/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
THEME = "unodc:theme theme:gender-based-violence ;"


@contextmanager
def serving_invented(folder: Path, workers: int) -> Iterator[Server]:
    """Serve, from a state in `folder`, what `publish_invented` publishes."""
    state = folder / "state"
    state.mkdir()
    publish_invented(state, folder / "project")
    with running(state, "--workers", str(workers)) as server:
        yield server


def publish_invented(state: Path, project: Path) -> None:
    """Publish the ontology, the schemes and the base of the shapes' suite, as `build` publishes facts."""
    shutil.copytree(rooms().ontology, project / "ontology")
    (project / "graph" / "facts" / "passages").mkdir(parents=True)
    shutil.copy(SHAPES / "base.trig", project / "graph" / "facts" / "passages" / "900.trig")
    shutil.copytree(rooms().hygiene, project / "queries" / "hygiene")
    dataset: Dataset = assemble(Rooms.under(project))
    quads = with_canonical_labels(dataset.written | frozenset(evidence(dataset.written)))
    rows = lines(quads)
    known = rules(quad for quad in quads if quad.graph_name == NamedNode(ONTOLOGY_GRAPH))
    inferred = [Quad(*fact, NamedNode(INFERRED_GRAPH)) for fact in closure(quads, known)]
    default = {Quad(*quad.triple) for quad in quads}
    metadata = Metadata(
        number=0,
        created="2026-01-02T03:04:05+00:00",
        parent=None,
        quads=len(rows),
        triples=len(default),
        inferred=len(inferred),
        graphs=len({quad.graph_name for quad in quads}),
        state_digest=state_digest(rows),
        canonical_digest="",
        version="test",
        shapes=Gate(rooms()).version,
    )
    folder = GenerationFolder(state)
    with folder.writing():
        folder.publish([*quads, *default, *inferred], metadata)


@dataclass(frozen=True)
class Curator:
    """Somebody with a token for a running server."""

    server: Server
    token: str

    def send(
        self, method: str, path: str, body: bytes = b"", kind: str | None = None, **headers: str
    ) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Authorization"] = f"Bearer {self.token}"
        if kind is not None:
            sent["Content-Type"] = kind
        return self.server.request(method, path, body, sent)

    def update(self, text: str, parameters: str = "", **headers: str) -> Reply:
        return self.send(
            "POST", f"/update{parameters}", text.encode(), "application/sparql-update", **headers
        )

    def digest(self) -> str:
        """Return the state digest of what is published."""
        return GenerationFolder(self.server.state).current().metadata.state_digest


def curator(server: Server, name: str, graphs: tuple[str, ...] = ()) -> Curator:
    """Return somebody with a new token called `name`."""
    return Curator(server, Tokens(server.state).add(name, graphs, None, datetime.now(UTC)))


def activity(name: str, theme: str = THEME) -> str:
    """Return an update that states an activity as a curator would."""
    return f"{PREFIXES} INSERT DATA {{ {quads(name, theme)} }}"


def quads(name: str, theme: str = THEME) -> str:
    """Return the statements of such an update, in their graphs."""
    return f"""
        GRAPH passage:{PASSAGE} {{ activity:{name} {theme} a unodc:Training . }}
        GRAPH graph:catalogue {{ activity:{name} rdfs:label "Course {name}"@en ;
            dcterms:description "A course that was invented for a test, called {name}."@en . }}"""
