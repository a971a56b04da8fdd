"""What all suites share: the project's own facts, built once, a trap for whoever reaches out, and a count.

The count is printed after a run: how many tests of each suite ran.
"""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.trap import Trap

from unodc_graph.build import build
from unodc_graph.location import rooms
from unodc_graph.store.generation import Generation

StateCopy = Callable[[], Path]
"""Makes a state folder that holds the project's own facts."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """The project's own facts, checked and published as a generation, for all to read and none to change."""
    return build(rooms(), tmp_path_factory.mktemp("built") / "state").generation


@pytest.fixture(scope="session")
def state_copy(built: Generation, tmp_path_factory: pytest.TempPathFactory) -> StateCopy:
    """A state folder of its own for each who asks, since a server writes into the one that it serves."""

    def copied() -> Path:
        state = tmp_path_factory.mktemp("facts") / "state"
        return Path(shutil.copytree(built.path.parents[1], state))

    return copied


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
