"""Remembers the state that a release made the files state, so that only later changes count as unreleased.

It stands beside the pointer of a state folder, in the file `released`: the state digest, and nothing else.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from unodc_graph.errors import StateUnwritable
from unodc_graph.store.durability import one_line, replace_synced
from unodc_graph.store.generation import GenerationFolder

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
