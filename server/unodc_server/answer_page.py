"""The page of an answer: a table that shows the whole result in parts, with links to all of it as data.

What is shown is read back from the answer as it was evaluated, so its rows are those of the other formats;
only the part of it that a page shows is held in memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from flask import Request, Response, render_template

from unodc_graph.namespace import PREFIXES, compact
from unodc_graph.store.slice import ROWS_TYPE, TRIPLES_TYPE, Slice, read_rows, read_triples
from unodc_graph.store.slice import Cell as Value
from unodc_graph.store.term import BlankNode, Literal, NamedNode
from unodc_server import delivery
from unodc_server.address import link, path_of
from unodc_server.cache import Opened
from unodc_server.delivery import Validators
from unodc_server.execution import Answer, Prepared
from unodc_server.label import LabelIndex
from unodc_server.negotiation import GRAPHS, PAGE, RESULTS, Variant
from unodc_server.protocol import QueryRequest
from unodc_server.refusal import BadRequest
from unodc_server.service import Service

ROWS: Final = 500
"""How many rows a page shows."""

_MOST_BYTES: Final = 4 * 1024 * 1024
_LONGEST: Final = 2000
"""Bytes of rows on one page, and characters of one value, beyond which the page sends to the data."""

_XSD: Final = PREFIXES["xsd"]
_NUMBERS: Final = frozenset(f"{_XSD}{name}" for name in ("integer", "decimal", "double", "float"))
_UNSAID: Final = frozenset({f"{_XSD}string", f"{_XSD}integer", f"{PREFIXES['rdf']}langString"})
"""Datatypes that go without saying."""


@dataclass(frozen=True)
class Cell:
    """A value as it is shown: its text, where that leads, what is lightly added, its language."""

    text: str
    href: str = ""
    note: str = ""
    language: str = ""
    is_number: bool = False
    iri: str = ""


def evaluated_as(prepared: Prepared) -> Variant:
    """Return the format that an answer is evaluated in so as to be shown."""
    if prepared.scan.form == "ask":
        return RESULTS[0]
    wanted = TRIPLES_TYPE if prepared.offered is GRAPHS else ROWS_TYPE
    return next(variant for variant in prepared.offered if variant.media_type == wanted)


def respond(service: Service, request: Request, prepared: Prepared, answer: Answer) -> Response:
    """Return the page of `answer`, which was evaluated as `evaluated_as` says; its file is closed.

    Raises BadRequest when there is no such page of it.
    """
    opened, form = answer.opened, prepared.scan.form
    with opened.file:
        page, pages = _page(request, opened.rows)
        found, boolean = None, None
        if form == "ask":
            boolean = bool(json.load(opened.file)["boolean"])
        else:
            read = read_triples if prepared.offered is GRAPHS else read_rows
            found = read(opened.file, (page - 1) * ROWS, ROWS, _MOST_BYTES)
    addresses = _Addresses(service, request, prepared.request)
    first = (page - 1) * ROWS + 1
    text = render_template(
        "answer.html",
        base=service.base(request),
        blank=service.settings.blank,
        form=form,
        boolean=boolean,
        names=found.names if found else (),
        rows=_cells(service, request, prepared, found),
        total=opened.rows,
        noun="triple" if prepared.offered is GRAPHS else "row",
        first=first,
        last=min(first + ROWS - 1, opened.rows or 0),
        page=page,
        pages=pages,
        seconds=_seconds(opened),
        formats=[(v.name, addresses.of(format=v.name)) for v in prepared.offered],
        previous=addresses.of(page=page - 1),
        following=addresses.of(page=page + 1),
        permanent=addresses.permanent,
        volatile=prepared.scan.volatile,
        asked=prepared.request,
        fields=fields(prepared.request),
        metadata=prepared.generation.metadata,
    )
    validators: Validators | None = None
    if not prepared.scan.volatile and request.method in ("GET", "HEAD"):
        validators = service.validators(prepared.generation, text)
    response = delivery.from_bytes(request, text.encode(), PAGE.content_type, validators)
    if validators is None:
        response.headers["Cache-Control"] = "no-store"
    return response


def fields(asked: QueryRequest) -> list[tuple[str, str]]:
    """Return what a form or a URL has to carry beside the query to ask the same again."""
    found = [("default-graph-uri", iri) for iri in asked.default_graphs or ()]
    found += [("named-graph-uri", iri) for iri in asked.named_graphs or ()]
    if not asked.inferred:
        found.append(("inferred", "false"))
    if asked.incoming:
        found.append(("describe", "incoming"))
    if asked.version is not None:
        found.append(("version", str(asked.version)))
    return found


class _Addresses:
    """The addresses of one answer: its pages and its formats; empty where a URL cannot hold the query."""

    def __init__(self, service: Service, request: Request, asked: QueryRequest) -> None:
        base = service.base(request)
        self.permanent = f"{base}{request.path}" if request.path.startswith("/q/") else ""
        self._root = self.permanent or f"{base}/sparql"
        self._fields = [] if self.permanent else [("query", asked.query), *fields(asked)]
        self._explicit = [("format", PAGE.name)] if asked.format else []
        self._most = service.settings.url_bytes

    def of(self, format: str = "", page: int = 1) -> str:
        fields = self._fields + ([("format", format)] if format else self._explicit)
        fields += [("page", str(page))] if page > 1 else []
        address = f"{self._root}?{urlencode(fields, quote_via=quote)}" if fields else self._root
        return address if len(address) <= self._most else ""


def _page(request: Request, rows: int | None) -> tuple[int, int]:
    """Return which page is asked for and how many there are."""
    pages = max(1, -(-(rows or 0) // ROWS))
    asked = request.args.get("page", "1")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10 and 1 <= int(asked) <= pages):
        raise BadRequest(
            f"`page` is {asked[:20]!r}; the answer has {pages} page{'s' if pages > 1 else ''}.",
            "Begin at the first.",
        )
    return int(asked), pages


def _seconds(opened: Opened) -> str:
    return f"{opened.seconds:.2f} s" if opened.seconds >= 0.01 else "less than 0.01 s"


def _cells(
    service: Service, request: Request, prepared: Prepared, found: Slice | None
) -> list[list[Cell]] | None:
    if found is None or found.rows is None:
        return None
    base, labels = "", {}
    if not service.settings.blank:
        base = service.base(request)
        index: LabelIndex = service.reader.derived(prepared.generation, "labels", LabelIndex)
        labels = index.labels
    return [[cell(value, base, labels) for value in row] for row in found.rows]


def cell(value: Value, base: str, labels: Mapping[str, str]) -> Cell:
    """Return `value` as it is shown, by its label in `labels`; `base` is where our pages are, if they are."""
    match value:
        case None:
            return Cell("")
        case NamedNode():
            iri = value.value
            href = link(base, iri) if base and path_of(iri) else iri if _is_web(iri) else ""
            label, short = labels.get(iri, ""), compact(iri)
            return Cell(label or short, href, short if label and short != iri else "", iri=iri)
        case Literal():
            kind = value.datatype.value
            notes = [] if kind in _UNSAID else [compact(kind)]
            text = value.value
            if len(text) > _LONGEST:
                notes.append(f"the first {_LONGEST:,} of {len(text):,} characters; all of it is in the data")
                text = f"{text[:_LONGEST]}…"
            language = value.language or ""
            return Cell(text, "", ", ".join(notes), language, kind in _NUMBERS)
        case BlankNode():
            return Cell(f"_:{value.value}", note="without a name")
    return Cell(str(value))


def _is_web(iri: str) -> bool:
    """Say whether a browser may be sent to `iri`: never to `javascript:` or the like."""
    return iri.lower().startswith(("http://", "https://"))
