"""Releases that can be downloaded: made once for each state of the facts, kept in the state folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from unodc_graph.description.about import version_of
from unodc_graph.errors import CorruptState, GraphError
from unodc_graph.export.release import MANIFEST, Release, read_release, release
from unodc_graph.store.generation import Generation, GenerationFolder
from unodc_server.refusal import Saturated

AT_ONCE: Final = 100_000
"""Up to this many triples a release is made while the client waits."""

_RETRY_SECONDS: Final = 30
_UNFINISHED: Final = ".unfinished-"


@dataclass
class Downloads:
    """The releases under `folder`, a folder each. A server has one of these, so that none is made twice."""

    folder: Path
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

    def path(self, version: str, name: str) -> Path | None:
        """Return the file `name` of a release, or None when there is none of that name."""
        found = self.folder / version / name
        known = version in self.versions() and not name.startswith(".") and "/" not in name
        return found if known and found.is_file() else None

    def current(self, generation: Generation) -> Release:
        """Return the release of `generation`, made now if it is small and there is none yet.

        A large one is made by a process beside this one: Saturated until it is there. Raises UnwritableFile.
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
        raise Saturated(_RETRY_SECONDS)

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
