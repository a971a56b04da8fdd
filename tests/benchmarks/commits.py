"""Changes written over HTTP into a large graph: how soon each is seen, and what readers notice of it.

    python -m tests.benchmarks.commits --quads 1000000

The graph is the project's own with copies of what passages state (`tests.benchmarks.gate`), derived and
published as `build` does it, in a temporary folder; the server is one of its own, on the loopback interface.
Each change writes an activity with a figure. Measured in one run, and printed with what is to hold:

* from sending a change to the whole answer of a query that finds the activity: the median within 1 s, and of
  so many changes in a row the 99th percentile within 2 s;
* everything validated, in a graph of a tenth of the size: 20 times as long as that median at least;
* readers who ask half of what the server can answer, without writes and beside one a second: the 99th
  percentile at most 3 times as long, and no failed answer;
* readers beside writes one after another: no failed answer, and none of more than one generation.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import quote

from tests.benchmarks.gate import QUADS, activity, everything, prepare
from tests.benchmarks.large import publish
from tests.benchmarks.server_load import SERVE, Load, get, load, serving
from tests.server.process import children

from unodc_graph.gate.judgement import Gate
from unodc_graph.location import rooms
from unodc_graph.namespace import ID, PREFIXES
from unodc_graph.store.term import NamedNode
from unodc_graph.token import Tokens

CONNECTIONS: Final = 8
TYPE: Final = "application/sparql-results+json"
UNODC: Final = f"PREFIX unodc: <{PREFIXES['unodc']}> "
PASSAGES: Final = sorted(
    {quad.graph_name.value for quad in QUADS if quad.predicate.value == f"{PREFIXES['unodc']}evidencedBy"}
    & {quad.subject.value for quad in QUADS if quad.predicate.value == f"{PREFIXES['unodc']}textHash"}
)
PROGRAMMES: Final = sorted({quad.subject.value for quad in QUADS if "/id/programme/" in quad.subject.value})
ACTIVITIES: Final = sorted({quad.subject.value for quad in QUADS if "/id/activity/" in quad.subject.value})


@dataclass
class Curator:
    """Somebody who writes activities, each with a number of its own."""

    port: int
    token: str
    numbers: count[int] = field(default_factory=lambda: count(1))
    failed: list[str] = field(default_factory=list)

    def write(self, passage: str | None = None, programme: str | None = None) -> int:
        """Write the next activity; return its number, which nothing has if it failed."""
        number = next(self.numbers)
        quads = activity(
            number,
            NamedNode(passage or PASSAGES[number % len(PASSAGES)]),
            NamedNode(programme or PROGRAMMES[number % len(PROGRAMMES)]),
        )
        rows = "\n".join(f"GRAPH {quad.graph_name} {{ {quad.triple} }}" for quad in quads)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/sparql-update"}
        status, body = self._ask("POST", "/update", f"INSERT DATA {{ {rows} }}".encode(), headers)
        if status != 200:
            self.failed.append(f"{status} {body[:500]!r}")
        return number

    def write_until_seen(self) -> float:
        """Write the next activity; return how many seconds it took until a query found it."""
        begin = time.perf_counter()
        number = self.write()
        path = f"/sparql?query={quote(f'{UNODC}ASK {{ <{ID}activity/written-{number}> a unodc:Training }}')}"
        while time.perf_counter() < begin + 60:
            if json.loads(self._ask("GET", path, None, {"Accept": TYPE})[1]).get("boolean"):
                return time.perf_counter() - begin
        raise SystemExit(f"an activity was not to be seen within a minute: {self.failed[-1:]}")

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()


def look_up() -> Callable[[], bytes]:
    """Return requests about one thing each, none of them asked before."""
    chance, numbers = random.Random(1), count()
    text = (
        "SELECT ?property ?value ?name {{ <{}> ?property ?value OPTIONAL {{ ?value <{}label> ?name }} }} #{}"
    )

    def request() -> bytes:
        query = text.format(chance.choice(ACTIVITIES), PREFIXES["rdfs"], next(numbers))
        return get(f"/sparql?query={quote(query)}", TYPE)

    return request


@dataclass
class Witness:
    """Somebody who counts what is written in two ways, and compares with the generation that answers."""

    port: int
    passage: str
    programme: str
    answers: int = 0
    failed: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)

    def read(self, stop: threading.Event) -> None:
        """Ask one query after another until `stop` is set."""
        pattern = f"{{ ?x unodc:partOf <{self.programme}> }}"
        query = (
            f"{UNODC}SELECT ?one ?other {{ {{ SELECT (COUNT(*) AS ?one) {pattern} }} "
            f"{{ SELECT (COUNT(*) AS ?other) {{ GRAPH <{self.passage}> {pattern} }} }} }}"
        )
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        first: tuple[int, int, int] | None = None
        for number in count():
            if stop.is_set():
                break
            path = f"/sparql?query={quote(f'{query} #{id(self)} {number}')}"
            connection.request("GET", path, headers={"Accept": TYPE})
            answer = connection.getresponse()
            body = answer.read()
            self.answers += 1
            if answer.status != 200:
                self.failed.append(f"{answer.status} {body[:200]!r}")
                continue
            row = json.loads(body)["results"]["bindings"][0]
            found = (
                int(answer.headers["Dataset-Version"]),
                int(row["one"]["value"]),
                int(row["other"]["value"]),
            )
            first = first or found
            if len({now - then for now, then in zip(found, first, strict=True)}) != 1:
                self.mixed.append(f"{found} after {first}")
        connection.close()


@dataclass
class Table:
    """What was measured, row by row, and which goals were missed."""

    missed: int = 0

    def row(self, what: str, figure: str, goal: str = "", held: bool = True) -> None:
        self.missed += not held
        print(f"{what:64} {figure:>16}  {goal}{'' if held else '  MISSED'}", flush=True)


def p99(seconds: list[float]) -> float:
    """Return the time within which 99 of 100 were done."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


def processor(process: int) -> float:
    """Return the seconds of processor time that a process and those below it have used (Linux)."""
    ticks = 0
    for number in {process, *children(process)}:
        with suppress(OSError):  # one that has ended meanwhile
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure_commits(curator: Curator, server: int, number: int, whole: float, table: Table) -> None:
    """Write one activity after another, and compare with `whole`, the seconds of validating everything.

    `server` is the id of its process: what it and those below it used of the processor hangs less on what
    else the machine does.
    """
    curator.write_until_seen()  # the first makes the worker ready
    used = processor(server)
    taken = [curator.write_until_seen() for _ in range(number)]
    used = processor(server) - used
    half = median(taken)
    table.row(
        f"a change until it is seen, median of {number} in a row", f"{half:.2f} s", "at most 1 s", half <= 1
    )
    table.row("the same, 99th percentile", f"{p99(taken):.2f} s", "at most 2 s", p99(taken) <= 2)
    table.row("processor time of a change and of the queries for it", f"{used / number:.2f} s")
    table.row("everything validated, a tenth of the graph", f"{whole:.1f} s")
    table.row("times as long as a change", f"{whole / half:.0f}", "at least 20", whole / half >= 20)


def measure_readers(port: int, curator: Curator, seconds: float, table: Table) -> None:
    """Read at half load, with and without a write a second."""
    load(port, look_up(), 5, CONNECTIONS)
    full = load(port, look_up(), 10, CONNECTIONS)
    pause = max(0.0, 2 * CONNECTIONS / full.rate - full.percentile(0.5) / 2)
    table.row(f"answers that {CONNECTIONS} connections get at most", f"{full.rate:.0f} /s")
    quiet = load(port, look_up(), seconds / 2, CONNECTIONS, pause)
    stop, written = threading.Event(), count()

    def write() -> None:
        begin = time.monotonic()
        for turn in written:
            if stop.wait(max(0.0, begin + turn - time.monotonic())):
                return
            curator.write()

    thread = threading.Thread(target=write)
    thread.start()
    beside = load(port, look_up(), seconds, CONNECTIONS, pause)
    stop.set()
    thread.join()
    for name, found in (("without writes", quiet), ("beside one write a second", beside)):
        table.row(
            f"readers at half load {name}: p99 (median)",
            f"{_ms(found, 0.99)} ({_ms(found, 0.5)}) ms",
            f"{found.rate:.0f} /s",
        )
    ratio = beside.percentile(0.99) / quiet.percentile(0.99)
    table.row("times as long", f"{ratio:.1f}", "at most 3", ratio <= 3)
    table.row(f"changes made in {seconds:.0f} s", f"{next(written) - 1}")
    failed = sum(
        number for found in (quiet, beside) for status, number in found.statuses.items() if status != 200
    )
    table.row("answers that failed", f"{failed}", "0", not failed)


def _ms(found: Load, share: float) -> str:
    return f"{found.percentile(share) * 1000:.0f}"


def measure_flat_out(port: int, curator: Curator, seconds: float, table: Table) -> None:
    """Read beside writes one after another."""
    stop = threading.Event()
    witnesses = [Witness(port, PASSAGES[0], PROGRAMMES[0]) for _ in range(4)]
    threads = [threading.Thread(target=witness.read, args=(stop,)) for witness in witnesses]
    for thread in threads:
        thread.start()
    begin, written = time.monotonic(), 0
    while time.monotonic() < begin + seconds:
        curator.write(PASSAGES[0], PROGRAMMES[0])
        written += 1
    stop.set()
    for thread in threads:
        thread.join()
    answers = sum(witness.answers for witness in witnesses)
    table.row(f"writes one after another for {seconds:.0f} s, with {answers} answers", f"{written}")
    for name, found in (
        ("failed", [text for witness in witnesses for text in witness.failed]),
        ("of more than one generation", [text for witness in witnesses for text in witness.mixed]),
    ):
        table.row(f"answers {name}", f"{len(found)}", "0", not found)
        for text in found[:3]:
            print(f"    {text}")


def main() -> None:
    """Measure and print; the exit status says whether every goal was met."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quads", type=int, default=1_000_000)
    parser.add_argument("--commits", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long readers read")
    options = parser.parse_args()
    table, gate = Table(), Gate(rooms())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        begin = time.monotonic()
        generation = publish(folder / "state", options.quads, gate)
        known = generation.metadata
        table.row("asserted quads, inferred triples", f"{known.quads:,}, {known.inferred:,}")
        table.row("derived, described and published in", f"{time.monotonic() - begin:.0f} s")
        whole = everything(gate, prepare(folder, options.quads // 10))
        token = Tokens(folder / "state").add("benchmark", None, None, datetime.now(UTC))
        port, server = stack.enter_context(serving(*SERVE, "--state", str(folder / "state")))
        curator = Curator(port, token)
        measure_commits(curator, server, options.commits, whole, table)
        measure_readers(port, curator, options.seconds, table)
        measure_flat_out(port, curator, options.seconds / 3, table)
        table.row("changes that failed", f"{len(curator.failed)}", "0", not curator.failed)
        for text in curator.failed[:3]:
            print(f"    {text}")
        table.row("load of the machine, one minute", f"{os.getloadavg()[0]:.1f}", f"{os.cpu_count()} cores")
    raise SystemExit(1 if table.missed else 0)


if __name__ == "__main__":
    main()
