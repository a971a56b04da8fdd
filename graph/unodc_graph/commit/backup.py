"""Backups: the published generation with its history and the kept queries, copied while others write.

A backup is a folder. `SHA256SUMS` lists every other file in it, and `sha256sum -c` reads it as well:

    backup.json             format, time, software
    generation/             the folder of the generation, as it was published
    history/                patches and records of this generation and of those before
    queries/                queries kept under an address of their own
    SHA256SUMS

Tokens are left out: an old list of them would let in again whoever was shut out since.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Final

from unodc_graph.commit.derived import asserted
from unodc_graph.commit.listing import ABOUT, SUMS, is_name, number_of, read_listing
from unodc_graph.errors import CorruptState, UnreadableFile, UnwritableFile
from unodc_graph.store.canonical import state_digest
from unodc_graph.store.durability import one_line, reason_of, sync, sync_tree
from unodc_graph.store.generation import KEPT, Generation, GenerationFolder
from unodc_graph.store.metadata import is_time, is_version

FORMAT: Final = 1
QUERIES: Final = "queries"

_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Backup:
    """A backup whose every file is what `SHA256SUMS` says.

    `path` is its folder, `made` when it was made (ISO 8601 in UTC), `sums_digest` the SHA-256 of
    `SHA256SUMS`, and `files` the names of its files within `path`, with slashes, `SHA256SUMS` left out.
    """

    path: Path
    generation: Generation
    made: str
    sums_digest: str
    files: tuple[str, ...]

    def part(self, folder: str) -> dict[str, Path]:
        """Return the files below `folder` by their names within it."""
        start = f"{folder}/"
        return {name.removeprefix(start): self.path / name for name in self.files if name.startswith(start)}


@dataclass(frozen=True)
class _About:
    format: int
    made: str
    software: str


def make_backup(folder: GenerationFolder, target: Path, now: datetime) -> Backup:
    """Copy the generation that `folder` publishes into `target`, whole or not at all.

    Needs no lock and writes nothing into `folder`; generations may be published and dropped meanwhile. What
    was copied is read once, and must have the state digest on its record. Raises UnwritableFile when `target`
    is not empty, lies in the state folder or cannot be written; NoGeneration, and CorruptState when what is
    published cannot be read.
    """
    target = target.resolve()
    _check_target(folder, target)
    folder.current()  # says so before anything is made
    fresh = target.with_name(f"{target.name}.unfinished")
    with _made_apart(fresh, target):
        try:
            sums = _copy_state(folder, fresh)
            about = _About(FORMAT, now.isoformat(timespec="seconds"), version("unodc-kg"))
            text = json.dumps(asdict(about), indent=2, sort_keys=True) + "\n"
            (fresh / ABOUT).write_text(text, encoding="utf-8")
            sums[ABOUT] = hashlib.sha256(text.encode()).hexdigest()
            lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
            (fresh / SUMS).write_text(lines, encoding="utf-8")
            sync_tree(fresh)
            fresh.rename(target)
            sync(target.parent)
        except OSError as error:
            raise UnwritableFile(target, reason_of(error)) from error
    generation = Generation.read(target / "generation")
    return Backup(target, generation, about.made, hashlib.sha256(lines.encode()).hexdigest(), tuple(sums))


def read_backup(path: Path) -> Backup:
    """Return the backup in the folder `path`, each of its files compared with its SHA-256.

    Whoever can write a backup can forge one, so it holds regular files by the names that a backup has, each
    listed once, and nothing else. Raises UnreadableFile, which names the file that is missing, damaged or not
    of the backup.
    """
    if not path.is_dir():
        raise UnreadableFile(path, None, None, "there is no such folder")
    sums, sums_digest = read_listing(path)
    about = _about(path / ABOUT)
    try:
        generation = Generation.read(path / "generation")
    except CorruptState as error:
        raise UnreadableFile(error.path, None, None, error.reason) from None
    for name in sums:
        if generation.number < number_of(name):
            raise UnreadableFile(path / name, None, None, "it is of a later generation than the backup")
    return Backup(path, generation, about.made, sums_digest, sums)


def _about(path: Path) -> _About:
    """Return what `backup.json` tells. Raises UnreadableFile when that is not what this program writes."""
    try:
        about = _About(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        raise UnreadableFile(path, None, None, "expected a backup of this program") from None
    if type(about.format) is not int or not (is_time(about.made) and is_version(about.software)):
        raise UnreadableFile(path, None, None, "expected a backup of this program")
    if about.format != FORMAT:
        raise UnreadableFile(path, None, None, f"made by unodc-kg {about.software}: use that version")
    return about


def prove(copied: Generation, original: Generation) -> None:
    """Read what was copied; raise CorruptState, of the original, unless it has the state digest on record."""
    try:
        found = state_digest(f"{quad} ." for quad in asserted(copied.open()))
    except (OSError, RuntimeError, CorruptState) as error:
        reason = error.reason if isinstance(error, CorruptState) else one_line(error)
        raise CorruptState(original.store_path, f"cannot be read ({reason})") from error
    if found != original.metadata.state_digest:
        raise CorruptState(original.store_path, "it does not hold the statements that its record counts")


def _check_target(folder: GenerationFolder, target: Path) -> None:
    if target.is_relative_to(folder.state.resolve()):
        raise UnwritableFile(target, "a backup belongs outside the state folder")
    if target.exists() and not target.is_dir():
        raise UnwritableFile(target, "it is a file; name a folder that is not there yet")
    if target.exists() and any(target.iterdir()):
        raise UnwritableFile(target, "the folder is not empty; name one that is not there yet")


@contextmanager
def _made_apart(fresh: Path, target: Path) -> Iterator[None]:
    """Hold the empty folder `fresh`, by a lock that dies with this process; remove what stays of it."""
    try:
        fresh.mkdir(parents=True, exist_ok=True)
        handle = os.open(fresh, os.O_RDONLY)
    except OSError as error:
        raise UnwritableFile(target, one_line(error)) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = os.path.samestat(os.fstat(handle), fresh.stat())
        except (BlockingIOError, FileNotFoundError):
            held = False
        if not held:
            raise UnwritableFile(target, "another backup is being made there")
        for left in fresh.iterdir():  # by one that was killed
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        try:
            yield
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    finally:
        os.close(handle)


def _copy_state(folder: GenerationFolder, fresh: Path) -> dict[str, str]:
    """Copy what belongs into a backup to `fresh` and return the SHA-256 of each file by its name."""
    with ExitStack() as stack:
        generation, opened = _opened(folder, stack)
        sums = {name: copy(file, fresh / name) for name, file in opened.items()}
    prove(Generation.read(fresh / "generation"), generation)
    for part, source in (("history", folder.history), (QUERIES, folder.state / QUERIES)):
        for path in sorted(source.glob("*.*")):
            name = f"{part}/{path.name}"
            if is_name(name) and number_of(name) <= generation.number:
                sums[name] = copy(path, fresh / name)
    return sums


def _opened(folder: GenerationFolder, stack: ExitStack) -> tuple[Generation, dict[str, IO[bytes]]]:
    """Open every file of the published generation: what is open can be read when it has been dropped."""
    while True:
        number = folder.current_number()
        try:
            generation = folder.generation(number)
            files: dict[str, IO[bytes]] = {
                name: stack.enter_context(path.open("rb"))
                for path in sorted(generation.path.rglob("*"))
                if path.is_file()
                and is_name(name := f"generation/{path.relative_to(generation.path).as_posix()}")
            }
        except (FileNotFoundError, CorruptState):
            if folder.current_number() == number:
                raise
        else:
            if folder.current_number() < number + KEPT:  # so nobody can have begun to drop it
                return generation, files
        stack.close()


def copy(source: Path | IO[bytes], target: Path) -> str:
    """Copy a file to `target`, sync it, and return its SHA-256 in hexadecimal. Raises OSError."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            return copy(file, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while block := source.read(_BLOCK):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()
