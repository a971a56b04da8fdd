"""`unodc-kg release`: write the published state back into the source files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from rich.console import Console

from unodc_graph.cli import option
from unodc_graph.cli.finding import show
from unodc_graph.commit.release import release
from unodc_graph.commit.released import changes, note, noted
from unodc_graph.errors import CheckFailed, FilesChanged
from unodc_graph.location import Rooms
from unodc_graph.printable import printable
from unodc_graph.store.generation import GenerationFolder

_SHOWN: Final = 5


@click.command(name="release", short_help="Write the published state back into the source files.")
@click.option("--discard", is_flag=True, help="Let go of edits to the files that the graph does not have.")
@option.state
@option.project
@click.pass_context
def command(context: click.Context, discard: bool, state: Path, rooms: Rooms) -> None:
    """Make graph/facts/ state what the published graph does.

    Only statements that changed are written anew; all else stays as it is, comments included. A file in which
    that cannot be done is written whole and sorted, which is said.

    What the files will state is checked first by every rule, those included that cannot be asked of a single
    change; if one is broken, no file is written. Nor is one where files that were edited since they were
    read would lose statements, unless --discard lets these go. Exit status: 0 done or nothing to do, 1
    something found, 2 edits would be lost, the ontology or its schemes differ, or a file cannot be written.
    """
    console = Console(highlight=False)
    folder = GenerationFolder(state)
    published = folder.current()
    try:
        removed = changes(folder, published).removed
        done = release(published, rooms, (noted(folder),), removed, discard)
    except FilesChanged as edited:
        for statement in edited.statements[:_SHOWN]:
            click.echo(printable(statement), err=True)
        if len(edited.statements) > _SHOWN:
            click.echo(f"… and {len(edited.statements) - _SHOWN:,} more", err=True)
        raise
    except CheckFailed as failure:
        show(failure.findings, console)
        click.echo(
            "No file is written, for the files could not be built. Mend this in the published graph first."
        )
        context.exit(1)
    note(folder, published.metadata.state_digest)
    for word, paths in (("written", done.written), ("removed", done.removed)):
        for path in paths:
            click.echo(f"{word}: {path}")
    for whole in done.whole:
        click.echo(
            f"{whole.path} is written whole and sorted; of its comments the head is left: {whole.reason}."
        )
    if not (done.written or done.removed):
        click.echo("The files state what is published.")
        return
    click.echo(f"{done.added} statements added, {done.taken} taken out.")
    show(done.warnings, console)
