"""From files to a generation: read, check, publish; when anything is wrong the last good one stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from unodc_graph.check import Tell, check
from unodc_graph.dataset import assemble
from unodc_graph.errors import CheckFailed, CorruptState, NoGeneration
from unodc_graph.finding import Finding, Severity
from unodc_graph.location import Rooms
from unodc_graph.store.canonical import canonical_digest, lines, state_digest, with_canonical_labels
from unodc_graph.store.generation import Generation, GenerationFolder, Metadata
from unodc_graph.store.term import DefaultGraph, Quad


@dataclass(frozen=True)
class Built:
    """The generation that holds the files' facts, whether it is new, and what does not block it."""

    generation: Generation
    new: bool
    warnings: tuple[Finding, ...]


def build(rooms: Rooms, state: Path, tell: Tell = lambda _: None) -> Built:
    """Publish the facts of `rooms` as the next generation of the state folder `state`.

    Files that state what the current generation holds make no new one. Raises UnreadableFile at a file that
    cannot be read, CheckFailed when there is a violation, StateUnwritable when `state` cannot be written;
    in each case the current generation stays as it was.
    """
    tell("reading")
    dataset = assemble(rooms)
    findings = check(dataset, rooms, tell=tell)
    violations = tuple(finding for finding in findings if finding.severity == Severity.VIOLATION)
    if violations:
        raise CheckFailed(violations)
    tell("writing")
    quads = with_canonical_labels(dataset.asserted)
    rows = lines(quads)
    digest = canonical_digest(rows)
    folder = GenerationFolder(state)
    with folder.writing():
        current = _intact(folder, digest)
        if current is not None:
            return Built(current, False, findings)
        default = {Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads}
        metadata = Metadata(
            number=0,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            parent=None,
            quads=len(rows),
            triples=len(default),
            inferred=0,
            graphs=len({quad.graph_name for quad in quads}),
            state_digest=state_digest(rows),
            canonical_digest=digest,
            version=version("unodc-kg"),
        )
        return Built(folder.publish([*quads, *default], metadata), True, findings)


def _intact(folder: GenerationFolder, digest: str) -> Generation | None:
    """Return the current generation if it holds what `digest` says and this software made it."""
    try:
        current = folder.current()
        same = (current.metadata.canonical_digest, current.metadata.version) == (digest, version("unodc-kg"))
        if same:
            current.open()
    except (NoGeneration, CorruptState):
        return None
    return current if same else None
