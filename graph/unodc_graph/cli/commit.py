"""What the commands that change the graph have in common: show the difference, ask, make it, say so."""

from __future__ import annotations

from collections.abc import Callable

import click
from rich.console import Console

from unodc_graph.cli import difference
from unodc_graph.cli.finding import show
from unodc_graph.commit.change import Request
from unodc_graph.commit.writer import Writer
from unodc_graph.errors import CheckFailed, ShapesViolated
from unodc_graph.finding import Finding


def make(
    writer: Writer,
    request: Callable[[bool], Request],
    yes: bool,
    console: Console,
    advise: Callable[[Finding], Finding] = lambda finding: finding,
) -> None:
    """Try the change that `request(True)` asks for, show it, ask unless `yes`, and make `request(False)`.

    `advise` may add to what a finding says of how to mend it. Raises CheckFailed when the checks refuse the
    change, and click.Abort when the user does.
    """
    tried = writer.commit(request(True))
    candidate = tried.candidate
    show(map(advise, candidate.findings), console)
    if candidate.violations:
        raise CheckFailed(candidate.violations, "changed")
    difference.show(candidate.difference, console)
    console.print(f"{candidate.record.added} added, {candidate.record.removed} removed")
    if not candidate.difference and not candidate.created and not candidate.dropped:
        console.print(f"Nothing changes: generation {tried.generation.number} has it all.")
        return
    if not yes:
        click.confirm("Make this change?", abort=True)
    parent = tried.generation.number
    try:
        made = writer.commit(request(False))
    except ShapesViolated as error:  # somebody else was quicker
        show(error.findings, console)
        raise CheckFailed(error.findings, "changed") from None
    console.print(f"Generation {made.generation.number}, made of {parent}.", soft_wrap=True)
