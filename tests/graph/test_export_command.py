"""`unodc-kg export` with its choices: each reaches the export, and what makes no sense is refused."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from unodc_graph.cli.export import command
from unodc_graph.store.generation import Generation


@pytest.fixture
def state(built: Generation) -> Path:
    return built.path.parents[1]


def call(state: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [*map(str, arguments), "--state", str(state)])


def test_one_thing_may_be_named_with_a_prefix(state: Path) -> None:
    whole = call(state, "--format", "nquads", "--thing", "https://w3id.org/unodc-kg/id/place/kgz")
    short = call(state, "--format", "nquads", "--thing", "place:kgz")
    assert whole.stdout == short.stdout
    assert "Kyrgyzstan" in short.stdout


def test_one_graph_may_be_named_in_angle_brackets(state: Path) -> None:
    found = call(state, "--format", "ntriples", "--graph", "<https://w3id.org/unodc-kg/graph/schemes>")
    assert found.exit_code == 0
    assert "ConceptScheme" in found.stdout


def test_what_follows_is_left_out_unless_asked_for(state: Path) -> None:
    plain, more = (call(state, "--format", "ntriples", *extra).stdout for extra in ((), ("--inferred",)))
    assert len(more.splitlines()) > len(plain.splitlines()) + 1000


def test_without_evidence_a_quad_format_has_no_graphs(state: Path) -> None:
    found = call(state, "--format", "nquads", "--no-evidence")
    assert found.stdout == call(state, "--format", "ntriples").stdout


def test_tables_go_into_a_folder_or_a_zip_file(state: Path, tmp_path: Path) -> None:
    assert call(state, "--format", "csv", "-o", tmp_path / "tables").exit_code == 0
    assert call(state, "-o", tmp_path / "tables.zip").exit_code == 0
    files = {path.name: path.read_bytes() for path in (tmp_path / "tables").iterdir()}
    with zipfile.ZipFile(tmp_path / "tables.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
    assert len(files) == 8


def test_a_byte_order_mark_goes_into_the_tables_only(state: Path, tmp_path: Path) -> None:
    assert call(state, "--format", "csv", "--bom", "-o", tmp_path).exit_code == 0
    marked = {path.name for path in tmp_path.iterdir() if path.read_bytes().startswith(b"\xef\xbb\xbf")}
    assert len(marked) == 7
    json.loads((tmp_path / "csv-metadata.json").read_text(encoding="utf-8"))


def test_iati_is_written_by_extension(state: Path, tmp_path: Path) -> None:
    assert call(state, "-o", tmp_path / "activities.xml").exit_code == 0
    assert b'<iati-activities version="2.03">' in (tmp_path / "activities.xml").read_bytes()


def test_all_writes_a_release(state: Path, tmp_path: Path) -> None:
    assert call(state, "--format", "all", "-o", tmp_path).exit_code == 0
    assert {"SHA256SUMS", "manifest.json", "unodc-kg.nq.gz"} <= {path.name for path in tmp_path.iterdir()}


def test_what_changed_since_the_same_generation_is_nothing(state: Path, built: Generation) -> None:
    assert call(state, "--since", str(built.number)).stdout == "TX .\nTC .\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--format", "turtle", "--graph", "graph:schemes", "--thing", "place:kgz"), "not both"),
        (("--format", "csv"), "name a folder with -o"),
        (("--format", "all"), "name a folder with -o"),
        (("--format", "iati", "--thing", "place:kgz"), "go with the RDF formats"),
        (("--format", "turtle", "--thing", "kgz"), "is no IRI"),
        (("--format", "xls"), "'turtle'"),
    ],
)
def test_what_cannot_be_done_says_what_can(state: Path, arguments: tuple[str, ...], told: str) -> None:
    result = call(state, *arguments)
    assert result.exit_code == 2
    assert told in result.output
