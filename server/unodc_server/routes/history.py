"""`/history`: who changed the graph, when and why, and what each change was; for people and for programs.

The row is W8 of server/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any, Final

from flask import Blueprint, Response, render_template, request

from unodc_graph.commit.delta import Delta
from unodc_graph.commit.history import commits, difference_of
from unodc_graph.commit.patch import patch_text
from unodc_graph.commit.record import Record, read_record
from unodc_graph.errors import HistoryMissing
from unodc_graph.namespace import HISTORY_GRAPH
from unodc_graph.store.generation import Generation, GenerationFolder
from unodc_server import publication
from unodc_server.address import link
from unodc_server.difference import difference_by_thing
from unodc_server.document import exists
from unodc_server.negotiation import PAGE, Variant, wanted
from unodc_server.parameter import LARGEST, number
from unodc_server.publication import Link, query_of
from unodc_server.writing import Writing, state_tag

LISTS: Final = (Variant("application/json", "json"), PAGE)
"""What the list of changes can be had in, in the server's order of preference."""

PATCHES: Final = (Variant("application/rdf-patch", "patch", (), "charset=utf-8"), PAGE)
"""What a change can be had in, in the same order."""

_PAGE_SIZE: Final = 100

_Forms = Mapping[Variant, str]
"""The address of each form of what was asked for."""


def blueprint(writing: Writing) -> Blueprint:
    """Return the routes of the history."""
    routes = Blueprint("history", __name__)
    service = writing.service
    folder = GenerationFolder(service.settings.state)

    @routes.get("/history", provide_automatic_options=False)
    def history() -> Response:
        before = number("before", request.args.get("before") or str(LARGEST))
        variant = wanted(request.args.get("format"), request.headers.get("Accept"), LISTS)
        generation, base = service.execution.generation(), service.base(request)
        address = f"{base}/history"
        listed = commits(folder, generation.number)
        found = list(islice((record for record in listed if record.number < before), _PAGE_SIZE + 1))
        shown, more = found[:_PAGE_SIZE], len(found) > _PAGE_SIZE
        following = _asking(address, "format", before=shown[-1].number) if more else None
        if variant is PAGE:
            body = render_template(
                "history.html",
                base=base,
                changes=shown,
                kept=folder.numbers(),
                newest=_asking(address, "format") if "before" in request.args else None,
                following=following,
                provenance=exists(service.reader.store(generation), HISTORY_GRAPH),
                data=_asking(address, "before", format=LISTS[0].name),
                metadata=generation.metadata,
            ).encode()
        else:
            body = publication.json_bytes(_listing(generation, folder, shown, address, following))
        links = [(following, "next", "")] if following else []
        return _respond(generation, body, variant, _forms(address, "before", LISTS), links)

    @routes.get("/history/<int:version>", provide_automatic_options=False)
    def change(version: int) -> Response:
        """Give what led to generation `version`; `from=` names another one to compare with."""
        if version < 2:
            raise HistoryMissing(version)
        since = number("from", request.args.get("from", str(version - 1)))
        variant = wanted(request.args.get("format"), request.headers.get("Accept"), PATCHES)
        generation, base = service.execution.generation(), service.base(request)
        kept, forms = folder.numbers(), _forms(f"{base}/history/{version}", "from", PATCHES)

        def difference() -> Delta:
            return difference_of(folder, since, version, generation.number)

        def page() -> bytes:
            return render_template(
                "change.html",
                base=base,
                version=version,
                since=since,
                record=read_record(folder.history, version) if since == version - 1 else None,
                difference=difference_by_thing(difference(), service.reader.store(generation)),
                kept=kept,
                patch=forms[PATCHES[0]],
                metadata=generation.metadata,
                link=lambda iri: link(base, iri),
            ).encode()

        if variant is PAGE:
            key = ("change", forms[PAGE], since, kept)
            body = service.reader.rendered(generation, key, page)
        else:
            body = patch_text(difference()).encode()
        return _respond(generation, body, variant, forms)

    def _respond(
        generation: Generation, body: bytes, variant: Variant, forms: _Forms, links: Sequence[Link] = ()
    ) -> Response:
        others = [(address, "alternate", form.media_type) for form, address in forms.items()]
        others += [*links, *publication.common_links(service.base(request))]
        here = "" if request.args.get("format") else forms[variant]
        return publication.respond(service, request, generation, body, variant, others, here)

    return routes


def _listing(
    generation: Generation,
    folder: GenerationFolder,
    shown: Sequence[Record],
    address: str,
    following: str | None,
) -> dict[str, Any]:
    """Return the list of changes as it is in JSON."""
    patch = query_of([("format", PATCHES[0].name)])
    return {
        "version": generation.number,
        "state": state_tag(generation),
        "kept": folder.numbers(),
        "commits": [asdict(record) | {"patch": f"{address}/{record.number}{patch}"} for record in shown],
        "next": following,
    }


def _forms(address: str, parameter: str, offered: Sequence[Variant]) -> _Forms:
    """Return the address that always gives each of the forms, `parameter` as the request has it."""
    return {form: _asking(address, parameter, format=form.name) for form in offered}


def _asking(address: str, parameter: str, **given: object) -> str:
    """Return `address` with what is `given`, and with `parameter` if the request has it."""
    fixed = {parameter: request.args[parameter]} if parameter in request.args else {}
    return f"{address}{query_of((fixed | {name: str(value) for name, value in given.items()}).items())}"
