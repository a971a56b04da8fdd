"""Every error as a problem document (RFC 9457): one table from error to status, type and log level.

The body says what is wrong and what to do about it; no trace, no path of this machine, nothing of our own
mistakes beyond that it was one.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from unodc_graph import errors as domain
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


@dataclass(frozen=True)
class Problem:
    """One problem. `members` are the extension members of its kind; `headers` go with the answer."""

    kind: Kind
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self, base: str, instance: str) -> dict[str, Any]:
        """Return the members of RFC 9457 §3.1 and ours; `base` is the public address of the server."""
        return {
            "type": f"{base}/problems/{self.kind.slug}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "instance": instance,
            **{name: value for name, value in self.members.items() if value not in (None, "", ())},
        }


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
        refusal.NotPublic: Kind(
            "not-public", 403, "Not for the public", _INFO, "Ask whoever runs the server."
        ),
        refusal.UnknownPage: Kind(
            "not-found", 404, "Nothing is at this address", _INFO, "Begin at the front page, or at /sparql."
        ),
        domain.NotFound: Kind(
            "unknown-thing", 404, "The graph says nothing about this", _INFO, "Look it up by its label."
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
            "Add a LIMIT or take the dump; nothing is cut off, because half an answer is a wrong one.",
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
        refusal.TooManyRequests: Kind(
            "too-many-requests", 429, "Too many requests", _INFO, "Wait as long as Retry-After says."
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
        domain.QueryOutOfMemory: Kind(
            "query-memory",
            503,
            "The query needs more memory than its limit",
            _INFO,
            "Repeating it unchanged cannot help: add a LIMIT, or order and group fewer rows.",
        ),
        refusal.Saturated: Kind(
            "saturated", 503, "All workers are busy", _WARN, "Try again after as long as Retry-After says."
        ),
        domain.NoGeneration: Kind(
            "no-graph",
            503,
            "No graph has been built yet",
            _ERROR,
            "Whoever runs the server has to run `unodc-kg build` first.",
        ),
        domain.CorruptState: Kind(
            "graph-unreadable", 503, "The graph cannot be read", _ERROR, "Whoever runs the server knows more."
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


def explain(error: Exception) -> Problem:
    """Return the problem that `error` is to the client. Never raises."""
    kind = KINDS.get(type(error), KINDS[refusal.InternalError])
    say = _DETAILS.get(type(error))
    if say is not None:
        return say(kind, error)
    return Problem(kind, f"{kind.title}. {kind.remedy}")


def _syntax(kind: Kind, error: Any) -> Problem:
    place = f" at line {error.line}, column {error.column}" if error.line is not None else ""
    near = f", near `{error.near}`" if error.near else ""
    members = {"line": error.line, "column": error.column, "near": error.near, "hint": kind.remedy}
    return Problem(kind, f"Not valid SPARQL{place}{near}: {error.expected}.", members)


def _refused(kind: Kind, error: Any) -> Problem:
    members = {"line": error.line, "column": error.column, "near": error.word, "hint": kind.remedy}
    place = f" at line {error.line}, column {error.column}" if error.line is not None else ""
    return Problem(kind, f"`{error.word}`{place} is refused: {error.reason}.", members)


def _not_acceptable(kind: Kind, error: Any) -> Problem:
    types = [media_type for media_type, _ in error.offered]
    detail = f"Nothing matches {error.wanted[:200]!r}. Available: {', '.join(types)}."
    return Problem(kind, detail, {"available": types, "formats": [name for _, name in error.offered]})


def _method(kind: Kind, error: Any) -> Problem:
    allowed = ", ".join(error.allowed)
    return Problem(
        kind,
        f"{error.method[:20]} is not taken here; {allowed} are.",
        {"allowed": error.allowed},
        {"Allow": allowed},
    )


def _unsupported(kind: Kind, error: Any) -> Problem:
    accepted = ", ".join(error.accepted)
    return Problem(
        kind,
        f"A body of type {error.given[:100]!r} is not taken; these are: {accepted}.",
        {"accepted": error.accepted},
        {"Accept-Post": accepted},
    )


def _later(kind: Kind, error: Any) -> Problem:
    return Problem(
        kind, f"{kind.title}. {kind.remedy}", headers={"Retry-After": str(max(1, error.retry_after))}
    )


def _limited(kind: Kind, limit: object, text: str) -> Problem:
    return Problem(kind, f"{text} {kind.remedy}", {"limit": limit, "hint": kind.remedy})


_DETAILS: Final[Mapping[type[Exception], Callable[[Kind, Any], Problem]]] = MappingProxyType(
    {
        refusal.BadRequest: lambda kind, error: Problem(kind, error.detail, {"hint": error.hint}),
        domain.QuerySyntaxError: _syntax,
        domain.QueryRefused: _refused,
        refusal.NotPublic: lambda kind, error: Problem(kind, error.detail),
        refusal.UnknownPage: lambda kind, error: Problem(kind, f"There is nothing at {error.path[:200]}."),
        domain.NotFound: lambda kind, error: Problem(kind, f"Nothing is known about <{error.iri[:500]}>."),
        refusal.MethodRefused: _method,
        refusal.NotAcceptable: _not_acceptable,
        domain.UnknownFormat: lambda kind, error: Problem(
            kind, f"The format {error.name[:50]!r} is not on offer; these are: {', '.join(error.allowed)}."
        ),
        refusal.BodyTooLarge: lambda kind, error: _limited(
            kind, error.limit, f"The body is larger than {error.limit} bytes."
        ),
        domain.ResultTooLarge: lambda kind, error: _limited(
            kind, error.limit, f"The result is larger than {error.limit} {error.unit}."
        ),
        refusal.AddressTooLong: lambda kind, error: _limited(
            kind, error.limit, f"The URL is longer than {error.limit} bytes."
        ),
        refusal.HeadersTooLarge: lambda kind, error: _limited(
            kind, error.limit, f"The headers are larger than {error.limit} bytes."
        ),
        refusal.UnsupportedType: _unsupported,
        refusal.TooManyRequests: _later,
        refusal.Saturated: _later,
        domain.QueryTimedOut: lambda kind, error: _limited(
            kind, error.seconds, f"It was stopped after {error.seconds:g} s."
        ),
        domain.QueryOutOfMemory: lambda kind, error: _limited(
            kind, error.megabytes, f"It was stopped at {error.megabytes} MB."
        ),
    }
)


def as_json(document: Mapping[str, Any]) -> str:
    """Return a problem document as application/problem+json."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_text(document: Mapping[str, Any]) -> str:
    """Return a problem document for a terminal."""
    hint = f"{document['hint']}\n" if "hint" in document else ""
    return f"{document['status']} {document['title']}\n{document['detail']}\n{hint}"


def as_turtle(document: Mapping[str, Any]) -> str:
    """Return a problem document as Turtle, for a client that accepts nothing but RDF."""

    def quoted(value: object) -> str:
        return json.dumps(str(value), ensure_ascii=False)  # a JSON string is a Turtle string

    return (
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        "@prefix http: <http://www.w3.org/2011/http#> .\n\n"
        f"[] a <{document['type']}> ;\n"
        f"  http:statusCodeValue {document['status']} ;\n"
        f"  dcterms:title {quoted(document['title'])}@en ;\n"
        f"  dcterms:description {quoted(document['detail'])}@en .\n"
    )
