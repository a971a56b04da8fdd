"""`/reconcile`: the reconciliation service, as OpenRefine and its like ask it (API 0.2)."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, render_template, request

from unodc_graph.description.about import TITLE
from unodc_graph.errors import NotFound
from unodc_graph.namespace import ID, ONTOLOGY
from unodc_server import publication
from unodc_server.batch import MOST_QUERIES, full, read_batch, read_extension
from unodc_server.composition import view
from unodc_server.document import read
from unodc_server.holding import Holdings
from unodc_server.label import fold
from unodc_server.negotiation import PAGE, Variant
from unodc_server.parameter import number
from unodc_server.protocol import FORM
from unodc_server.reconciliation import Reconciler
from unodc_server.refusal import BadRequest, UnknownPage
from unodc_server.routes.search import index_of
from unodc_server.service import Service

_JSON: Final = Variant("application/json", "json")
_SUGGESTIONS: Final = 20
_MOST_FIELDS: Final = 100
_MOST_PROPOSED: Final = 9999
_MOST_SKIPPED: Final = 999_999
_IN_A_FRAME: Final = "default-src 'none'; style-src 'self'; frame-ancestors *"
"""The policy of the preview, which other people's programs show in a frame (API 0.2, Preview Queries)."""

_DEFAULT_TYPES: Final = ("Organisation", "Programme", "Activity", "Place", "Instrument", "Publication")


def blueprint(service: Service) -> Blueprint:
    """Return the routes of the reconciliation service."""
    routes = Blueprint("reconcile", __name__)

    def respond(found: object, variant: Variant = _JSON) -> Response:
        body = found if isinstance(found, bytes) else publication.json_bytes(found)
        return publication.respond(service, request, service.execution.generation(), body, variant)

    def reconciler() -> Reconciler:
        generation, index = service.execution.generation(), index_of(service)
        holdings = service.reader.derived(generation, "holdings", lambda store: Holdings(store, index))
        return Reconciler(service.reader.store(generation), index, holdings)

    @routes.route("/reconcile", methods=("GET", "POST"), provide_automatic_options=False)
    def reconcile() -> Response:
        if request.mimetype == FORM and request.get_data(parse_form_data=False).count(b"&") >= _MOST_FIELDS:
            raise BadRequest(f"The form has more than {_MOST_FIELDS} fields.", "Send `queries` alone.")
        if "queries" in request.values:
            found = reconciler()
            return respond(found.batch(read_batch(request.values["queries"], found.holdings.properties)))
        if "extend" in request.values:
            found = reconciler()
            return respond(found.extend(read_extension(request.values["extend"], found.holdings.properties)))
        if request.method == "POST":
            raise BadRequest("There is neither `queries` nor `extend`.", "Send one of them as a form field.")
        return respond(manifest(service.base(request), reconciler()))

    @routes.get("/reconcile/suggest/<what>", provide_automatic_options=False)
    def suggest(what: str) -> Response:
        prefix, found = request.args.get("prefix", "")[:200], reconciler()
        first = number("cursor", request.args.get("cursor", "0"), least=0, most=_MOST_SKIPPED)
        if what == "entity":
            entries = [match.entry for match in found.index.beginning(prefix, first + _SUGGESTIONS)]
            if (named := found.index.by_iri.get(f"{ID}{prefix}")) is not None:
                entries = [named, *(entry for entry in entries if entry is not named)]
            result: list[Any] = [found.named(entry) | {"notable": found.types(entry)} for entry in entries]
        elif what in ("type", "property"):
            folded = fold(prefix)
            result = [t for t in found.terms(what) if folded in fold(t["name"]) or folded in fold(t["id"])]
        else:
            raise UnknownPage(request.path)
        return respond({"result": result[first : first + _SUGGESTIONS]})

    @routes.get("/reconcile/flyout/<what>", provide_automatic_options=False)
    def flyout(what: str) -> Response:
        name, found = request.args.get("id", ""), reconciler()
        if what == "entity":
            entry = found.index.by_iri.get(f"{ID}{name}")
            label, about = (entry.label, entry.description) if entry else ("", "")
        elif what in ("type", "property"):
            known = found.index.labels.get(full(name), "")
            label, about = known, _definition(found, full(name)) if known else ""
        else:
            raise UnknownPage(request.path)
        if not label:
            raise NotFound(f"{ID}{name}" if what == "entity" else full(name))
        text = render_template("flyout.html", label=label, about=about)
        return respond({"id": name, "html": text})

    @routes.get("/reconcile/preview", provide_automatic_options=False)
    def preview() -> Response:
        generation = service.execution.generation()
        iri = f"{ID}{request.args.get('id', '')}"
        if iri not in index_of(service).by_iri:
            raise NotFound(iri)
        shown = view(read(service.reader.store(generation), iri, generation.metadata, inferred=False))
        text = render_template("preview.html", base=service.base(request), view=shown)
        response = respond(text.encode(), PAGE)
        response.headers["Content-Security-Policy"] = _IN_A_FRAME
        return response

    @routes.get("/reconcile/properties", provide_automatic_options=False)
    def properties() -> Response:
        limit = number("limit", request.args.get("limit", "50"), 0, _MOST_PROPOSED)
        type_ = request.args.get("type", "")
        generation = service.execution.generation()
        found = reconciler()
        if type_ and full(type_) not in {full(term["id"]) for term in found.terms("type")}:
            raise NotFound(full(type_))
        proposed = service.reader.derived(
            generation, f"properties of {full(type_)}", lambda _: found.proposed(type_, 200)
        )
        return respond({"type": type_, "limit": limit, "properties": proposed[:limit]})

    return routes


def manifest(base: str, reconciler: Reconciler) -> dict[str, Any]:
    """Return what the service can do and where (API 0.2, §2.3)."""

    def at(what: str) -> dict[str, str]:
        return {
            "service_url": base,
            "service_path": f"/reconcile/suggest/{what}",
            "flyout_service_path": f"/reconcile/flyout/{what}?id=${{id}}",
        }

    return {
        "versions": ["0.2"],
        "name": TITLE,
        "identifierSpace": ID,
        "schemaSpace": ONTOLOGY,
        "documentation": f"{base}/ontology",
        "view": {"url": f"{base}/doc/{{{{id}}}}"},
        "preview": {"url": f"{base}/reconcile/preview?id={{{{id}}}}", "width": 420, "height": 220},
        "batchSize": MOST_QUERIES,
        "defaultTypes": [reconciler.term(full(name)) for name in _DEFAULT_TYPES],
        "suggest": {what: at(what) for what in ("entity", "type", "property")},
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/reconcile/properties"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Limit",
                    "type": "number",
                    "default": 0,
                    "help_text": "Most values in a row; 0 for all.",
                },
                {
                    "name": "inferred",
                    "label": "With what follows",
                    "type": "checkbox",
                    "default": False,
                    "help_text": "Also what no passage states but follows by the ontology.",
                },
            ],
        },
    }


def _definition(reconciler: Reconciler, iri: str) -> str:
    terms = reconciler.values(iri, full("skos:definition"))
    return str(getattr(terms[0], "value", "")) if terms else ""
