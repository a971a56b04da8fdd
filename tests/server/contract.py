"""The rows of the contract, as server/README.md lists them, and which tests hold each.

A test of the row P5 is called `test_P5_…`. Where one test holds several rows, or a suite holds one, the name
cannot say so, and the row is listed here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pytest

README: Final = Path(__file__).parents[2] / "server" / "README.md"

_NUMBERED: Final = re.compile(r"::test_((?:[A-Z]\d+_)+)")
_CONTRACT: Final = re.compile(r"^## The contract\n(.*?)(?=^## )", re.DOTALL | re.MULTILINE)
_SECTION: Final = re.compile(r"^### (.+)\n((?:(?!^### ).*\n?)*)", re.MULTILINE)
_ROW: Final = re.compile(r"^\| ([A-Z]\d+) \| .+ \|$", re.MULTILINE)


def read_sections(text: str) -> dict[str, tuple[str, ...]]:
    """Return the rows of each section of the contract in `text`, in their order."""
    found = _CONTRACT.search(text)
    assert found is not None, "no contract"
    return {title: tuple(_ROW.findall(table)) for title, table in _SECTION.findall(found[1])}


SECTIONS: Final[Mapping[str, tuple[str, ...]]] = read_sections(README.read_text(encoding="utf-8"))

_MET: Final = (400, 403, 404, 405, 406, 413, 414, 415)

WITHOUT_NUMBER: Final[Mapping[str, str]] = {
    **{f"E{status}": f"::test_each_status_is_met[{status}]" for status in _MET},
    "E401": "::test_P16_a_change_without_a_valid_token_is_401",
    "E409": "::test_B2_a_blank_server_takes_changes_with_the_token_it_shows",
    "E410": "::test_D6_a_removed_thing_is_410_with_a_tombstone",
    "E412": "::test_W5_a_change_of_a_state_that_is_gone_is_412",
    "E422": "::test_W3_what_the_checks_refuse_is_422_in_words",
    "E428": "::test_W5_a_setting_requires_the_condition",
    "E429": "::test_L1_a_client_over_its_quota_is_429_with_retry_after",
    "E500": "::test_what_nobody_foresaw_is_our_mistake_and_says_nothing",
    "E503": "::test_a_query_over_its_time_is_503_without_retry_after",
    "E507": "::test_every_error_is_told_without_internals[SpoolFull]",
    "F1": "::test_the_list_names_every_release_and_file",
    "F2": "::test_a_file_is_immutable_and_named",
    "F3": "::test_a_checksum_stands_beside_each_file",
    "O4": "test_pages.py::",
    "V2": "::test_w3c_has_endpoint_triple",
    "W1": "::test_w3c_graph_store",
}
"""Row to the test that holds it, where the name does not say."""


def rows_of(test: str) -> set[str]:
    """Return the rows that the test with this node id holds."""
    numbered = _NUMBERED.search(test)
    listed = {
        row
        for row, name in WITHOUT_NUMBER.items()
        if test.endswith(name) or f"{name}[" in test or (name.endswith("::") and name in test)
    }
    return listed | set(numbered[1].strip("_").split("_") if numbered else ())


def untested(tests: Iterable[str]) -> set[str]:
    """Return the rows of the contract that none of `tests` holds."""
    found = {row for test in tests for row in rows_of(test)}
    return {row for rows in SECTIONS.values() for row in rows} - found


def summarise(terminalreporter: pytest.TerminalReporter) -> None:
    """Print, for each section, how many rows were tested by how many tests, and which failed."""
    tests: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            for row in rows_of(report.nodeid):
                tests[row][outcome] += 1
    if not tests:
        return
    terminalreporter.section("rows of the contract in server/README.md")
    for section, rows in SECTIONS.items():
        held = [row for row in rows if tests[row]["passed"]]
        count = sum(sum(tests[row].values()) for row in rows)
        failed = sorted(row for row in rows if tests[row]["failed"] or tests[row]["error"])
        parts = [f"{section}: {len(held)} of {len(rows)} rows, {count} tests"]
        parts += [f"failing: {', '.join(failed)}"] if failed else []
        terminalreporter.write_line("; ".join(parts))
