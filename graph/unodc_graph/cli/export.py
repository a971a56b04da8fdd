"""`unodc-kg export`: write the built graph to a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

import click

from unodc_graph.cli import option
from unodc_graph.errors import UnwritableFile
from unodc_graph.export import FORMATS, export
from unodc_graph.store.generation import Generation, GenerationFolder

_FORMAT_OF: Final = {extension: name for name, extension in FORMATS.items()}


@click.command(name="export", short_help="Write the graph to a file.")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    show_default="by the extension of --output",
    help="How to write it.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    show_default="standard output",
    help="The file to write; it appears when it is whole.",
)
@option.state
def command(form: str | None, output: Path | None, state: Path) -> None:
    """Write what the built graph asserts.

    TriG, N-Quads and JSON-LD hold the named graphs, and so the evidence; Turtle, N-Triples and RDF/XML hold
    each triple once. The same facts give the same bytes.
    """
    form = form or _FORMAT_OF.get(output.suffix.lower() if output else "")
    if form is None:
        formats, extensions = "|".join(FORMATS), ", ".join(_FORMAT_OF)
        raise click.UsageError(f"Say how to write it: --format {formats}, or -o FILE ending in {extensions}.")
    generation = GenerationFolder(state).current()
    if output is None:
        export(generation, form, sys.stdout.buffer)
    else:
        _write(generation, form, output)


def _write(generation: Generation, form: str, output: Path) -> None:
    """Write beside `output` first, so that a reader never meets half a file."""
    try:
        with NamedTemporaryFile(dir=output.parent, prefix=f".{output.name}.", delete=False) as file:
            try:
                export(generation, form, file)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).chmod(0o666 & ~_umask())
                Path(file.name).replace(output)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise UnwritableFile(output, error.strerror or str(error)) from None


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
