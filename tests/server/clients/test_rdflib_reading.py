"""rdflib reads things, passages, concepts and terms by their own IRIs, as anybody does behind the redirect.

The redirect is the one that README.md asks to be registered: its rule is read there, and a server on loopback
stands for w3id.org. The rows are D1 to D4 and D11 of server/README.md.
"""

from __future__ import annotations

import http.client
import re
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from rdflib import RDF, RDFS, SKOS, Dataset, Graph, URIRef
from rdflib.compare import isomorphic
from tests.server.conftest import Server

from unodc_graph.namespace import BASE, ID, ONTOLOGY

README = Path(__file__).parents[3] / "README.md"
RULE = re.compile(r"RewriteRule \^\(\.\*\)\$ https://kg\.example\.net(/\S*)\$1 \[R=(30\d)\b")

IRIS = (
    *(
        f"{ID}{path}"
        for path in (
            "programme/haya",
            "activity/kgz-police-prosecutor-training",
            "org/unodc",
            "place/kgz",
            "figure/kgz-police-trained",
            "instrument/a-res-65-229",
            "document/000",
            "passage/ab474c640cc3",
            "theme/femicide",
            "scheme/theme",
        )
    ),
    f"{ONTOLOGY}Programme",
    f"{ONTOLOGY}implementedBy",
    f"{BASE}graph/reference",
)


@pytest.fixture(scope="module")
def _redirected(endpoint: Server) -> Iterator[None]:
    """Requests to w3id.org are answered on loopback as the registered rule would answer them."""
    rule = RULE.search(README.read_text(encoding="utf-8"))
    assert rule is not None, "README.md has no rule to register"
    prefix, status = rule[1], int(rule[2])
    space = urlsplit(BASE).path

    class Register(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path.startswith(space)
            self.send_response(status if known else 404)
            if known:
                self.send_header("Location", f"{endpoint.origin}{prefix}{self.path[len(space) :]}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    register = ThreadingHTTPServer(("127.0.0.1", 0), Register)

    class Resolver(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> Any:
            assert req.host == urlsplit(BASE).netloc, req.full_url
            return self.do_open(self._connect, req)  # type: ignore[arg-type]

        def _connect(self, _host: str, **options: Any) -> http.client.HTTPConnection:
            return http.client.HTTPConnection(*register.server_address[:2], timeout=options["timeout"])  # type: ignore[arg-type]

    thread = Thread(target=register.serve_forever)
    thread.start()
    urllib.request.install_opener(urllib.request.build_opener(Resolver))
    yield
    urllib.request.install_opener(None)  # type: ignore[arg-type]
    register.shutdown()
    thread.join()
    register.server_close()


@pytest.mark.usefixtures("_redirected")
@pytest.mark.parametrize("iri", IRIS)
def test_D1_D4_rdflib_reads_what_an_iri_stands_for(iri: str) -> None:
    found = Graph().parse(iri)
    thing = URIRef(iri)
    names = [*found.objects(thing, RDFS.label), *found.objects(thing, SKOS.prefLabel)]
    assert names or (thing, RDF.type, None) in found
    assert len(found) > 5


@pytest.mark.usefixtures("_redirected")
@pytest.mark.parametrize(
    ("iri", "format"),
    [
        *((IRIS[0], format) for format in (None, "turtle", "xml", "nt", "json-ld", "trig")),
        *((f"{ONTOLOGY}Programme", format) for format in (None, "turtle", "xml", "nt", "json-ld")),
    ],
)
def test_D2_rdflib_reads_the_same_graph_whatever_it_asks_for(iri: str, format: str | None) -> None:
    found = Graph().parse(iri, format=format)
    suffixed = f"{BASE}doc/{iri[len(ID) :]}.nt" if iri.startswith(ID) else f"{BASE}ontology.nt"
    assert isomorphic(found, Graph().parse(suffixed, format="nt"))


@pytest.mark.usefixtures("_redirected")
@pytest.mark.parametrize(("suffix", "format"), [("trig", "trig"), ("nq", "nquads")])
def test_D3_rdflib_reads_a_dataset_with_the_graph_in_its_default_graph(suffix: str, format: str) -> None:
    path = f"{BASE}doc/programme/haya"
    found = Dataset()
    found.parse(f"{path}.{suffix}", format=format)
    assert set(found.default_graph) == set(Graph().parse(f"{path}.nt", format="nt"))
    passages = {str(graph.identifier) for graph in found.graphs()}
    assert any(name.startswith(f"{ID}passage/") for name in passages)


@pytest.mark.usefixtures("_redirected")
@pytest.mark.parametrize("path", ["dumps/latest/unodc-kg.ttl", "dumps/latest/unodc-kg.nt"])
def test_F4_rdflib_reads_a_dump_by_its_address(endpoint: Server, path: str) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    held = endpoint.query(count, inferred="false").json()["results"]["bindings"][0]["n"]["value"]
    assert len(Graph().parse(f"{BASE}{path}")) == int(held) > 10_000


@pytest.mark.usefixtures("_redirected")
def test_D5_rdflib_is_told_of_what_is_not_there() -> None:
    with pytest.raises(HTTPError, match="404"):
        Graph().parse(f"{ID}programme/none")
