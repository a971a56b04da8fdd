"""Run in a mount namespace of its own: fills a small disk to several degrees, and writes to a server on it.

Prints one JSON object a try: bytes left free, status of the change, whether the state stayed as it was when
the change was refused; the last one is after the disk has been freed.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tests.server.conftest import running
from tests.server.writing import activity, curator, publish_invented

from unodc_graph.cli.main import run
from unodc_graph.store.generation import GenerationFolder

BACKUP_NEEDS = 256
"""KiB that neither a backup on the disk nor the restoration of one there can do without."""
FREE = (0, 4, 16, 48, 96, 160, 256, 400, 600, 1000, 1600)
"""KiB left free, from nothing to nearly enough; what does not fit is generation, patch, record or pointer."""


def main(disk: Path) -> None:
    state = disk / "state"
    state.mkdir()
    publish_invented(state, disk.with_name("project"))
    assert run(["backup", str(disk.with_name("backup")), "--state", str(state)]) == 0
    with running(state, "--workers", "1", environment={"TMPDIR": str(disk.parent)}) as server:
        somebody = curator(server, "anna")
        assert somebody.update(activity("before")).status == 200
        for tried, free in enumerate(FREE):
            filler = disk / "filler"
            _fill(disk, filler, free * 1024)
            digest = somebody.digest()
            reply = somebody.update(activity(f"full-{tried}"))
            if free < BACKUP_NEEDS:
                assert run(["backup", str(disk / "backup"), "--state", str(state)]) == 2
                assert not list(disk.glob("backup*"))
                back = ["restore-backup", str(disk.with_name("backup")), "--yes", "--state", str(state)]
                assert run(back) == 2
            same = somebody.digest() == digest
            left = [path.name for path in (state / "generations").glob("unfinished-*")]
            filler.unlink()
            print(json.dumps({"free": free, "status": reply.status, "same": same, "left": left}))
        reply = somebody.update(activity("after"))
        again = server.query("ASK { <https://w3id.org/unodc-kg/id/activity/after> ?p ?o }")
        print(json.dumps({"free": None, "status": reply.status, "seen": again.json()["boolean"]}))
    GenerationFolder(state).current().open()


def _fill(disk: Path, filler: Path, left: int) -> None:
    """Write `filler` so that `left` bytes stay free on `disk`."""
    block = 4096
    with filler.open("wb", buffering=0) as file:
        while True:
            found = os.statvfs(disk)
            free = found.f_bavail * found.f_frsize - left
            if free < block:
                return
            try:
                file.write(b"\0" * min(free - free % block, 1 << 20))
            except OSError:
                return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
