"""`/id/…` and `/graph/…`: the IRIs of things; each leads to the document about it.

The rows are D1, D6 and D7 of server/README.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from unodc_graph.errors import NotFound
from unodc_graph.namespace import BASE, PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import Literal, NamedNode
from unodc_server.address import candidates, path_of
from unodc_server.delivery import NEGOTIATED
from unodc_server.document import exists
from unodc_server.publication import query_of, split_suffix
from unodc_server.refusal import NotAcceptable
from unodc_server.rendition import OFFERED
from unodc_server.service import Service

_REPLACED_BY = NamedNode(f"{PREFIXES['dcterms']}isReplacedBy")
_DEPRECATED = NamedNode(f"{PREFIXES['owl']}deprecated")


def blueprint(service: Service) -> Blueprint:
    """Return the routes of the things."""
    routes = Blueprint("thing", __name__)

    def see(path: str) -> Response:
        store = service.reader.store(service.execution.generation())
        iri, suffix = resolve(store, path)
        survivor = survivor_of(store, iri)
        asked = query_of(request.args.items(multi=True))
        if survivor is not None:
            return _redirect(301, f"{service.base(request)}/{survivor[len(BASE) :]}{asked}")
        end = f".{suffix}" if suffix else ""
        return _redirect(303, f"{service.base(request)}/{path_of(iri)}{end}{asked}")

    register: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("/id/<path:key>", lambda key: f"id/{key}"),
        ("/graph/<path:key>", lambda key: f"graph/{key}"),
    )
    for rule, full in register:
        name = full("x").partition("/")[0]
        routes.add_url_rule(rule, name, _view(see, full), methods=["GET"], provide_automatic_options=False)
    return routes


def _view(see: Callable[[str], Response], full: Callable[[str], str]) -> Any:
    return lambda key: see(full(key))


def resolve(store: Store, path: str) -> tuple[str, str]:
    """Return the IRI that a decoded path such as `id/place/kgz.ttl` names, and the suffix, if it has one.

    A key may hold dots: a thing of the whole name comes before a suffix. Raises NotFound, and NotAcceptable
    where the thing is there and the suffix is that of no format.
    """
    for name, suffix in ((path, ""), split_suffix(path)):
        if iri := _existing(store, name):
            return iri, suffix
    head, dot, suffix = path.rpartition(".")
    if dot and "/" not in suffix and _existing(store, head):
        raise NotAcceptable(f".{suffix}", tuple((v.media_type, v.name) for v in OFFERED), suffix)
    raise NotFound(f"{BASE}{split_suffix(path)[0]}")


def _existing(store: Store, path: str) -> str | None:
    return next((iri for iri in candidates(path) if exists(store, iri)), None)


def survivor_of(store: Store, iri: str) -> str | None:
    """Return the thing of ours that `iri` was merged into or renamed to, or None."""
    for quad in store.quads_for_pattern(NamedNode(iri), _REPLACED_BY, None, None):
        if isinstance(quad.object, NamedNode) and quad.object.value.startswith(BASE):
            return quad.object.value
    return None


def is_removed(store: Store, iri: str) -> bool:
    """Say whether `iri` was taken out and has a tombstone for its description."""
    found = store.quads_for_pattern(NamedNode(iri), _DEPRECATED, None, None)
    return any(isinstance(quad.object, Literal) and quad.object.value in ("true", "1") for quad in found)


def _redirect(status: int, location: str) -> Response:
    response = Response(status=status)
    response.headers["Location"] = location
    response.headers["Cache-Control"] = NEGOTIATED
    return response
