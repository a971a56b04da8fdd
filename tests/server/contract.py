"""The rows of the HTTP contract, and which tests hold each: by the number in a test's name, or as listed.

A test of the row P5 is called `test_P5_…`. The rows of the table of errors and those of operation have no
number that the tests bear: here the tests are named that hold them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import pytest

_NUMBERED: Final = re.compile(r"::test_([A-Z]\d+)_")


def _rows(letter: str, last: int) -> tuple[str, ...]:
    return tuple(f"{letter}{number}" for number in range(1, last + 1))


ERRORS: Final = (400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 414, 415, 422, 428, 429, 500, 503, 507)

SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "1 protocol": _rows("P", 20),
    "2 negotiation": _rows("N", 12),
    "5 caching": _rows("K", 7),
    "6 cross-origin": _rows("R", 5),
    "7 errors": tuple(f"E{status}" for status in ERRORS),
    "8 limits": _rows("L", 7),
    "12 blank server": ("B1", "B2", "B3"),
}
"""The sections that have to be whole, each with its rows."""

ELSEWHERE: Final = re.compile(r"[DVWO]\d+$")
"""Rows of sections that are not whole yet; they are counted where there are tests."""

WITHOUT_NUMBER: Final[Mapping[str, str]] = {
    **{f"E{status}": f"::test_each_status_is_met[{status}]" for status in ERRORS},
    "E429": "::test_L1_a_client_over_its_quota_is_429_with_retry_after",
    "E500": "::test_what_nobody_foresaw_is_our_mistake_and_says_nothing",
    "E503": "::test_a_query_over_its_time_is_503_without_retry_after",
    "E507": "::test_every_error_is_told_without_internals[SpoolFull]",
    "B1": "::test_blank_server_is_empty_and_plain",
}
"""Row to the test that holds it, where the name does not say."""

NOT_YET: Final[Mapping[str, str]] = {
    "P16": "updates come with writes",
    "K7": "ranges are asked of dumps, which come with releases",
    "R5": "there is no route that writes",
    "E401": "nothing asks who somebody is before there are writes",
    "E409": "nothing is created by name",
    "E410": "nothing is removed from a published graph yet",
    "E412": "conditions on changes come with writes",
    "E422": "the report of a refused change comes with writes",
    "E428": "conditions on changes come with writes",
    "B2": "writes to a blank server, with a token made at its start, come with writes",
    "B3": "writes to the default graph of the knowledge graph are refused once there are any",
}
"""Rows that nothing on offer can be asked for, each with the reason."""


def rows_of(test: str) -> set[str]:
    """Return the rows that the test with this node id holds."""
    numbered = _NUMBERED.search(test)
    listed = {row for row, name in WITHOUT_NUMBER.items() if test.endswith(name) or f"{name}[" in test}
    return listed | ({numbered.group(1)} if numbered else set())


def untested(tests: Iterable[str]) -> set[str]:
    """Return the rows of SECTIONS that none of `tests` holds and that NOT_YET does not excuse."""
    found = {row for test in tests for row in rows_of(test)}
    return {row for rows in SECTIONS.values() for row in rows} - found - set(NOT_YET)


def summarise(terminalreporter: pytest.TerminalReporter) -> None:
    """Print, for each section, how many rows were tested by how many tests, and what is missing."""
    tests: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            for row in rows_of(report.nodeid):
                tests[row][outcome] += 1
    if not tests:
        return
    terminalreporter.section("rows of the HTTP contract")
    others = sorted({row for row in tests if ELSEWHERE.match(row)})
    for section, rows in {**SECTIONS, "other sections": tuple(others)}.items():
        held = [row for row in rows if tests[row]["passed"]]
        count = sum(sum(tests[row].values()) for row in rows)
        failed = sorted(row for row in rows if tests[row]["failed"] or tests[row]["error"])
        waiting = [row for row in rows if row in NOT_YET and row not in held]
        parts = [f"{section}: {len(held)} of {len(rows)} rows, {count} tests"]
        parts += [f"failing: {', '.join(failed)}"] if failed else []
        parts += [f"not yet: {', '.join(waiting)}"] if waiting else []
        terminalreporter.write_line("; ".join(parts))
    for row in sorted(row for row in NOT_YET if tests[row]["passed"]):
        terminalreporter.write_line(f"{row} is tested: take it off the rows that wait ({NOT_YET[row]})")
