"""`unodc-kg build`: check the facts and publish them as the next generation."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from unodc_graph.build import build
from unodc_graph.cli import option
from unodc_graph.cli.finding import show
from unodc_graph.cli.progress import steps
from unodc_graph.errors import CheckFailed, Unreleased
from unodc_graph.location import Rooms


@click.command(name="build", short_help="Check the facts and build the graph from them.")
@click.option("--discard", is_flag=True, help="Let go of changes to the graph that were not released.")
@click.option(
    "--keep",
    is_flag=True,
    help="Keep the graph as it is where it holds changes that were not released and the files have changed.",
)
@option.state
@option.project
def command(discard: bool, keep: bool, state: Path, rooms: Rooms) -> None:
    """Check the facts and build the graph that `query`, `export` and `serve` read.

    With a violation, or a file that cannot be read, nothing is built and the last graph stays as it was.
    Where the graph holds changes that were not released and the files have changed too, nothing is built
    either: --discard lets those changes go, --keep lets the graph stay as it is and ends well. Exit status:
    0 built or kept, 1 something found, 2 a file cannot be read, or changes were not released.
    """
    if discard and keep:
        raise click.UsageError(
            "--discard lets unreleased changes go and --keep keeps them: give one of the two."
        )
    console = Console(highlight=False)
    try:
        with steps("Building") as tell:
            built = build(rooms, state, tell, discard, say=lambda told: click.echo(told, err=True))
    except Unreleased as kept:
        if not keep:
            raise
        click.echo(f"Nothing is built: {kept}. Generation {kept.number} stays as it is.")
        return
    except CheckFailed as failure:
        show(failure.findings, console)
        raise
    show(built.warnings, console)
    metadata = built.generation.metadata
    done = "Built generation" if built.new else "Nothing changed: generation"
    console.print(
        f"{done} {metadata.number} in {state}: {metadata.triples:,} triples, {metadata.inferred:,} "
        f"inferred, {metadata.quads:,} statements in {metadata.graphs} graphs, state digest "
        f"{metadata.state_digest[:12]}.",
        soft_wrap=True,
    )
