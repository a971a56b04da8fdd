"""`/dumps/`: releases to download, each file immutable, in parts if asked.

The rows are F1 to F3 and K7 of server/README.md.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import http_date

from unodc_graph.description.about import version_of
from unodc_graph.errors import UnwritableFile
from unodc_graph.export.release import CHECKSUMS, MANIFEST
from unodc_server import delivery, publication
from unodc_server.delivery import NEGOTIATED
from unodc_server.download import Downloads
from unodc_server.negotiation import PAGE, Variant, wanted
from unodc_server.refusal import InternalError, RangeBeyondEnd, UnknownPage
from unodc_server.service import Service
from unodc_server.structured import dataset, embedded

_JSON = Variant("application/json", "json")
_OFFERED = (PAGE, _JSON)
_TEXTS = {MANIFEST: "application/json", CHECKSUMS: "text/plain; charset=utf-8"}


def blueprint(service: Service) -> Blueprint:
    """Return the routes of the downloads."""
    routes = Blueprint("dump", __name__)
    downloads = service.downloads

    @routes.get("/dumps/", provide_automatic_options=False)
    def dumps() -> Response:
        generation, base = service.execution.generation(), service.base(request)
        current = downloads.current(generation)
        releases = [found for version in downloads.versions() if (found := downloads.read(version))]
        releases.sort(key=lambda found: found.version != current.version)
        variant = wanted(request.args.get("format"), request.headers.get("Accept"), _OFFERED)
        if variant is PAGE:
            text = render_template(
                "dumps.html",
                base=base,
                releases=releases,
                metadata=generation.metadata,
                data=embedded({"@context": "https://schema.org/", **dataset(base)}),
            )
            body = text.encode()
        else:
            listed = [
                {
                    "version": found.version,
                    "canonical_digest": found.canonical_digest,
                    "files": [
                        {
                            "url": f"{base}/dumps/{found.version}/{f.name}",
                            "bytes": f.octets,
                            "sha256": f.sha256,
                        }
                        for f in found.files
                    ],
                }
                for found in releases
            ]
            body = publication.json_bytes({"latest": current.version, "releases": listed})
        links = publication.common_links(base)
        return publication.respond(service, request, generation, body, variant, links)

    @routes.get("/dumps/latest/", defaults={"name": ""}, provide_automatic_options=False)
    @routes.get("/dumps/latest/<name>", provide_automatic_options=False)
    def latest(name: str) -> Response:
        current = _current(downloads, service)
        if name and downloads.path(current, _checked(name)) is None:
            raise UnknownPage(request.path)
        response = Response(status=302)
        response.headers["Location"] = (
            f"{service.base(request)}/dumps/{current}/{name}" if name else (f"{service.base(request)}/dumps/")
        )
        response.headers["Cache-Control"] = NEGOTIATED
        return response

    @routes.get("/dumps/<version>/<name>", provide_automatic_options=False)
    def file(version: str, name: str) -> Response:
        if version == version_of(service.execution.generation().metadata):
            _current(downloads, service)  # made now if nobody asked for it before
        found = downloads.path(version, _checked(name))
        if found is None:
            raise UnknownPage(request.path)
        release = downloads.read(version)
        known = {f.name: f for f in release.files} if release else {}
        entry = known.get(_checked(name))
        if name.endswith(".sha256") and entry is not None:
            text = f"{entry.sha256}  {entry.name}\n".encode()
            response = delivery.from_bytes(request, text, "text/plain; charset=utf-8")
        else:
            packed = entry.packed if entry else _TEXTS.get(name, "application/octet-stream")
            try:
                response = send_file(
                    found.resolve(),
                    mimetype=packed,
                    as_attachment=entry is not None,
                    download_name=name,
                    conditional=True,
                    etag=entry.sha256 if entry else True,
                    last_modified=found.stat().st_mtime,
                )
            except RequestedRangeNotSatisfiable:
                raise RangeBeyondEnd(found.stat().st_size) from None
            response.headers["Last-Modified"] = http_date(found.stat().st_mtime)
        response.headers["Accept-Ranges"] = "bytes"
        response.headers["Cache-Control"] = publication.KEPT
        return response

    return routes


def _checked(name: str) -> str:
    """Return the file that `name` is about: a checksum stands beside each, in `{name}.sha256`."""
    return name.removesuffix(".sha256")


def _current(downloads: Downloads, service: Service) -> str:
    try:
        return downloads.current(service.execution.generation()).version
    except UnwritableFile as error:
        raise InternalError(str(error)) from None
