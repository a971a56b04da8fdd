"""What has come on a connection or a pipe, and whether a client is still there."""

from __future__ import annotations

import math
import select
import socket
from collections.abc import Sequence


class Watch:
    """Looks whether the client is still there; one that sends more than its request is no longer watched."""

    def __init__(self, client: socket.socket | None) -> None:
        """Watch `client`, or nobody."""
        self._client = client

    @property
    def descriptors(self) -> list[int]:
        """What becomes readable when the client goes."""
        return [] if self._client is None else [self._client.fileno()]

    def gone(self) -> bool:
        """Say whether the client has closed its connection."""
        if self._client is None:
            return False
        try:
            if not readable([self._client.fileno()]):
                return False
            if self._client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                self._client = None
                return False
        except BlockingIOError:
            return False
        except (OSError, ValueError):
            return True
        return True


def readable(descriptors: Sequence[int], seconds: float = 0.0) -> list[int]:
    """Return those of `descriptors` that have something to read, or have ended; wait `seconds` for the first.

    With poll(2), which takes descriptors of any number, and without the classes that wrap it.
    """
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poll.poll(math.ceil(seconds * 1000))]
