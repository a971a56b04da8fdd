"""A backup brought back: as it was where nothing is, else as the next generation; nothing is overwritten.

Where the generation before it is damaged, what leads to the backup is read from the patches on record, if
they are of the same graph; so commits made since the backup can be brought back after it, by `restore`.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from unodc_graph.commit.apply import Clone
from unodc_graph.commit.backup import QUERIES, Backup, copy, prove
from unodc_graph.commit.delta import Delta, difference
from unodc_graph.commit.derived import add_history, is_asserted, keep_description
from unodc_graph.commit.inspection import check_derived, check_history, check_queries
from unodc_graph.commit.patch import between, history_files, write_history
from unodc_graph.commit.record import Record, read_records, write_record
from unodc_graph.commit.writer import GRACE, PATIENCE
from unodc_graph.description.counts import write_counts
from unodc_graph.description.upkeep import Shift
from unodc_graph.errors import CorruptState, HistoryMissing, StateUnwritable, UnreadableFile
from unodc_graph.inference.change import NOTHING
from unodc_graph.namespace import DERIVED_GRAPHS, HISTORY_GRAPH
from unodc_graph.store.durability import reason_of
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation, GenerationFolder, write_metadata
from unodc_graph.store.term import NamedNode


@dataclass(frozen=True)
class Recovered:
    """The generation that is published now.

    `former` is the number of the one before, None where there was none, and `delta` what led from it to this
    one, None where that cannot be told. `new` is False where the published one held what the backup does.
    """

    generation: Generation
    former: int | None
    delta: Delta | None
    new: bool


def is_empty(folder: GenerationFolder, backup: Backup) -> bool:
    """Say whether the state folder holds nothing that the backup could stand in the way of."""
    known = bool(folder.numbers()) or folder.last_known() > backup.generation.number
    return not known and not _contradicts(folder.history, backup)


def restore_backup(
    folder: GenerationFolder, backup: Backup, author: str, now: datetime, patience: float = PATIENCE
) -> Recovered:
    """Publish what `backup` holds in `folder`.

    Into a folder without a graph it comes back with its number and history. Else it becomes the next
    generation, and all that is there stays: its parent is the newest generation known, readable or not. The
    checks are not made again: the next commit makes all of them if the rules have changed since.

    Raises StateBusy when somebody else writes for longer than `patience`, in seconds, StateUnwritable, and
    UnreadableFile when the backup's generation cannot be read, or a file of it is not what it can be. Then
    nothing has changed.
    """
    check_queries(backup.part(QUERIES))
    check_history(backup.part("history"), backup.generation.metadata)
    check_derived(backup.generation)
    with folder.writing(patience):
        try:
            if is_empty(folder, backup):
                return _as_it_was(folder, backup)
            return _as_the_next(folder, backup, author, now)
        except OSError as error:
            raise StateUnwritable(folder.state, reason_of(error)) from error


def _as_it_was(folder: GenerationFolder, backup: Backup) -> Recovered:
    number = backup.generation.number
    with _unfinished(folder, number, backup) as target:
        for name, path in backup.part("history").items():
            _put(path, folder.history / name)
        _copy_queries(folder, backup)
        made = folder.adopt(target, number)
    return Recovered(made, None, None, True)


def _as_the_next(folder: GenerationFolder, backup: Backup, author: str, now: datetime) -> Recovered:
    former = folder.last_known()
    number = former + 1
    with _unfinished(folder, number, backup) as target:
        store = Store(str(target / "store"))
        parent = _readable(folder, former)
        delta = _asserted_difference(parent, store) if parent else _on_record(folder, former, backup)
        if delta is not None and not delta and folder.named(former):
            return Recovered(folder.current(), former, delta, False)
        if parent is not None:
            _take_history(store, parent)
        metadata = replace(
            backup.generation.metadata,
            number=number,
            parent=former if delta is not None else None,
            created=now.isoformat(timespec="seconds"),
        )
        entry = Record(
            number=number,
            parent=metadata.parent,
            time=metadata.created,
            author=author,
            message=f"Restore the backup of generation {backup.generation.number} made {backup.made}",
            request=backup.sums_digest,
            added=metadata.quads if delta is None else len(delta.added),
            removed=0 if delta is None else len(delta.removed),
            shapes=metadata.shapes,
            outcome="published",
            state_digest=metadata.state_digest,
        )
        clone = Clone(store, store)
        add_history(clone, entry)
        shift = Shift(NOTHING, NOTHING, {})  # of no use: all is counted anew
        counts = keep_description(clone, None, backup.generation.metadata, metadata, shift)
        if counts is not None:
            write_counts(target, counts)
        store.flush()
        del store, clone
        gc.collect()  # what the engine has open it may rewrite
        write_metadata(target, metadata)
        try:
            if delta is not None:
                write_history(folder.history, former, delta, entry)
            else:
                write_record(folder.history, entry)
            _copy_queries(folder, backup)
            made = folder.adopt(target, number, GRACE)
        except OSError:
            if not folder.named(number):
                for path in history_files(folder.history, number):
                    path.unlink(missing_ok=True)
            raise
    return Recovered(made, former, delta, True)


@contextmanager
def _unfinished(folder: GenerationFolder, number: int, backup: Backup) -> Iterator[Path]:
    """Give the backup's generation, copied and read, in a folder of its own; remove it if it stays there."""
    target = folder.unfinished(number)
    try:
        for name, path in backup.part("generation").items():
            copy(path, target / name)
        try:
            prove(Generation.read(target), backup.generation)
        except CorruptState as error:
            raise UnreadableFile(error.path, None, None, error.reason) from None
        yield target
    finally:
        shutil.rmtree(target, ignore_errors=True)
        if not folder.named(number):
            folder.discard(number)


def _copy_queries(folder: GenerationFolder, backup: Backup) -> None:
    for name, path in backup.part(QUERIES).items():
        if not (folder.state / QUERIES / name).exists():
            _put(path, folder.state / QUERIES / name)


def _put(path: Path, target: Path) -> None:
    """Copy `path` to `target`, which is there whole or not at all."""
    fresh = target.with_name(f"new-{target.name}")
    copy(path, fresh)
    fresh.replace(target)


def _contradicts(history: Path, backup: Backup) -> bool:
    """Say whether the folder `history` holds anything that the backup's own history does not, or not so."""
    mine = backup.part("history")
    return any(
        path.name not in mine or path.read_bytes() != mine[path.name].read_bytes()
        for path in history.glob("[0-9]*.*")
    )


def _readable(folder: GenerationFolder, number: int) -> Store | None:
    with suppress(CorruptState):
        generation = folder.generation(number)
        prove(generation, generation)
        return generation.open()
    return None


def _asserted_difference(parent: Store, store: Store) -> Delta:
    found = difference(parent, store, None)
    return Delta(
        frozenset(filter(is_asserted, found.added)),
        frozenset(filter(is_asserted, found.removed)),
        found.created - DERIVED_GRAPHS,
        found.dropped - DERIVED_GRAPHS,
    )


def _on_record(folder: GenerationFolder, former: int, backup: Backup) -> Delta | None:
    """Return what leads from generation `former` back to the backup by the patches; None if they do not."""
    known = backup.generation.metadata
    try:
        if not any(
            entry.number == known.number and entry.state_digest == known.state_digest
            for entry in read_records(folder.history)
        ):
            return None
        return between(folder.history, former, known.number)
    except (CorruptState, HistoryMissing):
        return None


def _take_history(store: Store, parent: Store) -> None:
    """Make `graph/history` of `store` that of `parent`."""
    graph = NamedNode(HISTORY_GRAPH)
    store.remove_graph(graph)
    store.extend(parent.quads_for_pattern(None, None, None, graph))
