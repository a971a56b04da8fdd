"""What the routes share: settings, the execution, measures, and the facts of the request at hand."""

from __future__ import annotations

import json
import secrets
import socket
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from flask import Request, g
from werkzeug.sansio.utils import get_current_url

from unodc_graph.location import rooms
from unodc_graph.store.generation import Generation
from unodc_server import protocol
from unodc_server.delivery import Validators, moment, tag_of
from unodc_server.download import Downloads
from unodc_server.execution import Execution
from unodc_server.measure import Measures
from unodc_server.negotiation import RESULTS, choose
from unodc_server.protocol import QueryRequest
from unodc_server.reading import Reader
from unodc_server.saved import SavedQueries
from unodc_server.settings import Settings

_READ: Final = 512

Row = dict[str, str]


@dataclass
class Service:
    """One running server."""

    settings: Settings
    execution: Execution
    saved: SavedQueries
    measures: Measures = field(default_factory=Measures)
    reader: Reader = field(default_factory=Reader)
    downloads: Downloads = field(init=False)
    _answers: dict[tuple[int, str], list[Row]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Make the downloads, and what remembers the pure part of requests that come again and again."""
        self.downloads = Downloads(self.settings.state / "dumps")
        self._read_once = lru_cache(_READ)(protocol.read)
        self._base_once = lru_cache(_READ)(_root)
        self.choose = lru_cache(_READ)(choose)

    def read(self, received: protocol.Received) -> QueryRequest | None:
        """Return what `protocol.read` returns; a request without a body is read once."""
        return protocol.read(received) if received.body else self._read_once(received)

    def base(self, request: Request) -> str:
        """Return the public address of the server, without a slash at the end."""
        if self.settings.public_origin:
            return self.settings.public_origin.rstrip("/")
        return self._base_once(request.scheme, request.host, request.root_path)

    def endpoint(self, request: Request) -> str:
        """Return the public address of the SPARQL endpoint."""
        return f"{self.base(request)}/sparql"

    def validators(self, generation: Generation, *parts: object) -> Validators:
        """Return validators for a page made of `generation` and `parts`."""
        modified = moment(generation.metadata.created)
        return Validators(tag_of(generation.number, generation.metadata.state_digest, *parts), modified)

    def rows(self, query: str) -> list[Row]:
        """Return the solutions of a query of our own as texts, kept for the generation served.

        Raises what an evaluation raises.
        """
        generation = self.execution.generation()
        key = (generation.number, query)
        with self._lock:
            if key in self._answers:
                return self._answers[key]
        prepared = self.execution.prepare(QueryRequest(query), None)
        answer = self.execution.answer(prepared, RESULTS[0])
        with answer.opened.file as file:
            bindings = json.load(file)["results"]["bindings"]
        found = [{name: term["value"] for name, term in binding.items()} for binding in bindings]
        with self._lock:
            for old in [k for k in self._answers if k[0] != generation.number]:
                del self._answers[old]
            self._answers[key] = found
        return found

    def count_some(self) -> int:
        """Return how many of the first thousand triples there are, counted by a worker now."""
        query = "SELECT (COUNT(*) AS ?n) { SELECT * { ?s ?p ?o } LIMIT 1000 }"
        prepared = self.execution.prepare(QueryRequest(query), None)
        answer = self.execution.answer(prepared, RESULTS[0], fresh=True)
        with answer.opened.file as file:
            return int(json.load(file)["results"]["bindings"][0]["n"]["value"])

    def page_rows(self, name: str) -> list[Row]:
        """Return the solutions of the query `queries/pages/{name}.rq`."""
        return self.rows(page_query(name))

    def named_graphs(self) -> dict[str, int]:
        """Return the named graphs and the number of triples in each."""
        query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        return {row["g"]: int(row["n"]) for row in self.rows(query) if "g" in row}


def _root(scheme: str, host: str, root_path: str) -> str:
    return get_current_url(scheme, host, root_path).rstrip("/")


def page_query(name: str) -> str:
    """Return the text of `queries/pages/{name}.rq`."""
    return (rooms().queries / "pages" / f"{name}.rq").read_text(encoding="utf-8")


def query_id() -> str:
    """Return the identifier of the request at hand, made at its first use."""
    if "query_id" not in g:
        g.query_id = secrets.token_hex(8)
    return str(g.query_id)


def client_socket(request: Request) -> socket.socket | None:
    """Return the connection of the client where the HTTP server shows it (gunicorn does)."""
    found: Any = request.environ.get("gunicorn.socket")
    return found if isinstance(found, socket.socket) else None
