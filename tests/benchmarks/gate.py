"""The gate on one activity written into a large graph, against validating everything.

    python -m tests.benchmarks.gate --quads 1000000 --whole 100000

The graph is the project's own, its passages and what they speak of copied under other names until it has as
many asserted quads; places, organisations, instruments and concepts are shared, so that they are as busy as
in a graph of that size. Each commit clones the generation, writes an activity with a figure, keeps evidence
and default graph up, judges, and becomes the parent of the next. Everything is validated once at the size
`--whole`, and the same size is judged by its changes in the same run; beyond it the time is extrapolated in
proportion. To hold: clone and judgement within 1 s, p99 within 2 s, 20 times faster than everything.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from unodc_graph.commit.apply import Clone
from unodc_graph.commit.delta import Delta
from unodc_graph.commit.derived import keep_default_graph, with_evidence
from unodc_graph.dataset import assemble
from unodc_graph.gate.judgement import Gate
from unodc_graph.location import rooms
from unodc_graph.namespace import CATALOGUE_GRAPH, ID, PREFIXES, expand
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Quad, Term

COPIED: Final = (
    "programme",
    "activity",
    "publication",
    "output",
    "provision",
    "figure",
    "document",
    "period",
)
_THING: Final = re.compile(rf"{ID}(?P<kind>[a-z-]+)/(?P<slug>[^/#]+)(?P<rest>.*)")
_ACTIVITY: Final = """
    {activity} rdf:type unodc:Training ; {activity} unodc:implementedBy body:unodc ;
    {activity} unodc:place place:kgz ; {activity} unodc:theme theme:gender-based-violence ;
    {activity} unodc:audience group:police-officer ; {activity} unodc:partOf {programme} ;
    {figure} rdf:type unodc:Figure ; {figure} unodc:figureOf {activity} ;
    {figure} unodc:measure measure:persons-trained ; {figure} unodc:group group:police-officer ;
    {figure} unodc:qualifier qualifier:exact ; {figure} unodc:figurePlace place:kgz
"""


@dataclass(frozen=True)
class Commit:
    """Seconds that the clone, what is kept up, and the judgement took; how many nodes were looked at.

    `processor` is the part of the judgement in which this process ran: the rest was spent waiting for others.
    """

    clone: float
    kept_up: float
    judged: float
    processor: float
    focus: int

    @property
    def total(self) -> float:
        return self.clone + self.kept_up + self.judged


def copied(quads: list[Quad]) -> Iterator[Quad]:
    """Yield `quads`, and then for ever what passages state, about other things of the same kinds."""
    yield from quads
    for number in count(1):
        yield from (copy for quad in quads if (copy := _copy(quad, number)) != quad)


def _copy(quad: Quad, number: int) -> Quad:
    """Return the quad's copy, or the quad itself if it is one of those that all copies share."""
    subject, graph = _renamed(quad.subject, number), _renamed(quad.graph_name, number)
    if (subject, graph) == (quad.subject, quad.graph_name):
        return quad
    value = _renamed(quad.object, number)
    if quad.predicate.value.endswith("#textHash"):
        value = Literal(_hash(quad.object.value, number))
    if quad.predicate.value.endswith("#label"):
        value = Literal(f"{quad.object.value} ({number})", language="en")
    return Quad(subject, quad.predicate, value, graph)


def _renamed(term: Term | DefaultGraph, number: int) -> Term | DefaultGraph:
    found = _THING.fullmatch(term.value) if isinstance(term, NamedNode) else None
    if found is None:
        return term
    kind, slug, rest = found["kind"], found["slug"], found["rest"]
    if kind == "passage":
        return NamedNode(f"{ID}passage/{_hash(HASHES[slug], number)[:12]}{rest}")
    if kind == "occurrence":
        document, _, position = slug.rpartition("-")
        return NamedNode(f"{ID}occurrence/{document}-copy{number}-{position}{rest}")
    return NamedNode(f"{ID}{kind}/{slug}-copy{number}{rest}") if kind in COPIED else term


def _hash(text_hash: str, number: int) -> str:
    return sha256(f"{text_hash}{number}".encode()).hexdigest()


QUADS: Final = sorted(assemble(rooms()).asserted, key=str)
HASHES: Final = {
    quad.subject.value.rpartition("/")[2]: quad.object.value
    for quad in QUADS
    if quad.predicate.value.endswith("#textHash") and "/passage/" in quad.subject.value
}


def whole_copies(quads: int) -> Iterator[Quad]:
    """Yield about `quads` asserted quads: the project's own and whole copies only."""
    size, whole = len(QUADS), sum(_copy(quad, 1) != quad for quad in QUADS)
    return islice(copied(QUADS), size + max(0, round((quads - size) / whole)) * whole)


def prepare(folder: Path, quads: int) -> Path:
    """Write a store of `quads` asserted quads, whole copies only, and return its folder."""
    store = Store(str(folder / "0"))
    store.bulk_extend(row for quad in whole_copies(quads) for row in (quad, Quad(*quad.triple)))
    store.optimize()
    store.flush()
    return folder / "0"


def activity(number: int, passage: NamedNode, programme: NamedNode) -> frozenset[Quad]:
    """Return what a passage states of a new activity, with what the catalogue says of it."""
    names = {
        "{activity}": f"{ID}activity/written-{number}",
        "{figure}": f"{ID}figure/written-{number}",
        "{programme}": programme.value,
    }
    rows = [row.split() for row in _ACTIVITY.split(";")]
    quads = {
        Quad(*(NamedNode(names.get(name) or expand(name) or _rdf(name)) for name in row), passage)
        for row in rows
    }
    figure, catalogue = NamedNode(names["{figure}"]), NamedNode(CATALOGUE_GRAPH)
    quads |= {
        Quad(figure, _own(name), Literal(200 + number), passage)
        for name in ("value", "lowerBound", "upperBound")
    }
    about = {
        "label": "Training {} that was written",
        "description": "Police officers were trained, round {}.",
    }
    for node in (figure, NamedNode(names["{activity}"])):
        for name, text in about.items():
            prefix = "rdfs" if name == "label" else "dcterms"
            words = Literal(text.format(f"{number} {node.value.split('/')[-2]}"), language="en")
            quads.add(Quad(node, NamedNode(f"{PREFIXES[prefix]}{name}"), words, catalogue))
    return frozenset(quads)


def _own(name: str) -> NamedNode:
    return NamedNode(f"{PREFIXES['unodc']}{name}")


def _rdf(name: str) -> str:
    raise ValueError(f"{name} has no prefix of ours")


def commits(gate: Gate, parent: Path, number: int) -> list[Commit]:
    """Write activities, one a commit, each commit on top of the last."""
    passages = sorted({q.graph_name.value for q in QUADS if "/passage/" in q.graph_name.value})
    programmes = sorted({q.subject.value for q in QUADS if "/id/programme/" in q.subject.value})
    done = []
    for at in range(1, number + 1):
        target = parent.parent / str(at)
        passage, programme = passages[at % len(passages)], programmes[at % len(programmes)]
        done.append(_commit(gate, parent, target, activity(at, NamedNode(passage), NamedNode(programme))))
        parent = target
    return done


def _commit(gate: Gate, parent: Path, target: Path, added: frozenset[Quad]) -> Commit:
    begin = time.perf_counter()
    old = Store.read_only(str(parent))
    old.backup(str(target))
    clone = Clone(old, Store(str(target)))
    cloned = time.perf_counter()
    clone.store.extend(added)
    delta, _ = with_evidence(clone, Delta(added=added))
    keep_default_graph(clone, delta)
    kept_up = time.perf_counter()
    running = time.process_time()
    judgement = gate.judge(clone.parent, clone.store, delta)
    judged, running = time.perf_counter(), time.process_time() - running
    if not judgement.accepted:
        raise SystemExit(f"the activity was refused: {judgement.violations}")
    clone.store.flush()
    looked_at = sum(len(nodes or ()) for nodes in judgement.focus.values())
    return Commit(cloned - begin, kept_up - cloned, judged - kept_up, running, looked_at)


def everything(gate: Gate, folder: Path) -> float:
    """Return how many seconds it takes to validate all of the store in `folder`."""
    store = Store.read_only(str(folder))
    begin = time.perf_counter()
    judgement = gate.judge(store, store, Delta(), everything=True)
    seconds = time.perf_counter() - begin
    if not judgement.accepted:
        raise SystemExit(f"the graph has faults: {judgement.violations[:3]}")
    return seconds


def report(size: int, done: list[Commit]) -> float:
    """Print what the commits at `size` took; return the median judgement in seconds."""
    totals = sorted(commit.total for commit in done)
    p99 = totals[min(len(totals) - 1, round(0.99 * len(totals)))]
    judged = median(commit.judged for commit in done)
    print(
        f"{size:>9,} quads, {len(done)} commits: clone {median(c.clone for c in done) * 1000:.0f} ms, "
        f"kept up {median(c.kept_up for c in done) * 1000:.0f} ms, judged {judged * 1000:.0f} ms "
        f"({median(c.processor for c in done) * 1000:.0f} ms of processor, "
        f"{median(c.focus for c in done):.0f} nodes); together median {median(totals) * 1000:.0f} ms, "
        f"p99 {p99 * 1000:.0f} ms"
    )
    return judged


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quads", type=int, default=1_000_000)
    parser.add_argument("--whole", type=int, default=100_000)
    parser.add_argument("--commits", type=int, default=60)
    options = parser.parse_args()
    gate = Gate(rooms())
    for size in sorted({options.whole, options.quads}):
        with TemporaryDirectory() as folder:
            store = prepare(Path(folder), size)
            judged = report(size, commits(gate, store, options.commits))
            if size == options.whole:
                seconds = everything(gate, store)
                print(f"{size:>9,} quads, everything: {seconds:.1f} s, {seconds / judged:.0f} times as long")
            else:
                print(
                    f"{size:>9,} quads, everything, extrapolated: {seconds * size / options.whole:.0f} s, "
                    f"{seconds * size / options.whole / judged:.0f} times as long"
                )


if __name__ == "__main__":
    main()
