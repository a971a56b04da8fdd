"""A thousand requests at random; `python -m tests.server.fuzz` makes ten thousand."""

from __future__ import annotations

from pathlib import Path

from tests.server.conftest import running
from tests.server.fuzz import SEED, run
from tests.trap import Trap

COUNT = 1000


def test_no_request_ends_in_a_500_a_traceback_or_a_hang(small_state: Path, trap: Trap) -> None:
    with running(small_state, "--timeout", "1", "--workers", "4") as server:
        found = run(server, COUNT, SEED, trap.address)
    assert found.total() == COUNT
    assert {"200", "400", "403", "404", "405", "415"} <= set(found), "the fuzz reaches too little"
    assert found["closed"] < COUNT / 20
    assert trap.visits == 0
