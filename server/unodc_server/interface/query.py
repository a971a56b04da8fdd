"""The operations that answer questions: SPARQL, kept queries, explanations, search, reconciliation."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from unodc_graph.namespace import KINDS
from unodc_server.interface.operation import (
    INFERRED,
    JSON,
    PART,
    TEXT,
    VERSION,
    Operation,
    Parameter,
    Table,
    format_of,
    graphs,
    in_path,
    required,
    types_of,
)
from unodc_server.label import LONGEST
from unodc_server.negotiation import GRAPHS, PAGE, RESULTS
from unodc_server.protocol import QUERY
from unodc_server.rendition import EXPLANATIONS

_VARIANTS: Final = (*RESULTS, *GRAPHS, PAGE)
_ANSWERS: Final = types_of(_VARIANTS)
_EVALUATION: Final = (403, 404, 406, 429, 502, 507)

_QUERY: Final = Parameter("query", TEXT, "A SPARQL 1.1 query.")
_FORMAT: Final = format_of(_VARIANTS)
_TIMEOUT: Final = Parameter(
    "timeout", {"type": "number", "exclusiveMinimum": 0}, "Seconds; lowers the limit, never raises it."
)
_DATASET: Final = (
    graphs("default-graph-uri", "Graphs that make up the default graph; they override FROM."),
    graphs("named-graph-uri", "Named graphs; they override FROM NAMED."),
    _FORMAT,
    _TIMEOUT,
    INFERRED,
    Parameter(
        "describe",
        {"enum": ["outgoing", "incoming"]},
        "With `incoming` a DESCRIBE also tells what leads to the thing described.",
    ),
    VERSION,
)
_SOUGHT: Final = Parameter("q", {"type": "string", "maxLength": LONGEST}, "Words of a name.")

_WHAT: Final = in_path("what", {"enum": ["entity", "type", "property"]}, "What is looked for.")
_ID: Final = Parameter("id", TEXT, "What is shown, by the identifier that the service gives it.")
_BATCH: Final = (
    Parameter("queries", TEXT, "A batch of reconciliation queries, as a JSON object."),
    Parameter("extend", TEXT, "Things and properties to fetch, as a JSON object."),
)

OPERATIONS: Final[Table] = MappingProxyType(
    {
        ("/sparql", "get"): Operation(
            "Answer a query; without one, describe the service",
            (_QUERY, *_DATASET, PART),
            types=_ANSWERS,
            statuses=(304, *_EVALUATION),
        ),
        ("/sparql", "post"): Operation(
            "Answer a query",
            _DATASET,
            form=(required(_QUERY), *_DATASET),
            body=(QUERY,),
            types=_ANSWERS,
            statuses=_EVALUATION,
        ),
        ("/q", "post"): Operation(
            "Keep a query and send to its short permanent address",
            _DATASET,
            form=(required(_QUERY), *_DATASET),
            body=(QUERY,),
            answers=(),
            statuses=(303, 403, 404, 429),
        ),
        ("/q/{key}", "get"): Operation(
            "Run a kept query again",
            (in_path("key", TEXT, "What the server called it."), _FORMAT, _TIMEOUT, PART),
            types=_ANSWERS,
            statuses=(304, *_EVALUATION),
        ),
        ("/explain", "get"): Operation(
            "Say why a statement holds, down to what is asserted and where that stands",
            (
                required(Parameter("s", TEXT, "The subject: an IRI or a prefixed name.")),
                required(Parameter("p", TEXT, "The predicate: an IRI or a prefixed name.")),
                required(
                    Parameter("o", TEXT, "The object: an IRI, a prefixed name, or a literal as in N-Triples.")
                ),
                Parameter(
                    "limit",
                    {"type": "integer", "minimum": 1, "maximum": 100},
                    "How many explanations at most.",
                ),
                format_of(EXPLANATIONS),
            ),
            types=types_of(EXPLANATIONS),
            statuses=(304, 404, 406, 429),
        ),
        ("/search", "get"): Operation(
            "Find things by name; without words, list those of a kind",
            (_SOUGHT, Parameter("kind", {"enum": sorted(KINDS)}, "Only things of this kind."), PART),
            statuses=(304, 429),
        ),
        ("/search.xml", "get"): Operation(
            "How a browser may ask the search (OpenSearch 1.1)",
            types=("application/opensearchdescription+xml",),
            statuses=(304, 429),
        ),
        ("/search/suggest", "get"): Operation(
            "Names that begin with what was typed so far (OpenSearch suggestions)",
            (_SOUGHT,),
            types=("application/x-suggestions+json",),
            statuses=(304, 429),
        ),
        ("/reconcile", "get"): Operation(
            "Match names to things, or fetch their properties; without either, describe the service",
            _BATCH,
            types=JSON,
            statuses=(304, 429),
        ),
        ("/reconcile", "post"): Operation(
            "Match names to things, or fetch their properties (Reconciliation API 0.2)",
            form=_BATCH,
            types=JSON,
            statuses=(304, 429),
        ),
        ("/reconcile/suggest/{what}", "get"): Operation(
            "Things, types or properties whose names begin with what was typed so far",
            (
                _WHAT,
                Parameter("prefix", TEXT, "What was typed: a name or an identifier."),
                Parameter(
                    "cursor", {"type": "integer", "minimum": 0, "maximum": 999_999}, "How many to skip."
                ),
            ),
            types=JSON,
            statuses=(304, 404, 429),
        ),
        ("/reconcile/flyout/{what}", "get"): Operation(
            "A few words about a suggestion", (_WHAT, _ID), types=JSON, statuses=(304, 404, 429)
        ),
        ("/reconcile/preview", "get"): Operation(
            "A thing in a small frame, for whoever chooses a match", (_ID,), statuses=(304, 404, 429)
        ),
        ("/reconcile/properties", "get"): Operation(
            "The properties that things of a type have, to fetch them",
            (
                Parameter("type", TEXT, "The type, by the identifier that the service gives it."),
                Parameter("limit", {"type": "integer", "minimum": 0, "maximum": 9999}, "How many at most."),
            ),
            types=JSON,
            statuses=(304, 404, 429),
        ),
    }
)
