"""From files to a generation: read, check, infer, publish; when anything is wrong the last good one stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from unodc_graph.check import Tell, check
from unodc_graph.commit.delta import Delta, graph_name
from unodc_graph.commit.derived import asserted
from unodc_graph.commit.patch import write_history
from unodc_graph.commit.record import Record, provenance, read_records
from unodc_graph.commit.released import forget, noted
from unodc_graph.dataset import assemble, without_evidence
from unodc_graph.description.about import release_version
from unodc_graph.description.counts import FILE_NAME as COUNTS
from unodc_graph.description.counts import to_json
from unodc_graph.description.example import Example, examples
from unodc_graph.description.metadata import describe, without_time
from unodc_graph.description.statistics import Statistics, counted, total
from unodc_graph.description.void import GRAPHS, State
from unodc_graph.errors import CheckFailed, CorruptState, NoGeneration, Unreleased
from unodc_graph.finding import Finding
from unodc_graph.gate.judgement import Gate
from unodc_graph.inference.closure import closure
from unodc_graph.inference.rule import rules
from unodc_graph.location import Rooms
from unodc_graph.namespace import HISTORY_GRAPH, INFERRED_GRAPH, METADATA_GRAPH, ONTOLOGY_GRAPH
from unodc_graph.store.canonical import canonical_digest, lines, state_digest, with_canonical_labels
from unodc_graph.store.generation import Generation, GenerationFolder
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import DefaultGraph, NamedNode, Quad

AUTHOR: Final = "build"
"""Who is on record for what the files changed."""


@dataclass(frozen=True)
class Built:
    """The generation that holds the files' facts, whether it is new, and what does not block it.

    `changes` is what a new generation made of its parent; of one that stays, what it holds beyond the files.
    What follows from where a statement stands is no part of it.
    """

    generation: Generation
    new: bool
    warnings: tuple[Finding, ...]
    changes: Delta


def build(
    rooms: Rooms,
    state: Path,
    tell: Tell = lambda _: None,
    discard: bool = False,
    say: Tell = lambda _: None,
) -> Built:
    """Publish the facts of `rooms` as the next generation of the state folder `state`.

    Files that state what the current generation holds make no new one; nor do files that have not changed
    since commits were made on top of them, or since the last release. Where both changed, Unreleased is
    raised, unless `discard` lets the commits go. `say` is called with a sentence where the pointer was
    mended. Raises UnreadableFile at a file that cannot be read, CheckFailed when there is a violation,
    UnsupportedAxiom when the rules of inference do not cover the ontology, StateUnwritable when `state`
    cannot be written; in each case the current generation stays as it was.
    """
    tell("reading")
    dataset = assemble(rooms)
    findings = check(dataset, rooms, tell=tell)
    violations = tuple(finding for finding in findings if finding.blocks)
    if violations:
        raise CheckFailed(violations)
    quads = with_canonical_labels(dataset.asserted)
    tell("inferring")
    inferred = _inferred(quads)
    tell("writing")
    rows = lines(quads)
    canonical = canonical_digest(rows)
    default = {Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads}
    created = datetime.now(UTC).isoformat(timespec="seconds")
    sizes = Counter(name for quad in (*quads, *inferred) if (name := graph_name(quad) or "") in GRAPHS)
    counts = counted(default, inferred, sizes)
    facts = state_digest(rows)
    stated = State(release_version(version("unodc-kg"), facts), canonical, created)
    queries = examples(rooms.competency)
    folder = GenerationFolder(state)
    with folder.writing():
        current = _committed(folder, facts, discard, say) or _intact(folder, stated, counts, queries)
        if current is not None:
            same = current.metadata.state_digest == facts
            kept = Delta() if same else _difference(quads, asserted(current.open()))
            return Built(current, False, findings, _stated(kept))
        metadata = Metadata(
            number=0,
            created=created,
            parent=None,
            quads=len(rows),
            triples=len(default),
            inferred=len(inferred),
            graphs=len({quad.graph_name for quad in quads}),
            state_digest=facts,
            canonical_digest=canonical,
            version=version("unodc-kg"),
            files_digest=facts,
            shapes=Gate(rooms).version,
        )
        delta, past = _past(folder, metadata, quads)
        counts = _with_history(counts, past)
        forget(folder)
        described = describe(stated, counts, queries)
        published = folder.publish(
            [*quads, *default, *inferred, *described, *past], metadata, {COUNTS: to_json(counts)}
        )
        return Built(published, True, findings, _stated(delta))


def _inferred(quads: list[Quad]) -> list[Quad]:
    """Return what follows from the asserted `quads`, for the graph of its own."""
    graph, ontology = NamedNode(INFERRED_GRAPH), NamedNode(ONTOLOGY_GRAPH)
    known = rules(quad for quad in quads if quad.graph_name == ontology)
    return [Quad(*fact, graph) for fact in closure(quads, known)]


def _committed(folder: GenerationFolder, facts: str, discard: bool, say: Tell) -> Generation | None:
    """Return the current generation if it holds commits, and the files have nothing that it lacks.

    A damaged pointer is set to the newest generation, if that can be read. `facts` is the state digest of
    the files. Raises Unreleased when they have something, and CorruptState where commits that the files lack
    are on record of a generation that cannot be read.
    """
    try:
        current = _mended(folder, say)
        known = current.metadata
        released = noted(folder)
        files = released or known.files_digest
        if discard or not files or (files == known.state_digest and not released):
            return None
        current.open()
    except NoGeneration:
        return None
    except CorruptState as damage:
        last = next(read_records(folder.history), None)
        if not discard and last is not None and last.author != AUTHOR and last.state_digest != facts:
            lost = f"generation {last.number} held changes that the files lack (`--discard` lets them go)"
            raise CorruptState(damage.path, f"{damage.reason}; {lost}") from None
        return None
    if facts in (files, known.state_digest):
        return current
    if files == known.state_digest:  # all of it was released, and the files were edited since
        return None
    raise Unreleased(current.number)


def _mended(folder: GenerationFolder, say: Tell) -> Generation:
    """Return the generation to build upon, the pointer mended where that alone is damaged."""
    try:
        return folder.head()
    except CorruptState:
        folder.mend_pointer()
        found = folder.head()
        say(f"{folder.state / 'current'} was damaged; it now names generation {found.number}.")
        return found


def _past(folder: GenerationFolder, metadata: Metadata, quads: list[Quad]) -> tuple[Delta, frozenset[Quad]]:
    """Write patch and record of what the files changed; return that, and what `graph/history` is to hold."""
    try:
        parent = folder.current()
        store = parent.open()
    except (NoGeneration, CorruptState):
        return Delta(), frozenset()
    delta = _difference(asserted(store), quads)
    number = folder.next_number()
    record = Record(
        number=number,
        parent=parent.number,
        time=metadata.created,
        author=AUTHOR,
        message="Built from the files",
        request=metadata.canonical_digest,
        added=len(delta.added),
        removed=len(delta.removed),
        shapes=metadata.shapes,
        outcome="published",
        state_digest=metadata.state_digest,
    )
    write_history(folder.history, parent.number, delta, record)
    held = store.quads_for_pattern(None, None, None, NamedNode(HISTORY_GRAPH))
    return delta, frozenset(held) | frozenset(provenance(record))


def _difference(one: Iterable[Quad], other: Iterable[Quad]) -> Delta:
    """Return what leads from the quads `one` to `other`."""
    before, after = frozenset(one), frozenset(other)
    names = [frozenset(filter(None, map(graph_name, part))) for part in (before, after)]
    return Delta(after - before, before - after, names[1] - names[0], names[0] - names[1])


def _stated(delta: Delta) -> Delta:
    """Return what of `delta` a file can state."""
    return Delta(frozenset(without_evidence(delta.added)), frozenset(without_evidence(delta.removed)))


def _intact(
    folder: GenerationFolder, stated: State, counts: Statistics, queries: tuple[Example, ...]
) -> Generation | None:
    """Return the current generation if it was built of these facts and says of itself what it would now."""
    try:
        current = folder.current()
        known = current.metadata
        made = (known.canonical_digest, known.inferred, known.version)
        same = made == (stated.canonical_digest, counts.inferred, version("unodc-kg"))
        if same:
            store = current.open()
            past = store.quads_for_pattern(None, None, None, NamedNode(HISTORY_GRAPH))
            held = store.quads_for_pattern(None, None, None, NamedNode(METADATA_GRAPH))
            described = describe(stated, _with_history(counts, past), queries)
            same = without_time(held) == without_time(described)
    except (NoGeneration, CorruptState):
        return None
    return current if same else None


def _with_history(counts: Statistics, past: Iterable[Quad]) -> Statistics:
    """Return `counts` with the quads of `graph/history`."""
    return replace(counts, graphs=total(counts.graphs, {HISTORY_GRAPH: sum(1 for _ in past)}))
