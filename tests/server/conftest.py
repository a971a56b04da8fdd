"""A real server on loopback over a small generation, and a client that shows raw answers."""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from tests.server.contract import summarise

from unodc_graph.namespace import INFERRED_GRAPH
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import BlankNode, DefaultGraph, Literal, NamedNode, Quad

E = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
MANY = 2000
"""How many things the graph `many` holds: enough for large answers and for queries that never end."""
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A query that nobody lives to see the end of."""


@dataclass(frozen=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def type(self) -> str:
        return (self.headers["Content-Type"] or "").partition(";")[0]

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """A running server."""

    host: str
    port: int
    process: subprocess.Popen[str]
    state: Path
    log: Path = field(default_factory=Path)

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def endpoint(self) -> str:
        return f"{self.origin}/sparql"

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> Reply:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        return self.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def query(self, query: str, accept: str | None = None, **parameters: str) -> Reply:
        address = "/sparql?" + urlencode({"query": query, **parameters}, quote_via=quote)
        return self.request("GET", address, headers={"Accept": accept} if accept else {})

    def post(self, body: bytes, content_type: str | None, path: str = "/sparql", **headers: str) -> Reply:
        sent = {k.replace("_", "-"): v for k, v in headers.items()}
        if content_type is not None:
            sent["Content-Type"] = content_type
        return self.request("POST", path, body, sent)

    def metric(self, name: str) -> float:
        """Return what `/metrics` says of `name`."""
        lines = self.get("/metrics").body.decode().splitlines()
        return float(next(line.split()[1] for line in lines if line.startswith(f"{name} ")))

    def query_lines(self) -> list[dict[str, Any]]:
        """Return the lines of the query log so far."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


def quads() -> list[Quad]:
    """Two graphs that share a triple, values of every kind, blank nodes, and many things."""

    def n(name: str) -> NamedNode:
        return NamedNode(E + name)

    stated = [
        Quad(n("a"), n("label"), Literal("alpha", language="en"), n("g1")),
        Quad(n("a"), n("shared"), Literal("once"), n("g1")),
        Quad(n("a"), n("shared"), Literal("once"), n("g2")),
        Quad(n("b"), n("date"), Literal("2020-02-29", datatype=NamedNode(XSD + "date")), n("g2")),
        Quad(n("b"), n("text"), Literal('quote " comma , line\nbreak\ttab\\'), n("g2")),
        Quad(n("c"), n("address"), BlankNode("first"), n("g2")),
        Quad(BlankNode("first"), n("part"), BlankNode("second"), n("g2")),
        Quad(BlankNode("second"), n("city"), Literal("Vienna"), n("g2")),
    ]
    many = [Quad(n(f"many/{i}"), n("number"), Literal(str(i)), n("many")) for i in range(MANY)]
    every = stated + many
    default = {Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in every}
    inferred = [Quad(n("a"), n("follows"), n("b"), NamedNode(INFERRED_GRAPH))]
    return [*every, *default, *inferred]


def publish(state: Path) -> None:
    """Publish the small generation in `state`."""
    metadata = Metadata(0, "2026-01-02T03:04:05+00:00", None, 0, MANY + 7, 1, 3, "ab" * 32, "cd" * 32, "test")
    folder = GenerationFolder(state)
    with folder.writing():
        folder.publish(quads(), metadata)


@contextmanager
def running(state: Path, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run `unodc-kg serve` over `state` at a free port and end it afterwards, by its own id."""
    log = state.with_suffix(f".{time.monotonic_ns()}.log")
    code = "from unodc_graph.cli.main import main; main()"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--state", str(state), "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=os.environ | {"UNODC_KG_RATE": ""} | dict(environment or {}),
        )
    try:
        assert process.stdout is not None
        ready = select.select([process.stdout], [], [], 60)[0]
        line = process.stdout.readline() if ready else ""
        match = re.search(r"http://([\d.]+):(\d+)/", line)
        assert match, f"the server did not start: {line!r} {log.read_text()}"
        yield Server(match.group(1), int(match.group(2)), process, state, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="session")
def small_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with the small generation."""
    state = tmp_path_factory.mktemp("server") / "state"
    state.mkdir()
    publish(state)
    return state


@pytest.fixture(scope="session")
def server(small_state: Path) -> Iterator[Server]:
    """The server most tests ask; its limits are low enough to be met."""
    limits = {"UNODC_KG_ROWS": "5000", "UNODC_KG_RESULT_BYTES": "2000000", "UNODC_KG_WORKER_MEMORY_MB": "400"}
    with running(small_state, "--timeout", "4", "--workers", "4", environment=limits) as found:
        yield found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many rows of the HTTP contract were tested."""
    summarise(terminalreporter)
