"""What all suites share: a trap for whoever reaches out, and after a run how many tests of each suite ran."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from tests.trap import Trap


@pytest.fixture
def trap() -> Iterator[Trap]:
    """A listener that must see no visit."""
    found = Trap()
    yield found
    found.close()


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
