"""The past of a graph: what was committed, what two generations differ in, and how an old one comes back."""

from __future__ import annotations

from collections.abc import Iterator

from unodc_graph.commit.change import Patch
from unodc_graph.commit.delta import Delta
from unodc_graph.commit.patch import between
from unodc_graph.commit.record import Record, read_records
from unodc_graph.errors import HistoryMissing
from unodc_graph.store.generation import GenerationFolder


def commits(state: GenerationFolder, newest: int | None = None) -> Iterator[Record]:
    """Yield the commits that led to generation `newest`, or else to the current one, newest first.

    Raises NoGeneration and CorruptState.
    """
    current = newest or state.current_number()
    return (record for record in read_records(state.history) if record.number <= current)


def difference_of(state: GenerationFolder, first: int, last: int, newest: int | None = None) -> Delta:
    """Return what leads from generation `first` to generation `last`, whichever is older.

    Raises HistoryMissing when one was never made, or is newer than `newest` or else the current one, or the
    way between them is not on record.
    """
    current = newest or state.current_number()
    for number in (last, first):  # `first` may only follow from `last`, which is then the one that was meant
        if not 0 < number <= current:
            raise HistoryMissing(number, current)
    return between(state.history, first, last)


def restoring(state: GenerationFolder, number: int) -> Patch:
    """Return the change that brings back what generation `number` asserted. Raises HistoryMissing."""
    delta = difference_of(state, state.current_number(), number)
    return Patch(
        tuple(f"{quad} ." for quad in sorted(delta.added, key=str)),
        tuple(f"{quad} ." for quad in sorted(delta.removed, key=str)),
    )
