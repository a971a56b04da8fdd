"""A blank server for the W3C suites, the suites themselves, and their figures at the end of a run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.server.conformance.change import Writer
from tests.server.conformance.manifest import suites
from tests.server.conformance.running import Runner
from tests.server.conftest import Server, running

from unodc_graph.token import Tokens

MISSING = "no W3C suites: set RDF_TESTS to a checkout of https://github.com/w3c/rdf-tests"

FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the suites; without one, the tests are skipped and say so."""
    found = suites()
    if found is None:
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`unodc-kg serve --blank`, whose state folder, a temporary one of its own, is known here."""
    folder = tmp_path_factory.mktemp("blank")
    with running(folder / "unused", "--blank", environment={"TMPDIR": str(folder)}) as server:
        (server.state,) = folder.glob("unodc-kg-blank-*")
        yield server


@pytest.fixture(scope="session")
def blank_writer(blank: Server) -> Writer:
    """What changes the blank server, with a token of its own."""
    return Writer(blank, Tokens(blank.state).add("suite", (), None, datetime.now(UTC)))


@pytest.fixture(scope="session")
def runner(root: Path, blank: Server) -> Runner:
    """What runs the query tests."""
    return Runner(root, blank)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> list[str]:
    """Lines to print at the end of the run."""
    return request.config.stash.setdefault(FIGURES, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print how many tests of each suite there are and how many pass."""
    lines = config.stash.get(FIGURES, [])
    if lines:
        terminalreporter.section("W3C suites over HTTP")
        for line in lines:
            terminalreporter.write_line(line)
