"""Which representation a client gets: one function, pure, asked before anything is evaluated.

RFC 9110 §12.5.1. The quality of a type is that of the most specific range that matches it; among equals the
one named more specifically wins, then the one the server prefers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from unodc_server.refusal import NotAcceptable


@dataclass(frozen=True)
class Variant:
    """A representation on offer.

    `media_type` is what the answer is labelled with, `name` what `format=` calls it, `aliases` are other
    types that ask for it. `parameters` follow the type in Content-Type.
    """

    media_type: str
    name: str
    aliases: tuple[str, ...] = ()
    parameters: str = ""

    @property
    def content_type(self) -> str:
        """The value of Content-Type."""
        return f"{self.media_type}; {self.parameters}" if self.parameters else self.media_type


_UTF8: Final = "charset=utf-8"

RESULTS: Final = (
    Variant("application/sparql-results+json", "json", ("application/json", "text/json")),
    Variant("application/sparql-results+xml", "xml", ("application/xml", "text/xml")),
    Variant("text/csv", "csv", (), f"{_UTF8}; header=present"),
    Variant("text/tab-separated-values", "tsv", (), _UTF8),
)
"""What SELECT and ASK are answered in. `application/json` is answered as the JSON results format."""

GRAPHS: Final = (
    Variant("text/turtle", "turtle", ("application/x-turtle", "text/n3"), _UTF8),
    Variant("application/n-triples", "ntriples", ("text/plain",)),
    Variant("application/rdf+xml", "rdfxml", ("application/xml", "text/xml")),
    Variant("application/ld+json", "jsonld", ("application/json",)),
    Variant("application/trig", "trig"),
    Variant("application/n-quads", "nquads"),
)
"""What CONSTRUCT and DESCRIBE are answered in. `application/json` is answered as JSON-LD."""

ONE_GRAPH: Final = GRAPHS[:4]
"""What a document of one graph is sent in, such as a report or the service description."""

PAGE: Final = Variant("text/html", "html", ("application/xhtml+xml",), _UTF8)

PROBLEMS: Final = (
    Variant("application/problem+json", "json", ("application/json",)),
    PAGE,
    Variant("text/plain", "text", (), _UTF8),
    Variant("text/turtle", "turtle", (), _UTF8),
)
"""What an error is told in."""

_ALTERNATIVE_NAMES: Final = {
    "ttl": "turtle",
    "nt": "ntriples",
    "nq": "nquads",
    "rdf": "rdfxml",
    "xml": "rdfxml",
    "json": "jsonld",
    "json-ld": "jsonld",
    "srj": "json",
    "srx": "xml",
}
_QUALITY: Final = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\Z")
_RANGE: Final = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+\Z")
_ITEM: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+"?)++')
_PARAMETER: Final = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*+"?)++')
_MOST_RANGES: Final = 100


@dataclass(frozen=True)
class MediaRange:
    """One range of an Accept header: type and subtype may be `*`; quality is between 0 and 1."""

    type: str
    subtype: str
    parameters: int
    quality: float

    def specificity(self, media_type: str) -> int | None:
        """Return how specifically this range matches `media_type`, more is more; None when it does not."""
        main, _, sub = media_type.partition("/")
        if (self.type, self.subtype) == (main, sub):
            return 3 + self.parameters
        if self.type == main and self.subtype == "*":
            return 2
        return 1 if self.type == "*" and self.subtype == "*" else None


def ranges(accept: str) -> tuple[MediaRange, ...]:
    """Read an Accept header. Ranges that are malformed are left out, as if they had not been sent."""
    found = []
    for item in _ITEM.findall(accept)[:_MOST_RANGES]:
        name, *parameters = [part.strip() for part in _PARAMETER.findall(item.strip())] or [""]
        if name == "*":
            name = "*/*"  # sent by some old clients
        if not _RANGE.match(name.lower()):
            continue
        quality, kept = 1.0, 0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                quality = float(value.strip()) if _QUALITY.match(value.strip()) else -1.0
                break  # what follows q belongs to no media type
            kept += 1
        if quality >= 0:
            main, _, sub = name.lower().partition("/")
            found.append(MediaRange(main, sub, kept, quality))
    return tuple(found)


def choose(accept: str | None, offered: Sequence[Variant]) -> Variant:
    """Return the variant of `offered`, in the server's order of preference, that `accept` asks for.

    No header, or one without a single range in order, accepts everything. Raises NotAcceptable.
    """
    wanted = ranges(accept) if accept else ()
    if not wanted:
        return offered[0]
    # A browser names XML without meaning RDF or results by it.
    browser = any(r.type == "text" and r.subtype == "html" for r in wanted)
    best: tuple[float, int, int] | None = None
    for place, variant in enumerate(offered):
        names = [variant.media_type]
        names += [a for a in variant.aliases if not (browser and a in ("application/xml", "text/xml"))]
        quality, specificity = max(_quality(name, wanted, index) for index, name in enumerate(names))
        if quality > 0 and (best is None or (quality, specificity, -place) > best):
            best = (quality, specificity, -place)
    if best is None:
        raise NotAcceptable(accept or "", tuple((v.media_type, v.name) for v in offered))
    return offered[-best[2]]


def _quality(name: str, wanted: Sequence[MediaRange], index: int) -> tuple[float, int]:
    """Return quality and specificity of a type; an alias (`index` > 0) must be named, not just covered."""
    matches = [(s, r.quality) for r in wanted if (s := r.specificity(name)) is not None]
    if not matches:
        return 0.0, 0
    specificity, quality = max(matches)
    if index and specificity < 3:
        return 0.0, 0
    return quality, specificity


def wanted(name: str | None, accept: str | None, offered: Sequence[Variant]) -> Variant:
    """Return the variant that `format=name` asks for or, without one, that `accept` does.

    Raises NotAcceptable.
    """
    return named(name, offered) if name else choose(accept, offered)


def named(name: str, offered: Sequence[Variant]) -> Variant:
    """Return the variant that `format=name` asks for: a short name, an extension or a media type.

    Raises NotAcceptable.
    """
    lower = name.strip().lower()
    for variant in offered:
        if lower in (variant.name, variant.media_type):
            return variant
    alternative = _ALTERNATIVE_NAMES.get(lower)
    for variant in offered:
        if alternative == variant.name or lower in variant.aliases:
            return variant
    raise NotAcceptable(name, tuple((v.media_type, v.name) for v in offered))
