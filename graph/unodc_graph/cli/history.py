"""`unodc-kg history`: who changed the built graph, when and why."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import click

from unodc_graph.cli import option
from unodc_graph.commit.history import commits
from unodc_graph.printable import printable
from unodc_graph.store.generation import GenerationFolder


@click.command(name="history", short_help="List who changed the graph, when and why.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Commits at most.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@option.state
def command(limit: int, form: str, state: Path) -> None:
    """List the commits that led to the current generation, the newest first."""
    found = list(islice(commits(GenerationFolder(state)), limit))
    if form == "json":
        click.echo(json.dumps([asdict(record) for record in found], ensure_ascii=False, indent=2))
        return
    for record in found:
        message = f"  {record.message}" if record.message else ""
        line = (
            f"{record.number}\t{record.time}\t{record.author}\t+{record.added} -{record.removed}"
            f"\t{record.outcome}{message}"
        )
        click.echo(printable(line))
    if not found:
        click.echo("No commits: the graph is as it was built.")
