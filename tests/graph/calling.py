"""A command called in the test's own process, its streams caught and its errors told as a user has them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from unodc_graph.cli.main import run

Call = Callable[..., Result]
"""Calls a command on a small project and a state of its own."""

SELECT = "SELECT ?thing ?value WHERE { ?thing <https://w3id.org/unodc-kg/ontology#value> ?value }"
"""Asks the small project for its one figure, of 103 judges."""


def invoke(*arguments: str | Path, stdin: str | None = None) -> Result:
    """Run `main` with its standard streams caught, the way the process would."""
    runner = CliRunner()
    with runner.isolation(input=stdin) as (out, err, _):
        status = run([str(argument) for argument in arguments])
        sys.stdout.flush()
        sys.stderr.flush()
        return Result(
            runner, out.getvalue(), err.getvalue(), out.getvalue() + err.getvalue(), None, status, None
        )
