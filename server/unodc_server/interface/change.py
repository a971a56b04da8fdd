"""The operations that change the graph, or tell how it was changed: update, graph store, history."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from unodc_graph.store.payload import DATASET_TYPES, PAYLOAD_TYPES
from unodc_server.interface.operation import (
    INFERRED,
    IRI,
    JSON,
    REPORTS,
    TEXT,
    TRUTH,
    Operation,
    Parameter,
    Table,
    format_of,
    graphs,
    in_path,
    required,
    types_of,
)
from unodc_server.negotiation import GRAPHS
from unodc_server.protocol import UPDATE
from unodc_server.routes.history import LISTS, PATCHES
from unodc_server.writing import MOST_FINDINGS

_MULTIPART: Final = "multipart/form-data"
_DOCUMENTS: Final = (*PAYLOAD_TYPES, _MULTIPART)
_NUMBER: Final = {"type": "integer", "minimum": 1, "maximum": 999_999_999}

_CHANGE: Final = (
    Parameter("dry-run", TRUTH, "Say what the change would do, and make none."),
    Parameter("message", TEXT, "Why, for the history."),
    Parameter("report-offset", {"type": "integer", "minimum": 0, "maximum": 10_000_000}, "Findings to skip."),
    Parameter(
        "report-limit", {"type": "integer", "minimum": 0, "maximum": MOST_FINDINGS}, "Findings to list."
    ),
    Parameter("If-Match", TEXT, "The state that the change was made for.", "header"),
)
_USING: Final = (
    graphs("using-graph-uri", "Graphs that make up the default graph of WHERE."),
    graphs("using-named-graph-uri", "Named graphs of WHERE."),
)
_GRAPH: Final = (
    Parameter("graph", IRI, "The graph, by its IRI; this or `default`."),
    Parameter("default", {"type": "string", "maxLength": 0}, "The default graph."),
)
_NAME: Final = in_path("name", TEXT, "The end of the graph's own address.")
_READ: Final = (INFERRED, format_of(GRAPHS))
_REFUSALS: Final = (401, 403, 404, 409, 412, 422, 428, 507)
_KEPT: Final = (201, 204, *_REFUSALS, 429)


def _get(summary: str, *where: Parameter) -> Operation:
    return Operation(
        summary,
        (*where, *_READ),
        types=types_of(GRAPHS),
        statuses=(304, 403, 404, 406, 429, 502, 507),
    )


def _write(summary: str, where: tuple[Parameter, ...], body: tuple[str, ...] = ()) -> Operation:
    """Return a change of a graph; with content it tells what a trial found, or what was merged."""
    return Operation(
        summary,
        (*where, *_CHANGE),
        body=body,
        types=(*JSON, *REPORTS),
        statuses=_KEPT,
        reports=REPORTS,
        token=True,
    )


OPERATIONS: Final[Table] = MappingProxyType(
    {
        ("/update", "post"): Operation(
            "Change the graph by SPARQL Update",
            (*_USING, *_CHANGE),
            form=(required(Parameter("update", TEXT, "A SPARQL 1.1 update.")), *_USING),
            body=(UPDATE,),
            types=(*JSON, *REPORTS),
            statuses=_REFUSALS,
            reports=REPORTS,
            token=True,
        ),
        ("/update", "get"): Operation(
            "Nothing: an update is never taken from a URL", answers=(), statuses=(400, 405)
        ),
        ("/store", "get"): _get("The triples of a graph", *_GRAPH),
        ("/store", "put"): _write("Make a graph hold what is sent", _GRAPH, _DOCUMENTS),
        ("/store", "post"): _write(
            "Add what is sent to a graph: to that named, to those a dataset names, or else to a new one",
            _GRAPH,
            (*_DOCUMENTS, *DATASET_TYPES),
        ),
        ("/store", "delete"): _write("Remove a graph", _GRAPH),
        ("/store/{name}", "get"): _get("The triples of the graph with this address", _NAME),
        ("/store/{name}", "put"): _write("Make the graph hold what is sent", (_NAME,), _DOCUMENTS),
        ("/store/{name}", "post"): _write("Add what is sent to the graph", (_NAME,), _DOCUMENTS),
        ("/store/{name}", "delete"): _write("Remove the graph", (_NAME,)),
        ("/history", "get"): Operation(
            "The changes of the graph, newest first",
            (
                Parameter("before", _NUMBER, "Only those that led to an older version than this."),
                format_of(LISTS),
            ),
            types=types_of(LISTS),
            statuses=(304, 406, 429),
        ),
        ("/history/{version}", "get"): Operation(
            "What a version added and removed: a page, or an RDF Patch",
            (
                in_path("version", _NUMBER, "The version."),
                Parameter("from", _NUMBER, "The version to compare with, instead of the one before."),
                format_of(PATCHES),
            ),
            types=types_of(PATCHES),
            statuses=(304, 404, 406, 429),
        ),
    }
)
