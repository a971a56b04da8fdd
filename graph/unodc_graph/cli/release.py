"""`unodc-kg release`: write the published state back into the source files."""

from __future__ import annotations

from pathlib import Path

import click

from unodc_graph.cli import option
from unodc_graph.commit.release import release
from unodc_graph.location import Rooms
from unodc_graph.store.generation import GenerationFolder


@click.command(name="release", short_help="Write the published state back into the source files.")
@option.state
@option.project
def command(state: Path, rooms: Rooms) -> None:
    """Make graph/facts/ state what the published graph does. Files that do so already stay as they are.

    Exit status: 0 done or nothing to do, 2 the ontology or its schemes differ, or a file cannot be written.
    """
    done = release(GenerationFolder(state).current(), rooms)
    for word, paths in (("written", done.written), ("removed", done.removed)):
        for path in paths:
            click.echo(f"{word}: {path}")
    if done.written or done.removed:
        click.echo(f"{done.added} statements added, {done.taken} taken out.")
    else:
        click.echo("The files state what is published.")
