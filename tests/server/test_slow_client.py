"""Clients that are slow, stop half-way or do not leave: they cost no thread, so that others are answered."""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from tests.server.conftest import Server, running

GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
POST = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
FEW = ("--workers", "2")
WAITING = {"UNODC_KG_WAITING": "2"}
"""With two workers and two that wait, the server has fourteen threads."""


@pytest.fixture(scope="module")
def patient(small_state: Path) -> Iterator[Server]:
    """A server that gives a request more time than a test waits."""
    with running(small_state, *FEW, environment=WAITING | {"UNODC_KG_REQUEST_SECONDS": "300"}) as server:
        yield server


@pytest.fixture(scope="module")
def impatient(small_state: Path) -> Iterator[Server]:
    with running(small_state, *FEW, environment=WAITING | {"UNODC_KG_REQUEST_SECONDS": "1"}) as server:
        yield server


@contextlib.contextmanager
def connections(server: Server, count: int) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        made = (socket.create_connection((server.host, server.port), timeout=30) for _ in range(count))
        yield [stack.enter_context(connection) for connection in made]


def answer(connection: socket.socket) -> tuple[int, bytes]:
    """Return status and body of the next answer."""
    with connection.makefile("rb") as file:
        return _read(file)


def _read(file: BinaryIO) -> tuple[int, bytes]:
    status = int(file.readline().split()[1])
    length = 0
    while line := file.readline().strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return status, file.read(length)


def test_slow_clients_many_times_the_threads_hold_up_nobody(patient: Server) -> None:
    with (
        connections(patient, 200) as slow,
        connections(patient, 50) as stalled,
        connections(patient, 50) as staying,
        connections(patient, 50),  # these send nothing at all
    ):
        for connection in stalled:
            connection.sendall(POST + b"Content-Length: 6\r\n\r\nASK")
        for connection in staying:
            connection.sendall(GET.replace(b"1.1", b"1.0") + b"\r\n")
        for number, byte in enumerate(GET):
            for connection in slow:
                connection.sendall(bytes([byte]))
            assert patient.query(f"ASK {{}} # {number}").status == 200
        for connection in slow:
            connection.sendall(b"\r\n")
        assert {answer(connection)[0] for connection in (*slow, *staying)} == {200}
        for connection in stalled:
            connection.sendall(b" {}")
            assert answer(connection)[0] == 200


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ((200, 200), (66, 200)),
        ((1024, 4096), (1000, 2000)),
        ((1024, 1500), (500, 1500)),
        ((3000, 4096), (1000, 3000)),
    ],
)
def test_connections_leave_descriptors_for_files(limits: tuple[int, int], found: tuple[int, int]) -> None:
    code = (
        "import resource; from unodc_server.web import most_connections; "
        f"resource.setrlimit(resource.RLIMIT_NOFILE, {limits}); "
        "print((most_connections(), resource.getrlimit(resource.RLIMIT_NOFILE)[0]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(found)


@pytest.mark.parametrize(
    "part",
    [
        b"G",
        GET,
        POST + b"Content-Length: 9\r\n\r\nASK",
        POST + b"Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n",
        POST + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n",
    ],
)
def test_E408_a_request_that_does_not_arrive_is_408(impatient: Server, part: bytes) -> None:
    with connections(impatient, 1) as (connection,), connection.makefile("rb") as file:
        connection.sendall(part)
        status, body = _read(file)
        if b"Expect" in part:
            assert status == 100
            status, body = _read(file)
        assert status == 408
        problem = json.loads(body)
        assert (problem["status"], problem["type"]) == (408, "/problems/request-too-slow")
        assert file.read() == b""


def test_what_a_client_sends_in_one_piece_is_answered_in_order(patient: Server) -> None:
    queries = [f"SELECT ({number} AS ?n) {{}}".encode() for number in range(5)]
    requests = [POST + b"Content-Length: %d\r\n\r\n%s" % (len(query), query) for query in queries]
    with connections(patient, 1) as (connection,), connection.makefile("rb") as file:
        connection.sendall(b"".join(requests) + GET[:9])
        for number in range(5):
            status, body = _read(file)
            assert status == 200
            assert json.loads(body)["results"]["bindings"][0]["n"]["value"] == str(number)
        connection.sendall(GET[9:] + b"\r\n")
        assert _read(file)[0] == 200


ZEROS = b"0" * 30
PADDED = b"ASK {}".ljust(64)


@pytest.mark.parametrize(
    "parts",
    [
        (b"Content-Length: %s64\r\n\r\n" % ZEROS, PADDED),
        (b"Transfer-Encoding: chunked\r\n\r\n%s40\r\n" % ZEROS, PADDED + b"\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n\r\n1\r\n \r\n%s40\r\n" % ZEROS, PADDED + b"\r\n%s\r\n\r\n" % ZEROS),
        (b"Transfer-Encoding: chunked\r\n\r\n40\r\n%s\r\n0\r\nA: b" % PADDED, b"\r\n\r\n"),
    ],
)
def test_a_body_that_stops_costs_no_thread_however_it_is_framed(
    patient: Server, parts: tuple[bytes, bytes]
) -> None:
    with connections(patient, 100) as stalled:
        for connection in stalled:
            connection.sendall(POST + parts[0])
        assert patient.query(f"ASK {{}} # {parts[0]!r}").status == 200
        stalled[0].sendall(parts[1])
        assert answer(stalled[0])[0] == 200  # and kept: a hundred at once would rightly be too many
        for connection in stalled[1:]:
            connection.sendall(parts[1])
        assert {answer(connection)[0] for connection in stalled[1:]} == {200}


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        (b"Content-Length: +6\r\n\r\n", 400),
        (b"Content-Length: 6, 6\r\n\r\n", 400),
        (b"Content-Length: 6\r\nContent-Length: 6\r\n\r\n", 400),
        (b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"Transfer-Encoding: gzip\r\n\r\n", 400),
        (b"Transfer-Encoding: chunked\r\n\r\n0x5\r\n", 400),
        (b"Transfer-Encoding: chunked\r\n\r\n3\r\nASK{}", 400),
        (b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n", 413),
        (b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 20_000, 431),
    ],
)
def test_a_body_whose_end_cannot_be_told_is_refused_at_once(
    patient: Server, rest: bytes, status: int
) -> None:
    with connections(patient, 1) as (connection,), connection.makefile("rb") as file:
        connection.sendall(POST + rest)
        found, body = _read(file)
        assert (found, json.loads(body)["status"]) == (status, status)
        assert file.read() == b""


def test_empty_lines_before_a_request_are_skipped(patient: Server) -> None:
    with connections(patient, 1) as (connection,), connection.makefile("rb") as file:
        for lines in (b"\r\n", b"\r\n\r\n", b"\r\n" * 9):
            connection.sendall(lines + GET + b"\r\n")
            assert _read(file)[0] == 200


def test_who_sends_many_requests_at_once_gets_answers_in_turn_with_others(patient: Server) -> None:
    each = 200
    with connections(patient, 30) as made, selectors.DefaultSelector() as ready:
        came = dict.fromkeys(made, 0)
        for connection in made:
            connection.sendall((GET + b"\r\n") * each)
            ready.register(connection, selectors.EVENT_READ, connection)
        while max(came.values()) < each:
            for key, _ in ready.select(30):
                came[key.data] += key.data.recv(1 << 20).count(b"HTTP/1.1 200")
        for key, _ in ready.select(0):
            came[key.data] += 1
        assert min(came.values()) > 0


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked_once(patient: Server) -> None:
    with connections(patient, 1) as (connection,), connection.makefile("rb") as file:
        connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 6\r\n\r\n")
        assert _read(file) == (100, b"")
        connection.sendall(b"ASK {}")
        assert _read(file)[0] == 200


def test_a_body_over_the_limit_is_413_without_being_waited_for(patient: Server) -> None:
    with connections(patient, 1) as (connection,):
        connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
        assert answer(connection)[0] == 413


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"a" * 40_000, 414),
        (GET + b"a: " + b"b" * 40_000, 431),
        (b"GET / HTTP/1.1\nHost: a\n\n", 400),
    ],
)
def test_a_header_that_can_have_no_end_is_refused_at_once(patient: Server, sent: bytes, status: int) -> None:
    with connections(patient, 1) as (connection,):
        connection.sendall(sent)
        assert answer(connection)[0] == status
