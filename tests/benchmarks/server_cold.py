"""Competency queries that nobody asked before: over HTTP, against the same evaluated in this process.

    python -m tests.benchmarks.server_cold --state var

Each query is asked in turn both ways, with a comment that makes it new. Of each query's turns the median and
the best are taken, the best being what other work on the machine disturbs least; printed is the median over
the queries of the difference. To hold: at most 3 ms more.
"""

from __future__ import annotations

import argparse
import http.client
import io
import statistics
import time
from pathlib import Path
from urllib.parse import quote

from tests.benchmarks.server_load import SERVE, serving

from unodc_graph.store.evaluation import Evaluation, evaluate
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.scan import scan

QUERIES = sorted((Path(__file__).parents[2] / "queries" / "competency").glob("*.rq"))
TYPE = "application/sparql-results+json"


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
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for turn in range(options.rounds + 1):
            for path in QUERIES:
                text = f"# {time.time_ns()}\n" + path.read_text(encoding="utf-8")
                begin = time.perf_counter()
                evaluation = Evaluation(text, scan(text), TYPE)
                output = io.BytesIO()
                evaluate(store, evaluation, output)
                inside = time.perf_counter() - begin
                begin = time.perf_counter()
                connection.request("GET", f"/sparql?query={quote(text)}", headers={"Accept": TYPE})
                answer = connection.getresponse()
                body = answer.read()
                outside = time.perf_counter() - begin
                if answer.status != 200 or len(body) != len(output.getvalue()):
                    raise RuntimeError(f"{path.name}: {answer.status}, {len(body)} bytes")
                if turn:  # the first turn warms up
                    here[path.name].append(inside)
                    there[path.name].append(outside)
        connection.close()
    print(f"{len(QUERIES)} queries, {options.rounds} times each")
    for name, of in (("median", statistics.median), ("best", min)):
        inside = statistics.median(of(times) for times in here.values()) * 1000
        extra = statistics.median(of(there[name]) - of(here[name]) for name in here) * 1000
        missed = "" if extra <= 3 else " MISSED"
        print(f"{name} turn: {inside:.2f} ms here, {extra:.2f} ms more over HTTP (goal 3){missed}")


if __name__ == "__main__":
    main()
