"""The project's own graph behind a running server, and Comunica as npm installs it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import StateCopy
from tests.server.conftest import Server, running

HERE = Path(__file__).parent
INSTALL_SECONDS = 300
ASK_SECONDS = 120
NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")

Answer = list[dict[str, str]] | int | bool
Ask = Callable[[dict[str, Any], list[str]], list[Answer]]
"""Takes what Comunica calls the context, its sources above all, and queries; returns the answers."""


@pytest.fixture(scope="session")
def endpoint(state_copy: StateCopy) -> Iterator[Server]:
    """A server over the project's own facts, built as production builds them."""
    with running(state_copy()) as server:
        yield server


@pytest.fixture(scope="session")
def comunica(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Comunica, installed at its first use."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Comunica is not tested: node and npm are not installed")
    lock = (HERE / "package-lock.json").read_bytes()
    name = f"comunica-{hashlib.sha256(lock).hexdigest()[:12]}"
    cache: Any = getattr(request.config, "cache", None)
    folder: Path = cache.mkdir(name) if cache is not None else tmp_path_factory.mktemp(name)
    _install(npm, folder)

    def ask(context: dict[str, Any], queries: list[str]) -> list[Answer]:
        done = subprocess.run(
            [node, "ask.mjs"],
            cwd=folder,
            input=json.dumps({"context": context, "queries": queries}),
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        answers: list[Answer] = json.loads(done.stdout)
        return answers

    return ask


def _install(npm: str, folder: Path) -> None:
    """Install what the lock file names into `folder`, once. Skips without a network."""
    for name in ("package.json", "package-lock.json", "ask.mjs"):
        shutil.copy(HERE / name, folder / name)
    installed = folder / "installed"
    if installed.exists():
        return
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    if done.returncode and any(code in done.stderr for code in NO_NETWORK):
        pytest.skip(f"Comunica is not tested: npm cannot fetch it: {done.stderr[:200]}")
    assert done.returncode == 0, done.stderr[-2000:]
    installed.touch()
