"""`unodc-kg add --to URL`: a curator's file through the gate of a running server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.conftest import Server
from tests.server.writing import PREFIXES, curator, quads, serving_invented

from unodc_graph.cli.main import run


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("remote")
    with serving_invented(folder, workers=1) as server:
        yield server


@pytest.fixture
def token(kg: Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    name = re.sub(r"\W", "-", request.node.name)[:60]
    secret = curator(kg, name).token
    monkeypatch.setenv("UNODC_TOKEN", secret)
    return secret


def document(folder: Path, text: str) -> str:
    file = folder / "mine.trig"
    declared = re.sub(r"PREFIX (\S+) (\S+)", r"@prefix \1 \2 .", PREFIXES)
    file.write_text(declared + text.replace("GRAPH ", ""), encoding="utf-8")
    return str(file)


def test_a_file_is_sent_shown_and_made(
    kg: Server, token: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = document(tmp_path, quads("sent"))
    assert run(["add", file, "--to", kg.origin, "--yes", "--message", "From afar"]) == 0
    assert "+ activity:sent rdf:type unodc:Training" in capsys.readouterr().out
    assert kg.get("/history").json()["commits"][0]["message"] == "From afar"
    assert run(["add", file, "--to", kg.origin, "--yes"]) == 0
    assert "Nothing changes" in capsys.readouterr().out


def test_what_the_server_refuses_is_told_in_words(
    kg: Server, token: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["add", document(tmp_path, quads("bad", "")), "--to", kg.origin, "--yes"]) == 1
    said = capsys.readouterr()
    assert "Course bad (activity:bad)" in said.out
    assert said.err == "unodc-kg: 1 finding: nothing was changed\n"


def test_a_wrong_token_or_address_is_2(
    kg: Server,
    token: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = document(tmp_path, quads("other"))
    assert run(["add", file, "--to", "http://127.0.0.1:9/", "--yes"]) == 2
    assert run(["add", file, "--to", "elsewhere", "--yes"]) == 2
    monkeypatch.setenv("UNODC_TOKEN", "wrong")
    assert run(["add", file, "--to", kg.origin, "--yes"]) == 2
    assert "401" in capsys.readouterr().err
    monkeypatch.delenv("UNODC_TOKEN")
    assert run(["add", file, "--to", kg.origin, "--yes"]) == 2
