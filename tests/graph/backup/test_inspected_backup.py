"""A backup whose list agrees with its files, and what it holds beside its statements: forged, and refused."""

from __future__ import annotations

import gc
import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from tests.graph.backup.test_forged_backup import add_named, refused, rewrite
from tests.graph.place import Place

from unodc_graph.commit.listing import SUMS
from unodc_graph.description.counts import read_counts
from unodc_graph.description.metadata import count
from unodc_graph.namespace import INFERRED_GRAPH, PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph, NamedNode, Quad

RECORDED: Final = (
    ("number", 1),
    ("number", True),
    ("parent", 2),
    ("parent", "1"),
    ("time", "<script>alert(1)</script>"),
    ("author", 7),
    ("message", ["x"]),
    ("request", ""),
    ("added", -1),
    ("added", 10_000),
    ("removed", 1.5),
    ("shapes", "x"),
    ("outcome", "approved by everybody"),
    ("state_digest", "0" * 64),
)
"""Fields of a record with values that no commit has, or not this one."""


@pytest.mark.parametrize(("field", "value"), RECORDED)
def test_a_record_that_no_commit_has_is_refused(
    place: Place, backup: Path, capsys: pytest.CaptureFixture[str], field: str, value: object
) -> None:
    file = "history/000002.json"
    rewrite(backup, file, json.dumps(json.loads((backup / file).read_text()) | {field: value}))
    said = refused(place, backup, capsys)
    assert f"{backup / 'history' / '000002.'}" in said
    assert "; restore another backup" in said


@pytest.mark.parametrize("text", ["[]", "7", "{}", "{", "[" * 100_000])
def test_a_record_that_is_none_is_refused(
    place: Place, backup: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    rewrite(backup, "history/000002.json", text)
    assert "000002.json: it is no record of a commit" in refused(place, backup, capsys)


FACT: Final = "<urn:a> <https://w3id.org/unodc-kg/ontology#theme> <urn:x> <urn:g>"


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (lambda text: text.replace("H parent 2", "H parent 1"), "it begins at another generation"),
        (lambda text: text.replace("TC .\n", f"A {FACT} .\nTC .\n"), "other numbers of statements"),
        (lambda text: text.replace("Course two", "Course 2"), "does not lead to the state"),
        (lambda text: text.replace("A <", "A <<", 1), "it is no patch of a commit"),
        (lambda text: text.replace("H parent 2 .\n", ""), "it is no patch of a commit"),
        (lambda text: text.removesuffix("TC .\n"), "the patch is not whole"),
    ],
    ids=["parent", "more", "other", "syntax", "header", "end"],
)
def test_a_patch_that_made_nothing_on_record_is_refused(
    place: Place,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    forge: Callable[[str], str],
    said: str,
) -> None:
    assert place.add("two") == 0
    backup = tmp_path / "later"
    assert place.run("backup", str(backup)) == 0
    file = "history/000003.rdfp.gz"
    text = gzip.decompress((backup / file).read_bytes()).decode()
    assert forge(text) != text
    replace_file(backup, file, gzip.compress(forge(text).encode()))
    assert said in refused(place, backup, capsys)


def replace_file(backup: Path, name: str, content: bytes) -> None:
    """Put other `content` into a file of a backup, and its SHA-256 into the list."""
    former = hashlib.sha256((backup / name).read_bytes()).hexdigest()
    (backup / name).write_bytes(content)
    listing = (backup / SUMS).read_text()
    assert listing.count(former) == 1
    (backup / SUMS).write_text(listing.replace(former, hashlib.sha256(content).hexdigest()))


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[]",
        b'{"query": 7, "default_graphs": null, "named_graphs": null, "inferred": true, "incoming": false}',
        b'{"query": "ASK {}", "default_graphs": "x", "named_graphs": null, "inferred": 1, "incoming": 1}',
    ],
)
def test_a_kept_query_that_is_none_is_refused(
    place: Place, backup: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    add_named(backup, f"queries/{hashlib.sha256(content).hexdigest()[:16]}.json", content)
    assert "it is not the kept query that its name stands for" in refused(place, backup, capsys)


def test_a_kept_query_under_the_name_of_another_is_refused(
    place: Place, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"query": "ASK {}", "default_graphs": None, "named_graphs": ["a:b"], "inferred": True}
    content = json.dumps(asked | {"incoming": False}, sort_keys=True).encode()
    add_named(backup, "queries/0123456789abcdef.json", content)
    assert "queries/0123456789abcdef.json: it is not the kept query" in refused(place, backup, capsys)


def test_counts_of_something_else_are_refused_and_their_absence_is_not(
    place: Place, backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = "generation/counts.json"
    held = json.loads((backup / file).read_text())
    rewrite(backup, file, json.dumps(held | {"totals": [1, *held["totals"][1:]]}))
    assert f"{backup / file}: it does not count what the generation holds" in refused(place, backup, capsys)
    rows = (backup / SUMS).read_text().splitlines(keepends=True)
    (backup / SUMS).write_text("".join(row for row in rows if file not in row))
    (backup / file).unlink()
    place.state = tmp_path / "fresh"
    assert place.run("restore-backup", str(backup)) == 0
    assert place.add("two") == 0
    assert read_counts(place.folder.current().path) == count(place.folder.current().open())


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        (DefaultGraph(), "its default graph is not what its named graphs state"),
        (NamedNode(INFERRED_GRAPH), "is not what follows from it"),
    ],
    ids=["default", "inferred"],
)
def test_a_backup_that_derives_what_nobody_stated_is_refused(
    place: Place,
    backup: Path,
    capsys: pytest.CaptureFixture[str],
    graph: DefaultGraph | NamedNode,
    said: str,
) -> None:
    """What is derived is no part of the digest of the statements."""
    store = Store(str(backup / "generation" / "store"))
    funded = NamedNode(f"{PREFIXES['unodc']}fundedBy")
    store.add(Quad(NamedNode(f"{PREFIXES['body']}office"), funded, NamedNode(f"{PREFIXES['body']}x"), graph))
    store.flush()
    del store
    gc.collect()
    names = sorted(
        path.relative_to(backup).as_posix()
        for path in backup.rglob("*")
        if path.is_file() and path.name != SUMS
    )
    (backup / SUMS).write_text(
        "".join(f"{hashlib.sha256((backup / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    )
    assert said in refused(place, backup, capsys)
