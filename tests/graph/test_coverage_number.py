"""Finding numbers: every form that a text prints, what it is worth, and which day it names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unodc_graph.coverage.number import Number, NumberKind, find_numbers


def found(text: str) -> list[tuple[str, str]]:
    return [(number.text, str(number.value.normalize().to_eng_string())) for number in find_numbers(text)]


def only(text: str) -> Number:
    (number,) = find_numbers(text)
    return number


@pytest.mark.parametrize(
    ("text", "printed", "kind", "value"),
    [
        ("trained 200 officers", "200", NumberKind.DIGITS, "200"),
        ("in all 60,000 people", "60,000", NumberKind.DIGITS, "60000"),
        ("in all 1,234,567.", "1,234,567", NumberKind.DIGITS, "1234567"),
        ("USD 3.5 million were", "3.5 million", NumberKind.DIGITS, "3500000"),
        ("Version 1.0 of it", "1.0", NumberKind.DIGITS, "1"),
        ("TRACK4TIP", "4", NumberKind.DIGITS, "4"),
        ("90% of projects", "90%", NumberKind.PERCENTAGE, "0.9"),
        ("12.5 per cent of it", "12.5 per cent", NumberKind.PERCENTAGE, "0.125"),
        ("12 percent of it", "12 percent", NumberKind.PERCENTAGE, "0.12"),
        ("Nine workshops", "Nine", NumberKind.WORD, "9"),
        ("a six-month campaign", "six", NumberKind.WORD, "6"),
        ("twenty days", "twenty", NumberKind.WORD, "20"),
        ("twenty-one days", "twenty-one", NumberKind.WORD, "21"),
        ("two hundred days", "two hundred", NumberKind.WORD, "200"),
        ("a fourth round", "fourth", NumberKind.ORDINAL, "4"),
        ("the twentieth round", "twentieth", NumberKind.ORDINAL, "20"),
        ("the thirty-first day", "thirty-first", NumberKind.ORDINAL, "31"),
        ("the 30th Session", "30th", NumberKind.ORDINAL, "30"),
        ("Half of the projects", "Half", NumberKind.HALF, "0.5"),
        ("Justice;(iv) a resolution", "(iv)", NumberKind.LIST_MARK, "4"),
        ("as follows: ii) a resolution", "ii)", NumberKind.LIST_MARK, "2"),
    ],
)
def test_every_form_of_number_is_found_and_read(
    text: str, printed: str, kind: NumberKind, value: str
) -> None:
    number = only(text)
    assert (number.text, number.kind, number.value) == (printed, kind, Decimal(value))
    assert text[number.start : number.end] == printed


@pytest.mark.parametrize(
    "text",
    ["women and girls", "someone", "often", "i.e. the annex", "behalf", "a mixed (v", "tenure", "Sixtus"],
)
def test_a_word_that_only_looks_like_a_number_is_none(text: str) -> None:
    assert find_numbers(text) == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("between USD 5,000-60,000 each", ["5,000", "60,000"]),
        ("A/Res/68/191", ["68", "191"]),
        ("resolutions 2331 (2016) and 2388 (2017)", ["2331", "2016", "2388", "2017"]),
        ("14 municipalities, 4 districts", ["14", "4"]),
        ("in 2022, 2023 and 2024", ["2022", "2023", "2024"]),
        ("one of the first two", ["one", "first", "two"]),
    ],
)
def test_every_digit_group_and_word_counts_by_itself(text: str, parts: list[str]) -> None:
    assert [printed for printed, _ in found(text)] == parts


def test_the_days_of_a_date_are_known_with_month_and_year() -> None:
    first, last, year = find_numbers("in Vienna on 20 and 21 September 2017")
    assert first.days == {date(2017, 9, 20)}
    assert last.days == {date(2017, 9, 21)}
    assert year.is_year
    assert not year.days


def test_half_a_year_is_known_by_its_first_and_last_day() -> None:
    first, half, _ = find_numbers("in the first half of 2018")
    assert first.days == half.days == {date(2018, 1, 1), date(2018, 6, 30)}
    second, _, _ = find_numbers("in the second half of 2018")
    assert second.days == {date(2018, 7, 1), date(2018, 12, 31)}


def test_a_day_that_does_not_exist_is_only_a_number() -> None:
    assert not find_numbers("on 31 June 2017")[0].days


@pytest.mark.parametrize(
    ("text", "year"), [("2017", True), ("1325", False), ("10017", False), ("2,017", False)]
)
def test_four_digits_of_our_time_are_a_year(text: str, year: bool) -> None:
    assert only(text).is_year is year


@given(st.text(alphabet=st.sampled_from("0123456789,. %abxiv()-/"), max_size=40))
def test_every_digit_lies_in_exactly_one_number(text: str) -> None:
    numbers = find_numbers(text)
    for position, character in enumerate(text):
        times = sum(number.start <= position < number.end for number in numbers)
        assert times == 1 or (not character.isdigit() and times <= 1)
