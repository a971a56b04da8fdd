"""`unodc-kg add FILE…`: a curator's files through the gate, into the built graph or to a server."""

from __future__ import annotations

import os
from pathlib import Path

import click
from rich.console import Console

from unodc_graph.cli import option
from unodc_graph.cli.commit import make
from unodc_graph.cli.remote import send
from unodc_graph.commit.change import Patch
from unodc_graph.commit.local import request, writer
from unodc_graph.dataset import read_files
from unodc_graph.location import Rooms
from unodc_graph.store.canonical import lines, with_canonical_labels


@click.command(name="add", short_help="Put your own files into the graph, through the checks.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--passage",
    metavar="HASH",
    callback=option.passage,
    help="The passage that states what the given Turtle files say: 12 hexadecimal digits.",
)
@click.option("--to", "server", metavar="URL", help="Send it to the server at this address instead.")
@click.option("--message", default="", help="Why, for the history.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@option.state
@option.project
def command(
    paths: tuple[Path, ...],
    passage: str | None,
    server: str | None,
    message: str,
    yes: bool,
    state: Path,
    rooms: Rooms,
) -> None:
    """Add what the files or folders PATH state, after showing the difference and asking.

    A Turtle file names its passage with --passage, a TriG file names it as the graph. With --to, the token is
    read from the variable UNODC_TOKEN. Exit status: 0 done or nothing to do, 1 the checks refuse it, 2 a
    file cannot be read, 130 you refused.
    """
    rows = lines(with_canonical_labels(read_files(paths, passage)))
    console = Console(highlight=False)
    sent = "\n".join(rows).encode()
    if server is not None:
        send(server, os.environ.get("UNODC_TOKEN", ""), sent, message, yes, console)
        return
    change = Patch(tuple(rows))
    with writer(state, rooms) as found:
        make(found, lambda dry: request(change, sent, message, dry), yes, console)
