"""Patches on disk: what was written is read again, and what is no patch is said to be none."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from unodc_graph.commit.delta import Delta
from unodc_graph.commit.patch import between, history_files, read_patch, write_patch
from unodc_graph.errors import CorruptState, HistoryMissing
from unodc_graph.store.term import Literal, NamedNode, Quad

GRAPH = "https://w3id.org/unodc-kg/graph/catalogue"


def quad(text: str) -> Quad:
    return Quad(NamedNode("urn:x"), NamedNode("urn:p"), Literal(text, language="en"), NamedNode(GRAPH))


FIRST = Delta(frozenset({quad("a\nA <b> ."), quad("b")}), frozenset({quad("old")}), frozenset({GRAPH}))
SECOND = Delta(frozenset({quad("c")}), frozenset({quad("b")}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, delta in ((2, FIRST), (3, SECOND)):
        write_patch(history_files(tmp_path, number)[0], number, number - 1, delta)
    return tmp_path


def test_what_was_written_is_read_again(folder: Path) -> None:
    assert read_patch(history_files(folder, 2)[0]) == (1, FIRST)
    assert between(folder, 1, 3) == FIRST.then(SECOND)
    assert between(folder, 3, 1) == FIRST.then(SECOND).inverse


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("H parent 1 .\n", ""),
        lambda text: text.replace("H parent 1", "H parent one"),
        lambda text: text.replace("H parent 1 .", "H parent"),
        lambda text: text.replace("A <urn:x>", "A <<urn:x>"),
        lambda text: text.removesuffix("TC .\n"),
    ],
)
def test_what_is_no_patch_is_corrupt(folder: Path, damage: Callable[[str], str]) -> None:
    path = history_files(folder, 2)[0]
    text = gzip.decompress(path.read_bytes()).decode()
    assert damage(text) != text
    path.write_bytes(gzip.compress(damage(text).encode()))
    with pytest.raises(CorruptState):
        between(folder, 1, 3)


def test_a_file_that_is_not_compressed_is_corrupt(folder: Path) -> None:
    path = history_files(folder, 2)[0]
    path.write_text("TX .\nTC .\n")
    with pytest.raises(CorruptState):
        read_patch(path)


def test_a_patch_that_is_gone_is_missing(folder: Path) -> None:
    history_files(folder, 2)[0].unlink()
    with pytest.raises(HistoryMissing):
        between(folder, 1, 3)
