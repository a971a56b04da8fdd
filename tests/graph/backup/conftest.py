"""A graph of two generations and a backup of it, for each test a copy of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.graph.place import Place


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project, a state of two generations, and a backup of it."""
    folder = tmp_path_factory.mktemp("made")
    place = Place(folder)
    assert place.add("one") == 0
    assert place.run("backup", str(folder / "backup")) == 0
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Place:
    for name in ("project", "state"):
        shutil.copytree(made / name, tmp_path / name)
    return Place(tmp_path, built=True)


@pytest.fixture
def backup(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "backup", tmp_path / "backup"))
