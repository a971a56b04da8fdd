"""`unodc-kg restore-backup DIR`: bring back what a backup holds, without losing what is there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from unodc_graph.cli import option
from unodc_graph.commit.backup import read_backup
from unodc_graph.commit.local import user
from unodc_graph.commit.recovery import is_empty, restore_backup
from unodc_graph.store.generation import GenerationFolder


@click.command(name="restore-backup", short_help="Bring back a backup, without losing what is there.")
@click.argument("source", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@option.state
def command(source: Path, yes: bool, state: Path) -> None:
    """Publish what the backup in DIR holds, once each of its files was compared with its SHA-256.

    Into a state folder without a graph it comes back as it was, history included. Into any other, damaged or
    not, it becomes the next generation: what is there stays, and a running server goes over to it.
    Exit status: 0 done, 2 the backup or the state folder is not in order, 130 you refused.
    """
    backup, folder = read_backup(source), GenerationFolder(state)
    known = backup.generation.metadata
    if not yes and not is_empty(folder, backup):
        click.echo(
            f"The backup holds generation {known.number} of {known.created}: {known.quads:,} statements."
        )
        click.confirm(f"Publish it in {state}?", abort=True)
    done = restore_backup(folder, backup, user(), datetime.now(UTC))
    made, former = done.generation.number, done.former
    if not done.new:
        text = f"Nothing changes: generation {made} has it all."
    elif former is None:
        text = f"Generation {made} is back, with its history; tokens are made anew by `unodc-kg token add`."
    elif done.delta is None:
        text = f"Generation {made} holds what {known.number} did. Generation {former} could not be read."
    else:
        text = (
            f"Generation {made} holds what {known.number} did: {len(done.delta.added)} added, "
            f"{len(done.delta.removed)} removed. `unodc-kg restore {former}` takes that back."
        )
    click.echo(text)
