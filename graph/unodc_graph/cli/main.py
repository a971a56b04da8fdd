"""The entry point of `unodc-kg`: finds the commands, and lets no traceback reach a user."""

from __future__ import annotations

import io
import logging
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

import click

from unodc_graph.errors import CheckFailed, CorruptState, GraphError
from unodc_graph.printable import printable
from unodc_graph.store.durability import is_damage, one_line

_OWN: Final = (
    "check",
    "build",
    "query",
    "explain",
    "export",
    "register",
    "coverage",
    "add",
    "history",
    "diff",
    "restore",
    "backup",
    "restore-backup",
    "release",
    "token",
)
_GROUP: Final = "unodc_kg.commands"
"""Entry points of other packages, such as the server's `serve`: this package never imports them by name."""

FINDINGS: Final = 1
REFUSED: Final = 2
DEFECT: Final = 70
INTERRUPTED: Final = 130
READER_LEFT: Final = 141


class _Commands(click.Group):
    """Commands loaded when they are called, so that `--help` is quick and `query` loads no validator."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return [*_OWN, *sorted(entry.name for entry in entry_points(group=_GROUP))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  (the same)
        if cmd_name in _OWN:
            return _command(import_module(f"unodc_graph.cli.{cmd_name.replace('-', '_')}").command)
        for entry in entry_points(group=_GROUP, name=cmd_name):
            return _command(entry.load())
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise click.UsageError(
                f"No such command {args[0]!r}; allowed: {', '.join(self.list_commands(ctx))}"
            )
        return super().resolve_command(ctx, args)


def _command(found: object) -> click.Command:
    if not isinstance(found, click.Command):
        raise TypeError(f"expected a click command, not {found!r}")
    return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="unodc-kg", prog_name="unodc-kg")
@click.option("--debug", is_flag=True, help="Show where in the program an unexpected error arose.")
def group(debug: bool) -> None:
    """Check, build, ask, export and serve a knowledge graph of what UNODC reports on violence against women.

    Unofficial: not a publication of the United Nations.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status.

    0 done, 1 findings, 2 a wrong call or something that cannot be read or found, 70 a defect of the
    program, 130 interrupted, 141 output closed by its reader. Errors are told on standard error, in one
    line each.
    """
    if "--debug" not in arguments:
        # rdflib logs a traceback for each date that is none; the checks say it in words.
        logging.getLogger("rdflib.term").setLevel(logging.ERROR)
    try:
        status = group.main(list(arguments), prog_name="unodc-kg", standalone_mode=False)
    except click.NoSuchOption as error:
        _show(_with_allowed(error))
        return error.exit_code
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except CheckFailed as error:
        _say(str(error))
        return FINDINGS
    except GraphError as error:
        _say(str(error))
        return REFUSED
    except SystemExit:
        return READER_LEFT  # click leaves so, and only so, when standard output is closed at the other end
    except Exception as error:
        if is_damage(error):
            _say(str(CorruptState(Path("the state folder"), one_line(error))))
            return REFUSED
        if "--debug" in arguments:
            traceback.print_exc()
        else:
            kind, what = type(error).__name__, " ".join(str(error).split())
            _say(f"unexpected error, {kind}: {what}. Please report it with what `unodc-kg --debug …` prints")
        return DEFECT
    return status if isinstance(status, int) else 0


def _with_allowed(error: click.NoSuchOption) -> click.UsageError:
    """Return `error` with the options that the command has."""
    options = error.ctx.command.get_params(error.ctx) if error.ctx else []
    names = ", ".join(option.opts[-1] for option in options if isinstance(option, click.Option))
    return click.UsageError(f"No such option {error.option_name!r}; allowed: {names}", ctx=error.ctx)


def _show(error: click.ClickException) -> None:
    text = io.StringIO()
    error.show(file=text)
    click.echo(printable(text.getvalue()), nl=False, err=True)


def _say(message: str) -> None:
    click.echo(printable(f"unodc-kg: {' '.join(message.split())}"), err=True)


def main() -> None:
    """Run with the arguments of the process; the console script."""
    sys.exit(run(sys.argv[1:]))
