"""Tokens that let their holders change the graph: kept hashed in the state folder, read afresh each time.

A token is 256 random bits, so that its SHA-256 needs no salt and cannot be guessed from the file.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from unodc_graph.errors import CorruptState, StateUnwritable, TokenUnusable
from unodc_graph.store.durability import replace_synced

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_PREFIX: Final = "unodckg_"


@dataclass(frozen=True)
class Token:
    """A token as it is kept. Times are ISO 8601 in UTC.

    `digest` is the SHA-256 of the secret in hexadecimal. `graphs` are the prefixes of the graphs that it may
    write, None for every graph but those that have to be named. `expires` and `revoked` are None where it
    does not end, or was not ended.
    """

    name: str
    digest: str
    created: str
    graphs: tuple[str, ...] | None = None
    expires: str | None = None
    revoked: str | None = None

    def is_valid(self, now: datetime) -> bool:
        """Say whether the token can be used at `now`."""
        ended = self.expires is not None and datetime.fromisoformat(self.expires) <= now
        return self.revoked is None and not ended


class Tokens:
    """The tokens of one state folder."""

    def __init__(self, state: Path) -> None:
        """Take the state folder; nothing is read yet."""
        self._state = state
        self._file = state / "tokens.json"

    def all(self) -> tuple[Token, ...]:
        """Return every token, oldest first. Raises CorruptState."""
        try:
            rows = json.loads(self._file.read_text(encoding="utf-8"))
            return tuple(Token(**row | {"graphs": _graphs(row.get("graphs"))}) for row in rows)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError, AttributeError):
            raise CorruptState(self._file, "the tokens cannot be read") from None

    def any_valid(self, now: datetime) -> bool:
        """Say whether there is a token that can be used."""
        return any(token.is_valid(now) for token in self.all())

    def find(self, secret: str, now: datetime) -> Token | None:
        """Return the valid token whose secret is `secret`, or None; the time taken does not tell which."""
        digest = _digest(secret)
        found = None
        for token in self.all():
            if hmac.compare_digest(token.digest, digest) and token.is_valid(now):
                found = token
        return found

    def add(self, name: str, graphs: tuple[str, ...], days: float | None, now: datetime) -> str:
        """Make a token and return its secret, which is kept nowhere.

        No `graphs` means every graph but those that have to be named; no `days` that it does not expire.
        Raises TokenUnusable for a name that is taken or has another form, and StateUnwritable.
        """
        if not _NAME.match(name):
            raise TokenUnusable(name, "a name has letters, digits, '.', '_' and '-', at most 64")
        secret = _PREFIX + secrets.token_urlsafe(32)
        expires = (now + timedelta(days=days)).isoformat(timespec="seconds") if days is not None else None
        created = now.isoformat(timespec="seconds")
        with self._changing():
            known = self.all()
            if any(token.name == name and token.is_valid(now) for token in known):
                raise TokenUnusable(name, "there is a token of that name; revoke it first")
            others = tuple(token for token in known if token.name != name)
            self._write((*others, Token(name, _digest(secret), created, graphs or None, expires)))
        return secret

    def revoke(self, name: str, now: datetime) -> None:
        """End the token called `name`. Raises TokenUnusable when there is none, and StateUnwritable."""
        if not self._file.exists():
            raise TokenUnusable(name, f"there is no such token in {self._state}")
        with self._changing():
            known = self.all()
            if not any(token.name == name and token.revoked is None for token in known):
                raise TokenUnusable(name, f"there is no such token in {self._state}")
            at = now.isoformat(timespec="seconds")
            self._write(tuple(replace(t, revoked=at) if t.name == name else t for t in known))

    def _write(self, tokens: tuple[Token, ...]) -> None:
        content = json.dumps([asdict(token) for token in tokens], indent=2)
        replace_synced(self._file, content.encode("utf-8"), mode=0o600)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold a lock on the folder itself, so that two commands at once lose nothing."""
        try:
            self._state.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._state, os.O_RDONLY)
        except OSError as error:
            raise StateUnwritable(self._state, error.strerror or "cannot be written") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        except OSError as error:
            raise StateUnwritable(self._state, error.strerror or "cannot be written") from None
        finally:
            os.close(handle)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _graphs(value: list[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)
