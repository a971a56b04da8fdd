"""`unodc-kg add FILE…`: a curator's files through the gate, into the built graph or to a server."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from unodc_graph import hygiene
from unodc_graph.check import located
from unodc_graph.cli import option
from unodc_graph.cli.commit import make
from unodc_graph.cli.finding import show
from unodc_graph.cli.remote import send
from unodc_graph.commit.change import Patch
from unodc_graph.commit.local import request, writer
from unodc_graph.dataset import Dataset, read_files
from unodc_graph.errors import CheckFailed, NoGeneration
from unodc_graph.finding import Finding
from unodc_graph.hygiene import read_rules
from unodc_graph.location import Rooms
from unodc_graph.namespace import SHAPES
from unodc_graph.register import REGISTER_FILE
from unodc_graph.registered import read_register
from unodc_graph.store.canonical import lines, with_canonical_labels

_ORIGIN: Final = "forged-passage"
_UNREGISTERED: Final = f"{SHAPES}Evidenced-passage"


@click.command(name="add", short_help="Put your own files into the graph, through the checks.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--passage",
    metavar="HASH",
    callback=option.passage,
    help="The passage that states what the given Turtle files say: 12 hexadecimal digits. Labels and "
    "descriptions in them go into graph:catalogue.",
)
@click.option("--to", "server", metavar="URL", help="Send it to the server at this address instead.")
@click.option("--message", default="", help="Why, for the history.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@option.state
@option.project
def command(
    paths: tuple[Path, ...],
    passage: str | None,
    server: str | None,
    message: str,
    yes: bool,
    state: Path,
    rooms: Rooms,
) -> None:
    """Add what the files or folders PATH state, after showing the difference and asking.

    A Turtle file names its passage with --passage, a TriG file names it as the graph. With --to, the token is
    read from the variable UNODC_TOKEN. Exit status: 0 done or nothing to do, 1 the checks refuse it, 2 a
    file cannot be read, 130 you refused.
    """
    console = Console(highlight=False)
    dataset = read_files(paths, passage)
    forged = hygiene.run(dataset, tuple(rule for rule in read_rules(rooms.hygiene) if rule.name == _ORIGIN))
    if forged:
        show(forged, console)
        raise CheckFailed(forged, "changed")
    rows = lines(with_canonical_labels(dataset.written))
    sent = "\n".join(rows).encode()
    if server is not None:
        send(server, os.environ.get("UNODC_TOKEN", ""), sent, message, yes, console)
        return
    if not state.is_dir():  # else the lock of a writer would make the folder
        raise NoGeneration(state)
    change = Patch(tuple(rows))
    with writer(state, rooms) as found:
        make(found, lambda dry: request(change, sent, message, dry), yes, console, _adviser(rooms, dataset))


def _adviser(rooms: Rooms, dataset: Dataset) -> Callable[[Finding], Finding]:
    """Return what adds to a finding where it stands in the files of `dataset`.

    It also tells a passage that nobody registered from one that the built graph does not know yet.
    """
    register = rooms.facts / REGISTER_FILE
    text = register.read_text(encoding="utf-8", errors="replace") if register.exists() else ""
    documents = {standing.passage: doc.slug for doc in read_register(text) for standing in doc.standings}

    def advise(finding: Finding) -> Finding:
        finding = located(dataset, {}, finding)
        slug = (finding.value or "").strip("<>").rpartition("/")[2]
        if finding.rule != _UNREGISTERED or slug not in documents:
            return finding
        name = f"graph/facts/passages/{documents[slug]}.trig"
        return replace(
            finding,
            message=f"passage:{slug} is registered in the files, and not in the built graph.",
            advice=f"Put what is said of it into {name} and run `unodc-kg build`.",
        )

    return advise
