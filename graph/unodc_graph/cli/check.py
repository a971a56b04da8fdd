"""`unodc-kg check`: the project's facts, alone or together with a curator's files, against every rule."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from unodc_graph.check import check
from unodc_graph.cli import option
from unodc_graph.cli.finding import show
from unodc_graph.cli.progress import steps
from unodc_graph.dataset import Dataset, assemble
from unodc_graph.finding import Severity
from unodc_graph.location import Rooms
from unodc_graph.report import to_json, to_turtle


@click.command(name="check", short_help="Check the facts, or your own files together with them.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--passage",
    metavar="HASH",
    callback=option.passage,
    help="The passage that states what the given Turtle files say: 12 hexadecimal digits. Labels and "
    "descriptions in them go into graph:catalogue.",
)
@click.option("--dl", is_flag=True, help="Check with the reasoner HermiT too; takes longer.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "turtle"]),
    default="text",
    show_default=True,
    help="Lines for people, a JSON array, or a SHACL validation report.",
)
@option.project
@click.pass_context
def command(
    context: click.Context, paths: tuple[Path, ...], passage: str | None, dl: bool, form: str, rooms: Rooms
) -> None:
    """Check the facts by every rule: hygiene, shapes, and with --dl description logic.

    PATH is a file or folder of your own in any RDF format; it is checked together with the graph. A Turtle
    file names its passage with --passage, a TriG file names it as the graph. Exit status: 0 no problems, 1
    something found, 2 a file cannot be read.
    """
    if passage and not paths:
        raise click.UsageError("--passage says which passage a file of yours belongs to: give the file, too.")
    with steps("Checking") as tell:
        tell("reading")
        dataset = assemble(rooms, paths, passage)
        findings = check(dataset, rooms, dl=dl, tell=tell)
    if form == "json":
        click.echo(to_json(findings))
    elif form == "turtle":
        click.echo(to_turtle(findings), nl=False)
    else:
        console = Console(highlight=False)
        show(findings, console)
        console.print(_summary(len(findings), dataset), soft_wrap=True)
    if any(finding.severity != Severity.INFO for finding in findings):
        context.exit(1)


def _summary(count: int, dataset: Dataset) -> str:
    noun = "finding" if count == 1 else "findings"
    found = f"{count} {noun}" if count else "No problems found"
    return f"{found} in {len(dataset.written):,} statements of {len(dataset.files)} files."
