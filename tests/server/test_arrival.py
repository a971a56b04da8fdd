"""Where a request ends: told alike however its bytes are cut, and never before nor after its end."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unodc_server.arrival import UNREADABLE, Arrival
from unodc_server.refusal import AddressTooLong, HeadersTooLarge

LONGEST = 1000
GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /sparql HTTP/1.1\r\nHost: a\r\n"


def stated(body: bytes) -> bytes:
    return POST + b"content-LENGTH:  %d \r\n\r\n" % len(body) + body


def chunked(body: bytes, size: int, trailer: bytes = b"") -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    chunks = b"".join(b"%x;a=b\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n" + trailer + b"\r\n"


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    body = draw(st.binary(max_size=60) | st.just(b"0\r\n\r\n\r\n\r\n"))
    trailer = draw(st.sampled_from([b"", b"A: b\r\n"]))
    form = draw(st.sampled_from(["get", "stated", "chunked"]))
    return {"get": GET, "stated": stated(body), "chunked": chunked(body, draw(st.integers(1, 70)), trailer)}[
        form
    ]


@given(request=requests(), cuts=st.lists(st.integers(0, 300), max_size=8), more=st.booleans())
def test_a_request_is_whole_with_its_last_byte(request: bytes, cuts: list[int], more: bool) -> None:
    arrival = Arrival(LONGEST)
    places = sorted({min(cut, len(request) - 1) for cut in cuts} | {0, len(request) - 1})
    for start, end in itertools.pairwise(places):
        arrival.add(request[start:end])
        assert not arrival.whole
        assert arrival.fault is None
    arrival.add(request[-1:] + (GET[:7] if more else b""))
    assert arrival.whole
    assert bytes(arrival.data) == request + (GET[:7] if more else b"")


@pytest.mark.parametrize("size", [1, 7, LONGEST, 5000])
def test_of_a_body_too_long_no_more_is_waited_for_than_shows_it(size: int) -> None:
    arrival = Arrival(LONGEST)
    arrival.add(chunked(b"x" * 5000, size)[: 12 * LONGEST])
    assert arrival.whole
    announced = Arrival(LONGEST)
    announced.add(stated(b"x" * (LONGEST + 1))[: -(LONGEST + 1)])
    assert announced.whole


@pytest.mark.parametrize("rest", [b"x\r\n", b"-5\r\n", b"\r\n", b"g", b"5 5\r\nASK"])
def test_chunks_that_are_none_are_left_to_the_server_that_refuses_them(rest: bytes) -> None:
    arrival = Arrival(LONGEST)
    arrival.add(POST + b"Transfer-Encoding: chunked\r\n\r\n" + rest)
    assert arrival.whole is (rest != b"g")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"GET /" + b"a" * 40_000, AddressTooLong),
        (GET[:-2] + b"a: " + b"b" * 40_000, HeadersTooLarge),
        (b"GET / HTTP/1.1\n\n", type(UNREADABLE)),
        (GET[:-2] + b"a: b\nc: d", type(UNREADABLE)),
        (GET[:-3], None),
        (b"", None),
    ],
)
def test_a_header_without_an_end_is_refused_when_it_cannot_get_one(
    data: bytes, kind: type[Exception] | None
) -> None:
    arrival = Arrival(LONGEST)
    arrival.add(data)
    assert not arrival.whole
    assert (type(arrival.fault) if arrival.fault else None) is kind


def test_an_expectation_is_met_once_and_not_for_a_body_that_is_not_wanted() -> None:
    head = POST + b"Expect: 100-Continue\r\nContent-Length: %d\r\n\r\n"
    arrival = Arrival(LONGEST)
    arrival.add(head % 5)
    assert arrival.expects
    assert not arrival.whole
    assert b"xpect" not in arrival.data
    arrival.add(b"ASK{}")
    assert arrival.whole
    refused = Arrival(LONGEST)
    refused.add(head % 5000)
    assert (refused.expects, refused.whole) == (False, True)
    sent_already = Arrival(LONGEST)
    sent_already.add(head % 5 + b"ASK{}")
    assert (sent_already.expects, sent_already.whole) == (False, True)
