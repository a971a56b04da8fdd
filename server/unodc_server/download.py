"""Releases that can be downloaded: made once for each state of the facts, kept in the state folder."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from unodc_graph.description.about import version_of
from unodc_graph.errors import CorruptState, GraphError, UnwritableFile
from unodc_graph.export.change import write_change
from unodc_graph.export.release import CHECKSUMS, MANIFEST, NAME, Release, read_release, release
from unodc_graph.store.generation import Generation, GenerationFolder
from unodc_server.delivery import tag_of
from unodc_server.refusal import Saturated

AT_ONCE: Final = 100_000
"""Up to this many triples a release is made while the client waits."""

PACKED: Final = ".gz"
SINCE: Final = "since-"
"""How the name of a file begins that says what a release changed, before the version it is compared with."""

PATCH_BYTES: Final = 256 * 1024 * 1024
"""Bytes of patches between releases that are kept: of releases there are few, of pairs of them many."""

_PATCH: Final = ".rdfp"
_TEXTS: Final = MappingProxyType({MANIFEST: "application/json", CHECKSUMS: "text/plain; charset=utf-8"})
_RETRY_SECONDS: Final = 30
_UNFINISHED: Final = ".unfinished-"


@dataclass(frozen=True)
class Download:
    """What is sent as `name`: the file at `path`, or with `unpack` what is in it, which is a `media_type`."""

    name: str
    path: Path
    media_type: str
    tag: str
    unpack: bool


@dataclass
class Downloads:
    """The releases under `folder`, a folder each. A server has one of these, so that none is made twice."""

    folder: Path
    patch_bytes: int = PATCH_BYTES
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _making: dict[str, threading.Thread] = field(default_factory=dict)

    def versions(self) -> tuple[str, ...]:
        """Return the releases there are, the latest first."""
        if not self.folder.is_dir():
            return ()
        found = [path for path in self.folder.iterdir() if (path / MANIFEST).is_file()]
        found.sort(key=lambda path: ((path / MANIFEST).stat().st_mtime_ns, path.name), reverse=True)
        return tuple(path.name for path in found if not path.name.startswith(_UNFINISHED))

    def read(self, version: str) -> Release | None:
        """Return the release called `version`, or None."""
        if version not in self.versions():
            return None
        try:
            return read_release(self.folder / version)
        except CorruptState:
            return None

    def find(self, version: str, name: str) -> Download | None:
        """Return what is to be had as `name` in a release, or None when nothing is.

        Beside the files there are the same unpacked, by their names without `.gz`; and for each other release
        a patch from it, made when it is asked for and not there. Raises UnwritableFile.
        """
        release = self.read(version)
        if release is None:
            return None
        folder, files = self.folder / version, {file.name: file for file in release.files}
        inside = name if name in files else f"{name}{PACKED}"
        if inside in files:
            file = files[inside]
            unpack = inside != name
            kind = file.media_type if unpack else file.packed
            return Download(name, folder / inside, kind, file.sha256, unpack)
        if name in _TEXTS:
            path, kind, unpack = folder / name, _TEXTS[name], False
        elif name.startswith(SINCE) and name.removesuffix(PACKED).endswith(_PATCH):
            former = name.removeprefix(SINCE).removesuffix(PACKED).removesuffix(_PATCH)
            if former == version or former not in self.versions():
                return None
            path, unpack = self._change(former, version), not name.endswith(PACKED)
            kind = "application/rdf-patch" if unpack else "application/gzip"
        else:
            return None
        held = path.stat()
        return Download(name, path, kind, tag_of(path.name, held.st_mtime_ns, held.st_size), unpack)

    def checksum(self, version: str, name: str) -> str | None:
        """Return the line that `sha256sum --check` reads for a file of a release, or None."""
        release = self.read(version)
        files = release.files if release else ()
        return next((f"{file.sha256}  {file.name}\n" for file in files if file.name == name), None)

    def _change(self, former: str, version: str) -> Path:
        target = self.folder / version / f"{SINCE}{former}{_PATCH}{PACKED}"
        old, new = (self.folder / known / f"{NAME}.nq{PACKED}" for known in (former, version))
        with self._lock:
            if target.exists():
                return target
            fresh = target.with_name(f".{target.name}.new")
            try:
                with fresh.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
                    write_change(old, new, packed)
                fresh.replace(target)
                self._make_room(target)
            except OSError as error:
                raise UnwritableFile(target, error.strerror or str(error)) from None
            finally:
                fresh.unlink(missing_ok=True)
        return target

    def _make_room(self, newest: Path) -> None:
        """Remove the oldest patches while they are too many; each can be made again, as it was."""
        held = {path: path.stat() for path in self.folder.glob(f"*/{SINCE}*{_PATCH}{PACKED}")}
        octets = sum(file.st_size for file in held.values())
        for path in sorted(held, key=lambda path: held[path].st_mtime_ns):
            if octets <= self.patch_bytes:
                return
            if path != newest:
                path.unlink()
                octets -= held[path].st_size

    def current(self, generation: Generation) -> Release:
        """Return the release of `generation`. Raises Saturated while it is being made, and UnwritableFile."""
        found = self.begun(generation)
        if found is None:
            raise Saturated(_RETRY_SECONDS)
        return found

    def begun(self, generation: Generation) -> Release | None:
        """Return the release of `generation`, made now if it is small and there is none yet.

        A large one is made by a process beside this one: None until it is there. Raises UnwritableFile.
        """
        version = version_of(generation.metadata)
        with self._lock:
            found = self.read(version)
            if found is not None:
                return found
            if generation.metadata.triples + generation.metadata.inferred <= AT_ONCE:
                self._make(generation, version)
                return read_release(self.folder / version)
            if version not in self._making or not self._making[version].is_alive():
                thread = threading.Thread(target=self._make_beside, args=(generation, version), daemon=True)
                self._making = {version: thread}
                thread.start()
        return None

    def _make(self, generation: Generation, version: str) -> None:
        unfinished = self.folder / f"{_UNFINISHED}{version}"
        release(generation, unfinished)
        self._finish(unfinished, version)

    def _make_beside(self, generation: Generation, version: str) -> None:
        unfinished = self.folder / f"{_UNFINISHED}{version}"
        code = "import sys, unodc_server.download as d; d.main(sys.argv[1], int(sys.argv[2]), sys.argv[3])"
        arguments = [str(self.folder.parent), str(generation.number), str(unfinished)]
        done = subprocess.run([sys.executable, "-c", code, *arguments], check=False)
        if done.returncode == 0:
            self._finish(unfinished, version)

    def _finish(self, unfinished: Path, version: str) -> None:
        target = self.folder / version
        if target.exists():
            shutil.rmtree(unfinished)
        else:
            unfinished.rename(target)


def main(state: str, number: int, folder: str) -> None:
    """Write the release of one generation into `folder`: what the process beside the server does."""
    try:
        release(GenerationFolder(Path(state)).generation(number), Path(folder))
    except GraphError as error:
        sys.exit(f"Error: {error}")
