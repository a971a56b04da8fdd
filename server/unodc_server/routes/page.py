"""`/` and `/problems/…`: the pages for people; they read and run without scripts."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from unodc_graph.errors import GraphError, HistoryMissing
from unodc_graph.store.generation import GenerationFolder
from unodc_server import delivery
from unodc_server.kind import KINDS
from unodc_server.negotiation import PAGE
from unodc_server.refusal import Refusal, UnknownPage
from unodc_server.service import Service, page_query

_EXAMPLES = ("example-programmes", "example-places", "example-evidence")
_ANYTHING = "SELECT * {\n  ?s ?p ?o\n}\nLIMIT 10\n"
"""What to begin with where nothing is known of the graph."""


@dataclass(frozen=True)
class Example:
    """A query to begin with: its question, from its first comments, and its text."""

    name: str
    question: str
    text: str


def example(name: str) -> Example:
    """Return the example in `queries/pages/{name}.rq`."""
    text = page_query(name)
    comments = text.partition("# Why:")[0].splitlines()
    return Example(name, " ".join(line.removeprefix("#").strip() for line in comments), text)


def blueprint(service: Service) -> Blueprint:
    """Return the routes of the pages."""
    routes = Blueprint("page", __name__)

    @routes.get("/", provide_automatic_options=False)
    def home() -> Response:
        return home_page(service)

    @routes.get("/problems/", provide_automatic_options=False)
    @routes.get("/problems/<slug>", provide_automatic_options=False)
    def problems(slug: str | None = None) -> Response:
        kinds = {kind.slug: kind for kind in KINDS.values() if kind.status < 600 and kind.status != 499}
        if slug is not None and slug not in kinds:
            raise UnknownPage(request.path)
        shown = [kinds[slug]] if slug else sorted(kinds.values(), key=lambda kind: (kind.status, kind.slug))
        text = render_template("problems.html", base=service.base(request), kinds=shown)
        validators = service.validators(service.execution.generation(), text)
        return delivery.from_bytes(request, text.encode(), PAGE.content_type, validators)

    return routes


def home_page(service: Service, version: int | None = None) -> Response:
    """Return the front page, with the query box; also what a browser gets at the endpoint.

    The box asks generation `version`, or else the newest. Raises HistoryMissing when it is not kept.
    """
    if version is not None and version not in GenerationFolder(service.settings.state).numbers():
        raise HistoryMissing(version, service.execution.generation().number)
    generation = service.execution.generation()
    examples = [] if service.settings.blank else [example(name) for name in _EXAMPLES]
    wanted = request.args.get("example")
    chosen = next((e for e in examples if wanted in (None, e.name)), None)
    if chosen is None and wanted is not None:
        raise UnknownPage(f"{request.path}?example={wanted}")
    text = render_template(
        "home.html",
        base=service.base(request),
        blank=service.settings.blank,
        metadata=generation.metadata,
        counts=_counts(service),
        examples=examples,
        chosen=chosen,
        text=chosen.text if chosen else _ANYTHING,
        version=version,
    )
    validators = service.validators(generation, text)
    return delivery.from_bytes(request, text.encode(), PAGE.content_type, validators)


def _counts(service: Service) -> list[tuple[str, int]]:
    """Return what the graph holds, by kind; nothing when it cannot be counted just now."""
    if service.settings.blank:
        return []
    try:
        return [(row["what"], int(row["n"])) for row in service.page_rows("counts")]
    except (GraphError, Refusal):
        return []
