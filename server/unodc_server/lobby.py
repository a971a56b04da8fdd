"""Connections wait here, without a thread, until a whole request has come: slow clients hold up nobody.

A client that sends its request byte by byte, or stops in the middle, costs a descriptor and the bytes that
came, and is told 408 when its time is over. So does one that is to be let go and does not leave.
"""

from __future__ import annotations

import errno
import json
import socket
import threading
import time
from collections import deque
from functools import partial
from http import HTTPStatus
from selectors import EVENT_READ
from typing import Any, Final

from gunicorn.http.errors import (
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from unodc_server.arrival import LONGEST_HEADER_FIELD, LONGEST_REQUEST_LINE, UNREADABLE, Arrival
from unodc_server.problem import explain
from unodc_server.refusal import (
    AddressTooLong,
    HeadersTooLarge,
    InternalError,
    RequestTooSlow,
    Saturated,
)

MOST_HELD: Final = 64 * 1024 * 1024
"""Bytes of unfinished requests that are held at a time."""

_PARTING_SECONDS: Final = 2.0
_STALLED_SECONDS: Final = 20.0
"""How long a thread waits for a client that takes nothing of its answer."""

_PIECE: Final = 64 * 1024
_LOOK_SECONDS: Final = 0.5
_LINGER_SECONDS: Final = 0.01
_MOST_IN_TURN: Final = 8
"""How many requests of a connection a thread answers before it looks after others."""


class _Arrived(Unreader):  # type: ignore[misc]  # gunicorn has no types
    """What has come of a request, as all that the parser can read: a thread never waits for more."""

    def __init__(self, data: bytes, ended: bool) -> None:
        """Hold `data`; `ended` says that the client will send no more."""
        super().__init__()
        self.unread(data)
        self._ended = ended

    def chunk(self, _size: int | None = None) -> bytes:
        """Return the end of what the client sent. Raises TimeoutError when there is none yet."""
        if self._ended:
            return b""
        raise TimeoutError("the rest of the request has not come")


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection, with what has come of its next request."""

    def __init__(self, worker: Worker, client: socket.socket, address: Any, server: Any) -> None:
        """Take a connection that has just been made."""
        super().__init__(worker.cfg, client, address, server)
        self.longest_body: int = worker.app.longest_body
        self.arrival = Arrival(self.longest_body)
        self.held = 0
        self.ended = False
        self.parting = False

    def init(self) -> None:
        """Give the parser what has come; called in a thread, when that is a whole request."""
        super().init()
        self.sock.settimeout(_STALLED_SECONDS)
        self.parser.unreader = _Arrived(bytes(self.arrival.data), self.ended)
        self.arrival = Arrival(self.longest_body)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A gunicorn worker whose threads never wait for a request, and whose poller never waits for anybody."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Begin with nobody waiting."""
        super().__init__(*arguments, **named)
        self._waiting: dict[Connection, None] = {}  # in the order in which they began to wait
        self._queued: deque[Connection] = deque()  # those that wait for a thread
        self._held = 0
        self._next_look = 0.0
        self._linger = threading.Semaphore(max(1, self.cfg.threads // 4))

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection; when there are too many, the one that has waited longest makes room."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE) and self._waiting:
                self._close(next(iter(self._waiting)))
            elif error.errno not in (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        self._wait(Connection(self, client, address, listener.getsockname()))
        if self.nr_conns >= self.worker_connections and self._waiting:
            self._close(next(iter(self._waiting)))

    def handle(self, connection: Connection) -> Any:
        """Answer a request, and what the client sends at once after that; called in a thread."""
        self._queued.popleft()
        for _ in range(_MOST_IN_TURN):
            kept = super().handle(connection)
            if not kept or not self._follows(connection):
                break
            connection.initialized = False
        return kept

    def _follows(self, connection: Connection) -> bool:
        """Wait a moment for the next request, if few others do: it then costs no change of threads."""
        connection.arrival.add(connection.parser.unreader.take_buffered())
        if self._queued:
            return False
        if connection.arrival.whole:
            return True
        if not self.alive or not self._linger.acquire(blocking=False):
            return False
        try:
            connection.sock.settimeout(_LINGER_SECONDS)
            connection.arrival.add(connection.sock.recv(_PIECE))
        except OSError:
            return False
        finally:
            self._linger.release()
        return connection.arrival.whole

    def finish_request(self, connection: Connection, done: Any) -> None:
        """Wait for the next request of a connection, or part from it."""
        if done.cancelled() or done.exception() is not None or not done.result():
            self._part(connection)
        else:
            self._wait(connection)
            self._take(connection, b"")

    def handle_request(self, request: Any, connection: Connection) -> Any:
        """Answer; a client that does not take its answer is left."""
        try:
            return super().handle_request(request, connection)
        except TimeoutError:
            raise StopIteration("the client takes nothing") from None

    def _keepalive_after(self, connection: Connection, kept: bool) -> bool:
        # A body that nobody read was too long to be waited for, and is not waited for here either.
        return bool(kept and connection.parser.finish_body(deadline=time.monotonic() + 0.05))

    def murder_keepalived(self, force: bool = False) -> None:
        """Close the connections whose time is over, or all; unfinished requests are told why."""
        now = time.monotonic()
        if not force and now < self._next_look:
            return
        self._next_look = now + _LOOK_SECONDS
        for connection in [c for c in self._waiting if force or c.timeout <= now]:
            if connection.arrival.data and not force:
                self._refuse(connection, RequestTooSlow(self.app.request_seconds))
            else:
                self._close(connection)

    def _cap_keepalive(self, deadline: float) -> None:
        for connection in self._waiting:
            connection.timeout = min(connection.timeout, deadline)

    def _wait(self, connection: Connection) -> None:
        connection.sock.setblocking(False)
        connection.set_timeout()
        self._waiting[connection] = None
        self.poller.register(connection.sock, EVENT_READ, partial(self._receive, connection))

    def _receive(self, connection: Connection, client: socket.socket) -> None:
        try:
            data = client.recv(_PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if connection.parting:
            if not data:  # what else one sends that is to go is thrown away
                self._close(connection)
        elif data:
            self._take(connection, data)
        elif connection.arrival.data:  # no more will come, and the application says what is wrong with that
            connection.ended = True
            self._hand_over(connection)
        else:
            self._close(connection)

    def _take(self, connection: Connection, data: bytes) -> None:
        """Add `data` to the request of `connection`, and give that to a thread when it is whole."""
        arrival = connection.arrival
        arrival.add(data)
        if arrival.data and not connection.held:
            connection.timeout = time.monotonic() + self.app.request_seconds
        self._held += len(arrival.data) - connection.held
        connection.held = len(arrival.data)
        if arrival.fault:
            self._refuse(connection, arrival.fault)
        elif arrival.whole:
            self._hand_over(connection)
        elif self._held > MOST_HELD:
            self._refuse(connection, Saturated(retry_after=5))
        elif arrival.expects:
            arrival.expects = False
            self._say(connection, b"HTTP/1.1 100 Continue\r\n\r\n")

    def _hand_over(self, connection: Connection) -> None:
        self._leave(connection)
        connection.initialized = False  # so that `init` is called, with this request
        connection.data_ready = True
        self._queued.append(connection)
        self.enqueue_req(connection)

    def _leave(self, connection: Connection) -> None:
        """Take `connection` out of those that wait."""
        del self._waiting[connection]
        self._held -= connection.held
        connection.held = 0
        self.poller.unregister(connection.sock)

    def _close(self, connection: Connection) -> None:
        self._leave(connection)
        self.nr_conns -= 1
        connection.close()

    def _refuse(self, connection: Connection, why: Exception) -> None:
        self._say(connection, _answer(why))
        self._leave(connection)
        self._part(connection)

    def _part(self, connection: Connection) -> None:
        """Say that no more will come, and wait for the client to go: else it might lose the answer (§9.6)."""
        connection.parting = True
        connection.arrival = Arrival(0)
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:  # it has gone
            self.nr_conns -= 1
            connection.close()
        else:
            self._wait(connection)
            connection.timeout = time.monotonic() + _PARTING_SECONDS

    def _say(self, connection: Connection, text: bytes) -> None:
        try:
            connection.sock.send(text)
        except OSError:
            self.log.debug("the client did not wait to be told")

    def handle_error(self, _request: Any, client: socket.socket, _address: Any, error: Exception) -> None:
        """Answer a request that could not be read."""
        if isinstance(error, LimitRequestLine):
            told: Exception = AddressTooLong(LONGEST_REQUEST_LINE)
        elif isinstance(error, LimitRequestHeaders):
            told = HeadersTooLarge(LONGEST_HEADER_FIELD)
        elif isinstance(error, ParseException):
            told = UNREADABLE
        else:
            self.log.error("a request failed before the application: %r", error)
            told = InternalError(repr(error))
        try:
            client.sendall(_answer(told))
        except OSError:
            self.log.debug("the client did not wait for the problem")


def _answer(error: Exception) -> bytes:
    """Return the problem that `error` is, as the last answer on a connection."""
    found = explain(error)
    document = found.document("", "")
    body = json.dumps(document | {"type": f"/problems/{found.kind.slug}"}).encode()
    status = HTTPStatus(found.kind.status)
    fields = {
        "Content-Type": "application/problem+json",
        "Content-Length": str(len(body)),
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": "no-store",
        "Connection": "close",
        **found.headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{head}\r\n".encode("ascii") + body
