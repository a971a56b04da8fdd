"""`unodc-kg backup DIR`: copy the published graph, its history and the kept queries, while others write."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from unodc_graph.cli import option
from unodc_graph.commit.backup import make_backup
from unodc_graph.store.generation import GenerationFolder


@click.command(name="backup", short_help="Copy the published graph and its history, while others write.")
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@option.state
def command(target: Path, state: Path) -> None:
    """Copy the published graph, its history and the kept queries to DIR.

    A server may serve and change the graph meanwhile. DIR must be empty or not there yet, and appears when it
    is whole and on disk; it lists the SHA-256 of each file in SHA256SUMS. Tokens are not in it.
    """
    backup = make_backup(GenerationFolder(state), target, datetime.now(UTC))
    metadata = backup.generation.metadata
    click.echo(
        f"Backed up generation {metadata.number} in {target}: {metadata.quads:,} statements, "
        f"{len(backup.files)} files, state digest {metadata.state_digest[:12]}."
    )
