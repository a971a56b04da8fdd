"""Who may import whom: the graph never imports the server, and each engine has one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
GRAPH = PROJECT / "graph" / "unodc_graph"
SERVER = PROJECT / "server" / "unodc_server"
MODULES = sorted([*GRAPH.rglob("*.py"), *SERVER.rglob("*.py")])

DOORS = {
    "pyoxigraph": lambda path: path.is_relative_to(GRAPH / "store"),
    "pyshacl": lambda path: path.is_relative_to(GRAPH) and path.stem.startswith("validation"),
    "owlready2": lambda path: path == GRAPH / "reasoning.py",
    "flask": lambda path: path.is_relative_to(SERVER),
    "werkzeug": lambda path: path.is_relative_to(SERVER),
    "unodc_server": lambda path: path.is_relative_to(SERVER),
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_the_modules_are_found() -> None:
    assert len(MODULES) >= 30


@pytest.mark.parametrize("name", DOORS)
def test_a_package_is_imported_through_its_door_only(name: str) -> None:
    strays = [str(path) for path in MODULES if name in imported(path) and not DOORS[name](path)]
    assert strays == []


@pytest.mark.parametrize("name", sorted(DOORS.keys() - {"unodc_server"}))
def test_each_door_is_used(name: str) -> None:
    """A rule about a package that nobody imports would hold for nothing."""
    assert any(name in imported(path) for path in MODULES)


@pytest.mark.parametrize("room", ["ontology", "graph/facts", "queries"])
def test_rooms_of_data_hold_no_python(room: str) -> None:
    assert list((PROJECT / room).rglob("*.py")) == []
    assert any((PROJECT / room).iterdir())
