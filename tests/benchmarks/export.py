"""Exports of a large graph against the engine's own dump: speed, and memory above what an idle process holds.

    python -m tests.benchmarks.export --quads 1000000

The graph is the project's own, copied with other names until it has as many asserted quads. Each measurement
runs in a process of its own, in turn with the engine's dump of the same store, so that both meet the same
machine; the best of the rounds counts. To hold: 0.5 of the dump's statements a second, 300 MB above idle.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import DefaultGraph, RdfFormat

from unodc_graph.dataset import assemble
from unodc_graph.export import export
from unodc_graph.location import rooms
from unodc_graph.namespace import ID
from unodc_graph.store.canonical import with_canonical_labels
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import NamedNode, Quad, Term

FASTER, MEMORY = 0.5, 300
FORMATS = {"nquads": RdfFormat.N_QUADS, "ntriples": RdfFormat.N_TRIPLES}


def copies(quads: list[Quad]) -> Iterator[Quad]:
    """Yield `quads` again and again, the things in them under other names each time."""
    for number in count():
        for quad in quads:
            subject, obj, graph = (_renamed(t, number) for t in (quad.subject, quad.object, quad.graph_name))
            if number == 0 or subject != quad.subject or graph != quad.graph_name:
                yield Quad(subject, quad.predicate, obj, graph)  # type: ignore[arg-type]


def _renamed(term: Term | DefaultGraph, number: int) -> Term | DefaultGraph:
    if number and isinstance(term, NamedNode) and term.value.startswith(ID):
        return NamedNode(f"{term.value}-{number}")
    return term


def prepare(state: Path, quads: int) -> None:
    """Publish a generation of `quads` asserted quads."""

    def rows() -> Iterator[Quad]:
        for quad in islice(copies(with_canonical_labels(assemble(rooms()).asserted)), quads):
            yield quad
            yield Quad(*quad.triple)

    folder = GenerationFolder(state)
    with folder.writing():
        folder.publish(rows(), Metadata(0, "2026-01-01T00:00:00+00:00", None, quads, 0, 0, 0, "", "", "0"))


def measure(state: Path, form: str, own: bool, output: Path) -> dict[str, float]:
    """Export or dump once; return statements, seconds, and megabytes above the idle process."""
    generation = GenerationFolder(state).current()
    store = generation.open()
    idle = _megabytes()
    start = time.perf_counter()
    if own:
        store.dump(output, FORMATS[form], from_graph=DefaultGraph() if form == "ntriples" else None)
    else:
        with output.open("wb") as file:
            export(generation, form, file)
            file.flush()
    seconds = time.perf_counter() - start
    with output.open("rb") as file:
        statements = sum(1 for _ in file)
    return {"statements": statements, "seconds": seconds, "megabytes": _megabytes() - idle}


def _megabytes() -> float:
    """Return the most memory that this process has held so far.

    From /proc where there is one: what getrusage says includes the parent's before the program was started.
    """
    status = Path("/proc/self/status")
    if status.exists():
        rows = status.read_text(encoding="ascii").splitlines()
        return next(int(row.split()[1]) / 1024 for row in rows if row.startswith("VmHWM:"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)


def apart(state: Path, form: str, own: bool, output: Path) -> dict[str, float]:
    """Measure in a new process."""
    task = json.dumps([str(state), form, own, str(output)])
    command = [sys.executable, "-m", "tests.benchmarks.export", "--task", task]
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ))
    found: dict[str, float] = json.loads(run.stdout)
    return found


def main() -> int:
    """Measure and print; return 1 where a figure is missed."""
    parser = argparse.ArgumentParser(description="exports against the engine's own dump")
    parser.add_argument("--quads", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--task", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        state, form, own, output = json.loads(given.task)
        print(json.dumps(measure(Path(state), form, own, Path(output))))
        return 0
    held = True
    with TemporaryDirectory() as folder:
        state, output = Path(folder, "state"), Path(folder, "output")
        prepare(state, given.quads)
        for form in FORMATS:
            runs = [
                (apart(state, form, True, output), apart(state, form, False, output))
                for _ in range(given.rounds)
            ]
            own, ours = (
                max(run[side]["statements"] / run[side]["seconds"] for run in runs) for side in (0, 1)
            )
            memory = max(run[1]["megabytes"] for run in runs)
            held = held and ours >= FASTER * own and memory < MEMORY
            print(
                f"{form}: {runs[0][1]['statements']:,.0f} statements, {ours:,.0f} a second, "
                f"{ours / own:.2f} of the dump's {own:,.0f}; {memory:.0f} MB above idle"
            )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
