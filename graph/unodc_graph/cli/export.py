"""`unodc-kg export`: write the built graph, or a part of it, to a file or a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final

import click

from unodc_graph.cli import option
from unodc_graph.commit.history import difference_of
from unodc_graph.commit.patch import patch_text
from unodc_graph.errors import UnwritableFile
from unodc_graph.export import FORMATS, Selection, export
from unodc_graph.export.iati import iati
from unodc_graph.export.release import release, table_files, zip_tables
from unodc_graph.namespace import expand
from unodc_graph.store.generation import Generation, GenerationFolder

_OTHERS: Final = ("csv", "iati", "all")
_FORMAT_OF: Final = {extension: name for name, extension in FORMATS.items()} | {".xml": "iati", ".zip": "csv"}

_Write = Callable[[IO[bytes]], object]


def _iri(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Return the IRI that was given whole, in angle brackets or as a prefixed name."""
    if value is None:
        return None
    value = value.removeprefix("<").removesuffix(">")
    iri = expand(value) or value
    if not iri.startswith(("http:", "https:", "urn:")):
        raise click.BadParameter(f"{value!r} is no IRI; give it whole, or with a prefix as in place:kgz")
    return iri


@click.command(name="export", short_help="Write the graph to a file.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS, *_OTHERS]),
    show_default="by the extension of --output",
    help="How to write it; `csv` and `all` write a folder.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    show_default="standard output",
    help="The file to write; it appears when it is whole.",
)
@click.option("--inferred/--no-inferred", help="Add what follows from the ontology.", show_default=True)
@click.option(
    "--evidence/--no-evidence",
    default=True,
    show_default=True,
    help="Keep the graphs of the passages where the format has graphs; without them each triple once.",
)
@click.option("--graph", metavar="IRI", callback=_iri, help="One graph only.")
@click.option("--thing", metavar="IRI", callback=_iri, help="One thing only, with what surrounds it.")
@click.option("--bom", is_flag=True, help="Begin CSV files with a byte order mark, for spreadsheet programs.")
@click.option(
    "--since", type=int, metavar="NUMBER", help="What changed since that generation, as an RDF Patch."
)
@option.state
def command(
    form: str | None,
    output: Path | None,
    inferred: bool,
    evidence: bool,
    graph: str | None,
    thing: str | None,
    bom: bool,
    since: int | None,
    state: Path,
) -> None:
    """Write what the built graph asserts.

    TriG, N-Quads and JSON-LD hold the named graphs, and so the evidence; Turtle, N-Triples and RDF/XML hold
    each triple once. `csv` writes tables, with their description, into the folder or ZIP file --output;
    `iati` the activities of which enough is known as IATI 2.03; `all` every format into the folder --output,
    with checksums. The same facts give the same bytes.
    """
    folder = GenerationFolder(state)
    if since is not None:
        delta = difference_of(folder, since, folder.current_number())
        _write(output, lambda file: file.write(patch_text(delta).encode("utf-8")))
        return
    form = form or _FORMAT_OF.get(output.suffix.lower() if output else "")
    if form is None:
        formats, extensions = "|".join([*FORMATS, *_OTHERS]), ", ".join(_FORMAT_OF)
        raise click.UsageError(f"Say how to write it: --format {formats}, or -o FILE ending in {extensions}.")
    if graph and thing:
        raise click.UsageError("Give --graph or --thing, not both.")
    if form in _OTHERS and (graph or thing):
        raise click.UsageError(f"--graph and --thing go with the RDF formats: {', '.join(FORMATS)}.")
    if form in {"csv", "all"} and output is None:
        raise click.UsageError(f"--format {form} writes several files: name a folder with -o.")
    generation = folder.current()
    if output is not None and form in {"csv", "all"}:
        _write_folder(generation, form, output, inferred, bom)
    elif form == "iati":
        _write(output, lambda file: file.write(iati(generation.open())))
    else:
        selection = Selection(inferred, evidence, graph, thing)
        _write(output, lambda file: export(generation, form, file, selection))


def _write_folder(generation: Generation, form: str, output: Path, inferred: bool, bom: bool) -> None:
    if form == "all":
        release(generation, output)
    elif output.suffix.lower() == ".zip":
        _write(output, lambda file: zip_tables(generation.open(), file, inferred, bom))
    else:
        try:
            output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnwritableFile(output, error.strerror or str(error)) from None
        for name, content in table_files(generation.open(), inferred, bom):
            _write(output / name, partial(_put, content=content))


def _put(file: IO[bytes], content: bytes) -> None:
    file.write(content)


def _write(output: Path | None, write: _Write) -> None:
    """Write to standard output, or beside `output` first, so that a reader never meets half a file."""
    if output is None:
        write(sys.stdout.buffer)
        return
    try:
        with NamedTemporaryFile(dir=output.parent, prefix=f".{output.name}.", delete=False) as file:
            try:
                write(file)
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
