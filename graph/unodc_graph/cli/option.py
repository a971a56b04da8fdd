"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from unodc_graph.location import Rooms, rooms

_Command = TypeVar("_Command", bound=Callable[..., Any])


def state(command: _Command) -> _Command:
    """Add `--state`, passed on as `state: Path`."""
    return click.option(
        "--state",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("var"),
        show_default="var/",
        help="The folder that holds the built graph.",
    )(command)


def project(command: _Command) -> _Command:
    """Add `--project`, passed on as `rooms: Rooms`."""
    return click.option(
        "--project",
        "rooms",
        type=click.Path(path_type=Path, file_okay=False),
        callback=_rooms,
        show_default="the installed one",
        help="A folder laid out like this project: ontology/, graph/facts/, queries/.",
    )(command)


def sources(command: _Command) -> _Command:
    """Add `--sources`, passed on as `sources: Path`."""
    return click.option(
        "--sources",
        type=click.Path(path_type=Path),
        required=True,
        help="The folder that holds the source documents (.txt).",
    )(command)


def _rooms(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Rooms:
    return Rooms.under(value) if value else rooms()


def passage(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Return the first twelve hexadecimal digits of a passage's hash, given alone, whole or with a prefix."""
    if value is None:
        return None
    key = value.rpartition(":")[2].rpartition("/")[2].lower()
    if len(key) not in {12, 64} or not set(key) <= set("0123456789abcdef"):
        raise click.BadParameter(
            f"{value!r} is no passage; give the 12 hexadecimal digits of its address, as in 427c81fe06e8"
        )
    return key[:12]
