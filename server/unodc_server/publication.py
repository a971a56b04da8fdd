"""Responses about things: Link headers, Content-Location and entity tags, the same for every document.

The rows are V6 and D2 of server/README.md. RFC 8288 for links.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlencode

from flask import Request, Response

from unodc_graph.description.about import LICENCE, version_of
from unodc_graph.store.generation import Generation
from unodc_server import delivery
from unodc_server.negotiation import Variant
from unodc_server.rendition import SUFFIXES
from unodc_server.service import Service

KEPT: Final = "public, max-age=31536000, immutable"
"""Cache-Control of what will never change: a past version, a file of a release."""

Link = tuple[str, str, str]
"""Address, relation, media type or nothing."""


def alternates(path: str, base: str, suffixes: Iterable[tuple[str, Variant]], query: str) -> list[Link]:
    """Return a link to each suffix form of the document at `path`."""
    return [
        (f"{base}/{path}.{suffix}{query}", "alternate", variant.media_type) for suffix, variant in suffixes
    ]


def common_links(base: str) -> list[Link]:
    """Return the links that every document has: descriptions, licence, the collection it belongs to."""
    return [
        (f"{base}/.well-known/void", "describedby", "text/turtle"),
        (f"{base}/shapes", "describedby", "text/turtle"),
        (LICENCE, "license", ""),
        (f"{base}/catalog", "collection", ""),
        (f"{base}/search.xml", "search", "application/opensearchdescription+xml"),
    ]


def add_links(response: Response, links: Iterable[Link]) -> None:
    """Write `links` as one Link header each."""
    for address, relation, media_type in links:
        kind = f'; type="{media_type}"' if media_type else ""
        response.headers.add("Link", f'<{address}>; rel="{relation}"{kind}')


def respond(
    service: Service,
    request: Request,
    generation: Generation,
    body: bytes,
    variant: Variant,
    links: Sequence[Link] = (),
    location: str = "",
    past: bool = False,
) -> Response:
    """Return `body` with everything a cache and a crawler want to know; 304 where the client has it.

    `location` is the address that always gives this representation, when another was asked; `past` says
    that the address names a version that will not change.
    """
    validators = service.validators(generation, variant.media_type, body)
    response = delivery.from_bytes(request, body, variant.content_type, validators)
    response.headers["Dataset-Release"] = version_of(generation.metadata)
    if location:
        response.headers["Content-Location"] = location
    if past:
        response.headers["Cache-Control"] = KEPT
    add_links(response, links)
    return response


def query_of(parameters: Iterable[tuple[str, str]]) -> str:
    """Return parameters as the end of an address, with its question mark, or nothing."""
    text = urlencode(list(parameters))
    return f"?{text}" if text else ""


def split_suffix(path: str) -> tuple[str, str]:
    """Return `path` without its last suffix, and that suffix if it is one of a format, else nothing."""
    head, dot, suffix = path.rpartition(".")
    return (head, suffix) if dot and "/" not in suffix and suffix in SUFFIXES else (path, "")


def json_bytes(value: object) -> bytes:
    """Return `value` as JSON in UTF-8."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
