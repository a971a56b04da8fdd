"""The command as a process of its own: real streams, signals and exit statuses."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.graph.calling import SELECT

from unodc_graph.cli.main import INTERRUPTED, READER_LEFT

PROGRAM = (sys.executable, "-c", "from unodc_graph.cli.main import main; main()")


def ended(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ, timeout=120)


def test_a_date_that_is_none_leaves_no_traceback(project: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    own.write_text(
        "<https://w3id.org/unodc-kg/id/activity/training-of-judges>"
        "  <https://w3id.org/unodc-kg/ontology#beginDate>"
        '  "2020-13-01"^^<http://www.w3.org/2001/XMLSchema#date> .'
    )
    result = ended("check", "--project", project, own, "--passage", "aaaaaaaaaaaa")
    assert result.stderr == ""


def test_the_whole_way(project: Path, tmp_path: Path) -> None:
    state = tmp_path / "var"
    assert ended("check", "--project", project).returncode == 0
    assert ended("build", "--project", project, "--state", state).returncode == 0
    rows = ended("query", "-e", SELECT, "--format", "csv", "--state", state)
    assert rows.stdout.splitlines()[1].endswith(",103")
    out = tmp_path / "graph.nq"
    assert ended("export", "--format", "nquads", "-o", out, "--state", state).returncode == 0
    assert out.read_text().count("\n") > 50
    (tmp_path / "own.ttl").write_text("a b c")
    refused = ended("check", "--project", project, tmp_path / "own.ttl")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1


def test_progress_is_shown_to_who_watches(project: Path) -> None:
    watched, terminal = pty.openpty()
    command = [*PROGRAM, "check", "--project", str(project)]
    environment = os.environ | {"TERM": "xterm"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, env=environment) as process:
        os.close(terminal)
        out, _ = process.communicate(timeout=120)
    shown = os.read(watched, 1 << 16)
    os.close(watched)
    assert b"Checking" in shown
    assert out.startswith(b"No problems found in ")


def test_ctrl_c_ends_a_long_query_at_once(project: Path, tmp_path: Path) -> None:
    state = tmp_path / "var"
    assert ended("build", "--project", project, "--state", state).returncode == 0
    endless = "SELECT (COUNT(*) AS ?n) { " + "".join(f"?a{n} ?b{n} ?c{n} . " for n in range(12)) + "}"
    command = [*PROGRAM, "query", "-e", endless, "--state", str(state)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(3)
        os.killpg(process.pid, signal.SIGINT)
        _, error = process.communicate(timeout=10)
    assert error.strip() == b""
    assert process.returncode == INTERRUPTED


def test_a_reader_that_leaves_early_is_no_error(project: Path, tmp_path: Path) -> None:
    state = tmp_path / "var"
    assert ended("build", "--project", project, "--state", state).returncode == 0
    command = [*PROGRAM, "export", "--format", "nquads", "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.close()
        _, error = process.communicate(timeout=120)
    assert error == b""
    assert process.returncode == READER_LEFT
