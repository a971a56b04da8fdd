"""Sorting in pieces gives what sorting at once gives, whatever the size of the pieces."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unodc_graph.export.sorting import write_sorted

LINES = st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=40), max_size=200)


def in_order(lines: list[str], piece: int, repeated: bool = True) -> list[str]:
    rows = io.BytesIO("".join(f"{line}\n" for line in lines).encode("utf-8"))
    output = io.BytesIO()
    write_sorted(rows, output, repeated, piece)
    text = output.getvalue().decode("utf-8")
    return text.removesuffix("\n").split("\n") if text else []


@given(LINES, st.integers(1, 300))
def test_lines_are_sorted_by_code_point_each_once(lines: list[str], piece: int) -> None:
    assert in_order(lines, piece) == sorted(set(lines))


@given(LINES, st.integers(1, 300))
def test_without_repeated_lines_nothing_is_lost(lines: list[str], piece: int) -> None:
    distinct = list(dict.fromkeys(lines))
    assert in_order(distinct, piece, repeated=False) == sorted(distinct)


@pytest.mark.parametrize("line", ["a", "é", "\U0001f600", "\r", "\x85", "\u2028"])
def test_characters_that_end_lines_elsewhere_do_not_here(line: str) -> None:
    lines = [f"{line}{number}" for number in range(50)]
    assert in_order(lines, 16) == sorted(lines)


def test_one_line_many_times_fills_no_memory_and_stays_one() -> None:
    assert in_order(["same"] * 10_000, 64) == ["same"]
