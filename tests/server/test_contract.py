"""Every row of the sections of the HTTP contract that have to be whole has a test, or a reason to wait."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.server.contract import NOT_YET, SECTIONS, WITHOUT_NUMBER, rows_of, untested

PROJECT = Path(__file__).parents[2]
ROWS = 72


def test_the_rows_are_those_of_the_contract() -> None:
    rows = [row for rows in SECTIONS.values() for row in rows]
    assert len(rows) == len(set(rows)) == ROWS
    assert set(rows) >= set(NOT_YET) | set(WITHOUT_NUMBER)


def test_every_row_is_tested_or_says_why_not() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests/server"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    tests = [line for line in done.stdout.splitlines() if "::" in line]
    assert len(tests) > ROWS
    assert untested(tests) == set()


def test_a_row_without_a_test_is_seen() -> None:
    assert "N3" in untested(["tests/server/test_x.py::test_N4_b"])
    assert rows_of("tests/server/test_x.py::test_N4_b[N3]") == {"N4"}
    assert rows_of("tests/server/test_problem.py::test_each_status_is_met[404]") == {"E404"}
