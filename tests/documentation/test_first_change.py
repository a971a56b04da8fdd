"""The first change that the server's page gives to copy is made, shown and undone as the page says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import StateCopy
from tests.documentation.test_documentation import SERVER, section
from tests.server.conftest import Server, running

from unodc_graph.location import rooms
from unodc_graph.store.generation import GenerationFolder

FORM, FILE = re.findall(r"^```sh\n(.*?)^```$", section(SERVER, "A first change"), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def kg(state_copy: StateCopy) -> Iterator[Server]:
    with running(state_copy(), "--workers", "1") as server:
        yield server


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's rooms, whose files `release` may write."""
    found = tmp_path_factory.mktemp("first") / "project"
    shutil.copytree(rooms().ontology, found / "ontology")
    shutil.copytree(rooms().queries, found / "queries")
    shutil.copytree(rooms().facts, found / "graph" / "facts")
    return found


def files(project: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (project / "graph" / "facts").rglob("*") if path.is_file()}


def replaced(text: str, former: str, new: str) -> str:
    assert former in text, f"the page has no {former!r} any more"
    return text.replace(former, new)


def shown(block: str, folder: Path) -> str:
    """What the commands of `block`, run in `folder`, print; each has to succeed."""
    commands = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"}
    script = ["bash", "-euo", "pipefail", "-c", block]
    done = subprocess.run(
        script, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def test_both_blocks_run_as_they_are_printed(kg: Server, project: Path, tmp_path: Path) -> None:
    at_first, digest = files(project), GenerationFolder(kg.state).current().metadata.state_digest
    form = replaced(FORM, "STATE=var\n", f"STATE='{kg.state}'\n")
    form = replaced(form, "SERVER=http://127.0.0.1:8000\n", f"SERVER={kg.origin}\n")
    form = replaced(form, "unodc-kg release", f"unodc-kg release --project '{project}'")
    form = replaced(form, "unodc-kg restore", f"unodc-kg restore --project '{project}'")
    file = replaced(FILE, "unodc-kg restore", f"unodc-kg restore --project '{project}'")
    said = shown(f"{form}\necho '--- as a file'\n{file}", tmp_path)
    by_form, _, by_file = said.partition("--- as a file")

    tried, end = json.JSONDecoder().raw_decode(by_form)
    assert tried["dry_run"] is True
    assert tried["findings"] == []
    made, _ = json.JSONDecoder().raw_decode(by_form[end:].lstrip())
    assert (made["changed"], made["added"], made["warnings"]) == (True, 5, [])
    assert "graph/catalogue,http://www.w3.org/2000/01/rdf-schema#label,Example training" in by_form
    assert re.search("<title>Example training.*</title>", by_form)
    assert re.search(r"first-change.*A first change", by_form)
    assert "4 statements added, 0 taken out." in by_form
    assert "0 statements added, 4 taken out." in by_form
    assert files(project) == at_first

    assert "+ activity:example-training rdf:type unodc:Training" in by_file
    assert "5 added, 0 removed" in by_file
    assert "0 added, 5 removed" in by_file
    assert GenerationFolder(kg.state).current().metadata.state_digest == digest
    messages = [commit["message"] for commit in kg.get("/history").json()["commits"]]
    undone = "Undo the first change"
    assert messages == [undone, "A first change, from a file", undone, "A first change"]
    assert list(tmp_path.iterdir()) == []
