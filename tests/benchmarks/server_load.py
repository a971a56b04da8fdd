"""A load generator and a server to point it at, for the benchmarks of the server; loopback only, bounded.

Both sides of a comparison are asked of one running server, in turn and several times, so that what else the
machine does falls on both; what is printed are ratios of medians.
"""

from __future__ import annotations

import os
import re
import select
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Load:
    """What a run of requests gave: seconds each took, and how many ended with which status."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.seconds) / self.elapsed

    def percentile(self, share: float) -> float:
        """Return the time within which `share` of the requests were answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass
class _Client:
    connection: socket.socket
    received: bytearray = field(default_factory=bytearray)
    started: float = 0.0
    due: float = 0.0
    busy: bool = False


def load(
    port: int, next_request: Callable[[], bytes], seconds: float, connections: int, pause: float = 0.0
) -> Load:
    """Keep `connections` connections busy for `seconds`; each waits `pause` seconds between its requests."""
    found = Load()
    begin = time.monotonic()
    clients = []
    with selectors.DefaultSelector() as selector:
        for number in range(connections):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = _Client(connection, due=begin + pause * number / connections)
            clients.append(client)
            selector.register(connection, selectors.EVENT_READ, client)
        while (now := time.monotonic()) < begin + seconds or any(client.busy for client in clients):
            if now > begin + seconds + 60:
                raise TimeoutError("an answer did not come within a minute")
            running = now < begin + seconds
            for client in clients:
                if running and not client.busy and client.due <= now:
                    client.busy, client.started = True, time.monotonic()
                    client.connection.sendall(next_request())
            idle = [client.due - now for client in clients if not client.busy]
            for key, _ in selector.select(max(0.0, min(idle, default=1.0)) if running else 1.0):
                client = key.data
                status = _receive(client)
                if status:
                    now = time.monotonic()
                    found.seconds.append(now - client.started)
                    found.statuses[status] = found.statuses.get(status, 0) + 1
                    client.busy, client.due = False, now + pause
        for client in clients:
            client.connection.close()
    found.elapsed = time.monotonic() - begin
    return found


def _receive(client: _Client) -> int:
    """Take what has come; return the status when the answer is whole, else 0."""
    data = client.connection.recv(1 << 18)
    if not data:
        raise ConnectionError("the server closed a connection")
    client.received += data
    end = client.received.find(b"\r\n\r\n")
    if end < 0:
        return 0
    length = re.search(rb"\r\ncontent-length: (\d+)", client.received[:end], re.IGNORECASE)
    if length is None or len(client.received) < end + 4 + int(length.group(1)):
        return 0
    status = int(client.received[9:12])
    client.received.clear()
    return status


def get(path: str, accept: str = "application/sparql-results+json") -> bytes:
    """Return a GET request on a connection that stays open."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n\r\n".encode("ascii")


SERVE = ("-c", "from unodc_graph.cli.main import main; main()", "serve", "--port", "0")
"""The command of a server, as `serving` takes it; --state is to follow."""


@contextmanager
def serving(*command: str) -> Iterator[tuple[int, int]]:
    """Run a Python command that prints the address it serves at; yield its port and process id."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("UNODC_KG_")}
    with subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment | {"UNODC_KG_RATE": "100000000 per minute"},
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        try:
            ready = select.select([process.stdout], [], [], 60)[0]
            match = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline() if ready else "")
            if match is None:
                raise RuntimeError("the server did not start: is there a graph in the state folder?")
            yield int(match.group(1)), process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
