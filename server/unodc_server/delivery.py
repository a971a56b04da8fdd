"""Responses that a cache can keep: entity tags, dates, codings, and 304 (RFC 9110 §8.8 and §13)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from flask import Request, Response
from werkzeug.http import http_date, parse_date
from werkzeug.wsgi import FileWrapper

from unodc_server import coding
from unodc_server.cache import Opened

VARY: Final = "Accept, Accept-Encoding"
NEGOTIATED: Final = "public, max-age=60"
"""Cache-Control of what changes with the graph."""


@dataclass(frozen=True)
class Validators:
    """What a client may compare by: a tag for the representation before coding, and the release time."""

    tag: str
    modified: datetime


_FEW: Final = 64
_date = lru_cache(_FEW)(http_date)  # there are no more moments than generations


@lru_cache(_FEW)
def moment(text: str) -> datetime:
    """Return the time of an ISO 8601 text, or the beginning of 1970 when it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def tag_of(*parts: object) -> str:
    """Return an entity tag for a representation that is fixed by `parts`."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def wanted_coding(request: Request, content_type: str) -> str | None:
    """Return the coding a large answer of `content_type` would get."""
    return coding.choose(request.headers.get("Accept-Encoding"), content_type)


def coded_tag(tag: str, used: str | None) -> str:
    """Return the tag of a representation in a coding: each coding has its own (RFC 9110 §8.8.3.3)."""
    return f"{tag}-{used}" if used else tag


def unchanged(request: Request, validators: Validators, used: str | None) -> Response | None:
    """Return 304 when the client holds this very representation already, else None.

    If-None-Match wins over If-Modified-Since (RFC 9110 §13.2.2).
    """
    tag = coded_tag(validators.tag, used)
    if "If-None-Match" in request.headers:
        held = request.if_none_match.contains_weak(tag)
    else:
        since = parse_date(request.headers.get("If-Modified-Since"))
        held = since is not None and validators.modified.replace(microsecond=0) <= since
    if not held or request.method not in ("GET", "HEAD"):
        return None
    response = Response(status=304)
    validate(response, validators, used)
    response.headers.pop("Content-Type", None)
    return response


def from_bytes(
    request: Request, body: bytes, content_type: str, validators: Validators | None = None
) -> Response:
    """Return 200 with `body`, or 304."""
    used = wanted_coding(request, content_type) if len(body) > coding.SMALLEST else None
    if validators is not None and (same := unchanged(request, validators, used)) is not None:
        return same
    response = Response(coding.code(body, used) if used else body, content_type=content_type)
    if used:
        response.headers["Content-Encoding"] = used
    if validators is not None:
        validate(response, validators, used)
    return response


def from_file(opened: Opened, content_type: str, used: str | None, validators: Validators | None) -> Response:
    """Return 200 with the content of a file already in the coding `used`; the file is closed afterwards."""
    if opened.octets <= 1 << 16:
        with opened.file:
            response = Response(opened.file.read(), content_type=content_type)
    else:
        response = Response(
            FileWrapper(opened.file, 1 << 16), content_type=content_type, direct_passthrough=True
        )
        response.headers["Content-Length"] = str(opened.octets)
    if used:
        response.headers["Content-Encoding"] = used
    if validators is not None:
        validate(response, validators, used)
    return response


def validate(response: Response, validators: Validators, used: str | None) -> None:
    """Give `response`, which is in the coding `used`, what a client may compare it by later."""
    response.headers["ETag"] = f'"{coded_tag(validators.tag, used)}"'
    response.headers["Last-Modified"] = _date(validators.modified)
    response.headers["Cache-Control"] = NEGOTIATED
    response.headers["Vary"] = VARY
