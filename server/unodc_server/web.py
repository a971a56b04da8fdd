"""The HTTP server: gunicorn with threads in one process, told everything here and nothing by files.

One process holds cache, limits, measures and workers; its threads see when a client is gone.
"""

from __future__ import annotations

import errno
import os
import resource
import socket
import sys
from collections.abc import Callable
from typing import Final

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from unodc_graph.errors import GraphError
from unodc_server.app import service_of
from unodc_server.arrival import LONGEST_HEADER_FIELD, LONGEST_REQUEST_LINE
from unodc_server.settings import Settings

THREADS_BEYOND_WORKERS: Final = 8
GRACEFUL_SECONDS: Final = 30


_CONNECTIONS: Final = 1000
_FILES: Final = 1000
"""Descriptors that are left for pipes to workers, for the engine's files and for answers being read."""


class AddressInUse(OSError):
    """Something else listens at this address already."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at `host` and `port`; port 0 takes a free one.

    Raises AddressInUse, or OSError when the address cannot be had for another reason.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(error.errno, f"port {port} on {host} is in use") from None
        raise
    return listener


def most_connections() -> int:
    """Return how many connections may be open: a thousand, or what files and pipes leave of the limit.

    Raises the limit on open descriptors of this process as far as the system allows and as is needed.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(_CONNECTIONS, max(soft - _FILES, soft // 3))


class Application(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn, serving what `make` returns on a socket that listens already."""

    def __init__(
        self,
        make: Callable[[], Flask],
        listener: socket.socket,
        threads: int,
        ready: Callable[[], None],
        settings: Settings,
    ) -> None:
        """Take over `listener`. `make` is called in the serving process, and `ready` when it can answer."""
        self.longest_body = settings.body_bytes
        self.request_seconds = settings.request_seconds
        self._make = make
        self._descriptor = listener.detach()
        self._threads = threads
        self._ready = ready
        self._app: Flask | None = None
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn otherwise takes from files, variables and the command line."""
        values = {
            "bind": f"fd://{self._descriptor}",
            "worker_class": "unodc_server.lobby.Worker",
            "workers": 1,
            "threads": self._threads,
            "worker_connections": most_connections(),
            "timeout": 120,
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": 15,
            "limit_request_line": LONGEST_REQUEST_LINE,
            "limit_request_field_size": LONGEST_HEADER_FIELD,
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "loglevel": "warning",
            "proc_name": "unodc-kg",
            "worker_exit": lambda _server, _worker: self._close(),
            "control_socket_disable": True,
        }
        for name, value in values.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, in the process that serves it."""
        try:
            self._app = self._make()
        except GraphError as error:
            print(f"Error: {error}", file=sys.stderr)
            sys.exit(Arbiter.APP_LOAD_ERROR)
        self._ready()
        return self._app

    def _close(self) -> None:
        if self._app is not None:
            service_of(self._app).execution.close()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)  # a fork of the command ends here, rather than going on as the command
