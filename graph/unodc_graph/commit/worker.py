"""The process that makes a candidate generation: clone, apply, derive, judge, describe, write.

Whatever a client sent is parsed and evaluated here and nowhere else, and it may be killed at any moment: it
writes into an unfinished folder only, which somebody else publishes or sweeps. Tasks come over standard
input, answers go over standard output.
"""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
import threading
import time
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Final

from unodc_graph.advice import Adviser
from unodc_graph.commit import derived
from unodc_graph.commit.apply import Clone, apply, check_scope
from unodc_graph.commit.delta import Delta
from unodc_graph.commit.patch import patch_lines, write_history
from unodc_graph.commit.record import Record
from unodc_graph.commit.task import Candidate, Preparation, Prepared, Setup, Task, receive, send
from unodc_graph.commit.wording import labelled
from unodc_graph.description.counts import read_counts, write_counts
from unodc_graph.description.metadata import count
from unodc_graph.description.statistics import Statistics
from unodc_graph.description.upkeep import Shift
from unodc_graph.errors import CorruptState, GraphError, StateUnwritable
from unodc_graph.finding import Finding
from unodc_graph.gate.judgement import Gate
from unodc_graph.inference.change import NOTHING, FactChange
from unodc_graph.location import Rooms
from unodc_graph.namespace import HISTORY_GRAPH, INFERRED_GRAPH
from unodc_graph.store.confinement import Bug, confine, ending_after, leave_signals_to_the_system
from unodc_graph.store.durability import is_damage, is_full, one_line, reason_of
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation, write_metadata

_PREVIEW: Final = 2_000
"""Lines of a difference that are shown before a change is made."""
_GIVES_WAY: Final = 5
"""By how much the system prefers those who read to this process: a third of their share of a busy core."""
_ADVISED: Final = 20
_ADVICE_SECONDS: Final = 0.2
"""For how many violations of a refused change it is sought what may be meant, and for how long at most."""
_NO_SHAPES: Final = "0" * 64


@dataclass(frozen=True)
class _Ahead:
    """What was done before a change of `parent`: counted, None where that is on record, and checked."""

    parent: Generation
    counts: Statistics | None
    checked: bool


class Maker:
    """Makes candidates by the rules in `rooms`, which are read when they are first needed."""

    def __init__(self, rooms: Rooms) -> None:
        """Take the folders of ontology, facts and queries."""
        self._rooms = rooms
        self._read: Gate | None = None
        self._ahead: _Ahead | None = None

    def prepare(self, parent: Generation) -> None:
        """Count what `parent` holds and check it by the rules, where that is not on record.

        It takes as long as the graph is large, whereas a change takes as long as the change is. Raises a
        GraphError or OSError; then the change does it, or says why it cannot.
        """
        ahead = self._ahead
        if ahead is not None and ahead.parent == parent:
            return
        self._ahead = None
        held, gate = parent.metadata, self.gate()
        on_record = held.version == version("unodc-kg") and read_counts(parent.path) is not None
        if on_record and held.shapes == gate.version:
            return
        store = parent.open()
        counts = count(store) if not on_record and derived.is_described(store) else None
        checked = held.shapes != gate.version and gate.judge(store, store, Delta(), everything=True).accepted
        self._ahead = _Ahead(parent, counts, checked)

    def make(self, task: Task) -> Candidate:
        """Do `task`; when it is done, the candidate's files are closed.

        Raises a GraphError or OSError; then the target folder is not to be used.
        """
        candidate = self._make(task)
        _close(task.target)
        return candidate

    def _make(self, task: Task) -> Candidate:
        parent = task.parent.open()
        task.target.mkdir()
        parent.backup(str(task.target / "store"))
        clone = Clone(parent, Store(str(task.target / "store")), task.blank)
        delta = apply(clone, task.request.change)
        check_scope(delta, task.request.author)
        if task.blank:
            return _finish(task, clone, delta, _described(task, delta, (), "", _NO_SHAPES))
        gate = self.gate()
        delta, by_hand = derived.with_evidence(clone, delta)
        gained, lost = derived.keep_default_graph(clone, delta)
        ahead = self._ahead if self._ahead and self._ahead.parent == task.parent else None
        everything = task.parent.metadata.shapes != gate.version and not (ahead and ahead.checked)
        judgement = gate.judge(clone.parent, clone.store, delta, everything)
        findings = labelled((*by_hand, *judgement.findings), clone.store)
        if any(finding.blocks for finding in findings):
            adviser = Adviser(clone.store, gate.shapes)
            findings = tuple(adviser.advise_first(findings, _ADVISED, _ADVICE_SECONDS))
        report = judgement.report.serialize(format="nt")
        candidate = _described(task, delta, findings, report, gate.version)
        if _is_settled(task, candidate, delta):
            return candidate
        inferred = derived.keep_inferred(clone, gained, lost)
        counts = ahead.counts if ahead else None
        return _finish(task, clone, delta, candidate, FactChange(gained, lost), inferred, counts)

    def gate(self) -> Gate:
        """Return the shapes and rules, read once. Raises UnreadableFile."""
        if self._read is None:
            self._read = Gate(self._rooms)
            gc.collect()
            gc.freeze()  # what stays for good is not looked through after each task
        return self._read


def _close(target: Path) -> None:
    """Let go of the engine's files under `target`: until then the engine may rewrite them by itself.

    What validated the clone refers to itself, so that only the collector lets go of it. Raises RuntimeError
    where the system can tell that a file is open still.
    """
    gc.collect()
    descriptors = Path("/proc/self/fd")
    if descriptors.is_dir():
        for descriptor in descriptors.iterdir():
            with contextlib.suppress(OSError):
                if descriptor.readlink().is_relative_to(target.resolve()):
                    raise RuntimeError("the candidate is open still")


def _is_settled(task: Task, candidate: Candidate, delta: Delta) -> bool:
    """Say whether nothing is to be written: it must not, it was not asked for, or nothing changes."""
    return bool(candidate.violations) or task.request.dry_run or not delta


def _described(
    task: Task, delta: Delta, findings: tuple[Finding, ...], report: str, shapes: str
) -> Candidate:
    request = task.request
    warnings = sum(not finding.blocks for finding in findings)
    record = Record(
        number=task.number,
        parent=task.parent.number,
        time=request.time.isoformat(timespec="seconds"),
        author=request.author.name,
        message=request.author.message,
        request=request.sent_digest,
        added=len(delta.added),
        removed=len(delta.removed),
        shapes=shapes,
        outcome=_outcome(warnings),
        state_digest=task.parent.metadata.state_digest,
    )
    lines = tuple(islice(patch_lines(delta), _PREVIEW))
    return Candidate(record, findings, report, lines, delta.created, delta.dropped, False)


def _outcome(warnings: int) -> str:
    """Return how a change ends that is not refused, as its record is to say it."""
    if not warnings:
        return "published"
    return "published with 1 warning" if warnings == 1 else f"published with {warnings} warnings"


def _finish(
    task: Task,
    clone: Clone,
    delta: Delta,
    candidate: Candidate,
    asserted: FactChange = NOTHING,
    inferred: FactChange = NOTHING,
    counted: Statistics | None = None,
) -> Candidate:
    """Write what the candidate generation still lacks, unless nothing is to be written.

    `asserted` and `inferred` are what changed in the default graph, and in what follows from it; `counted`
    are the counts of the parent where those on record are of no use.
    """
    if _is_settled(task, candidate, delta):
        return candidate
    before = task.parent.metadata
    metadata = replace(
        derived.next_metadata(clone, before, delta),
        number=task.number,
        parent=task.parent.number,
        created=candidate.record.time,
        triples=before.triples + asserted.growth,
        inferred=before.inferred + inferred.growth,
        shapes=candidate.record.shapes,
        version=version("unodc-kg"),
    )
    record = replace(candidate.record, state_digest=metadata.state_digest)
    if not task.blank:
        graphs = derived.growth(delta)
        graphs[INFERRED_GRAPH] += inferred.growth
        graphs[HISTORY_GRAPH] += derived.add_history(clone, record)
        shift = Shift(asserted, inferred, graphs)
        known = read_counts(task.parent.path)
        counts = derived.keep_description(clone, known, before, metadata, shift, counted)
        if counts is not None:
            write_counts(task.target, counts)
    clone.store.flush()
    write_metadata(task.target, metadata)
    write_history(task.history, task.parent.number, delta, record)
    return replace(candidate, record=record, written=True)


def answer(maker: Maker, task: Task) -> Candidate | GraphError | Bug:
    """Do `task` and return what came of it; never raises."""
    try:
        return maker.make(task)
    except GraphError as error:
        error.__context__ = error.__cause__ = None
        return error.with_traceback(None)  # its frames would keep the clone open
    except OSError as error:
        return StateUnwritable(task.target.parent.parent, reason_of(error))
    except BaseException as error:  # the engine's panics are BaseException
        if is_full(error):
            return StateUnwritable(task.target.parent.parent, reason_of(error))
        if is_damage(error):
            return CorruptState(task.parent.store_path, one_line(error))
        return Bug.of(error)


def main() -> None:
    """Serve tasks until standard input closes, or the process that started this one is gone."""
    leave_signals_to_the_system()
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(quiet, descriptor)  # nothing that the engine prints may get between the answers
    _end_with(os.getppid())
    setup = receive(source)
    if not isinstance(setup, Setup):
        return
    os.nice(_GIVES_WAY)
    confine(setup.memory)
    maker = Maker(setup.rooms)
    if setup.judges:
        with contextlib.suppress(GraphError):  # the first task will say so, to somebody who can be told
            maker.gate()
    while True:
        task = receive(source)
        if isinstance(task, Preparation):
            with contextlib.suppress(GraphError, OSError, RuntimeError):  # the change will say so
                maker.prepare(task.parent)
            gc.collect()
            send(sink, Prepared())
            continue
        if not isinstance(task, Task):
            return
        with ending_after(task.seconds):
            reply = answer(maker, task)
        if not (isinstance(reply, Candidate) and reply.written):
            gc.collect()
            shutil.rmtree(task.target, ignore_errors=True)
        try:
            send(sink, reply)
        except OSError:
            return


def _end_with(parent: int) -> None:
    """End this process soon after the one that started it, also in the middle of a task."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
