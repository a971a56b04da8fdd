"""W3C SPARQL 1.1 Graph Store HTTP Protocol: the tests of requests in RDF, and the older ones in prose."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse
from tests.server.conformance.change import Writer, canonical
from tests.server.conformance.conftest import MISSING
from tests.server.conformance.manifest import BASE, MF, RDFS, Manifest, suites
from tests.server.conformance.test_protocol import CNT, HT
from tests.server.conftest import Reply, Server

MANIFESTS = ("manifest-direct.ttl", "manifest-indirect.ttl")
EXPECTED = 13
OLD_EXPECTED = 18

_STATUSES = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
_BLOCK = re.compile(r"#### (Request|Response)\n(.*?)(?=\n#### |\Z)", re.DOTALL)


@dataclass(frozen=True)
class Exchange:
    """A request, and what its answer may be; `location` is what the value of Location is called later."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    statuses: frozenset[int]
    expected: bytes | None
    location: str | None = None


@dataclass(frozen=True)
class StoreTest:
    """A test: its name and its requests in order."""

    name: str
    exchanges: tuple[Exchange, ...]


def _tests(root: Path) -> list[StoreTest]:
    found = []
    for name in MANIFESTS:
        manifest = Manifest(root, f"{BASE}sparql11/graph-store-protocol/{name}")
        for entry in manifest.listed(MF + "entries"):
            assert isinstance(entry, NamedNode)
            action = manifest.one(entry, MF + "action")
            assert action is not None
            requests = [
                node for node in manifest.listed(HT + "requests", action) if isinstance(node, BlankNode)
            ]
            exchanges = tuple(_exchange(manifest, node) for node in requests)
            found.append(StoreTest(entry.value.partition("#")[2], exchanges))
    return found


def _exchange(manifest: Manifest, node: BlankNode) -> Exchange:
    response = manifest.one(node, HT + "resp")
    assert isinstance(response, BlankNode)
    statuses = manifest.objects(response, MF + "expectedStatus")
    headers = tuple(
        (_text(manifest, header, HT + "fieldName") or "", _text(manifest, header, HT + "fieldValue") or "")
        for header in manifest.listed(HT + "headers", node)
        if isinstance(header, BlankNode)
    )
    return Exchange(
        _text(manifest, node, HT + "methodName") or "",
        _text(manifest, node, HT + "absolutePath") or "",
        headers,
        _content(manifest, node),
        frozenset(_STATUSES[s.value.partition("#")[2]] for s in statuses if isinstance(s, NamedNode)),
        _content(manifest, response),
        _text(manifest, response, MF + "expectedLocation"),
    )


def _text(manifest: Manifest, subject: BlankNode, predicate: str) -> str | None:
    found = manifest.one(subject, predicate)
    return found.value if isinstance(found, Literal) else None


def _content(manifest: Manifest, node: BlankNode) -> bytes | None:
    body = manifest.one(node, HT + "body")
    if not isinstance(body, BlankNode):
        return None
    return (_text(manifest, body, CNT + "chars") or "").encode("utf-8")


def _old_tests(root: Path) -> list[StoreTest]:
    manifest = Manifest(root, f"{BASE}sparql11/http-rdf-update/manifest.ttl")
    found = []
    for entry in manifest.listed(MF + "entries"):
        assert isinstance(entry, NamedNode)
        prose = next(
            node.value
            for node in manifest.objects(entry, RDFS + "comment")
            if isinstance(node, Literal) and "#### Request" in node.value
        )
        found.append(StoreTest(entry.value.partition("#")[2], (_from_prose(prose),)))
    return found


def _from_prose(prose: str) -> Exchange:
    parts = {kind: _dedented(block) for kind, block in _BLOCK.findall(prose)}
    head, _, body = parts["Request"].partition("\n\n")
    first, *rows = head.split("\n")
    method, path, _ = first.split(" ")
    headers = [(name, value.strip()) for name, _, value in (row.partition(":") for row in rows)]
    head, _, expected = parts["Response"].partition("\n\n")
    status = int(head.split(" ")[0])
    location = "$NEWPATH$" if "Location: $NEWPATH$" in head else None
    return Exchange(
        method,
        path,
        tuple(header for header in headers if header[0] not in ("Host", "Content-Length")),
        _terminated(body).encode() if body.strip() else None,
        # Where the older tests ask for 200, the newer ones take 204 as well: there is nothing to send back.
        frozenset({status, 204} if status == 200 and method in ("POST", "DELETE") else {status}),
        expected.encode() if expected.strip() else None,
        location,
    )


def _dedented(block: str) -> str:
    return "\n".join(row.removeprefix("    ") for row in block.strip("\n").split("\n")).strip()


def _terminated(body: str) -> str:
    """Return a body in Turtle with the dots that some of the older tests leave out."""
    pattern = r'(foaf:(?:name|familyName|givenName) "[^"]*")\s*(?=\n--|\Z)'
    return re.sub(pattern, r"\1 .\n", body).replace("\n", "\r\n")


ROOT = suites()
TESTS = _tests(ROOT) if ROOT is not None else []
OLD_TESTS = _old_tests(ROOT) if ROOT is not None else []
CONTRADICTED = "get_of_post__existing_graph"
"""Expects the state before the request of the test before it; the test after it expects the right one."""

pytestmark = pytest.mark.skipif(ROOT is None, reason=MISSING)


def test_the_suites_are_whole(figures: list[str]) -> None:
    assert len(TESTS) == EXPECTED
    assert len(OLD_TESTS) == OLD_EXPECTED
    figures.append(f"graph store: {EXPECTED} tests in RDF and {OLD_EXPECTED} of 2012 in prose, each asserted")


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_w3c_graph_store(blank: Server, blank_writer: Writer, test: StoreTest) -> None:
    blank_writer.fill([])
    places: dict[str, str] = {}
    assert test.exchanges
    for exchange in test.exchanges:
        _run(blank, blank_writer, exchange, places, lambda text: re.sub(r"\A/gsp", "/store", text))


def test_w3c_graph_store_of_2012(blank: Server, blank_writer: Writer) -> None:
    """These build on one another, so that they are one test here; each is asserted by its name."""
    existing = NamedNode(f"{blank.origin}/store/person/2.ttl")  # which the tests take for granted
    blank_writer.fill([Quad(existing, existing, existing, existing)])
    places: dict[str, str] = {}

    def filled(text: str) -> str:
        text = text.replace("http://$HOST$/$GRAPHSTORE$", f"{blank.origin}/store")
        return text.replace("$GRAPHSTORE$", "/store").replace("$HOST$", f"{blank.host}:{blank.port}")

    for test in OLD_TESTS:
        (exchange,) = test.exchanges
        try:
            _run(blank, blank_writer, exchange, places, filled, compare=test.name != CONTRADICTED)
        except AssertionError as error:
            raise AssertionError(f"{test.name}: {error}") from error


def _run(
    server: Server,
    writer: Writer,
    exchange: Exchange,
    places: dict[str, str],
    filled: Callable[[str], str],
    compare: bool = True,
) -> None:
    path = exchange.path
    for name, place in places.items():
        path = path.replace(f"graph={name}", f"graph={quote(place, safe='')}").replace(name, place)
    path = filled(path).removeprefix(server.origin)
    body = filled(exchange.body.decode()).encode() if exchange.body is not None else None
    headers = {name.title(): value for name, value in exchange.headers}
    if exchange.method not in ("GET", "HEAD"):
        headers |= writer.headers
    reply = server.request(exchange.method, path, body, headers)
    assert reply.status in exchange.statuses, (exchange.method, path, reply.status, reply.body)
    if exchange.location is not None:
        places[exchange.location] = reply.headers["Location"]
    if exchange.expected is not None and compare:
        assert reply.type == "text/turtle"
        expected = filled(exchange.expected.decode()).encode()
        assert _read(reply.body, server.origin + path) == _read(expected, server.origin + path)
    if exchange.method == "HEAD":
        assert reply.body == b""


def _read(content: bytes, base: str) -> list[str]:
    return canonical(parse(content, RdfFormat.TURTLE, base_iri=base))


def test_a_graph_of_a_wrong_type_is_refused(blank: Server, blank_writer: Writer) -> None:
    reply: Reply = blank.request(
        "PUT", "/store?graph=urn:g", b"a b c", blank_writer.headers | {"Content-Type": "text/plain"}
    )
    assert reply.status == 415
