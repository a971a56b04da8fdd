"""The kinds of problems, and the one table from error to kind: status, type, title, log level, remedy."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from unodc_graph import errors as domain
from unodc_graph.inference.explanation import StatementDoesNotHold
from unodc_graph.store import evaluation
from unodc_server import refusal

CLIENT_CLOSED: Final = 499
"""What the log says of a request whose client left; nobody receives it."""


@dataclass(frozen=True)
class Kind:
    """A type of problem: its address under /problems/, status, title, log level and what to do about it."""

    slug: str
    status: int
    title: str
    level: int
    remedy: str


_INFO, _WARN, _ERROR = logging.INFO, logging.WARNING, logging.ERROR

KINDS: Final[Mapping[type[Exception], Kind]] = MappingProxyType(
    {
        refusal.BadRequest: Kind(
            "bad-request",
            400,
            "The request is not in order",
            _INFO,
            "Mend the parameter that `detail` names.",
        ),
        refusal.UpdateAtQuery: Kind(
            "update-at-query",
            400,
            "This address takes questions only",
            _INFO,
            "Ask a question: SELECT, ASK, CONSTRUCT or DESCRIBE, in `query`.",
        ),
        domain.QuerySyntaxError: Kind(
            "query-syntax",
            400,
            "The query is not valid SPARQL",
            _INFO,
            "Look at the line and column given: the text before it could be read, the text there could not.",
        ),
        domain.QueryTooDeep: Kind(
            "query-too-deep",
            400,
            "The query is nested too deeply",
            _INFO,
            "Write it with fewer braces, brackets or negations inside each other.",
        ),
        evaluation.FormUnclear: Kind(
            "query-form", 400, "The form of the query is not clear", _INFO, "Put spaces around its keywords."
        ),
        domain.QueryRefused: Kind(
            "outbound-refused",
            403,
            "The query would ask another server",
            _INFO,
            "Ask that server yourself and send its results along with VALUES.",
        ),
        domain.PayloadUnreadable: Kind(
            "document-unreadable",
            400,
            "The document is not in its format",
            _INFO,
            "Look at the line and column given, or send it under the media type that it is in.",
        ),
        refusal.Unauthenticated: Kind(
            "token-needed",
            401,
            "A change needs a token",
            _INFO,
            "Send `Authorization: Bearer …` with a token that whoever runs the server gave you.",
        ),
        refusal.ReadOnly: Kind(
            "read-only",
            403,
            "The graph is read-only here",
            _INFO,
            "Whoever runs the server can let people write with `unodc-kg token add NAME`.",
        ),
        domain.GraphNotAllowed: Kind(
            "graph-not-allowed", 403, "The token does not reach so far", _INFO, "Ask for one that does."
        ),
        domain.DefaultGraphDerived: Kind(
            "default-graph-derived",
            403,
            "The default graph is derived",
            _INFO,
            "Name the graph to be written: GRAPH <…> { … }, or `graph=`.",
        ),
        domain.GraphDerived: Kind(
            "graph-derived",
            403,
            "The graph is derived",
            _INFO,
            "Write the graphs it is derived from: those of passages, or another that people write.",
        ),
        refusal.NotPublic: Kind(
            "not-public", 403, "Not for the public", _INFO, "Ask whoever runs the server."
        ),
        refusal.UnknownPage: Kind(
            "not-found", 404, "Nothing is at this address", _INFO, "Begin at the front page, or at /sparql."
        ),
        domain.NotFound: Kind(
            "unknown-thing", 404, "The graph says nothing about this", _INFO, "Look it up by its label."
        ),
        StatementDoesNotHold: Kind(
            "statement-does-not-hold",
            404,
            "The graph does not hold this statement",
            _INFO,
            "Check the three terms: a statement that is asserted, or follows, has its explanation here.",
        ),
        domain.HistoryMissing: Kind(
            "unknown-version",
            404,
            "This version is not kept",
            _INFO,
            "`/history` lists the versions that are.",
        ),
        refusal.MethodRefused: Kind(
            "method-not-allowed", 405, "The method is not taken here", _INFO, "Use one that Allow lists."
        ),
        refusal.NotAcceptable: Kind(
            "not-acceptable",
            406,
            "None of the accepted formats is on offer",
            _INFO,
            "Accept one of those that `available` lists, or name it by `format=`.",
        ),
        domain.UnknownFormat: Kind(
            "unknown-format", 406, "The format is not on offer", _INFO, "Use one that `detail` lists."
        ),
        domain.TokenUnusable: Kind(
            "token-unusable", 409, "The token cannot be made or ended", _INFO, "Choose another name."
        ),
        domain.GraphExists: Kind(
            "graph-exists", 409, "The graph is there already", _INFO, "Leave CREATE out, or make it SILENT."
        ),
        refusal.PreconditionFailed: Kind(
            "precondition-failed",
            412,
            "The state is another one by now",
            _INFO,
            "Read it again, make the change anew, and send the new ETag.",
        ),
        refusal.BodyTooLarge: Kind(
            "body-too-large",
            413,
            "The request body is too large",
            _INFO,
            "Send less; /limits has the limits.",
        ),
        domain.ResultTooLarge: Kind(
            "result-too-large",
            413,
            "The result is larger than the limit",
            _INFO,
            "Add a LIMIT, or take all of it from /dumps/; nothing is cut off: half an answer is a wrong one.",
        ),
        refusal.AddressTooLong: Kind(
            "url-too-long", 414, "The URL is too long", _INFO, "Send the query by POST to /sparql."
        ),
        refusal.UnsupportedType: Kind(
            "unsupported-media-type",
            415,
            "The type of the body is not taken",
            _INFO,
            "Send one of those that `accepted` lists.",
        ),
        refusal.ChangeRefused: Kind(
            "change-refused",
            422,
            "The change would break a rule of the graph",
            _INFO,
            "Mend what `findings` lists and send it again; nothing of the change was made.",
        ),
        domain.ShapesViolated: Kind(
            "shapes-violated",
            422,
            "The change would break a rule of the graph",
            _INFO,
            "Mend what `findings` lists and send it again; nothing of the change was made.",
        ),
        refusal.PreconditionRequired: Kind(
            "precondition-required",
            428,
            "A change must say which state it was made for",
            _INFO,
            "Send If-Match with the ETag of what you read.",
        ),
        refusal.RangeBeyondEnd: Kind(
            "range-beyond-end",
            416,
            "The part asked for is not there",
            _INFO,
            "Ask for bytes within the length that Content-Range gives.",
        ),
        refusal.TooManyRequests: Kind(
            "too-many-requests", 429, "Too many requests", _INFO, "Wait as long as Retry-After says."
        ),
        refusal.RequestTooSlow: Kind(
            "request-too-slow", 408, "The request did not arrive", _INFO, "Send all of it, without a pause."
        ),
        refusal.HeadersTooLarge: Kind(
            "headers-too-large",
            431,
            "The request headers are too large",
            _INFO,
            "Send fewer or shorter ones.",
        ),
        refusal.ClientGone: Kind("client-gone", CLIENT_CLOSED, "The client left", _INFO, "Nothing to do."),
        refusal.InternalError: Kind(
            "internal", 500, "The server made a mistake", _ERROR, "Tell whoever runs it the `query_id`."
        ),
        domain.QueryTimedOut: Kind(
            "query-timeout",
            503,
            "The query takes longer than its time limit",
            _INFO,
            "Repeating it unchanged cannot help: add a LIMIT, or bind more of the pattern.",
        ),
        refusal.CallTimedOut: Kind(
            "call-timeout",
            503,
            "The call takes longer than its time limit",
            _INFO,
            "Send fewer queries, or fewer things and properties, at a time; unchanged it would fail again.",
        ),
        refusal.ChangeTimedOut: Kind(
            "change-timeout",
            503,
            "The change takes longer than its time limit",
            _INFO,
            "Nothing of it was made. Send it in smaller parts, or bind more of its WHERE.",
        ),
        refusal.ChangeOutOfMemory: Kind(
            "change-memory",
            503,
            "The change needs more memory than its limit",
            _INFO,
            "Nothing of it was made. Send it in smaller parts, and documents that are nested less deeply.",
        ),
        domain.QueryOutOfMemory: Kind(
            "query-memory",
            503,
            "The query needs more memory than its limit",
            _INFO,
            "Repeating it unchanged cannot help: add a LIMIT, or order and group fewer rows.",
        ),
        evaluation.ServiceFailed: Kind(
            "service-failed",
            502,
            "A service that the query asks gave no usable answer",
            _WARN,
            "Ask that service yourself to see why; redirects are not followed.",
        ),
        refusal.Saturated: Kind(
            "saturated", 503, "All workers are busy", _WARN, "Try again after as long as Retry-After says."
        ),
        domain.StateBusy: Kind(
            "writer-busy", 503, "Other changes are being made", _WARN, "Try again in a moment."
        ),
        domain.NoGeneration: Kind(
            "no-graph",
            503,
            "No graph has been built yet",
            _ERROR,
            "Whoever runs the server has to run `unodc-kg build` first.",
        ),
        domain.CorruptState: Kind(
            "graph-unreadable",
            503,
            "The graph cannot be read",
            _ERROR,
            "Whoever runs the server is told why; no change is made meanwhile.",
        ),
        evaluation.SpoolFull: Kind(
            "disk-full", 507, "There is no room for the answer", _ERROR, "Try again later, or ask for less."
        ),
        domain.StateUnwritable: Kind(
            "state-unwritable", 507, "The state cannot be written", _ERROR, "Try again later."
        ),
    }
)
"""Error type to kind. Whatever is not in it is our mistake, and told as such."""
