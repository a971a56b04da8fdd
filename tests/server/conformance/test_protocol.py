"""W3C SPARQL 1.1 Protocol: the tests of queries, sent as they are written. Those of updates need writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse
from tests.server.conformance.conftest import MISSING
from tests.server.conformance.manifest import BASE, MF, RDFS, UT, Manifest, file_of, suites
from tests.server.conformance.result import Table, read
from tests.server.conftest import Reply, Server

from unodc_graph.store.canonical import lines, state_digest
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.metadata import Metadata

HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
MANIFEST = f"{BASE}sparql11/protocol/manifest.ttl"
QUERY_TESTS = 21
UPDATE_TESTS = 13

_RESULTS = {
    "application/sparql-results+json": ".srj",
    "application/sparql-results+xml": ".srx",
}
_GRAPHS = {"text/turtle": ".ttl", "application/rdf+xml": ".rdf", "application/n-triples": ".nt"}


@dataclass(frozen=True)
class Exchange:
    """One request of a test and what its answer must be. `statuses` are first digits."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    statuses: frozenset[str]
    boolean: bool | None
    format: str | None


@dataclass(frozen=True)
class ProtocolTest:
    """A test: its name, the graphs that it wants by name and file, and its requests in order."""

    name: str
    graphs: tuple[tuple[str, str], ...]
    exchanges: tuple[Exchange, ...]

    @property
    def writes(self) -> bool:
        """Whether it needs an address that takes updates; that GET must not take one holds without."""
        return "update" in self.name and self.name != "bad_update_get"


def _tests(root: Path) -> Iterator[ProtocolTest]:
    manifest = Manifest(root, MANIFEST)
    for entry in manifest.listed(MF + "entries"):
        assert isinstance(entry, NamedNode)
        graphs = []
        for data in manifest.objects(entry, UT + "graphData"):
            name, file = manifest.one(data, RDFS + "label"), manifest.one(data, UT + "graph")
            assert isinstance(name, Literal)
            assert isinstance(file, NamedNode)
            graphs.append((name.value, file.value))
        action = manifest.one(entry, MF + "action")
        assert action is not None
        exchanges = tuple(_exchange(manifest, node) for node in manifest.listed(HT + "requests", action))  # type: ignore[arg-type]
        yield ProtocolTest(entry.value.partition("#")[2], tuple(sorted(graphs)), exchanges)


def _exchange(manifest: Manifest, node: BlankNode) -> Exchange:
    def text(subject: BlankNode, predicate: str) -> str | None:
        found = manifest.one(subject, predicate)
        return found.value if isinstance(found, Literal) else None

    body, response = manifest.one(node, HT + "body"), manifest.one(node, HT + "resp")
    assert isinstance(response, BlankNode)
    content = None
    if isinstance(body, BlankNode):
        encoding = text(body, CNT + "characterEncoding") or "UTF-8"
        content = (text(body, CNT + "chars") or "").encode(encoding)
    headers = tuple(
        (text(header, HT + "fieldName") or "", text(header, HT + "fieldValue") or "")
        for header in manifest.listed(HT + "headers", node)
        if isinstance(header, BlankNode)
    )
    statuses = manifest.objects(response, MF + "expectedStatus")
    boolean = text(response, MF + "expectedBoolean")
    return Exchange(
        method=text(node, HT + "methodName") or "",
        path=text(node, HT + "absolutePath") or "",
        headers=headers,
        body=content,
        statuses=frozenset(
            str(s.value).rpartition("StatusCode")[2][0] for s in statuses if isinstance(s, NamedNode)
        ),
        boolean=None if boolean is None else boolean == "true",
        format=text(response, MF + "expectedFormat"),
    )


ROOT = suites()
TESTS = list(_tests(ROOT)) if ROOT is not None else []
QUERIES = [test for test in TESTS if not test.writes]

pytestmark = pytest.mark.skipif(ROOT is None, reason=MISSING)


@pytest.fixture(scope="module")
def endpoint(root: Path, blank: Server) -> Server:
    """A blank server that holds the graphs of all query tests, each under its name."""
    quads = [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(name))
        for name, file in sorted({graph for test in QUERIES for graph in test.graphs})
        for quad in parse(file_of(root, file).read_bytes(), format=RdfFormat.N_TRIPLES)
    ]
    assert quads
    folder = GenerationFolder(blank.state)
    with folder.writing():
        digest = state_digest(lines(quads))
        folder.publish(
            quads, Metadata(0, "2026-01-02T03:04:05+00:00", None, len(quads), 0, 0, 3, digest, "", "test")
        )
    return blank


def test_the_suite_is_whole(figures: list[str]) -> None:
    assert len(QUERIES) == QUERY_TESTS
    assert len(TESTS) - len(QUERIES) == UPDATE_TESTS
    figures.append(f"protocol: {QUERY_TESTS} tests of queries run")


@pytest.mark.parametrize("test", QUERIES, ids=lambda test: test.name)
def test_w3c_protocol(endpoint: Server, test: ProtocolTest) -> None:
    assert test.exchanges
    for exchange in test.exchanges:
        reply = endpoint.request(exchange.method, exchange.path, exchange.body, dict(exchange.headers))
        assert exchange.statuses, "a test without an expected status"
        assert str(reply.status)[0] in exchange.statuses, (reply.status, reply.body)
        _check_content(exchange, reply)


def _check_content(exchange: Exchange, reply: Reply) -> None:
    if exchange.format == "boolean":
        result = _boolean(reply)
        assert exchange.boolean is None or result is exchange.boolean
    elif exchange.format == "tabular":
        assert isinstance(read(reply.body, _RESULTS[reply.type], BASE), Table)
    elif exchange.format == "RDF":
        assert isinstance(read(reply.body, _GRAPHS[reply.type], BASE), frozenset)


def _boolean(reply: Reply) -> bool:
    if _RESULTS[reply.type] == ".srx":
        ElementTree.fromstring(reply.body)
    result = read(reply.body, _RESULTS[reply.type], BASE)
    assert isinstance(result, bool)
    return result
