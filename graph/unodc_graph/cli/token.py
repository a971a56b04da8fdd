"""`unodc-kg token`: who may change the graph over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from unodc_graph.cli import option
from unodc_graph.namespace import expand
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.token import Tokens

_DEFAULT: Final = "every graph that people write but ontology, schemes, reference and sources"


@click.group(name="token", short_help="Say who may change the graph over HTTP.")
def command() -> None:
    """Make, list and revoke tokens. A running server heeds each change at once."""


@command.command()
@click.argument("name")
@click.option(
    "--graphs",
    metavar="PREFIX",
    multiple=True,
    help="A graph it may write, with those under it at a / or #; ending in / # or : all that begin so, "
    "as in passage: ; may be repeated. "
    "[default: all but graph:ontology, graph:schemes, graph:reference and graph:sources, which has to be "
    "named: --graphs passage: --graphs graph:catalogue --graphs graph:sources]",
)
@click.option(
    "--expires", metavar="DAYS", type=click.FloatRange(min=0, min_open=True), help="Days it is good for."
)
@option.state
def add(name: str, graphs: tuple[str, ...], expires: float | None, state: Path) -> None:
    """Make a token called NAME and show it, once: it stands alone on the last line."""
    prefixes = tuple(expand(prefix) or prefix for prefix in graphs)
    secret = Tokens(state).add(name, prefixes, expires, datetime.now(UTC))
    reach = f"the graphs of {', '.join(prefixes)}" if prefixes else _DEFAULT
    if not GenerationFolder(state).numbers():
        click.echo(
            f"There is no graph in {state} yet, which the token is for: did you mean another folder, by "
            f"--state? Else `unodc-kg build --state {state}` makes one.",
            err=True,
        )
    click.echo(f"{name} may write {reach}. Keep the token: it is shown once and stored nowhere.")
    click.echo(secret)


@command.command(name="list")
@option.state
def list_(state: Path) -> None:
    """List the tokens: name, what it may write, until when."""
    now = datetime.now(UTC)
    tokens = Tokens(state).all()
    if not tokens:
        click.echo(f"There are no tokens in {state}.", err=True)
    for token in tokens:
        ends = (
            f"revoked {token.revoked}"
            if token.revoked
            else f"expires {token.expires}"
            if token.expires
            else ""
        )
        if token.revoked is None and not token.is_valid(now):
            ends = f"expired {token.expires}"
        graphs = " ".join(token.graphs) if token.graphs is not None else _DEFAULT
        click.echo("\t".join(part for part in (token.name, f"made {token.created}", graphs, ends) if part))


@command.command()
@click.argument("name")
@option.state
def revoke(name: str, state: Path) -> None:
    """End the token called NAME."""
    Tokens(state).revoke(name, datetime.now(UTC))
    click.echo(f"{name} is revoked.")
