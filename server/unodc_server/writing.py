"""A change asked for over HTTP, from request to answer: what `/update` and `/store` have in common."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from flask import Request, Response
from rdflib import Graph

from unodc_graph import report
from unodc_graph.commit.change import Author, Change, message_of
from unodc_graph.commit.change import Request as ChangeRequest
from unodc_graph.commit.task import Setup
from unodc_graph.commit.wording import in_words
from unodc_graph.commit.writer import Committed, Writer
from unodc_graph.errors import GraphError, QueryOutOfMemory, QueryTimedOut, ShapesViolated
from unodc_graph.finding import Finding, Severity
from unodc_graph.location import rooms
from unodc_graph.namespace import SHAPES, WITHHELD_GRAPHS
from unodc_graph.store.generation import Generation
from unodc_graph.token import Token, Tokens
from unodc_server.authority import holder
from unodc_server.negotiation import ONE_GRAPH, PROBLEMS, Variant, ranges
from unodc_server.parameter import number, truth
from unodc_server.refusal import (
    BadRequest,
    ChangeOutOfMemory,
    ChangeRefused,
    ChangeTimedOut,
    PreconditionFailed,
    PreconditionRequired,
    UnsupportedType,
)
from unodc_server.rendition import serialised
from unodc_server.service import Service

MOST_FINDINGS: Final = 1000
_SHOWN: Final = 100
_JSON: Final = Variant("application/json", "json")
_TRY: Final = re.compile(r"(?=.*handling\s*=\s*\"?strict)(?=.*return\s*=\s*\"?representation)", re.IGNORECASE)


@dataclass
class Writing:
    """The writing side of one server."""

    service: Service
    writer: Writer = field(init=False)

    def __post_init__(self) -> None:
        """Make the writer; its worker starts now if anybody may write, else when it is first needed."""
        settings = self.service.settings
        memory = settings.write_memory_mb * 1024 * 1024
        setup = Setup(rooms(), memory, judges=not settings.blank)
        ahead = self.service.execution.open_ahead
        self.writer = Writer(settings.state, setup, settings.write_timeout, settings.blank, ahead)
        with contextlib.suppress(GraphError):
            if Tokens(settings.state).any_valid(datetime.now(UTC)):
                self.writer.warm()

    def authorised(self, request: Request) -> Token:
        """Return the token of the request. Raises ReadOnly and Unauthenticated."""
        return holder(self.service.settings.state, request.headers.get("Authorization"))

    def change(
        self,
        request: Request,
        token: Token,
        change: Change,
        sent: bytes,
        tags: Callable[[Generation], frozenset[str]],
        needs_tag: bool = True,
    ) -> Committed:
        """Make `change`, or try it, for the holder of `token`, and return how that ended.

        `sent` is what the request is known by on record. `tags` are the entity tags that If-Match may name.
        `needs_tag`: the change is one to something that exists. Raises what Writer.commit raises, with
        ChangeRefused for what the checks refuse, ChangeTimedOut, ChangeOutOfMemory, PreconditionFailed and
        PreconditionRequired, and what `authorised` raises where the token has ended meanwhile.
        """
        if needs_tag and self.service.settings.require_if_match and "If-Match" not in request.headers:
            raise PreconditionRequired
        withheld = frozenset() if self.service.settings.blank else WITHHELD_GRAPHS
        author = Author(token.name, _message(request), token.graphs, withheld)
        asked = ChangeRequest(
            change, author, datetime.now(UTC), hashlib.sha256(sent).hexdigest(), dry_run=is_trial(request)
        )

        def check(parent: Generation) -> None:
            self.authorised(request)  # once more, for it may have been revoked while it waited
            if "If-Match" in request.headers and not _matches(request, tags(parent)):
                raise PreconditionFailed(parent.number, state_tag(parent))

        try:
            return self.writer.commit(asked, check)
        except QueryTimedOut as error:
            raise ChangeTimedOut(error.seconds) from None
        except QueryOutOfMemory as error:
            raise ChangeOutOfMemory(error.megabytes) from None

    def refusal(self, request: Request, error: ShapesViolated) -> Response:
        """Return the report as RDF where the client likes that best; raise ChangeRefused otherwise."""
        variant = _report_variant(request)
        if variant is not None:
            response = _as_rdf(error.findings, error.report, variant)
            response.status_code = 422
            return response
        shown, following = _page(request, error.findings)
        blocking = sum(finding.blocks for finding in error.findings)
        raise ChangeRefused(shown, len(error.findings), blocking, following)

    def trial(self, request: Request, committed: Committed) -> Response:
        """Return what a change would do, and what the checks say: RDF is the report alone."""
        candidate = committed.candidate
        variant = _report_variant(request)
        if variant is not None:
            return self.marked(_as_rdf(candidate.findings, candidate.report, variant), committed)
        shown, following = _page(request, candidate.findings)
        record = candidate.record
        document: dict[str, Any] = {
            "dry_run": True,
            "conforms": not candidate.violations,
            "version": committed.generation.number,
            "added": record.added,
            "removed": record.removed,
            "graphs_created": sorted(candidate.created),
            "graphs_dropped": sorted(candidate.dropped),
            "findings": shown,
            "total": len(candidate.findings),
            "next": following,
            "difference": candidate.difference,
            "difference_is_whole": len(candidate.difference) == record.added + record.removed,
        }
        return self.marked(_json(document), committed)

    def marked(self, response: Response, committed: Committed) -> Response:
        """Add to `response` what every answer to a change has."""
        headers = response.headers
        headers["Dataset-Version"] = str(committed.generation.number)
        headers["Warning-Count"] = str(committed.candidate.warnings)
        headers["Cache-Control"] = "no-store"
        headers["ETag"] = f'"{state_tag(committed.generation)}"'
        return response


def state_tag(generation: Generation) -> str:
    """Return the entity tag of the state of the whole graph."""
    return f"v{generation.number}-{generation.metadata.state_digest[:16]}"


def described(committed: Committed) -> Response:
    """Return what a change did, as JSON."""
    candidate = committed.candidate
    return _json(
        {
            "version": committed.generation.number,
            "changed": candidate.written,
            "added": candidate.record.added,
            "removed": candidate.record.removed,
            "warnings": [in_words(finding) for finding in candidate.findings][:_SHOWN],
        }
    )


def is_trial(request: Request) -> bool:
    """Say whether the request only wants to know what a change would do (server/README.md, W4)."""
    given = request.args.getlist("dry-run")
    if len(given) > 1:
        raise BadRequest("There is more than one `dry-run` parameter; nothing was changed.", "Send it once.")
    if given and not given[0].strip():
        raise BadRequest("`dry-run` has no value; nothing was changed.", "It takes true or false.")
    asked = truth("dry-run", given[0] if given else "", False)
    return asked or _TRY.match(", ".join(request.headers.getlist("Prefer"))) is not None


def is_change(request: Request) -> bool:
    """Say whether this is a request that changes the graph, which no page of another site may send (R5)."""
    if request.path.startswith("/update"):
        return True
    return request.path.startswith("/store") and request.method not in ("GET", "HEAD", "OPTIONS")


def check_coding(request: Request) -> None:
    """Refuse a body in a content coding. Raises UnsupportedType."""
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("", "identity"):
        raise UnsupportedType(f"Content-Encoding: {coding}", ("identity",))


def _message(request: Request) -> str:
    return message_of(request.args.get("message") or _as_sent(request.headers.get("Commit-Message", "")))


def _as_sent(header: str) -> str:
    """Return the text of a header that was sent as UTF-8: WSGI passes the bytes on as Latin-1 (PEP 3333)."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _matches(request: Request, tags: frozenset[str]) -> bool:
    return request.if_match.star_tag or any(request.if_match.contains(tag) for tag in tags)


def _report_variant(request: Request) -> Variant | None:
    """Return the RDF format that Accept names and likes best; None where it likes something else better."""
    accept = request.headers.get("Accept", "")
    offered = (*PROBLEMS[:3], _JSON, *ONE_GRAPH)
    best: tuple[float, int, int] | None = None
    chosen: Variant | None = None
    for place, variant in enumerate(offered):
        for found in ranges(accept):
            specificity = found.specificity(variant.media_type)
            rank = (found.quality, specificity or 0, -place)
            if specificity is not None and found.quality > 0 and (best is None or rank > best):
                best, chosen = rank, variant
    return chosen if chosen in ONE_GRAPH else None


def _as_rdf(findings: tuple[Finding, ...], shapes_report: str, variant: Variant) -> Response:
    """Return the validation report; with findings that are no shape's, a report made of all findings."""
    only_shapes = bool(shapes_report) and all(finding.rule.startswith(SHAPES) for finding in findings)
    if only_shapes or not findings:
        graph = Graph().parse(data=shapes_report, format="nt")
    else:
        graph = Graph().parse(data=report.to_turtle(findings), format="turtle")
    response = Response(serialised(graph, variant), content_type=variant.content_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(request: Request, findings: tuple[Finding, ...]) -> tuple[tuple[Mapping[str, str], ...], str]:
    """Return the findings that are shown, violations first, and how to ask for the next ones."""
    offset = _number(request, "report-offset", 0, 10_000_000)
    limit = _number(request, "report-limit", _SHOWN, MOST_FINDINGS)
    ordered = sorted(findings, key=lambda finding: list(Severity).index(finding.severity))
    shown = tuple(in_words(finding) for finding in ordered[offset : offset + limit])
    more = offset + limit < len(findings)
    return shown, f"report-offset={offset + limit}&report-limit={limit}" if more else ""


def _number(request: Request, name: str, default: int, most: int) -> int:
    return number(name, request.args.get(name, str(default)), 0, most)


def _json(document: Mapping[str, Any]) -> Response:
    body = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return Response(body, content_type=_JSON.content_type)
