"""The files of a backup: what they are called, and whether those in a folder are the ones that it lists.

Whoever can write a backup can forge one. So its files have the names that a backup has and no others, are
regular files, stand each once in the list, and are all that the folder holds.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from unodc_graph.errors import UnreadableFile
from unodc_graph.store.durability import one_line

SUMS: Final = "SHA256SUMS"
ABOUT: Final = "backup.json"

_LINE: Final = re.compile(r"([0-9a-f]{64})  (\S.*)")
_NAME: Final = re.compile(
    r"backup\.json"
    r"|generation/(generation|counts)\.json"
    r"|generation/store/[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
    r"|history/(?P<number>[0-9]{6})\.(json|rdfp\.gz)"
    r"|queries/[0-9a-f]{16}\.json"
)


def is_name(name: str) -> bool:
    """Say whether a file of a backup can be called `name`: each part is plain and leads nowhere else."""
    return _NAME.fullmatch(name) is not None


def number_of(name: str) -> int:
    """Return the generation that a file of the history tells of, 0 for any other file of a backup."""
    match = _NAME.fullmatch(name)
    return int(match["number"] or 0) if match else 0


def read_listing(folder: Path) -> tuple[tuple[str, ...], str]:
    """Return the names of the files of the backup in `folder`, and the SHA-256 of their list.

    Raises UnreadableFile, which names the file that is missing, damaged or not of the backup.
    """
    present = sorted(_present(folder))
    if SUMS not in present:
        raise UnreadableFile(folder, None, None, f"this is no backup: it has no file {SUMS}")
    try:
        listing = (folder / SUMS).read_bytes()
    except OSError as error:
        raise UnreadableFile(folder / SUMS, None, None, one_line(error)) from None
    sums = _sums(folder / SUMS, listing)
    for name in present:
        if name not in sums and name != SUMS:
            reason = f"it is not in {SUMS}, so not a file of this backup"
            raise UnreadableFile(folder / name, None, None, reason)
    for name, digest in sums.items():
        _check_file(folder / name, digest)
    return tuple(sums), hashlib.sha256(listing).hexdigest()


def _present(path: Path) -> Iterator[str]:
    """Yield the names of the files in the folder `path`; a link is followed nowhere.

    Raises UnreadableFile where anything in it is neither a folder nor a regular file: to open a pipe could
    take for ever.
    """
    folders = [path]
    while folders:
        folder = folders.pop()
        try:
            inside = [(found, found.lstat().st_mode) for found in sorted(folder.iterdir())]
        except OSError as error:
            raise UnreadableFile(folder, None, None, one_line(error)) from None
        for found, mode in inside:
            if stat.S_ISDIR(mode):
                folders.append(found)
            elif stat.S_ISREG(mode):
                yield found.relative_to(path).as_posix()
            else:
                kind = "it is a link" if stat.S_ISLNK(mode) else "it is no regular file"
                raise UnreadableFile(found, None, None, f"{kind}, so not a file of a backup")


def _sums(path: Path, listing: bytes) -> dict[str, str]:
    """Return the SHA-256 of each file that `listing` names. Raises UnreadableFile."""
    sums: dict[str, str] = {}
    for number, row in enumerate(listing.decode("utf-8", "replace").splitlines(), 1):
        match = _LINE.fullmatch(row)
        if match is None:
            raise UnreadableFile(path, number, None, "expected a SHA-256 and the name of a file")
        digest, name = match.groups()
        if not is_name(name):
            raise UnreadableFile(path, number, None, f"{name[:120]} is no name of a file of a backup")
        if name in sums:
            raise UnreadableFile(path, number, None, f"{name} is listed twice")
        sums[name] = digest
    if ABOUT not in sums:
        raise UnreadableFile(path, None, None, f"it does not list {ABOUT}")
    return sums


def _check_file(path: Path, wanted: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableFile(path, None, None, f"the backup is damaged: {one_line(error)}") from None
    if found != wanted:
        raise UnreadableFile(path, None, None, f"the backup is damaged: its SHA-256 is not that in {SUMS}")
