"""The record itself: every character, number and name of the five documents is accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from unodc_graph.coverage.listing import LIST_FILE, ItemKind, read_listed
from unodc_graph.coverage.measure import measure
from unodc_graph.coverage.report import Coverage
from unodc_graph.dataset import assemble
from unodc_graph.location import rooms
from unodc_graph.register import read_documents


@pytest.fixture(scope="module")
def coverage(sources: Path) -> Coverage:
    place = rooms()
    return measure(read_documents(sources), assemble(place).graphs(), read_listed(place.facts / LIST_FILE))


def test_every_occurrence_is_in_its_place_and_every_character_in_one_passage(coverage: Coverage) -> None:
    assert len(coverage.documents) == 5
    assert sum(document.occurrences for document in coverage.documents) == 164
    for document in coverage.documents:
        assert document.reproduced == document.occurrences
        assert (document.uncovered, document.twice) == (0, 0)
        assert document.in_passages + document.in_artefacts == document.characters


def test_every_passage_number_and_name_is_accounted_for(coverage: Coverage) -> None:
    assert len(coverage.passages) == 107
    assert [f"{finding.thing}: {finding.message}" for finding in coverage.findings] == []


def test_there_are_numbers_and_names_to_account_for(coverage: Coverage) -> None:
    assert coverage.tally(ItemKind.NUMBER).total == 112
    assert coverage.tally(ItemKind.NAME).total > 300


def test_less_than_one_item_in_twenty_is_listed(coverage: Coverage) -> None:
    assert coverage.tally().listed_share < 0.05
