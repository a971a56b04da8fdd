"""How much a call of reconciliation does at most: counted, and ended at its time limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from unodc_graph.namespace import ONTOLOGY
from unodc_graph.store.generation import Generation
from unodc_server.batch import Column, Extension, Query
from unodc_server.holding import Holdings
from unodc_server.label import LabelIndex
from unodc_server.reconciliation import Reconciler
from unodc_server.refusal import CallTimedOut

PLACE = f"{ONTOLOGY}place"


class Counting:
    """A store that counts how often it is asked for a pattern."""

    def __init__(self, store: Any) -> None:
        self.store, self.asked = store, 0

    def quads_for_pattern(self, *pattern: Any) -> Iterator[Any]:
        self.asked += 1
        found: Iterator[Any] = self.store.quads_for_pattern(*pattern)
        return found


def reconciler(generation: Generation, seconds: float = 60.0) -> tuple[Reconciler, Counting]:
    store: Any = Counting(generation.open())
    index = LabelIndex(store)
    return Reconciler(store, index, Holdings(store, index), seconds), store


def test_a_property_is_read_once_however_many_queries_ask_for_it(generation: Generation) -> None:
    asking, store = reconciler(generation)
    store.asked = 0
    names = [frozenset({f"place {number}"}) for number in range(49)] + [frozenset({"viet nam"})]
    batch = {str(n): Query("", (), 10, ((PLACE, wanted),)) for n, wanted in enumerate(names)}
    found = asking.batch(batch)
    assert len(found) == 50
    assert found["49"]["result"]
    assert store.asked == 1


def test_what_is_not_declared_is_never_looked_up(generation: Generation) -> None:
    asking, store = reconciler(generation)
    store.asked = 0
    assert asking.holdings.having("no IRI at all", frozenset({"x"})) == set()
    assert store.asked == 0


def test_a_call_ends_at_its_time_limit(generation: Generation) -> None:
    asking, _ = reconciler(generation, seconds=0.0)
    with pytest.raises(CallTimedOut):
        asking.batch({"q0": Query("HAYA", (), 10, ())})
    with pytest.raises(CallTimedOut):
        asking.extend(Extension(("place/kgz",), (Column("iso3", None, False),)))


@pytest.mark.parametrize(
    ("asked", "found"), [("kyrgystan", "place/kgz"), ("Kirgyzstan", "place/kgz"), ("Nambia", "place/nam")]
)
def test_a_misprint_is_like_what_was_meant(generation: Generation, asked: str, found: str) -> None:
    asking, _ = reconciler(generation)
    best = asking.index.find(asked, 1)[0]
    assert best.entry.iri.endswith(found)
    assert 30 < best.score < 90
