"""Fixtures that several suites of the graph share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of the source documents, which are no part of the project.

    UNODC_KG_SOURCES names it; without that it is looked for beside the project.
    """
    folder = Path(os.environ.get("UNODC_KG_SOURCES", PROJECT.parent / "shared" / "sources"))
    if not any(folder.glob("*.txt")):
        pytest.skip(f"no source documents in {folder}: set UNODC_KG_SOURCES to the folder that holds them")
    return folder
