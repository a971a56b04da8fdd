"""Releases: whole, the same bytes on another day, sums that hold."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from unodc_graph.build import build
from unodc_graph.errors import CorruptState, UnwritableFile
from unodc_graph.export.change import only, write_change
from unodc_graph.export.release import CHECKSUMS, MANIFEST, read_release, release
from unodc_graph.location import rooms
from unodc_graph.store.generation import Generation


@pytest.fixture(scope="module")
def folder(built: Generation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release")
    release(built, path)
    return path


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_format_is_in_it(folder: Path) -> None:
    ends = ("nq.gz", "nt.gz", "trig.gz", "ttl.gz", "rdf.gz", "jsonld.gz", "csv.zip", "iati.xml.gz")
    assert {f"unodc-kg.{end}" for end in ends} <= {path.name for path in folder.iterdir()}


def test_the_manifest_lists_size_and_sum_of_every_file(folder: Path) -> None:
    listed = read_release(folder)
    files = content(folder)
    assert {file.name for file in listed.files} == files.keys() - {MANIFEST, CHECKSUMS}
    for file in listed.files:
        assert file.octets == len(files[file.name])
        assert file.sha256 == hashlib.sha256(files[file.name]).hexdigest()
        assert file.media_type
        assert f"{file.sha256}  {file.name}\n" in files[CHECKSUMS].decode("ascii")


def test_the_canonical_digest_is_that_of_the_sorted_n_quads(built: Generation, folder: Path) -> None:
    rows = gzip.decompress((folder / "unodc-kg.nq.gz").read_bytes())
    assert rows.splitlines() == sorted(set(rows.splitlines()))
    assert hashlib.sha256(rows).hexdigest() == read_release(folder).canonical_digest
    assert read_release(folder).canonical_digest == built.metadata.canonical_digest


def test_another_build_gives_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = build(rooms(), tmp_path / "state").generation
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    release(again, tmp_path / "release")
    assert content(tmp_path / "release") == content(folder)


def test_no_file_holds_a_time_or_a_number_of_a_generation(built: Generation, folder: Path) -> None:
    for name, data in content(folder).items():
        text = gzip.decompress(data) if name.endswith(".gz") else data
        assert built.metadata.created[:16].encode() not in text, name
    assert "number" not in json.loads((folder / MANIFEST).read_text(encoding="utf-8"))


def test_the_tables_lie_together_with_their_description(folder: Path) -> None:
    with zipfile.ZipFile(folder / "unodc-kg.csv.zip") as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert names[-1] == "csv-metadata.json"
    assert len(names) == 8


def test_a_release_that_cannot_be_written_says_so(built: Generation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UnwritableFile, match="cannot be written"):
        release(built, tmp_path / "file")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": [{"name": "x"}]}'])
def test_a_damaged_manifest_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(CorruptState):
        read_release(tmp_path)


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        ([], [], []),
        ([b"a"], [], [b"a"]),
        ([], [b"a"], []),
        ([b"a", b"c"], [b"b", b"c"], [b"a"]),
        ([b"b", b"c", b"d"], [b"a", b"c", b"e"], [b"b", b"d"]),
    ],
)
def test_what_one_sorted_file_alone_has(own: list[bytes], others: list[bytes], expected: list[bytes]) -> None:
    assert list(only(own, others)) == expected


def test_between_a_release_and_itself_nothing_lies(folder: Path) -> None:
    output = io.BytesIO()
    rows = folder / "unodc-kg.nq.gz"
    write_change(rows, rows, output)
    assert output.getvalue() == b"TX .\nTC .\n"
