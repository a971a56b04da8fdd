"""A release: every format in a folder, compressed, with sizes, checksums and the canonical digest.

No file holds a time, a number of a generation or a name of a machine, so that the same facts, written by the
same software, give the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final

from unodc_graph.description.about import version_of
from unodc_graph.errors import CorruptState, UnwritableFile
from unodc_graph.export.csvw import FILE_NAME, csvw
from unodc_graph.export.iati import iati
from unodc_graph.export.output import Output
from unodc_graph.export.selection import Selection
from unodc_graph.export.table import tables
from unodc_graph.export.writing import FORMATS, export
from unodc_graph.namespace import INFERRED_GRAPH
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation

NAME: Final = "unodc-kg"
MANIFEST: Final = "manifest.json"
CHECKSUMS: Final = "SHA256SUMS"
MEDIA_TYPES: Final = MappingProxyType(
    {
        ".nq": "application/n-quads",
        ".nt": "application/n-triples",
        ".trig": "application/trig",
        ".ttl": "text/turtle",
        ".rdf": "application/rdf+xml",
        ".jsonld": "application/ld+json",
        ".csv.zip": "text/csv",
        ".iati.xml": "application/xml",
    }
)
"""What each file is before it is compressed."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class ReleasedFile:
    """A file of a release: what it is, its size in bytes as it lies there, and its SHA-256."""

    name: str
    media_type: str
    packed: str
    octets: int
    sha256: str


@dataclass(frozen=True)
class Release:
    """What a release holds. `version` is that of the software and data, `canonical_digest` of the facts."""

    version: str
    canonical_digest: str
    quads: int
    triples: int
    inferred: int
    files: tuple[ReleasedFile, ...]


def release(generation: Generation, folder: Path) -> Release:
    """Write all formats of `generation` into `folder`, with checksums and a manifest, and return the list.

    Each file appears when it is whole, the manifest last. Raises UnwritableFile.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        canonical = hashlib.sha256()
        files = [
            _packed(folder, f"{NAME}{end}", _rdf(generation, form, canonical))
            for form, end in FORMATS.items()
        ]
        files.append(_packed(folder, f"{NAME}-inferred.nt", _inferred(generation)))
        files.append(
            _packed(folder, f"{NAME}.iati.xml", lambda output: _bytes(output, iati(generation.open())))
        )
        files.append(_file(folder, f"{NAME}.csv.zip", lambda output: zip_tables(generation.open(), output)))
        held = generation.metadata
        digest = canonical.hexdigest()
        done = Release(version_of(held), digest, held.quads, held.triples, held.inferred, tuple(files))
        _file(folder, CHECKSUMS, lambda output: _bytes(output, _checksums(done.files)))
        text = json.dumps(asdict(done), indent=2) + "\n"
        _file(folder, MANIFEST, lambda output: _bytes(output, text.encode("utf-8")))
    except OSError as error:
        raise UnwritableFile(folder, error.strerror or str(error)) from None
    return done


def read_release(folder: Path) -> Release:
    """Return what the manifest in `folder` says. Raises CorruptState."""
    path = folder / MANIFEST
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(ReleasedFile(**file) for file in fields.pop("files"))
        return Release(**fields, files=files)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CorruptState(path, f"cannot be read ({error})") from None


def zip_tables(store: Store, output: IO[bytes], inferred: bool = False, bom: bool = False) -> None:
    """Write the CSV tables and their CSVW metadata to `output` as one ZIP file."""
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in table_files(store, inferred, bom):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix, wherever it is written
            archive.writestr(entry, content)


def table_files(store: Store, inferred: bool = False, bom: bool = False) -> Iterable[tuple[str, bytes]]:
    """Yield name and content of each CSV table and of the metadata that describes them."""
    yield from tables(store, inferred, bom)
    yield FILE_NAME, csvw()


def _rdf(generation: Generation, form: str, canonical: hashlib._Hash) -> Callable[[Output], None]:
    """Return what writes one format; the sorted N-Quads go through `canonical` on their way."""

    def write(output: Output) -> None:
        through = _Digesting(output, canonical) if form == "nquads" else output
        export(generation, form, through)

    return write


class _Digesting:
    """A file that takes the digest of what is written to it."""

    def __init__(self, output: Output, digest: hashlib._Hash) -> None:
        self._output = output
        self._digest = digest

    def write(self, data: bytes, /) -> None:
        self._digest.update(data)
        self._output.write(data)


def _inferred(generation: Generation) -> Callable[[Output], None]:
    def write(output: Output) -> None:
        if generation.metadata.inferred:
            export(generation, "ntriples", output, Selection(graph=INFERRED_GRAPH))

    return write


def _packed(folder: Path, name: str, write: Callable[[Output], None]) -> ReleasedFile:
    def pack(output: IO[bytes]) -> None:
        with gzip.GzipFile("", "wb", fileobj=output, mtime=0) as packed:
            write(packed)

    return _file(folder, f"{name}.gz", pack)


def _file(folder: Path, name: str, write: Callable[[IO[bytes]], None]) -> ReleasedFile:
    path, fresh = folder / name, folder / f".{name}.new"
    try:
        with fresh.open("wb") as output:
            write(output)
        with fresh.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        octets = fresh.stat().st_size
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    kind = next((kind for end, kind in MEDIA_TYPES.items() if name.removesuffix(".gz").endswith(end)), "")
    packed = {".gz": "application/gzip", ".zip": "application/zip"}.get(path.suffix, "")
    return ReleasedFile(name, kind, packed, octets, digest)


def _checksums(files: Iterable[ReleasedFile]) -> bytes:
    """Return lines that `sha256sum --check` reads."""
    rows = sorted((file.name, file.sha256) for file in files)
    return "".join(f"{digest}  {name}\n" for name, digest in rows).encode("ascii")


def _bytes(output: Output, content: bytes) -> None:
    output.write(content)
