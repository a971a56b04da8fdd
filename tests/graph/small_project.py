"""A small project of one's own, laid out like this one, to be built, changed and broken."""

from __future__ import annotations

import shutil
from pathlib import Path

from unodc_graph.location import Rooms, rooms

SMALL = Path(__file__).parent / "small"


def small_project(root: Path) -> Rooms:
    """Copy the small project into the new folder `root`, with the real hygiene rules."""
    shutil.copytree(SMALL, root)
    shutil.copytree(rooms().hygiene, root / "queries" / "hygiene")
    return Rooms.under(root)
