"""`unodc-kg register`: write down which passages stand where in the source documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

from unodc_graph.cli.option import project, sources
from unodc_graph.location import Rooms
from unodc_graph.printable import printable
from unodc_graph.register import (
    PAGES_FILE,
    REGISTER_FILE,
    SourceDocument,
    read_documents,
    read_pages,
    register_turtle,
)
from unodc_graph.registered import read_register

_PASSAGE = re.compile(r"^passage:([0-9a-f]{12}) a ", re.MULTILINE)


@click.command(name="register", short_help="Register the passages of the source documents.")
@sources
@project
@click.option("--write", is_flag=True, help="Write the register; without it, only compare.")
@click.option(
    "--remove",
    is_flag=True,
    help="Take out what is registered and not in DIR: documents, and passages of a text that has changed.",
)
@click.pass_context
def command(context: click.Context, sources: Path, rooms: Rooms, write: bool, remove: bool) -> None:
    """Cut the documents into passages and compare them with the register, or write it.

    A new document is registered with --write; its passages are then there to be described. The folder may
    hold it alone: registered documents that are not there stay as they are, unless --remove is given. No
    passage is taken out without --remove. Exit status: 0 the register is up to date or was written, 1 it is
    out of date or passages would go, 2 a document cannot be read.
    """
    documents = read_documents(sources)
    register = rooms.facts / REGISTER_FILE
    current = register.read_text(encoding="utf-8", errors="replace") if register.exists() else ""
    before = read_register(current)
    here = {document.slug for document in documents}
    absent = tuple(entry for entry in before if entry.slug not in here)
    turtle = register_turtle(documents, read_pages(rooms.facts / PAGES_FILE), () if remove else absent)
    gone = _summarise(documents, current, turtle)
    for entry in absent:
        word = "removed" if remove else "kept, not in the folder"
        click.echo(printable(f"  {word}: document:{entry.slug} ({entry.file_name})"))
    if turtle == current:
        click.echo("The register is up to date.")
    elif gone and not remove:
        changed = [
            entry.file_name
            for entry in before
            if entry.slug in here and not gone.isdisjoint(standing.passage for standing in entry.standings)
        ]
        click.echo(
            printable(
                f"Nothing is written: {len(gone)} registered passages would go, for the folder has another "
                f"text for {', '.join(changed) or 'what is registered'}. Give a new document a number of its "
                "own; if these passages shall go, run this with --write --remove."
            )
        )
        context.exit(1)
    elif write:
        register.parent.mkdir(parents=True, exist_ok=True)
        register.write_text(turtle, encoding="utf-8", newline="\n")
        click.echo(f"Written: {register}")
    else:
        click.echo(f"The register is out of date: run this with --write{' --remove' if gone else ''}.")
        context.exit(1)


def _summarise(documents: Sequence[SourceDocument], before: str, after: str) -> frozenset[str]:
    """Tell the counts, each new passage and where it stands, and each passage that is gone; return those."""
    old, new = (frozenset(_PASSAGE.findall(turtle)) for turtle in (before, after))
    numbers = [after.count(f" a unodc:{name} ") for name in ("SourceDocument", "Occurrence")]
    click.echo(f"documents: {numbers[0]}, passages: {len(new)}, occurrences: {numbers[1]}")
    places: dict[str, list[str]] = {}
    for document in documents:
        for place in document.occurrences:
            if place.slug in new - old:
                where = f"{document.file_name} {place.start}–{place.end}"
                places.setdefault(place.slug, []).append(where)
    for slug, found in places.items():
        click.echo(printable(f"  new: passage:{slug} ({', '.join(found)})"))
    for slug in sorted(old - new):
        click.echo(f"  gone: passage:{slug}")
    return old - new
