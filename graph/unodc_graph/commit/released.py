"""Remembers the state that a release made the files state, so that only later changes count as unreleased.

It stands beside the pointer of a state folder, in the file `released`: the state digest, and nothing else.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from unodc_graph.commit.delta import Delta
from unodc_graph.commit.patch import between
from unodc_graph.commit.record import read_records
from unodc_graph.errors import CorruptState, HistoryMissing, StateUnwritable
from unodc_graph.store.canonical import shifted_state_digest
from unodc_graph.store.durability import one_line, replace_synced
from unodc_graph.store.generation import Generation, GenerationFolder

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def note(folder: GenerationFolder, state_digest: str) -> None:
    """Remember that the files state what has `state_digest`. Raises StateBusy, StateUnwritable."""
    with folder.writing():
        try:
            replace_synced(_file(folder), f"{state_digest}\n".encode("ascii"))
        except OSError as error:
            raise StateUnwritable(folder.state, one_line(error)) from error


def noted(folder: GenerationFolder) -> str:
    """Return the state digest of the last release since the last build, else nothing."""
    try:
        text = _file(folder).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return text if _DIGEST.fullmatch(text) else ""


def changes(folder: GenerationFolder, generation: Generation) -> Delta:
    """Return what commits changed since the files stated what was published, up to `generation`.

    That is nothing where the history does not reach back so far.
    """
    files = noted(folder) or generation.metadata.files_digest
    oldest = None
    try:
        for record in read_records(folder.history):
            if record.number <= generation.number:
                if record.state_digest == files:
                    return between(folder.history, record.number, generation.number)
                oldest = record.parent
        delta = between(folder.history, oldest or generation.number, generation.number)
    except (CorruptState, HistoryMissing):
        return Delta()
    rows = ([f"{quad} ." for quad in part] for part in (delta.removed, delta.added))
    return delta if shifted_state_digest(generation.metadata.state_digest, *rows) == files else Delta()


def forget(folder: GenerationFolder) -> None:
    """Forget the last release, for a generation is about to be built from files; inside `writing()`.

    Raises StateUnwritable.
    """
    try:
        _file(folder).unlink(missing_ok=True)
    except OSError as error:
        raise StateUnwritable(folder.state, one_line(error)) from error


def _file(folder: GenerationFolder) -> Path:
    return folder.state / "released"
