"""`unodc-kg coverage`: how much of the source documents the graph accounts for."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from unodc_graph.cli.option import project, sources
from unodc_graph.coverage.listing import LIST_FILE, read_listed
from unodc_graph.coverage.measure import measure
from unodc_graph.coverage.rendering import show, to_json
from unodc_graph.dataset import assemble
from unodc_graph.location import Rooms
from unodc_graph.register import read_documents


@click.command(name="coverage", short_help="Account for every character, number and name of the documents.")
@sources
@project
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Tables for people, or every item as JSON.",
)
@click.pass_context
def command(context: click.Context, sources: Path, rooms: Rooms, form: str) -> None:
    """Compare the source documents with the graph.

    Every character must lie in a passage or an artefact, every recorded position must reproduce its passage,
    and every number and name must be accounted for by the passage's graph or listed with a reason in
    facts/coverage.csv. Exit status: 0 all accounted for, 1 something is not, 2 a file cannot be read.
    """
    documents = read_documents(sources)
    dataset = assemble(rooms).graphs()
    coverage = measure(documents, dataset, read_listed(rooms.facts / LIST_FILE))
    if form == "json":
        click.echo(to_json(coverage))
    else:
        show(coverage, Console())
    if coverage.findings:
        context.exit(1)
