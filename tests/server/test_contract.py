"""Every row of the contract in server/README.md has a test, and no test or citation names another row."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.server.contract import SECTIONS, WITHOUT_NUMBER, read_sections, rows_of, untested

PROJECT = Path(__file__).parents[2]
ROWS = 115
KNOWN = {row for rows in SECTIONS.values() for row in rows}
_ROWS = r"((?:[A-Z]\d+(?:, | to | and )?)+)"
CITED = re.compile(rf"server/README\.md, {_ROWS}|rows? (?:is|are) {_ROWS} of server/README\.md")


@pytest.fixture(scope="module")
def tests() -> list[str]:
    """The node ids of the server's tests."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests/server"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_the_rows_are_found() -> None:
    assert sum(map(len, SECTIONS.values())) == len(KNOWN) == ROWS
    assert all(SECTIONS.values())


def test_every_row_is_tested(tests: list[str]) -> None:
    assert len(tests) > ROWS
    assert untested(tests) == set()


def test_every_row_that_a_test_names_is_there(tests: list[str]) -> None:
    assert {row for test in tests for row in rows_of(test)} | set(WITHOUT_NUMBER) == KNOWN


def test_every_row_that_a_file_cites_is_there() -> None:
    sources = [*(PROJECT / "server").rglob("*.py"), *(PROJECT / "tests" / "server").rglob("*.py")]
    cited = {
        row
        for path in sources
        for found in CITED.finditer(path.read_text(encoding="utf-8"))
        for row in re.findall(r"[A-Z]\d+", found[1] or found[2])
    }
    assert len(cited) > 10
    assert cited <= KNOWN


def test_a_row_without_a_test_is_seen() -> None:
    assert "N3" in untested(["tests/server/test_x.py::test_N4_b"])
    assert rows_of("tests/server/test_x.py::test_N4_b[N3]") == {"N4"}
    assert rows_of("tests/server/test_x.py::test_P1_P2_any_query") == {"P1", "P2"}
    assert rows_of("tests/server/test_problem.py::test_each_status_is_met[404]") == {"E404"}


def test_rows_outside_the_contract_are_none() -> None:
    text = "| X1 | no |\n## The contract\n\n### One\n\n| row | holds |\n| A1 | yes |\n\n## Two\n| B1 | no |\n"
    assert read_sections(text) == {"One": ("A1",)}
