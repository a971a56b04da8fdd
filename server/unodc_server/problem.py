"""Every error as a problem document (RFC 9457), in the words and the members of its kind.

The body says what is wrong and what to do about it; no trace, no path of this machine, nothing of our own
mistakes beyond that it was one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from unodc_graph import errors as domain
from unodc_graph.inference.explanation import StatementDoesNotHold
from unodc_graph.store.durability import is_damage
from unodc_server import refusal
from unodc_server.kind import KINDS, Kind

_TOLD: Final = 3
"""How many findings `detail` tells."""


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


def explain(error: Exception) -> Problem:
    """Return the problem that `error` is to the client. Never raises."""
    if is_damage(error):
        error = domain.CorruptState(Path(), "")
    kind = KINDS.get(type(error), KINDS[refusal.InternalError])
    say = _DETAILS.get(type(error))
    if say is not None:
        return say(kind, error)
    return Problem(kind, f"{kind.title}. {kind.remedy}")


def _syntax(kind: Kind, error: Any) -> Problem:
    place = f" at line {error.line}, column {error.column}" if error.line is not None else ""
    near = f", near `{error.near}`" if error.near else ""
    members = {"line": error.line, "column": error.column, "near": error.near, "hint": kind.remedy}
    stop = "" if error.expected.endswith("?") else "."
    return Problem(kind, f"Not valid SPARQL{place}{near}: {error.expected}{stop}", members)


def _refused(kind: Kind, error: Any) -> Problem:
    members = {"line": error.line, "column": error.column, "near": error.word, "hint": kind.remedy}
    place = f" at line {error.line}, column {error.column}" if error.line is not None else ""
    return Problem(kind, f"`{error.word}`{place} is refused: {error.reason}.", members)


def _not_acceptable(kind: Kind, error: Any) -> Problem:
    types = [media_type for media_type, _ in error.offered]
    detail = f"Nothing matches {error.wanted[:200]!r}. Available: {', '.join(types)}."
    formats = [name for _, name in error.offered]
    return Problem(kind, detail, {"available": types, "formats": formats, "suffix": error.suffix})


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


def _too_many(kind: Kind, error: Any) -> Problem:
    later = _later(kind, error)
    return Problem(
        kind, f"A client may ask {error.quota}. {kind.remedy}", {"limit": error.quota}, later.headers
    )


def _unreadable(kind: Kind, error: Any) -> Problem:
    place = f" at line {error.line}, column {error.column}" if error.line is not None else ""
    members = {"line": error.line, "column": error.column, "hint": kind.remedy}
    return Problem(kind, f"Not {error.media_type}{place}: {error.expected}.", members)


def _change_refused(kind: Kind, error: Any) -> Problem:
    total, shown = error.total, len(error.shown)
    warnings = total - error.blocking
    counted = "1 finding blocks" if error.blocking == 1 else f"{error.blocking} findings block"
    if warnings:
        counted += ", 1 is a warning" if warnings == 1 else f", {warnings} are warnings"
    some = f", {shown} of them here" if shown < total else ""
    sentences = " ".join(
        ": ".join(part for part in (found.get("thing", ""), found.get("message", "")) if part)
        for found in error.shown[:_TOLD]
    )
    more = f"And {total - min(shown, _TOLD)} more." if shown and total > _TOLD else ""
    members = {
        "findings": error.shown,
        "total": total,
        "next": error.following,
        "hint": kind.remedy,
    }
    return Problem(kind, f"{counted}{some}. {sentences} {more}".strip(), members)


def _unauthenticated(kind: Kind, error: Any) -> Problem:
    challenge = 'Bearer realm="unodc-kg"' + (', error="invalid_token"' if error.tried else "")
    said = "The token is not valid, or not any more." if error.tried else "There is no token."
    if error.schemeless:
        said = "The header Authorization does not hold the word `Bearer` and, after a space, a token."
    return Problem(kind, f"{said} {kind.remedy}", headers={"WWW-Authenticate": challenge})


def _version(kind: Kind, error: Any) -> Problem:
    newest = f"; the newest is version {error.newest}" if error.newest else ""
    said = f"has never been made{newest}" if error.never_made else "is not kept"
    return Problem(kind, f"Version {error.number} {said}. {kind.remedy}", {"newest": error.newest})


def _limited(kind: Kind, limit: object, text: str) -> Problem:
    return Problem(kind, f"{text} {kind.remedy}", {"limit": limit, "hint": kind.remedy})


def _timed_out(kind: Kind, error: Any) -> Problem:
    return _limited(kind, error.seconds, f"It was stopped after {error.seconds:g} s.")


def _out_of_memory(kind: Kind, error: Any) -> Problem:
    return _limited(kind, error.megabytes, f"It was stopped at {error.megabytes} MB.")


_DETAILS: Final[Mapping[type[Exception], Callable[[Kind, Any], Problem]]] = MappingProxyType(
    {
        refusal.BadRequest: lambda kind, error: Problem(kind, error.detail, {"hint": error.hint}),
        refusal.UpdateAtQuery: lambda kind, error: Problem(kind, error.detail, {"hint": kind.remedy}),
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
        refusal.RequestTooSlow: lambda kind, error: _limited(
            kind, error.seconds, f"Of the request only a part had come after {error.seconds:g} s."
        ),
        refusal.UnsupportedType: _unsupported,
        refusal.RangeBeyondEnd: lambda kind, error: Problem(
            kind,
            f"The file has {error.length} bytes.",
            {"length": error.length},
            {"Content-Range": f"bytes */{error.length}"},
        ),
        refusal.TooManyRequests: _too_many,
        refusal.Saturated: _later,
        domain.PayloadUnreadable: _unreadable,
        refusal.ChangeRefused: _change_refused,
        refusal.Unauthenticated: _unauthenticated,
        refusal.PreconditionFailed: lambda kind, error: Problem(
            kind,
            f'The current version is {error.version}, with the ETag `"{error.tag}"`. {kind.remedy}',
            {"dataset_version": error.version},
            {"ETag": f'"{error.tag}"'},
        ),
        domain.StateBusy: lambda kind, _: Problem(
            kind, f"{kind.title}. {kind.remedy}", headers={"Retry-After": "1"}
        ),
        StatementDoesNotHold: lambda kind, error: Problem(kind, _sentence(error), {"hint": kind.remedy}),
        domain.GraphExists: lambda kind, error: Problem(kind, _sentence(error)),
        domain.GraphNotAllowed: lambda kind, error: Problem(kind, _sentence(error)),
        domain.GraphDerived: lambda kind, error: Problem(kind, _sentence(error)),
        domain.DefaultGraphDerived: lambda kind, error: Problem(kind, _sentence(error)),
        domain.HistoryMissing: _version,
        domain.QueryTimedOut: _timed_out,
        refusal.CallTimedOut: _timed_out,
        refusal.ChangeTimedOut: _timed_out,
        domain.QueryOutOfMemory: _out_of_memory,
        refusal.ChangeOutOfMemory: _out_of_memory,
    }
)


def _sentence(error: Exception) -> str:
    """Return what an error says of itself as a sentence; only for errors that hold nothing internal."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


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
