"""`unodc-kg serve`: settings from file, environment and options, then one line that says where to look."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask

from unodc_graph.errors import CorruptState, GraphError, StateUnwritable
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.socket_filter import available
from unodc_graph.token import Tokens
from unodc_server import journal
from unodc_server.app import create_app
from unodc_server.settings import SettingError, Settings
from unodc_server.web import THREADS_BEYOND_WORKERS, AddressInUse, Application, listen


class _Refused(click.ClickException):
    """Nothing can be served as asked; 1 is the status of findings, which there are none of here."""

    exit_code = 2


@click.command("serve")
@click.option("--state", type=click.Path(path_type=Path), help="Folder of the built graph.  [default: var]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--timeout", type=click.FloatRange(min=0.05), help="Seconds a query may take.  [default: 20]")
@click.option("--workers", type=click.IntRange(1, 256), help="Queries evaluated at once.")
@click.option("--settings", "file", type=click.Path(path_type=Path), help="TOML file of settings.")
@click.option("--blank", is_flag=True, help="Serve an empty, plain SPARQL store instead of the graph.")
def command(
    state: Path | None,
    host: str,
    port: int,
    timeout: float | None,
    workers: int | None,
    file: Path | None,
    blank: bool,
) -> None:
    """Serve the graph: SPARQL at /sparql, pages at /."""
    try:
        settings = _settings(file, state=state, timeout=timeout, workers=workers, blank=blank or None)
    except SettingError as error:
        raise click.UsageError(str(error)) from None
    ours = os.getpid()
    borrowed = Path(tempfile.mkdtemp(prefix="unodc-kg-blank-")) if settings.blank else None
    try:
        if borrowed is not None:
            settings = replace(settings, state=borrowed)
            # In a process of its own: the engine's threads would not survive gunicorn's fork, and it would
            # wait for them at the end.
            spawn = multiprocessing.get_context("spawn")
            publishing = spawn.Process(target=_publish_nothing, args=(borrowed,))
            publishing.start()
            publishing.join()
        token = _token(settings, host) if settings.blank else None
        _serve(settings, host, port, token)
    except GraphError as error:
        raise _Refused(str(error)) from None
    finally:
        if borrowed is not None and os.getpid() == ours:  # a process that gunicorn forked comes by here too
            shutil.rmtree(borrowed, ignore_errors=True)


def _settings(file: Path | None, **options: object) -> Settings:
    settings = Settings(workers=max(8, 4 * (os.cpu_count() or 2)))
    if file is not None:
        settings = settings.with_file(file)
    settings = settings.with_environment(os.environ)
    return settings.with_values({k: v for k, v in options.items() if v is not None}, "options")


def _publish_nothing(state: Path) -> None:
    """Publish an empty generation in `state`."""
    folder = GenerationFolder(state)
    empty = Metadata(0, "1970-01-01T00:00:00+00:00", None, 0, 0, 0, 0, "0" * 64, "0" * 64, "blank")
    with folder.writing():
        folder.publish((), empty)


def _token(settings: Settings, host: str) -> str | None:
    """Return a token that is good for this run of a blank server, where only this machine can reach it."""
    if host not in ("127.0.0.1", "::1", "localhost"):
        return None
    return Tokens(settings.state).add("start", (), None, datetime.now(UTC))


def _serve(settings: Settings, host: str, port: int, token: str | None = None) -> None:
    folder = GenerationFolder(settings.state)
    try:
        folder.current()  # says what to do when nothing has been built
    except CorruptState:
        if not folder.numbers():
            raise
    with contextlib.suppress(StateUnwritable), folder.writing():
        pass  # sweeps what a writer that died has left, unless another one writes now
    try:
        listener = listen(host, port)
    except AddressInUse:
        another = port + 1 if port < 65535 else 8000
        raise _Refused(
            f"port {port} on {host} is in use: choose another with --port, for instance --port {another} "
            f"(with make: make serve PORT={another})"
        ) from None
    except OSError as error:
        raise _Refused(f"cannot listen at {host}: {error.strerror or error}") from None
    if not available():
        click.echo(
            "note: this platform cannot take sockets from workers; only the scan guards SERVICE", err=True
        )
    if settings.services:
        click.echo(f"note: SERVICE is allowed for {', '.join(settings.services)}", err=True)
    threads = settings.workers + 2 * settings.waiting + THREADS_BEYOND_WORKERS
    host, port = listener.getsockname()[:2]
    try:
        Application(_maker(settings), listener, threads, lambda: _announce(host, port, token), settings).run()
    except SystemExit as end:
        # Gunicorn ends so, in its master and in a process that it forked; the status must survive click.
        raise click.exceptions.Exit(end.code if isinstance(end.code, int) else 0) from None


def _maker(settings: Settings) -> Callable[[], Flask]:
    def make() -> Flask:
        journal.configure()
        app = create_app(settings)
        _note_damage(GenerationFolder(settings.state))
        return app

    return make


def _note_damage(folder: GenerationFolder) -> None:
    """Say what of the state cannot be read; in the serving process, for it opens what is published."""
    try:
        folder.current().open()
    except CorruptState as error:
        text = f"note: {error}; until then changes are refused, and the last state that can be read is served"
        click.echo(text, err=True)


def _announce(host: str, port: int, token: str | None) -> None:
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Serving at http://{shown}:{port}/ (SPARQL at http://{shown}:{port}/sparql); Ctrl-C ends it.")
    if token is not None:
        click.echo(
            "Changes at /update and /store take this token, for this run only, as Authorization: Bearer …"
        )
        click.echo(token)
