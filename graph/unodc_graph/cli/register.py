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

_PASSAGE = re.compile(r"^passage:([0-9a-f]{12}) a ", re.MULTILINE)


@click.command(name="register", short_help="Register the passages of the source documents.")
@sources
@project
@click.option("--write", is_flag=True, help="Write the register; without it, only compare.")
@click.pass_context
def command(context: click.Context, sources: Path, rooms: Rooms, write: bool) -> None:
    """Cut the documents into passages and compare them with the register, or write it.

    A new document is put into the folder and registered with --write; its passages are then there to be
    described. Exit status: 0 the register is up to date or was written, 1 it is out of date, 2 a document
    cannot be read.
    """
    documents = read_documents(sources)
    turtle = register_turtle(documents, read_pages(rooms.facts / PAGES_FILE))
    register = rooms.facts / REGISTER_FILE
    current = register.read_text(encoding="utf-8", errors="replace") if register.exists() else ""
    _summarise(documents, current, turtle)
    if turtle == current:
        click.echo("The register is up to date.")
    elif write:
        register.parent.mkdir(parents=True, exist_ok=True)
        register.write_text(turtle, encoding="utf-8", newline="\n")
        click.echo(f"Written: {register}")
    else:
        click.echo("The register is out of date: run this with --write.")
        context.exit(1)


def _summarise(documents: Sequence[SourceDocument], before: str, after: str) -> None:
    """Tell the counts, each new passage with the places where it stands, and each passage that is gone."""
    old, new = (set(_PASSAGE.findall(turtle)) for turtle in (before, after))
    occurrences = after.count(" a unodc:Occurrence ")
    click.echo(f"documents: {len(documents)}, passages: {len(new)}, occurrences: {occurrences}")
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
