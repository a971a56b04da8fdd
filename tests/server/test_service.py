"""SERVICE reaches the endpoints that are listed, and nobody else, not even by a redirect.

The row is P20 of server/README.md.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest
from pyoxigraph import Store
from tests.server.conftest import Server, running
from tests.trap import Trap

from unodc_graph.errors import QueryRefused
from unodc_graph.store.scan import scan

ROWS = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"there"}}]}}'


class Remote(http.server.BaseHTTPRequestHandler):
    """An endpoint that answers, redirects to the trap, fails or talks nonsense, by its path."""

    trap = ""

    def do_POST(self) -> None:
        name = self.path.strip("/")
        bodies = {"good": ROWS, "nonsense": b"{nonsense", "fails": b"/secret/place"}
        status = int(name) if name.isdecimal() else 500 if name == "fails" else 200
        body = bodies.get(name, b"")
        self.send_response(status)
        if name.isdecimal():
            self.send_header("Location", self.trap)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def remote(trap: Trap) -> Iterator[str]:
    Remote.trap = trap.address
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Remote) as listener:
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listener.server_address[1]}/"
        listener.shutdown()
        thread.join()


REDIRECTS = ("301", "302", "303", "307", "308")


@pytest.fixture
def federating(small_state: object, remote: str) -> Iterator[Server]:
    names = ("good", "nonsense", "fails", *REDIRECTS)
    listed = " ".join([*(remote + name for name in names), "http://127.0.0.1:9/nobody"])
    from pathlib import Path

    assert isinstance(small_state, Path)
    environment = {"UNODC_KG_SERVICES": listed}
    with running(small_state, "--timeout", "5", "--workers", "2", environment=environment) as found:
        yield found


def test_P20_listed_services_are_asked_and_nobody_else(federating: Server, remote: str, trap: Trap) -> None:
    query = "SELECT ?x {{ SERVICE <{}> {{ ?s ?p ?x }} }}"
    reply = federating.query(query.format(remote + "good"))
    assert [row["x"]["value"] for row in reply.json()["results"]["bindings"]] == ["there"]
    assert reply.headers["ETag"] is None, "what another server says may change at any time"

    for name in ("nonsense", "fails", *REDIRECTS):
        reply = federating.query(query.format(remote + name))
        assert (reply.status, reply.type) == (502, "application/problem+json"), name
        assert reply.json()["type"].endswith("/problems/service-failed")
        assert b"secret" not in reply.body
    assert federating.query(query.format("http://127.0.0.1:9/nobody")).status == 502

    for address in (trap.address, remote, remote + "good/", remote + "good?x"):
        assert federating.query(query.format(address)).status == 403
    two = f"SELECT * {{ SERVICE <{remote}good> {{ ?s ?p ?x }} SERVICE <{trap.address}> {{ ?s ?p ?x }} }}"
    assert federating.query(two).status == 403
    assert b"BasicFederatedQuery" in federating.get("/sparql").body
    assert trap.visits == 0


def test_the_trap_is_where_the_redirects_lead(remote: str, trap: Trap) -> None:
    assert scan(f"ASK {{ SERVICE <{remote}302> {{}} }}", None, frozenset({remote + "302"})).reaches_out
    with pytest.raises(OSError, match="redirect"):
        list(Store().query(f"SELECT * {{ SERVICE <{remote}302> {{ ?s ?p ?o }} }}"))  # type: ignore[arg-type]
    assert trap.visits == 0


@pytest.mark.parametrize(
    "text",
    [
        "SERVICE <{ok}> {{ ?s ?p ?o }} SERVICE <{trap}> {{ ?s ?p ?o }}",
        "SERVICE <{ok}> {{ SERVICE <{trap}> {{ ?s ?p ?o }} }}",
        "SERVICE<{ok}>{{?s ?p 1SERVICE<{trap}>{{?a ?b ?c}}}}",
        "SERVICE #<{ok}>\n <{trap}> {{ ?s ?p ?o }}",
        "SERVICE '<{ok}>' <{trap}> {{ ?s ?p ?o }}",
        "?s ?p ?o FILTER(?s<?o#>\n) SERVICE <{trap}> {{ ?a ?b ?c }} #> SERVICE <{ok}>\n",
        "SERVICE ?x {{ ?s ?p ?o }} VALUES ?x {{ <{trap}> <{ok}> }}",
    ],
)
def test_P20_a_listed_service_opens_no_door_to_others(trap: Trap, text: str) -> None:
    ok = "http://ok.example/"
    with pytest.raises(QueryRefused):
        scan(f"ASK {{ {text.format(ok=ok, trap=trap.address)} }}", None, frozenset({ok}))
