"""Warm answers against routes that return a constant: how much of a request is the endpoint's own work.

    python -m tests.benchmarks.server_warm --state var

One server has three addresses: the endpoint, asked a competency query whose answer is kept; a route of the
same application that returns the same bytes behind the same limiter, log and measures; and a bare Flask
application that returns them and does nothing else. To hold: 0.7 of the second, 0.3 of the third.
"""

from __future__ import annotations

import argparse
import http.client
import logging
import statistics
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response
from tests.benchmarks.server_load import SERVE, get, load, serving
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from unodc_server import journal
from unodc_server.app import create_app, limit_rate
from unodc_server.service import query_id
from unodc_server.settings import Settings
from unodc_server.web import Application, listen

QUERY = (Path(__file__).parents[2] / "queries/competency/programmes-by-document.rq").read_text("utf-8")
TYPE = "application/sparql-results+json"


def serve(state: Path, size: int) -> None:
    """Serve the endpoint, /constant and /bare/."""
    body = b"x" * size
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]

    settings = Settings(state=state, rate="")

    def make() -> Flask:
        journal.configure()
        app = create_app(settings)

        def constant() -> Response:
            entry = journal.Entry(query_id(), "0" * 32, "select", 200, None, 0.001, 1, size, True, 1)
            journal.write(entry, logging.INFO)
            return Response(body, content_type=TYPE)

        app.add_url_rule("/constant", "constant", constant)
        limit_rate(app, "100000000 per minute", ("sparql.sparql", "constant"))
        bare = Flask("bare")
        bare.add_url_rule("/", "bare", lambda: Response(body, content_type=TYPE))
        app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/bare": bare})  # type: ignore[method-assign]
        return app

    Application(make, listener, 16, lambda: print(f"http://127.0.0.1:{port}/", flush=True), settings).run()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="warm answers against constant routes")
    parser.add_argument("--state", type=Path, default=Path("var"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.state, options.serve)
        return
    path = f"/sparql?query={quote(QUERY)}"
    with serving(*SERVE, "--state", str(options.state)) as (port, _):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", path)
        size = len(connection.getresponse().read())
        connection.close()
    command = ("-m", "tests.benchmarks.server_warm", "--state", str(options.state), "--serve", str(size))
    rates: dict[str, list[float]] = {}
    addresses = {"warm": path, "constant": "/constant", "bare": "/bare/"}
    with serving(*command) as (port, _):
        for turn in range(options.rounds + 1):
            for name, address in addresses.items():
                request = get(address)
                found = load(port, lambda sent=request: sent, options.seconds, 4)  # type: ignore[misc]
                if set(found.statuses) != {200}:
                    raise RuntimeError(f"{name}: {found.statuses}")
                if turn:  # the first turn warms up
                    rates.setdefault(name, []).append(found.rate)
    for name, values in rates.items():
        print(
            f"{name:9} {statistics.median(values):7.0f} requests/s ({min(values):.0f} to {max(values):.0f})"
        )
    for other, goal in (("constant", 0.7), ("bare", 0.3)):
        ratios = [ours / theirs for ours, theirs in zip(rates["warm"], rates[other], strict=True)]
        ratio = statistics.median(ratios)
        print(f"warm / {other}: {ratio:.2f} (goal {goal}){'' if ratio >= goal else ' MISSED'}")


if __name__ == "__main__":
    main()
