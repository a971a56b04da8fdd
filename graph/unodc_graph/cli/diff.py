"""`unodc-kg diff A B`: what two generations differ in."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from unodc_graph.cli import difference, option
from unodc_graph.commit.history import difference_of
from unodc_graph.commit.patch import patch_lines, patch_text
from unodc_graph.store.generation import GenerationFolder


@click.command(name="diff", short_help="Show what two generations differ in.")
@click.argument("first", type=click.IntRange(min=1))
@click.argument("last", type=click.IntRange(min=1))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "patch"]),
    default="text",
    show_default=True,
    help="For people, or RDF Patch.",
)
@option.state
def command(first: int, last: int, form: str, state: Path) -> None:
    """Show what leads from generation FIRST to generation LAST, whichever is older."""
    delta = difference_of(GenerationFolder(state), first, last)
    if form == "patch":
        click.echo(patch_text(delta), nl=False)
        return
    lines = list(patch_lines(delta))
    difference.show(lines, Console(highlight=False))
    added = sum(line.startswith("A") for line in lines)
    click.echo(f"{added} added, {len(lines) - added} removed")
