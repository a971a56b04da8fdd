"""Where a request ends: told alike however its bytes are cut, and never before nor after its end."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import NoMoreData, ParseException
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader
from hypothesis import given
from hypothesis import strategies as st

from unodc_server.arrival import LONGEST_HEADER_FIELD, LONGEST_REQUEST_LINE, UNREADABLE, Arrival
from unodc_server.refusal import AddressTooLong, BodyTooLarge, HeadersTooLarge

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


@pytest.mark.parametrize("size", [1, 7, LONGEST, 5000, 2**80])
def test_of_a_body_too_long_no_more_is_waited_for_than_shows_it(size: int) -> None:
    arrival = Arrival(LONGEST)
    arrival.add(chunked(b"x" * 5000, min(size, 5000))[: 12 * LONGEST])
    assert (arrival.whole, type(arrival.fault)) == (False, BodyTooLarge)
    first = Arrival(LONGEST)
    first.add(POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % max(size, LONGEST + 1))
    assert (first.whole, type(first.fault)) == (False, BodyTooLarge)
    announced = Arrival(LONGEST)
    announced.add(POST + b"Content-Length: %d\r\n\r\n" % (LONGEST + size))
    assert (announced.whole, announced.fault) == (True, None)


@pytest.mark.parametrize(
    "rest", [b"x\r\n", b"-5\r\n", b"\r\n", b"5 5\r\nASK", b"5 \r\n", b"3\r\nASK{}", b"1" * 17_000]
)
def test_chunks_that_are_none_are_a_fault(rest: bytes) -> None:
    arrival = Arrival(LONGEST)
    arrival.add(POST + b"Transfer-Encoding: chunked\r\n\r\n" + rest)
    assert (arrival.whole, arrival.fault) == (False, UNREADABLE)


@pytest.mark.parametrize("piece", [1, 4096])
def test_trailers_are_no_longer_than_headers(piece: int) -> None:
    arrival = Arrival(LONGEST)
    arrival.add(chunked(b"ASK{}", 5)[:-2])
    for _ in range(32 * 1024 // piece):
        assert arrival.fault is None
        arrival.add(b"a" * piece)
    arrival.add(b"a")
    assert (arrival.whole, type(arrival.fault)) == (False, HeadersTooLarge)


def test_empty_lines_before_a_request_are_no_part_of_it() -> None:
    arrival = Arrival(LONGEST)
    for byte in b"\r\n\r\n\r\n":
        arrival.add(bytes([byte]))
        assert (arrival.whole, arrival.fault) == (False, None)
    assert arrival.data == b""
    arrival.add(b"\r")
    arrival.add(b"\n" + GET)
    assert arrival.whole
    assert arrival.data == GET


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


# What the HTTP server makes of the same bytes.

ZEROS = b"0" * 30
FRAMES = [
    b"",
    *(
        b"Content-Length:" + length + b"\r\n"
        for length in (
            b"5",
            b" 5\t",
            b"",
            b" +5",
            b" -5",
            b" 5, 5",
            b" 0x5",
            b" 5\r\n 5",
            b"\r\n 5",
            b" \xb2",
            b" 1_0",
        )
    ),
    *(
        b"Content-Length: " + ZEROS + length + b"\r\n"
        for length in (b"", b"5", b"5" * 30, b"0" * 5000 + b"5")
    ),
    b"Content-Length : 5\r\n",
    b"content-length: 5\r\nContent-Length: 5\r\n",
    b"X: a\nContent-Length: 5\r\n",
    b"X: a\rContent-Length: 5\r\n",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    *(
        b"Transfer-Encoding:" + coding + b"\r\n"
        for coding in (b"chunked", b" CHUNKED ", b" gzip, chunked", b" gzip,\tchunked", b" chunked, gzip")
    ),
    *(
        b"Transfer-Encoding:" + coding + b"\r\n"
        for coding in (
            b"",
            b" x",
            b" chunkedx",
            b" identity",
            b" chunked, chunked",
            b" gzip\r\n chunked",
            b" chunked,",
        )
    ),
    b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding : chunked\r\n",
]
BODIES = [
    b"",
    b"ASK{}",
    b"\r\nASK{}",
    b"5\r\nASK{}\r\n0\r\n\r\n",
    ZEROS + b"5\r\nASK{}\r\n" + ZEROS + b"\r\n\r\n",
    b"1\r\nA\r\n" + ZEROS + b"4;a=b\r\nSK{}\r\n0 ;x\r\nA: b\r\n\r\n",
    b'5 ; a = "b;c"\r\nASK{}\r\n0\r\nA: b\nC: d\r\n\r\n',
    b"5\r\nASK{}XX0\r\n\r\n",
    b"5\nASK{}\r\n0\r\n\r\n",
    b"5;\r\rASK\r\nASK{}\r\n0\r\n\r\n",
    b"5 \r\nASK{}\r\n0\r\n\r\n",
    b"0x5\r\nASK{}\r\n0\r\n\r\n",
    b"\r\n0\r\n\r\n",
    b"ffffffffffffffffffffffff\r\nASK{}",
    b"3e9\r\nASK{}",
]
STARTS = [POST, POST.replace(b"1.1", b"1.0")]
CONFIG = Config()
CONFIG.set("limit_request_line", LONGEST_REQUEST_LINE)
CONFIG.set("limit_request_field_size", LONGEST_HEADER_FIELD)


class Waited(Exception):
    """The HTTP server asked for more than had come."""


class Held(Unreader):  # type: ignore[misc]  # gunicorn has no types
    """Some bytes, and nothing after them."""

    def chunk(self, _size: int | None = None) -> bytes:
        raise Waited


@dataclass(frozen=True)
class Reading:
    """What the HTTP server does with bytes that have come; `left` is what it has not taken."""

    waits: bool = False
    refuses: bool = False
    left: bytes = b""


def reading(data: bytes) -> Reading:
    source = Held()
    source.unread(data)
    try:
        request = Request(CONFIG, source, ("127.0.0.1", 1))
        stated = dict(request.headers).get("CONTENT-LENGTH", "0")
        if int(stated) <= LONGEST:
            request.body.read(LONGEST + 1)
    except Waited:
        return Reading(waits=True)
    except (ParseException, NoMoreData):
        return Reading(refuses=True)
    return Reading(left=source.take_buffered())


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("frame", FRAMES)
def test_what_is_whole_is_read_by_the_http_server_without_waiting(start: bytes, frame: bytes) -> None:
    whole = 0
    for body in BODIES:
        request = start + frame + b"\r\n" + body
        for end in range(len(start + frame), len(request) + 1):
            arrival = Arrival(LONGEST)
            arrival.add(request[:end])
            read = reading(bytes(arrival.data))
            if arrival.whole:
                assert arrival.fault is None
                assert not read.waits, request[:end]
                whole += not read.refuses
            elif arrival.fault is None:
                assert read.waits or read.refuses, request[:end]  # else it would be waited for in vain
    refused = reading(start + frame + b"\r\n5\r\nASK{}\r\n0\r\n\r\n").refuses
    assert bool(whole) is not refused
