"""`unodc-kg restore N`: bring back an old state, as a new commit."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from unodc_graph.cli import option
from unodc_graph.cli.commit import make
from unodc_graph.commit.history import restoring
from unodc_graph.commit.local import request, writer
from unodc_graph.location import Rooms
from unodc_graph.store.generation import GenerationFolder


@click.command(name="restore", short_help="Bring back an old state, as a new commit.")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--message", default="", help="Why, for the history.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@option.state
@option.project
def command(number: int, message: str, yes: bool, state: Path, rooms: Rooms) -> None:
    """Make a new generation that asserts what generation NUMBER did. It passes the checks like any other.

    Exit status: 0 done, 1 the checks refuse it, 2 NUMBER is not on record, 130 you refused.
    """
    change = restoring(GenerationFolder(state), number)
    reason = message or f"Restore generation {number}"
    sent = "\n".join(("restore", *change.added, *change.removed)).encode()
    with writer(state, rooms) as found:
        make(found, lambda dry: request(change, sent, reason, dry), yes, Console(highlight=False))
