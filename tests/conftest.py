"""What all suites share: after a run, how many tests of each suite ran."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print a line for each suite, a folder of tests/, with how many passed, failed and were skipped."""
    suites: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for outcome in ("passed", "failed", "error", "skipped", "xfailed", "xpassed"):
        for report in terminalreporter.stats.get(outcome, []):
            suites[report.nodeid.removeprefix("tests/").partition("/")[0].partition("::")[0]][outcome] += 1
    terminalreporter.section("suites")
    for suite, outcomes in sorted(suites.items()):
        counts = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        terminalreporter.write_line(f"{suite}: {counts}")
