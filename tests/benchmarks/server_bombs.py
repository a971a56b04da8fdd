"""What bombs do to everybody else: others' times beside one bomb and beside five, and what is left of them.

    python -m tests.benchmarks.server_bombs --state var

Four clients ask competency queries all the time, warm and cold, while nothing else runs, while one bomb at a
time runs, and while five do. To hold: the 99th percentile of the others under twice the quiet one with one
bomb and under four times with five, each bomb 503 or 413 within its deadline and a second, and the memory
of the server where it was afterwards.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

from tests.benchmarks.server_load import SERVE, Load, get, load, serving
from tests.server.process import children

QUERIES = sorted((Path(__file__).parents[2] / "queries" / "competency").glob("*.rq"))
BOMBS = {
    "cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "path": "SELECT (COUNT(*) AS ?n) { ?s (<a:1>|!<a:1>)*/(<a:2>|!<a:2>)*/(<a:3>|!<a:3>)* ?o . ?x ?y ?z }",
    "regex": 'SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?a), STR(?d)), "(x+x+)+y$")) }',
    "concat": "SELECT (GROUP_CONCAT(?x) AS ?y) { ?a ?b ?c . ?d ?e ?f BIND(CONCAT(STR(?a), STR(?d)) AS ?x) }",
    "values": "SELECT (COUNT(*) AS ?n) { VALUES ?x { " + "1 " * 200_000 + "} ?a ?b ?c . ?d ?e ?f }",
}
DEADLINE = 10.0


class Bombs:
    """Bombs thrown at a server, and how each ended."""

    def __init__(self, port: int) -> None:
        self.ends: list[tuple[str, int, float]] = []
        self._port = port
        self._threads: list[threading.Thread] = []
        self._numbers = itertools.count()

    def throw(self, names: tuple[str, ...]) -> None:
        """Send these bombs at once, each a little different from all before it."""
        for name in names:
            thread = threading.Thread(target=self._throw, args=(name, next(self._numbers)))
            thread.start()
            self._threads.append(thread)

    def _throw(self, name: str, number: int) -> None:
        begin = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        body = urlencode({"query": f"{BOMBS[name]} # {time.time()} {number}", "timeout": str(DEADLINE)})
        connection.request("POST", "/sparql", body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        problem = json.loads(answer.read())
        assert problem["status"] == answer.status
        self.ends.append((name, answer.status, time.monotonic() - begin))
        connection.close()

    def wait(self) -> None:
        """Wait until every bomb has ended."""
        for thread in self._threads:
            thread.join()
        self._threads.clear()


def requests(texts: list[str]) -> Callable[[], bytes]:
    """Return what gives the next request of the others: four of five warm, one cold."""
    numbers = itertools.count()

    def following() -> bytes:
        number = next(numbers)
        text = texts[number % len(texts)]
        fresh = f"# {time.time_ns()}\n" if number % 5 == 0 else ""
        return get(f"/sparql?query={quote(fresh + text)}")

    return following


def memory(process: int) -> int:
    """Return the memory of a process and all below it, in bytes: what is shared is shared out."""
    total = 0
    for part in (process, *children(process)):
        try:
            lines = Path(f"/proc/{part}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="the others' times while bombs run")
    parser.add_argument("--state", type=Path, default=Path("var"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    texts = [path.read_text(encoding="utf-8") for path in QUERIES[:40]]
    each, five = list(BOMBS), tuple(BOMBS)
    ratios: dict[str, list[float]] = {"one bomb": [], "five bombs": []}
    with serving(*SERVE, "--state", str(options.state)) as (port, process):
        bombs, following = Bombs(port), requests(texts)

        def others() -> Load:
            found = load(port, following, options.seconds, 4, 0.02)
            if set(found.statuses) != {200}:
                raise RuntimeError(f"the others were answered {found.statuses}")
            return found

        others()  # warms up
        before = memory(process)
        longest = 0.0
        for turn in range(options.rounds):
            for name, thrown in (("one bomb", (each[turn % len(each)],)), ("five bombs", five)):
                quiet = others()
                bombs.throw(thrown)
                beside = others()
                bombs.wait()
                time.sleep(0.5)
                longest = max(longest, *beside.seconds)
                ratios[name].append(beside.percentile(0.99) / quiet.percentile(0.99))
                print(
                    f"{name:10} ({thrown[0] if len(thrown) == 1 else 'all'}): p99 "
                    f"{quiet.percentile(0.99) * 1000:.1f} ms quiet, {beside.percentile(0.99) * 1000:.1f} ms; "
                    f"p50 {quiet.percentile(0.5) * 1000:.1f}, {beside.percentile(0.5) * 1000:.1f} ms; "
                    f"{len(beside.seconds)} answers"
                )
        time.sleep(1)
        after = memory(process)
    for name, goal in (("one bomb", 2), ("five bombs", 4)):
        ratio = statistics.median(ratios[name])
        print(f"p99 beside {name} / quiet: {ratio:.2f} (goal {goal}){'' if ratio < goal else ' MISSED'}")
    print(f"the longest of the others: {longest * 1000:.0f} ms (deadline of a bomb: {DEADLINE} s)")
    for name in each:
        ends = [(status, seconds) for found, status, seconds in bombs.ends if found == name]
        slowest = max(seconds for _, seconds in ends)
        good = slowest <= DEADLINE + 1 and {status for status, _ in ends} <= {413, 503}
        statuses = "/".join(sorted({str(status) for status, _ in ends}))
        print(f"{name}: {statuses} after {slowest:.2f} s at most{'' if good else ' MISSED'}")
    print(f"memory: {before / 2**20:.0f} MiB before, {after / 2**20:.0f} MiB after")


if __name__ == "__main__":
    main()
