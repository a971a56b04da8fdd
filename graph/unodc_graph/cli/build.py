"""`unodc-kg build`: check the facts and publish them as the next generation."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from unodc_graph.build import Built, build
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
    stays = "Kept generation" if built.changes else "Nothing changed: generation"
    done = "Built generation" if built.new else stays
    console.print(
        f"{done} {metadata.number} in {state}: {metadata.triples:,} triples, {metadata.inferred:,} "
        f"inferred, {metadata.quads:,} statements in {metadata.graphs} graphs, state digest "
        f"{metadata.state_digest[:12]}.",
        soft_wrap=True,
    )
    told = _taken_out(built) if built.new else _kept(built)
    if told:
        console.print(told, soft_wrap=True)


def _taken_out(built: Built) -> str:
    """Return what the new generation no longer states, and how that comes back; nothing if it states all."""
    gone, fresh = len(built.changes.removed), len(built.changes.added)
    number, parent = built.generation.number, built.generation.metadata.parent
    if not gone:
        return ""
    are, them = ("is", "it") if gone == 1 else ("are", "them")
    new = f" ({fresh:,} {'is' if fresh == 1 else 'are'} new)" if fresh else ""
    return (
        f"{_counted(gone, 'statement')} of generation {parent} {are} no longer in the files "
        f"and {are} gone{new}; `unodc-kg restore {parent}` brings {them} back, "
        f"`unodc-kg diff {parent} {number}` shows what changed."
    )


def _kept(built: Built) -> str:
    """Return how much the generation that stays holds beyond the files; nothing if they state the same."""
    added, taken = len(built.changes.added), len(built.changes.removed)
    if not added and not taken:
        return ""
    return (
        f"It holds {_counted(added + taken, 'change')} that the files lack ({_counted(added, 'statement')} "
        f"added, {taken} taken out): `unodc-kg release` writes {'it' if added + taken == 1 else 'them'} into "
        "the files."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
