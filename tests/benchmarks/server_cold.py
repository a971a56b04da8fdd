"""Competency queries that nobody asked before: over HTTP, against the same evaluated in this process.

    python -m tests.benchmarks.server_cold --state var

Each query is asked in turn both ways, with a comment that makes it new: here it is scanned, evaluated and
serialised; over HTTP the time runs from the first byte sent to the last received, on one connection. The
client does no more than that, since what a client takes to write and read HTTP is no time of the server's.
Of each query's turns the median and the best are taken, the best being what other work on the machine
disturbs least; printed is the median over the queries of the difference. To hold: at most 3 ms more.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import socket
import statistics
import time
from pathlib import Path
from urllib.parse import quote

from tests.benchmarks.server_load import SERVE, get, serving

from unodc_graph.store.evaluation import Evaluation, evaluate
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.scan import scan

QUERIES = sorted((Path(__file__).parents[2] / "queries" / "competency").glob("*.rq"))
TYPE = "application/sparql-results+json"


def ask(connection: socket.socket, request: bytes) -> tuple[bytes, bytes]:
    """Send `request` and return the head and the body of the answer."""
    connection.sendall(request)
    received = b""
    while True:
        received += connection.recv(1 << 18)
        head, _, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
        if length is not None and len(body) >= int(length.group(1)):
            return head, body


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="cold competency queries over HTTP and in this process")
    parser.add_argument("--state", type=Path, default=Path("var"))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    store = GenerationFolder(options.state).current().open()
    here: dict[str, list[float]] = {path.name: [] for path in QUERIES}
    there: dict[str, list[float]] = {path.name: [] for path in QUERIES}
    with serving(*SERVE, "--state", str(options.state)) as (port, _):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for turn in range(options.rounds + 1):
            for path in QUERIES:
                text = f"# {time.time_ns()}\n" + path.read_text(encoding="utf-8")
                begin = time.perf_counter()
                evaluation = Evaluation(text, scan(text), TYPE)
                output = io.BytesIO()
                evaluate(store, evaluation, output)
                inside = time.perf_counter() - begin
                request = get(f"/sparql?query={quote(text)}", TYPE)
                begin = time.perf_counter()
                head, body = ask(connection, request)
                outside = time.perf_counter() - begin
                if not head.startswith(b"HTTP/1.1 200 ") or body != output.getvalue():
                    raise RuntimeError(f"{path.name}: {head[:12]!r}, {len(body)} bytes")
                if turn:  # the first turn warms up
                    here[path.name].append(inside)
                    there[path.name].append(outside)
        connection.close()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{len(QUERIES)} queries, {options.rounds} times each; load average {load}")
    for name, of in (("median", statistics.median), ("best", min)):
        inside = statistics.median(of(times) for times in here.values()) * 1000
        extra = statistics.median(of(there[name]) - of(here[name]) for name in here) * 1000
        missed = "" if extra <= 3 else " MISSED"
        print(f"{name} turn: {inside:.2f} ms here, {extra:.2f} ms more over HTTP (goal 3){missed}")


if __name__ == "__main__":
    main()
