"""`unodc-kg query`: ask the built graph a SPARQL question."""

from __future__ import annotations

import json
import shutil
import sys
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from unodc_graph.cli import option
from unodc_graph.errors import QuerySyntaxError, UnreadableFile
from unodc_graph.namespace import PREFIXES, compact
from unodc_graph.printable import printable
from unodc_graph.store.evaluation import Evaluation
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.isolation import evaluate_apart
from unodc_graph.store.scan import scan, tokens

_ROWS: Final = {
    "table": "application/sparql-results+json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
}
_GRAPHS: Final = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
}


_UNBOUNDED: Final = 1_000_000
"""Width of a table that no terminal shows: a table is only as wide as what it holds, and nothing is cut."""


@click.command(name="query", short_help="Ask the graph a SPARQL question.")
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("-e", "--expression", "text", metavar="TEXT", help="The query itself, instead of a file.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*_ROWS, *_GRAPHS]),
    show_default="table for SELECT and ASK, turtle for CONSTRUCT and DESCRIBE",
    help="How to write the answer.",
)
@click.option("--no-inferred", is_flag=True, help="Ask what is stated only, not what follows from it.")
@option.state
def command(file: Path | None, text: str | None, form: str | None, no_inferred: bool, state: Path) -> None:
    """Ask the built graph the SPARQL query in FILE, or in -e TEXT, or on standard input with FILE `-`.

    The project's prefixes, such as unodc: and programme:, are known where the query does not declare them.
    """
    asked = _text(file, text)
    added = _missing_prefixes(asked)
    query = added + asked
    scanned = scan(query)
    is_graph = scanned.form in {"construct", "describe"}
    offered = _GRAPHS if is_graph else _ROWS
    form = form or next(iter(offered))
    if form not in offered:
        raise click.BadParameter(
            f"{form} does not fit a {scanned.form.upper()} query; allowed: {', '.join(offered)}",
            param_hint="--format",
        )
    generation = GenerationFolder(state).current()
    with TemporaryFile() as answer:
        try:
            evaluate_apart(
                generation, Evaluation(query, scanned, offered[form], inferred=not no_inferred), answer
            )
        except QuerySyntaxError as error:
            if added and error.line is not None:
                error.line -= 1  # they stand on a line of their own
            if file is None or str(file) == "-":
                raise
            near = f", near {error.near!r}" if error.near else ""
            said = f"not valid SPARQL{near}: {error.expected}"
            raise UnreadableFile(file, error.line, error.column, said) from None
        answer.seek(0)
        if form == "table":
            _print_table(json.load(answer))
        else:
            shutil.copyfileobj(answer, sys.stdout.buffer)


def _text(file: Path | None, text: str | None) -> str:
    if (file is None) == (text is None):
        raise click.UsageError("Give one query: FILE, or -e TEXT, or - to read standard input.")
    if file is None:
        return text or ""
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise UnreadableFile(file, None, None, f"{error.strerror}; expected a SPARQL query") from None
    except UnicodeDecodeError as error:
        raise UnreadableFile(file, None, None, f"not UTF-8 at byte {error.start}; expected text") from None


def _missing_prefixes(query: str) -> str:
    """Return a line that declares the prefixes of ours that `query` uses and does not declare, if any."""
    names = [token.text.partition(":")[0] for token in tokens(query) if token.kind == "name"]
    declared = {
        following.text.partition(":")[0]
        for token, following in pairwise(tokens(query))
        if token.kind == "word" and token.text.upper() == "PREFIX" and following.kind == "name"
    }
    missing = [name for name in dict.fromkeys(names) if name in PREFIXES and name not in declared]
    return " ".join(f"PREFIX {name}: <{PREFIXES[name]}>" for name in missing) + "\n" if missing else ""


def _print_table(answer: dict[str, Any]) -> None:
    """Print SPARQL JSON results as a table with prefixed names, and how many rows there are."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _UNBOUNDED)
    if "boolean" in answer:
        console.print("yes" if answer["boolean"] else "no")
        return
    names, rows = answer["head"]["vars"], answer["results"]["bindings"]
    table = Table(*names)
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in names))
    if names:
        console.print(table)
    console.print(f"{len(rows)} row" if len(rows) == 1 else f"{len(rows)} rows")


def _cell(value: dict[str, str] | None) -> Text:
    if value is None:
        return Text("")
    return Text(printable(compact(value["value"]) if value["type"] == "uri" else value["value"]))
