"""What one method of one address does: its parameters, bodies and answers; and those that many share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from unodc_server.negotiation import ONE_GRAPH, PAGE, Variant
from unodc_server.protocol import MOST_GRAPHS

Schema = Mapping[str, Any]

TEXT: Final[Schema] = {"type": "string"}
IRI: Final[Schema] = {"type": "string", "format": "iri"}
TRUTH: Final[Schema] = {"enum": ["true", "false"]}

JSON: Final = ("application/json",)
PLAIN: Final = ("text/plain",)
PAGES: Final = (PAGE.media_type,)
REPORTS: Final = tuple(variant.media_type for variant in ONE_GRAPH)
"""What a SHACL report comes in."""


@dataclass(frozen=True)
class Parameter:
    """A parameter and what it means. `place` is `query`, `path` or `header`."""

    name: str
    schema: Schema
    meaning: str
    place: str = "query"
    required: bool = False


@dataclass(frozen=True)
class Operation:
    """What one method of one address does.

    `form` are the fields of a form that the body can be, `body` further types of it. `answers` are the
    statuses that come with a content, in one of `types`; `statuses` are all others, of problems too.
    `reports` are types of a 422 beside those of a problem. `token` says that a token is needed.
    """

    summary: str
    parameters: tuple[Parameter, ...] = ()
    form: tuple[Parameter, ...] = ()
    body: tuple[str, ...] = ()
    types: tuple[str, ...] = PAGES
    answers: tuple[int, ...] = (200,)
    statuses: tuple[int, ...] = ()
    reports: tuple[str, ...] = ()
    token: bool = False


Table = Mapping[tuple[str, str], Operation]
"""Operations by path, in OpenAPI's notation and without a slash at its end, and method in lower case."""


def types_of(variants: Sequence[Variant]) -> tuple[str, ...]:
    """Return the media types of `variants`."""
    return tuple(variant.media_type for variant in variants)


def in_path(name: str, schema: Schema, meaning: str) -> Parameter:
    """Return the parameter that a part of a path is."""
    return Parameter(name, schema, meaning, "path", required=True)


def required(parameter: Parameter) -> Parameter:
    """Return `parameter` as one that may not be left out."""
    return replace(parameter, required=True)


def format_of(variants: Sequence[Variant]) -> Parameter:
    """Return `format` where `variants` are on offer."""
    names = list(dict.fromkeys(variant.name for variant in variants))
    return Parameter("format", {"enum": names}, "Format of the answer; overrides Accept.")


def graphs(name: str, meaning: str) -> Parameter:
    """Return a parameter that names graphs, as often as wanted."""
    return Parameter(name, {"type": "array", "items": IRI, "maxItems": MOST_GRAPHS}, meaning)


INFERRED: Final = Parameter("inferred", TRUTH, "Whether what follows from the ontology counts, too.")
PART: Final = Parameter(
    "page", {"type": "integer", "minimum": 1, "maximum": 999_999}, "Which part of the answer, from 1."
)
VERSION: Final = Parameter(
    "version", {"type": "integer", "minimum": 1, "maximum": 999_999_999}, "An older generation to ask."
)
