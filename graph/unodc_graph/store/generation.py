"""Generations: immutable folders of the graph, and the small file that names the current one.

A generation is built in a folder of its own, synced, moved into place, and only then named by the pointer;
until that last rename readers see the former one, whole. What is written in which order, and what a writer
that died can have left, is one protocol, so all of it stands here, though it is long. The state folder:

    current                        the number of the published generation
    lock                           held, by flock, by the one process that writes
    generations/000007/store/      the engine's files, opened read-only by readers
    generations/000007/generation.json
    generations/000007/counts.json  what its description counts, for the next commit to go on from
    history/000007.rdfp.gz         what it added to and removed from its parent
    history/000007.json            who made it, when and why
    released                       what the files state since the last release (`unodc_graph.commit.released`)
    tokens.json                    who may write over HTTP (`unodc_graph.token`)

and what the server keeps: `dumps/`, `queries/`, `spool/`.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pyoxigraph import Store

from unodc_graph.errors import CorruptState, NoGeneration, StateUnwritable
from unodc_graph.store.durability import lock, one_line, replace_synced, sync, sync_tree
from unodc_graph.store.metadata import MOST_NUMBER, Metadata, from_json, to_json
from unodc_graph.store.term import Quad

KEPT: Final = 5
"""How many generations stay on disk: readers of the last few are never cut off."""

_UNFINISHED = "unfinished-"
_METADATA = "generation.json"
_LONGEST_POINTER: Final = len(f"{MOST_NUMBER}\n")
_ENGINE_ERRORS = (OSError, RuntimeError)
"""The engine reports a damaged file now as one, now as the other."""


@dataclass(frozen=True)
class Generation:
    """A published generation. `path` is its folder; `store_path` holds the engine's files."""

    number: int
    path: Path
    metadata: Metadata

    @property
    def store_path(self) -> Path:
        """The folder to open with the engine, read-only and nothing else."""
        return self.path / "store"

    @classmethod
    def read(cls, path: Path) -> Generation:
        """Return the generation whose folder is `path`. Raises CorruptState."""
        file = path / _METADATA
        try:
            metadata = from_json(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CorruptState(file, f"cannot be read ({one_line(error)})") from error
        return cls(metadata.number, path, metadata)

    def open(self) -> Store:
        """Open the engine's files read-only. Raises CorruptState when they cannot be read."""
        return open_store(self.store_path)


class GenerationFolder:
    """The generations of one state folder."""

    def __init__(self, state: Path) -> None:
        """Take the state folder; nothing is read or written yet."""
        self.state = state
        self._generations = state / "generations"
        self._pointer = state / "current"

    def current_number(self) -> int:
        """Return what the pointer names, without looking at that generation.

        Raises NoGeneration, and CorruptState when it names nothing, or a generation of long ago: a writer has
        made the one after it at most, and not named that yet.
        """
        while True:
            number = self._pointed()
            if self.next_number() <= number + 2:
                return number
            if self._pointed() == number:  # else others were published meanwhile
                raise CorruptState(self._pointer, f"names generation {number}, and there are newer ones")

    def _pointed(self) -> int:
        try:
            text = self._pointer.read_text(encoding="ascii")
        except FileNotFoundError:
            if self.numbers():
                raise CorruptState(self._pointer, "is not there, but generations are") from None
            raise NoGeneration(self.state) from None
        except (OSError, UnicodeDecodeError) as error:
            raise CorruptState(self._pointer, f"cannot be read ({one_line(error)})") from error
        if not text.strip().isdecimal() or len(text) > _LONGEST_POINTER:
            raise CorruptState(self._pointer, "does not name a generation")
        return int(text)

    def stamp(self) -> tuple[int, int]:
        """Return what changes whenever another generation is published, without reading the pointer."""
        try:
            found = self._pointer.stat()
        except OSError:
            return 0, 0
        return found.st_ino, found.st_mtime_ns

    def current(self) -> Generation:
        """Return the published generation. Raises NoGeneration or CorruptState."""
        return self.generation(self.current_number())

    def head(self) -> Generation:
        """Return the generation that the next one is made of: the published one, and none may be newer.

        Call inside `writing()`, which sweeps what a writer that died has left. Raises what `current` raises.
        """
        found = self.current()
        if self.next_number() != found.number + 1:
            raise CorruptState(self._pointer, f"names generation {found.number}, and there are newer ones")
        return found

    def mend_pointer(self) -> None:
        """Make the pointer name the newest generation on disk, if that can be opened; inside `writing()`.

        That is the last one acknowledged, or the one in flight, whole. Raises StateUnwritable.
        """
        numbers = self.numbers()
        try:
            if numbers:
                self.generation(numbers[-1]).open()
                self._point_at(numbers[-1])
        except CorruptState:
            return
        except OSError as error:
            raise StateUnwritable(self.state, one_line(error)) from error

    def last_good(self) -> Generation:
        """Return the published generation, or if that cannot be read, the newest one that can.

        Raises NoGeneration, and CorruptState when none can be read.
        """
        try:
            found = self.current()
            found.open()
        except CorruptState:
            for number in reversed(self.numbers()):
                with suppress(CorruptState):
                    found = self.generation(number)
                    found.open()
                    return found
            raise
        return found

    def generation(self, number: int) -> Generation:
        """Return the generation with `number`, if it is still kept. Raises CorruptState otherwise."""
        path = self._path(number)
        if not path.is_dir():
            raise CorruptState(path, f"generation {number} is not there")
        found = Generation.read(path)
        if found.number != number:
            raise CorruptState(path / _METADATA, f"describes generation {found.number}")
        return found

    def numbers(self) -> tuple[int, ...]:
        """Return the numbers of the generations on disk, oldest first."""
        if not self._generations.is_dir():
            return ()
        return tuple(sorted(int(p.name) for p in self._generations.iterdir() if p.name.isdecimal()))

    def last_known(self) -> int:
        """Return the highest number in use, by the pointer, a generation, a patch or a record; else 0."""
        known = [*self.numbers(), *(number for number, _ in self._recorded())]
        with suppress(NoGeneration, CorruptState):
            known.append(self.current_number())
        return max(known, default=0)

    @property
    def history(self) -> Path:
        """The folder of patches and records, one of each for a generation that has a parent."""
        return self.state / "history"

    @contextmanager
    def writing(self, patience: float = 0.0) -> Iterator[None]:
        """Hold the one writer's lock, which the system drops when this process dies.

        Raises StateBusy when another process holds it for longer than `patience`, in seconds, and
        StateUnwritable when the folder cannot be written.
        """
        try:
            self._generations.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StateUnwritable(self.state, one_line(error)) from error
        try:
            lock(handle, self.state, time.monotonic() + patience)
            self._sweep()
            yield
        finally:
            os.close(handle)

    def publish(
        self, quads: Iterable[Quad], metadata: Metadata, beside: Mapping[str, str] = MappingProxyType({})
    ) -> Generation:
        """Write `quads` as the next generation and make it the current one; call inside `writing()`.

        `metadata.number` and `.parent` are filled in here; `beside` gives other files, by name. The former
        generation stays as it was, and stays current if anything fails on the way. Raises StateUnwritable.
        """
        try:
            return self._publish(quads, metadata, beside)
        except _ENGINE_ERRORS as error:
            raise StateUnwritable(self.state, one_line(error)) from error

    def _publish(self, quads: Iterable[Quad], metadata: Metadata, beside: Mapping[str, str]) -> Generation:
        number = self.next_number()
        try:
            parent = self.current_number()
        except (NoGeneration, CorruptState):
            parent = None
        if parent is not None and parent >= number:
            parent = None  # the pointer is damaged
        metadata = replace(metadata, number=number, parent=parent)
        unfinished = self.unfinished(number)
        unfinished.mkdir()
        store = Store(str(unfinished / "store"))
        store.bulk_extend(quads)
        store.optimize()
        store.flush()
        del store  # closes the engine's files
        write_metadata(unfinished, metadata)
        for name, text in beside.items():
            (unfinished / name).write_text(text, encoding="utf-8")
        return self.adopt(unfinished, number)

    def next_number(self) -> int:
        """Return the number that the next generation gets."""
        known = self.numbers()
        return known[-1] + 1 if known else 1

    def unfinished(self, number: int) -> Path:
        """Return where generation `number` is to be made, anew each time; `adopt` gives it its own name."""
        return self._generations / f"{_UNFINISHED}{number:06d}-{time.monotonic_ns()}"

    def adopt(
        self,
        unfinished: Path,
        number: int,
        grace: float = 0.0,
        ahead: Callable[[Path], None] | None = None,
    ) -> Generation:
        """Publish the folder `unfinished` as generation `number`; call inside `writing()`.

        Old generations are removed, but none that was the current one within the last `grace` seconds, since
        a reader may be about to open it. `ahead` is called with the folder of the engine's files when they
        are in place and nobody can be told of them yet.

        Everything in it is synced, and what the history holds of it; then the folders; then the pointer is
        written, synced and renamed, and its folder synced. Raises OSError; the former generation is then
        current, unless the pointer had been renamed.
        """
        if number > MOST_NUMBER:
            raise OSError(f"generation {MOST_NUMBER} is the last that there can be")
        sync_tree(unfinished)
        if self.history.is_dir():
            sync(self.history)
        unfinished.rename(self._path(number))
        sync(self._generations)
        if ahead is not None:
            ahead(self._path(number) / "store")
        self._point_at(number)
        self._drop_old(number, grace)
        return self.generation(number)

    def named(self, number: int) -> bool:
        """Say whether the pointer names generation `number`."""
        try:
            return self.current_number() == number
        except (NoGeneration, CorruptState):
            return False

    def discard(self, number: int) -> None:
        """Remove generation `number`, which the pointer does not name."""
        shutil.rmtree(self._path(number), ignore_errors=True)

    def _point_at(self, number: int) -> None:
        replace_synced(self._pointer, f"{number}\n".encode("ascii"))

    def _sweep(self) -> None:
        """Remove what an interrupted writer left behind: half-built folders, and whole ones never named."""
        for path in self._generations.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(path)
        try:
            current = self.current_number()
        except (NoGeneration, CorruptState):
            return  # without a pointer nobody can say which generation was meant, so none is thrown away
        recorded = list(self._recorded())
        if current not in self.numbers() or any(number > current + 1 for number, _ in recorded):
            return  # nor with this one: a writer that died leaves one generation beyond it and no more
        for number in self.numbers():
            if number > current:
                shutil.rmtree(self._path(number))
        for number, path in recorded:
            if number > current:
                path.unlink()

    def _path(self, number: int) -> Path:
        return self._generations / f"{number:06d}"

    def _recorded(self) -> Iterator[tuple[int, Path]]:
        """Yield the files of the history, each with the number of its generation."""
        for path in self.history.glob("[0-9]*.*"):
            if path.name[:6].isdecimal():
                yield int(path.name[:6]), path

    def _drop_old(self, current: int, grace: float) -> None:
        for number in self.numbers():
            if number > current - KEPT:
                return
            successor = self._path(number + 1) / _METADATA
            with suppress(OSError):
                if time.time() - successor.stat().st_mtime < grace:
                    return
            shutil.rmtree(self._path(number))


def open_store(path: Path) -> Store:
    """Open the engine's files in the folder `path`, read-only. Raises CorruptState when that cannot be."""
    try:
        return Store.read_only(str(path))
    except _ENGINE_ERRORS as error:
        raise CorruptState(path, f"the engine cannot open it ({one_line(error)})") from error


def write_metadata(folder: Path, metadata: Metadata) -> None:
    """Write `metadata` into the folder of its generation. Raises OSError."""
    (folder / _METADATA).write_text(to_json(metadata), encoding="utf-8")
