"""`/dumps/`: releases to download, each file immutable, packed or unpacked, in parts if asked.

The rows are F1 to F5 and K7 of server/README.md.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, BinaryIO, Final

from flask import Blueprint, Response, render_template, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import http_date

from unodc_graph.description.about import version_of
from unodc_graph.errors import UnwritableFile
from unodc_graph.export.release import Release
from unodc_server import coding, delivery, publication
from unodc_server.cache import Opened
from unodc_server.delivery import NEGOTIATED, Validators
from unodc_server.download import SINCE, Download
from unodc_server.negotiation import PAGE, Variant, wanted
from unodc_server.refusal import InternalError, RangeBeyondEnd, Saturated, UnknownPage
from unodc_server.service import Service
from unodc_server.structured import dataset, embedded

_JSON: Final = Variant("application/json", "json")
_OFFERED: Final = (PAGE, _JSON)
_CHECKSUM: Final = ".sha256"
_PACKED: Final = ("application/gzip", "application/zip")
_PLAIN: Final = "plain"
"""How the tag of an unpacked file ends, which is not that of the file as it lies there."""

_PIECE: Final = 1 << 16


def blueprint(service: Service) -> Blueprint:
    """Return the routes of the downloads."""
    routes = Blueprint("dump", __name__)
    downloads = service.downloads

    @routes.get("/dumps/", provide_automatic_options=False)
    def dumps() -> Response:
        generation, base = service.execution.generation(), service.base(request)
        current = downloads.begun(generation)
        releases = [found for version in downloads.versions() if (found := downloads.read(version))]
        releases.sort(key=lambda found: current is None or found.version != current.version)
        variant = wanted(request.args.get("format"), request.headers.get("Accept"), _OFFERED)
        if variant is PAGE:
            text = render_template(
                "dumps.html",
                base=base,
                releases=releases,
                making=current is None,
                metadata=generation.metadata,
                data=embedded({"@context": "https://schema.org/", **dataset(base)}),
            )
            body = text.encode()
        else:
            latest = current.version if current else None
            pairs = zip_longest(releases, releases[1:])
            listed = [_listed(f"{base}/dumps", found, former) for found, former in pairs]
            body = publication.json_bytes({"latest": latest, "releases": listed})
        links = publication.common_links(base)
        return publication.respond(service, request, generation, body, variant, links)

    @routes.get("/dumps/latest/", defaults={"name": ""}, provide_automatic_options=False)
    @routes.get("/dumps/latest/<name>", provide_automatic_options=False)
    def latest(name: str) -> Response:
        current = _current(service)
        if name and not _is_there(service, current, name):
            raise UnknownPage(request.path)
        version = f"{current}/" if name else ""
        response = Response(status=302)
        response.headers["Location"] = f"{service.base(request)}/dumps/{version}{name}"
        response.headers["Cache-Control"] = NEGOTIATED
        return response

    @routes.get("/dumps/<version>/<name>", provide_automatic_options=False)
    def file(version: str, name: str) -> Response:
        if version == version_of(service.execution.generation().metadata):
            _current(service)  # made now if nobody asked for it before
        found = _find(service, version, name)
        line = None if found else downloads.checksum(version, name.removesuffix(_CHECKSUM))
        if found is not None:
            try:
                response = _unpacked(found) if found.unpack else _as_it_lies(found)
            except FileNotFoundError:  # a patch that has just made room for others
                raise Saturated(retry_after=1) from None
        elif line is not None and name.endswith(_CHECKSUM):
            response = delivery.from_bytes(request, line.encode(), "text/plain; charset=utf-8")
        else:
            raise UnknownPage(request.path)
        response.headers["Cache-Control"] = publication.KEPT
        return response

    return routes


def _listed(base: str, found: Release, former: Release | None) -> dict[str, Any]:
    """Return what the list says of a release, `former` being the one before it."""
    folder = f"{base}/{found.version}"
    files = [{"url": f"{folder}/{f.name}", "bytes": f.octets, "sha256": f.sha256} for f in found.files]
    listed = {"version": found.version, "canonical_digest": found.canonical_digest, "files": files}
    return listed | ({"changes": f"{folder}/{SINCE}{former.version}.rdfp.gz"} if former else {})


def _current(service: Service) -> str:
    try:
        return service.downloads.current(service.execution.generation()).version
    except UnwritableFile as error:
        raise InternalError(str(error)) from None


def _find(service: Service, version: str, name: str) -> Download | None:
    try:
        return service.downloads.find(version, name)
    except UnwritableFile as error:
        raise InternalError(str(error)) from None


def _is_there(service: Service, version: str, name: str) -> bool:
    checked = name.removesuffix(_CHECKSUM)
    return bool(_find(service, version, name) or service.downloads.checksum(version, checked))


def _as_it_lies(found: Download) -> Response:
    """Return a file of a release, or a part of it."""
    held = found.path.stat()
    try:
        response = send_file(
            found.path.resolve(),
            mimetype=found.media_type,
            as_attachment=found.media_type.startswith(_PACKED),
            download_name=found.name,
            conditional=True,
            etag=found.tag,
            last_modified=held.st_mtime,
        )
    except RequestedRangeNotSatisfiable:
        raise RangeBeyondEnd(held.st_size) from None
    response.headers["Last-Modified"] = http_date(held.st_mtime)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _unpacked(found: Download) -> Response:
    """Return what is in a packed file: as it lies there for a client that takes gzip, else unpacked."""
    used = coding.choose(request.headers.get("Accept-Encoding"), found.media_type, ("gzip",))
    held = found.path.stat()
    validators = Validators(found.tag, datetime.fromtimestamp(held.st_mtime, UTC))
    if (same := delivery.unchanged(request, validators, used or _PLAIN)) is not None:
        return same
    kind = f"{found.media_type}; charset=utf-8" if found.media_type.startswith("text/") else found.media_type
    if used:
        opened = Opened(found.path.open("rb"), held.st_size, None)
        response = delivery.from_file(opened, kind, used, validators)
    else:
        response = Response(_pieces(found.path.open("rb")), content_type=kind)
        delivery.validate(response, validators, _PLAIN)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file, gzip.open(file) as unpacked:
        while piece := unpacked.read(_PIECE):
            yield piece
