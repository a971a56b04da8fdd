"""W3C SPARQL 1.1 Update tests over HTTP, on a blank server: data by the graph store, changes by `/update`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, parse
from tests.server.conformance.change import Writer, canonical
from tests.server.conformance.manifest import BASE, MF, RDF, RDFS, UT, Manifest, file_of, suites
from tests.server.conformance.result import GRAPH_FORMATS

MANIFEST = BASE + "sparql11/manifest-sparql11-update.ttl"
EXPECTED = 157
_UPDATE = "application/sparql-update"

Graphs = tuple[tuple[str | None, str], ...]
"""Names of graphs, None for the default one, each with the address of the file that holds it."""


@dataclass(frozen=True)
class UpdateCase:
    """One update test; `result` is None for a test of syntax."""

    iri: str
    kind: str
    request: str
    data: Graphs
    result: Graphs | None


def cases(root: Path) -> list[UpdateCase]:
    """Return every update test."""
    return list(_cases(root, MANIFEST))


def _cases(root: Path, address: str) -> list[UpdateCase]:
    manifest = Manifest(root, address)
    found = [
        case
        for included in manifest.listed(MF + "include")
        if isinstance(included, NamedNode)
        for case in _cases(root, included.value)
    ]
    for entry in manifest.listed(MF + "entries"):
        kind, action = manifest.one(entry, RDF + "type"), manifest.one(entry, MF + "action")
        assert isinstance(entry, NamedNode)
        assert isinstance(kind, NamedNode)
        name = kind.value.removeprefix(MF)
        if isinstance(action, NamedNode):
            found.append(UpdateCase(entry.value, name, action.value, (), None))
            continue
        assert isinstance(action, BlankNode)
        request, result = manifest.one(action, UT + "request"), manifest.one(entry, MF + "result")
        assert isinstance(request, NamedNode)
        assert isinstance(result, BlankNode)
        graphs = _graphs(manifest, action), _graphs(manifest, result)
        found.append(UpdateCase(entry.value, name, request.value, *graphs))
    return found


def _graphs(manifest: Manifest, node: BlankNode) -> Graphs:
    graphs: list[tuple[str | None, str]] = []
    for file in manifest.objects(node, UT + "data"):
        assert isinstance(file, NamedNode)
        graphs.append((None, file.value))
    for entry in manifest.objects(node, UT + "graphData"):
        file, label = manifest.one(entry, UT + "graph"), manifest.one(entry, RDFS + "label")
        assert isinstance(file, NamedNode)
        assert label is not None
        assert not isinstance(label, BlankNode)
        graphs.append((str(getattr(label, "value", label)), file.value))
    return tuple(graphs)


ROOT = suites()
CASES = cases(ROOT) if ROOT is not None else []


def test_the_number_of_update_tests_is_that_of_the_suite(root: Path, figures: list[str]) -> None:
    kinds = Counter(case.kind for case in CASES)
    figures.append(f"update over HTTP: {len(CASES)} tests ({dict(kinds)}), each asserted")
    assert len(CASES) == EXPECTED


@pytest.mark.parametrize("case", CASES, ids=[case.iri.removeprefix(BASE) for case in CASES])
def test_an_update_does_what_the_suite_expects(case: UpdateCase, root: Path, blank_writer: Writer) -> None:
    text = file_of(root, case.request).read_bytes()
    if case.result is None:
        reply = blank_writer.update(text)
        negative = case.kind.startswith("Negative")
        # A text with LOAD is refused before its syntax is looked at; one that was read may name a graph
        # that is not there.
        refused = {403} if b"LOAD" in text.upper() else set()
        assert reply.status in ({400} if negative else {200, 404}) | refused, reply.body
        return
    blank_writer.fill(_quads(root, case.data))
    reply = blank_writer.update(text)
    assert reply.status == 200, reply.body
    assert blank_writer.state() == canonical(_quads(root, case.result))


def _quads(root: Path, graphs: Graphs) -> list[Quad]:
    quads = []
    for name, address in graphs:
        file = file_of(root, address)
        for quad in parse(
            file.read_bytes(), GRAPH_FORMATS[file.suffix], base_iri=address, rename_blank_nodes=True
        ):
            target = NamedNode(name) if name is not None else quad.graph_name
            quads.append(Quad(quad.subject, quad.predicate, quad.object, target))
    return quads
