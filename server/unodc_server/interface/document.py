"""The operations that give documents: things, terms, descriptions, downloads; and those for operators."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from unodc_server.interface.operation import (
    INFERRED,
    JSON,
    PART,
    PLAIN,
    TEXT,
    VERSION,
    Operation,
    Parameter,
    Table,
    format_of,
    in_path,
    types_of,
)
from unodc_server.negotiation import PAGE, Variant
from unodc_server.rendition import OFFERED, TRIPLES

_TERMS: Final = (*TRIPLES, PAGE)
_LISTED: Final = (PAGE, Variant("application/json", "json"))
_JSONLD: Final = ("application/ld+json",)
_PACKED: Final = ("application/gzip", "application/zip")
_UNPACKED: Final = ("application/trig", "application/n-quads", "application/xml", "application/rdf-patch")
_FILES: Final = (*_PACKED, *types_of(TRIPLES), *_UNPACKED, *JSON, *PLAIN)

_THING: Final = in_path("key", TEXT, "Its kind and its name, as in `place/kgz`; a suffix names a format.")
_SUFFIX: Final = in_path("suffix", {"enum": ["ttl", "nt", "rdf", "jsonld", "html"]}, "The format.")
_RELEASE: Final = in_path("version", TEXT, "The version of the release.")
_FILE: Final = in_path(
    "name",
    TEXT,
    "A file of the release; without its `.gz` what is in it; `{file}.sha256` its checksum; "
    "`since-{version}.rdfp.gz` what changed since another release.",
)
_RANGE: Final = Parameter("Range", TEXT, "The bytes wanted.", "header")


def _terms(summary: str, *parameters: Parameter) -> Operation:
    return Operation(summary, (*parameters, format_of(_TERMS)), types=types_of(_TERMS), statuses=(304, 406))


def _description(summary: str) -> Operation:
    return Operation(summary, (format_of(TRIPLES),), types=types_of(TRIPLES), statuses=(304, 406))


def _text(summary: str, *types: str) -> Operation:
    return Operation(summary, types=types, statuses=(304,))


OPERATIONS: Final[Table] = MappingProxyType(
    {
        ("/", "get"): Operation(
            "The front page",
            (Parameter("example", TEXT, "Name of an example to begin with."),),
            statuses=(304, 404),
        ),
        ("/id/{key}", "get"): Operation(
            "A thing: leads to the document about it", (_THING,), answers=(), statuses=(301, 303, 404, 406)
        ),
        ("/graph/{key}", "get"): Operation(
            "A named graph: leads to the document about it",
            (in_path("key", TEXT, "Its name; a suffix names a format."),),
            answers=(),
            statuses=(301, 303, 404, 406),
        ),
        ("/doc/{key}", "get"): Operation(
            "The document about a thing; of one that was taken out, a tombstone",
            (_THING, format_of(OFFERED), PART, INFERRED, VERSION),
            types=types_of(OFFERED),
            answers=(200, 410),
            statuses=(301, 304, 404, 406, 429),
        ),
        ("/ontology", "get"): _terms("The terms of the ontology"),
        ("/ontology.{suffix}", "get"): _terms("The terms of the ontology in one format", _SUFFIX),
        ("/ontology/{version}", "get"): Operation(
            "The terms, by the version of the ontology",
            (in_path("version", TEXT, "The version, as its IRI ends."), format_of(_TERMS)),
            types=types_of(_TERMS),
            statuses=(304, 404, 406),
        ),
        ("/shapes", "get"): _terms("The shapes that facts are checked by"),
        ("/shapes.{suffix}", "get"): _terms("The shapes in one format", _SUFFIX),
        ("/context.jsonld", "get"): _text("The JSON-LD context", *_JSONLD),
        ("/context-{digest}.jsonld", "get"): Operation(
            "The JSON-LD context under an address that never changes",
            (in_path("digest", TEXT, "The beginning of its SHA-256."),),
            types=_JSONLD,
            statuses=(304, 404),
        ),
        ("/dumps", "get"): Operation(
            "The releases to download", (format_of(_LISTED),), types=types_of(_LISTED), statuses=(304, 406)
        ),
        ("/dumps/latest", "get"): Operation(
            "The newest release: leads to the list", answers=(), statuses=(302,)
        ),
        ("/dumps/latest/{name}", "get"): Operation(
            "A file of the newest release: leads to its lasting address",
            (_FILE,),
            answers=(),
            statuses=(302, 404, 503),
        ),
        ("/dumps/{version}/{name}", "get"): Operation(
            "A file of a release, whole or in part",
            (_RELEASE, _FILE, _RANGE),
            types=_FILES,
            answers=(200, 206),
            statuses=(304, 404, 416, 503),
        ),
        ("/catalog", "get"): _description("The dataset and its downloads, in DCAT"),
        ("/.well-known/void", "get"): _description("The dataset, its counts and links, in VoID"),
        ("/.well-known/api-catalog", "get"): _text(
            "The interfaces of this server (RFC 9727)", "application/linkset+json"
        ),
        ("/.well-known/sparql-examples", "get"): _terms("The questions, as queries that can be run"),
        ("/.well-known/sparql-examples/{name}", "get"): Operation(
            "One question, as a query that can be run",
            (in_path("name", TEXT, "The name of the question."), format_of(_TERMS)),
            types=types_of(_TERMS),
            statuses=(304, 404, 406),
        ),
        ("/.well-known/security.txt", "get"): _text("Where to report a weakness (RFC 9116)", *PLAIN),
        ("/robots.txt", "get"): _text("What crawlers may visit (RFC 9309)", *PLAIN),
        ("/llms.txt", "get"): _text("What is here, for language models", "text/markdown"),
        ("/sitemap.xml", "get"): _text(
            "Every page, or the list of the parts that hold them", "application/xml"
        ),
        ("/sitemap-{part}.xml", "get"): Operation(
            "A part of the pages",
            (in_path("part", {"type": "integer", "minimum": 0}, "Which part, from 1."),),
            types=("application/xml",),
            statuses=(304, 404),
        ),
        ("/problems", "get"): Operation("What each error means", statuses=(304,)),
        ("/problems/{slug}", "get"): Operation(
            "What one error means",
            (in_path("slug", TEXT, "The end of the error's `type`."),),
            statuses=(304, 404),
        ),
        ("/limits", "get"): _text("The limits, each with its unit", *JSON),
        ("/openapi.json", "get"): _text("This document", *JSON),
        ("/healthz", "get"): Operation("Whether the process lives", types=PLAIN),
        ("/readyz", "get"): Operation(
            "Whether a worker can count triples now", types=PLAIN, answers=(200, 503), statuses=(429,)
        ),
        ("/metrics", "get"): Operation(
            "Measures for Prometheus; for the machine itself unless opened", types=PLAIN, statuses=(403,)
        ),
    }
)
