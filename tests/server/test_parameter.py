"""Values of parameters: what is a number, what is true, and that every address refuses the same others."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from tests.server.conftest import Server

from unodc_server.parameter import LARGEST, number, truth
from unodc_server.refusal import BadRequest

NO_NUMBERS = ["", " ", "x", "-1", "+1", "1.5", "1e3", "²", "٣", "1 ", "1_0", "0" * 9 + "1"]
NO_TRUTHS = ["maybe", "2", "tru", "0.0", "none"]


@pytest.mark.parametrize(("text", "found"), [("1", 1), ("007", 7), (str(LARGEST), LARGEST)])
def test_digits_are_a_number(text: str, found: int) -> None:
    assert number("page", text) == found


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(BadRequest, match="`page` is") as refused:
        number("page", text)
    assert refused.value.hint == "It takes a number from 1."


@pytest.mark.parametrize("text", ["0", "101"])
def test_a_number_out_of_bounds_is_refused_with_the_bounds(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        number("limit", text, 1, 100)
    assert refused.value.hint == "It takes a number from 1 to 100."


@pytest.mark.parametrize(
    ("text", "found"),
    [("true", True), ("1", True), ("YES", True), ("false", False), ("0", False), (" no ", False)],
)
def test_words_are_true_or_false_whatever_the_default(text: str, found: bool) -> None:
    assert truth("inferred", text, True) is truth("inferred", text, False) is found


@pytest.mark.parametrize("text", NO_TRUTHS)
def test_other_words_are_neither(text: str) -> None:
    with pytest.raises(BadRequest, match="`inferred` is"):
        truth("inferred", text, True)


def test_nothing_said_is_the_default() -> None:
    assert truth("inferred", "", True) is True
    assert truth("dry-run", " ", False) is False


ADDRESSES = {
    "number": [
        "/search?page={}",
        "/doc/org/x?version={}",
        "/sparql?query=ASK%7B%7D&version={}",
        "/history?before={}",
        "/history/2?from={}",
        "/reconcile/properties?limit={}",
    ],
    "truth": ["/store?default=&inferred={}", "/sparql?query=ASK%7B%7D&inferred={}"],
}


@pytest.mark.parametrize("kind", ADDRESSES)
def test_every_address_refuses_the_same(server: Server, kind: str) -> None:
    for address in ADDRESSES[kind]:
        for text in ("maybe", "٣"):
            assert server.get(address.format(quote(text))).status == 400, (address, text)
