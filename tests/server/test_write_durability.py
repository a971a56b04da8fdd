"""What is on disk before a change is acknowledged, and what happens when there is no room for it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.server.disk import FREE
from tests.server.writing import MINE, PREFIXES, publish_invented, quads

from unodc_graph.store.generation import GenerationFolder

ROOT = Path(__file__).parents[2]
SIZE = "48m"


def test_a_full_disk_is_507_and_changes_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    inside = f'mount -t tmpfs -o size={SIZE} tmpfs "$1" && exec "$2" -m tests.server.disk "$1"'
    as_root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    apart = ["unshare", *as_root, "--mount", "sh", "-c"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*apart, "mount -t tmpfs tmpfs /mnt"], check=False).returncode
    ):
        pytest.skip("no small disk to fill: this needs unshare, and root or user namespaces")
    done = subprocess.run(
        [*apart, inside, "sh", str(disk), sys.executable],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    *tries, last = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(tries) == len(FREE)
    print("\n".join(map(str, tries)))
    assert tries[0]["status"] == 507
    for found in tries:
        assert found["status"] in (200, 507), found
        assert found["same"] == (found["status"] == 507), found
        assert not found["left"], found
    assert (last["status"], last["seen"]) == (200, True)


def test_everything_is_synced_before_the_pointer_is_renamed(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("no strace to watch system calls with")
    state, project = tmp_path / "state", tmp_path / "project"
    state.mkdir()
    publish_invented(state, project)
    file, trace = tmp_path / "mine.ttl", tmp_path / "trace"
    file.write_text(_as_trig(quads("traced")), encoding="utf-8")
    code = "from unodc_graph.cli.main import main; main()"
    command = [sys.executable, "-c", code, "add", str(file.with_suffix(".trig")), "--yes"]
    file.rename(file.with_suffix(".trig"))
    calls = "trace=fsync,fdatasync,rename,renameat,renameat2"
    done = subprocess.run(
        ["strace", "-f", "-y", "-s", "4096", "-e", calls, "-o", str(trace), *command, "--state", str(state)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in done.stderr and done.returncode:
        pytest.skip("strace may not watch processes here")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = trace.read_text(encoding="utf-8").splitlines()
    renamed = next(i for i, row in enumerate(rows) if "rename" in row and "current.new" in row)
    synced = [match.group(1) for row in rows[:renamed] if (match := re.search(r"sync\(\d+<([^>]+)>", row))]
    generation = GenerationFolder(state).current()
    for path in generation.path.rglob("*"):
        relative = path.relative_to(generation.path)
        assert any(re.search(rf"unfinished-[^/]*/{re.escape(str(relative))}$", name) for name in synced), (
            relative
        )
    for wanted in (state / "generations", state / "history", state / "current.new"):
        assert str(wanted) in synced
    for suffix in (".rdfp.gz", ".json"):
        assert str(state / "history" / f"{generation.number:06d}{suffix}") in synced
    after = [match.group(1) for row in rows[renamed:] if (match := re.search(r"sync\(\d+<([^>]+)>", row))]
    assert str(state) in after


def _as_trig(text: str) -> str:
    """Return quads of an update as TriG."""
    declared = re.sub(r"PREFIX (\S+) (\S+)", r"@prefix \1 \2 .", PREFIXES)
    assert MINE.rpartition("/")[2] in text
    return declared + text.replace("GRAPH ", "")
