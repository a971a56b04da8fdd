"""Killed at any moment, a server loses nothing that it acknowledged, and nothing has to be repaired.

CRASH_KILLS says how often to kill; CRASH_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from pathlib import Path

import pytest
from tests.server.crash import check_whole, round_of
from tests.server.writing import MINE, PREFIXES, publish_invented, quads

from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.term import NamedNode

KILLS = int(os.environ.get("CRASH_KILLS", "20"))
SEED = int(os.environ.get("CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 30)
LONGEST = 1.5
"""Seconds within which a server that writes is killed; a commit takes about a fifth of one."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes left over in /proc")


def written(state: Path, name: str) -> set[int]:
    """Return the numbers of the facts that are in."""
    store = GenerationFolder(state).current().open()
    prefix = f"https://w3id.org/unodc-kg/id/activity/{name}-"
    subjects = {
        quad.subject.value
        for quad in store.quads_for_pattern(None, None, None, NamedNode(MINE))
        if isinstance(quad.subject, NamedNode)
    }
    return {int(iri.removeprefix(prefix)) for iri in subjects if iri.startswith(prefix)}


def test_what_was_acknowledged_survives_being_killed_at_any_moment(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    publish_invented(fresh, tmp_path / "project")
    chance, state = random.Random(SEED), tmp_path / "state"
    acknowledged = in_flight = 0
    for number in range(KILLS):
        if number % 20 == 0:  # so that the graph stays small
            shutil.rmtree(state, ignore_errors=True)
            shutil.copytree(fresh, state)
        name = f"kill-{number}"
        text = f"{PREFIXES} INSERT DATA {{ {quads(name + '-{n}')} }}"
        stream = round_of(state, text, chance, LONGEST)
        told = f"kill {number} of seed {SEED}"
        assert not stream.failures, (told, stream.failures)
        check_whole(state)
        found = written(state, name)
        promised = set(range(1, stream.acknowledged + 1))
        assert found in (promised, promised | {stream.sent}), (told, found, stream.acknowledged, stream.sent)
        acknowledged += len(promised)
        in_flight += len(found - promised)
    print(f"{KILLS} kills, {acknowledged} changes acknowledged, {in_flight} in flight and in, seed {SEED}")
    assert acknowledged
    GenerationFolder(state).current().open()
    with GenerationFolder(state).writing():  # the sweep of the next writer
        assert not list((state / "generations").glob("unfinished-*"))
