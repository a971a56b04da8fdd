"""`/store`: the SPARQL 1.1 Graph Store HTTP Protocol; graphs by `graph=`, by `default`, or by their path."""

from __future__ import annotations

import re
import uuid
from typing import Final

from flask import Blueprint, Response, request

from unodc_graph.commit.change import Drop, Merge, Payload, Put
from unodc_graph.errors import NotFound, ShapesViolated
from unodc_graph.store.generation import Generation
from unodc_graph.store.payload import DATASET_TYPES, PAYLOAD_TYPES
from unodc_server import coding
from unodc_server.delivery import coded_tag
from unodc_server.negotiation import GRAPHS, RESULTS
from unodc_server.parameter import check_url, truth
from unodc_server.protocol import QueryRequest
from unodc_server.refusal import BadRequest, PreconditionFailed, UnsupportedType
from unodc_server.routes.sparql import run
from unodc_server.writing import Writing, described, is_change, is_trial, state_tag

_METHODS: Final = ("GET", "PUT", "POST", "DELETE")
_WHICH: Final = ("graph", "default")
_READING: Final = ("inferred", "format")
"""How the graph was read, which a change may say again: If-Match has the tag of that."""

_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^<>\"{}|^`\\\x00-\x20]*\Z")
_AUTHORITY: Final = re.compile(r"\Ahttps?://[^/]*", re.IGNORECASE)
"""What a request target in absolute form (RFC 9112 §3.2.2) has before the path."""
_MULTIPART: Final = "multipart/form-data"


def blueprint(writing: Writing) -> Blueprint:
    """Return the routes of the graph store."""
    routes = Blueprint("store", __name__)

    @routes.route("/store", methods=_METHODS, provide_automatic_options=False)
    @routes.route("/store/", methods=_METHODS, provide_automatic_options=False)
    def store() -> Response:
        if is_change(request):
            check_url(request.args, *_WHICH, *_READING)
        named, default = request.args.getlist("graph"), "default" in request.args
        if request.method == "POST" and not named and not default:
            if request.mimetype in DATASET_TYPES:
                return _merge(writing)
            made = f"{writing.service.base(request)}/store/{uuid.uuid4()}"
            return _change(writing, made, made)
        if len(named) + default != 1:
            raise BadRequest("The request names no graph, or several.", "Give `graph=` once, or `default`.")
        if named and not _IRI.match(named[0]):
            raise BadRequest(
                f"`graph` is not an absolute IRI: {named[0][:100]!r}.", "Name the graph by its IRI."
            )
        return _answer(writing, named[0] if named else None)

    @routes.route("/store/<path:name>", methods=_METHODS, provide_automatic_options=False)
    def direct(**_: str) -> Response:
        """Take the address asked for as the name of the graph (§4.1)."""
        if is_change(request):
            check_url(request.args, *_READING)
        raw = str(request.environ.get("RAW_URI") or request.path).partition("?")[0]
        path = _AUTHORITY.sub("", raw).removeprefix(request.root_path)
        name = f"{writing.service.base(request)}{path}"
        if not _IRI.match(name):
            raise BadRequest("The address is no IRI.", "Name the graph by `graph=`.")
        return _answer(writing, name)

    return routes


def _answer(writing: Writing, graph: str | None) -> Response:
    if request.method in ("GET", "HEAD"):
        if graph is not None and not _exists(writing, graph):
            raise NotFound(graph)
        return run(writing.service, _content(graph), request)
    return _change(writing, graph)


def _content(graph: str | None) -> QueryRequest:
    pattern = "?s ?p ?o" if graph is None else f"GRAPH <{graph}> {{ ?s ?p ?o }}"
    inferred = truth("inferred", request.args.get("inferred", ""), True)
    form = request.args.get("format")
    return QueryRequest(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", inferred=inferred, format=form)


def _exists(writing: Writing, graph: str | None) -> bool:
    """Say whether `graph` is there, be it empty, or whether the default graph holds anything."""
    execution = writing.service.execution
    pattern = "?s ?p ?o" if graph is None else f"GRAPH <{graph}> {{}}"
    prepared = execution.prepare(QueryRequest(f"ASK {{ {pattern} }}"), None)
    with execution.answer(prepared, RESULTS[0]).opened.file as file:
        return b"true" in file.read()


def _change(writing: Writing, graph: str | None, made: str | None = None) -> Response:
    """Put, post or delete; `made` is the address of a graph that the server has named itself."""
    token = writing.authorised(request)
    sent = request.get_data()
    exists = made is None and _exists(writing, graph)
    if request.if_none_match.star_tag and exists:
        current = writing.service.execution.generation()
        raise PreconditionFailed(current.number, state_tag(current))
    if request.method == "DELETE":
        change: Put | Drop = Drop(graph)
    else:
        change = Put(graph, _payloads(graph or request.url, sent), merge=request.method == "POST")
    known = f"{request.method} {graph or 'default'}\n".encode() + sent
    try:
        committed = writing.change(
            request, token, change, known, lambda parent: _tags(writing, parent, graph), needs_tag=exists
        )
    except ShapesViolated as error:
        return writing.refusal(request, error)
    if is_trial(request):
        return writing.trial(request, committed)
    response = writing.marked(
        Response(status=204 if exists or request.method == "DELETE" else 201), committed
    )
    if not exists and graph is not None:
        response.headers["Location"] = graph
    return response


def _merge(writing: Writing) -> Response:
    """Add a document of several graphs, in TriG or N-Quads, each statement to its graph."""
    token = writing.authorised(request)
    sent = request.get_data()
    change = Merge((Payload(sent, request.mimetype, request.base_url),))
    try:
        committed = writing.change(
            request, token, change, b"POST\n" + sent, lambda parent: frozenset({state_tag(parent)})
        )
    except ShapesViolated as error:
        return writing.refusal(request, error)
    if is_trial(request):
        return writing.trial(request, committed)
    return writing.marked(described(committed), committed)


def _tags(writing: Writing, parent: Generation, graph: str | None) -> frozenset[str]:
    """Return the tags that a client can hold of `graph`: of any format and coding, or of the whole state."""
    endpoint = writing.service.endpoint(request)
    prepared = writing.service.execution.prepare(_content(graph), endpoint)
    keys = [prepared.key(variant) for variant in GRAPHS]
    coded = {coded_tag(key, used) for key in keys for used in (None, *coding.offered())}
    return frozenset({state_tag(parent), *coded})


def _payloads(base: str, sent: bytes) -> tuple[Payload, ...]:
    if request.mimetype == _MULTIPART:
        parts = [
            Payload(part.stream.read(), _known(part.content_type), base)
            for files in request.files.listvalues()
            for part in files
        ]
        if not parts:
            raise BadRequest("The form holds no document.", "Send each document as a file of the form.")
        return tuple(parts)
    return (Payload(sent, _known(request.headers.get("Content-Type")), base),)


def _known(content_type: str | None) -> str:
    """Return the media type of a document, Turtle where none is given. Raises UnsupportedType."""
    given, _, parameters = (content_type or "text/turtle").lower().partition(";")
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]*)", parameters)
    if charset and charset.group(1) not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise UnsupportedType(content_type or "", tuple(PAYLOAD_TYPES))
    if given.strip() not in PAYLOAD_TYPES:
        raise UnsupportedType(content_type or "", (*PAYLOAD_TYPES, _MULTIPART))
    return given.strip()
