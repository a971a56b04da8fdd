"""A large graph published as `build` publishes one, for the benchmarks; only the checks are left out."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from tests.benchmarks.gate import whole_copies

from unodc_graph.commit.delta import graph_name
from unodc_graph.description.counts import FILE_NAME, to_json
from unodc_graph.description.example import examples
from unodc_graph.description.metadata import describe, state_of
from unodc_graph.description.statistics import counted
from unodc_graph.description.void import GRAPHS
from unodc_graph.gate.judgement import Gate
from unodc_graph.inference.closure import closure
from unodc_graph.inference.rule import rules
from unodc_graph.location import rooms
from unodc_graph.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH
from unodc_graph.store.canonical import state_digest
from unodc_graph.store.generation import Generation, GenerationFolder
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import NamedNode, Quad


def publish(state: Path, size: int, gate: Gate) -> Generation:
    """Publish the project's graph with as many copies as make about `size` asserted quads, and return it.

    `gate` is that of the project: its shapes are on record as those that the graph was checked by.
    """
    quads = list(whole_copies(size))
    default = {Quad(*quad.triple) for quad in quads}
    known = rules(quad for quad in quads if quad.graph_name == NamedNode(ONTOLOGY_GRAPH))
    inferred = [Quad(*fact, NamedNode(INFERRED_GRAPH)) for fact in closure(quads, known)]
    sizes = Counter(name for quad in (*quads, *inferred) if (name := graph_name(quad) or "") in GRAPHS)
    counts = counted(default, inferred, sizes)
    metadata = Metadata(
        number=1,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        parent=None,
        quads=len(quads),
        triples=len(default),
        inferred=len(inferred),
        graphs=len({quad.graph_name for quad in quads}),
        state_digest=state_digest(f"{quad} ." for quad in quads),
        canonical_digest="",
        version=version("unodc-kg"),
        shapes=gate.version,
    )
    described = describe(state_of(metadata), counts, examples(rooms().competency))
    folder = GenerationFolder(state)
    with folder.writing():
        rows = chain(quads, default, inferred, described)
        return folder.publish(rows, metadata, {FILE_NAME: to_json(counts)})
