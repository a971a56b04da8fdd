"""Changes made here, by a command, and the writer they go through."""

from __future__ import annotations

import hashlib
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from unodc_graph.commit.change import Author, Change, Request, message_of
from unodc_graph.commit.task import Setup
from unodc_graph.commit.writer import Writer
from unodc_graph.location import Rooms

_MEMORY = 8 * 1024 * 1024 * 1024
_SECONDS = 600.0


@contextmanager
def writer(state: Path, rooms: Rooms) -> Iterator[Writer]:
    """Give a writer of `state` that checks by the rules in `rooms`, and end its worker afterwards."""
    found = Writer(state, Setup(rooms, _MEMORY), _SECONDS)
    try:
        yield found
    finally:
        found.close()


def request(change: Change, sent: bytes, message: str, dry_run: bool = False) -> Request:
    """Return the request for `change`, by the user of this process; `sent` is what it is known by."""
    author = Author(user(), message_of(message))
    return Request(change, author, datetime.now(UTC), hashlib.sha256(sent).hexdigest(), dry_run)


def user() -> str:
    """Return who runs this process, as the history names them."""
    try:
        return f"local-{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"local-{os.getuid()}"
