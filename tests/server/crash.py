"""A server killed at a random moment under a stream of writes and reads, and what must be true afterwards."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import re
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from unodc_graph.commit.derived import asserted
from unodc_graph.namespace import INFERRED_GRAPH
from unodc_graph.store.canonical import state_digest
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.token import Tokens

_UPDATE = "application/sparql-update"
_COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_CODE = "from unodc_graph.cli.main import main; main()"


@dataclass
class Stream:
    """Writes one after the other, each adding a fact of its own number; what was sent and acknowledged."""

    host: str
    port: int
    token: str
    text: str
    """An update with `{n}` where the number goes."""
    sent: int = 0
    acknowledged: int = 0
    failures: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def write(self) -> None:
        while not self.stop.is_set():
            number = self.sent + 1
            self.sent = number
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.ExitStack() as stack:
                connection = stack.enter_context(
                    contextlib.closing(http.client.HTTPConnection(self.host, self.port, timeout=30))
                )
                headers = {
                    "Authorization": f"Bearer {self.token}",
                    "Content-Type": "application/sparql-update",
                }
                connection.request("POST", "/update", self.text.replace("{n}", str(number)).encode(), headers)
                reply = connection.getresponse()
                body = reply.read()
                if reply.status == 200:
                    self.acknowledged = number
                else:
                    self.failures.append(f"{reply.status} {body[:300]!r}")
                continue
            return  # the server is gone

    def read(self) -> None:
        while not self.stop.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.ExitStack() as stack:
                connection = stack.enter_context(
                    contextlib.closing(http.client.HTTPConnection(self.host, self.port, timeout=30))
                )
                connection.request(
                    "GET", "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fs%20%3Fp%20%3Fo%7D"
                )
                reply = connection.getresponse()
                body = reply.read()
                if reply.status != 200:
                    self.failures.append(f"{reply.status} {body[:300]!r}")
                continue
            return


def start(state: Path) -> tuple[subprocess.Popen[str], str, int]:
    """Start a server in a process group of its own and return it with its host and port."""
    process = subprocess.Popen(
        [sys.executable, "-c", _CODE, "serve", "--state", str(state), "--port", "0", "--workers", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env=os.environ | {"UNODC_KG_RATE": ""},
    )
    assert process.stdout is not None
    ready = select.select([process.stdout], [], [], 60)[0]
    match = re.search(r"http://([\d.]+):(\d+)/", process.stdout.readline() if ready else "")
    assert match, "the server did not start"
    return process, match.group(1), int(match.group(2))


def members(group: int) -> list[int]:
    """Return the processes of a group that are there, those that only wait to be reaped left out."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def round_of(state: Path, text: str, chance: random.Random, longest: float) -> Stream:
    """Serve `state`, write and read, kill at a random moment, and return what the clients saw.

    Either every process is killed at once, or only those that serve, and the others end by themselves.
    Raises AssertionError when one is left over.
    """
    secret = Tokens(state).add(f"round-{time.monotonic_ns()}", (), None, datetime.now(UTC))
    process, host, port = start(state)
    stream = Stream(host, port, secret, text)
    threads = [threading.Thread(target=work, daemon=True) for work in (stream.write, stream.read)]
    try:
        for thread in threads:
            thread.start()
        if chance.random() < 0.8:  # else while the server and its worker still come up
            give_up = time.monotonic() + 20
            while not stream.acknowledged and not stream.failures and time.monotonic() < give_up:
                time.sleep(0.01)
        time.sleep(chance.uniform(0, longest))
    finally:
        if chance.random() < 0.5:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            serving = [child for child in members(process.pid) if _is_serving(child, process.pid)]
            for child in (process.pid, *serving):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        process.wait()
        stream.stop.set()
        for thread in threads:
            thread.join(40)
        if process.stdout is not None:
            process.stdout.close()
    give_up = time.monotonic() + 15
    while members(process.pid) and time.monotonic() < give_up:
        time.sleep(0.05)
    left = members(process.pid)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    assert not left, f"processes left over: {left}"
    return stream


def _is_serving(child: int, parent: int) -> bool:
    with contextlib.suppress(OSError, IndexError, ValueError):
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        command = Path(f"/proc/{child}/cmdline").read_bytes()
        return int(fields[1]) == parent and b"multiprocessing" not in command and b"commit" not in command
    return False


def check_whole(state: Path) -> int:
    """Assert that the published generation is whole and return its number; no repair was made."""
    folder = GenerationFolder(state)
    generation = folder.current()
    store, metadata = generation.open(), generation.metadata
    quads = list(asserted(store))
    assert metadata.state_digest == state_digest(f"{quad} ." for quad in quads)
    assert metadata.quads == len(quads)
    default = {quad.triple for quad in store if str(quad.graph_name) == "DEFAULT"}
    assert default == {quad.triple for quad in quads}
    inferred = sum(1 for quad in store if str(quad.graph_name) == f"<{INFERRED_GRAPH}>")
    assert metadata.inferred == inferred
    if metadata.parent is not None:
        assert (folder.history / f"{generation.number:06d}.rdfp.gz").is_file()
        assert (folder.history / f"{generation.number:06d}.json").is_file()
    return generation.number
