"""A change sent to a server: tried first, shown, and made on the condition that nothing happened between."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import click
from rich.console import Console

from unodc_graph.cli import difference
from unodc_graph.errors import CheckFailed, ServerRefused
from unodc_graph.finding import Finding, Severity
from unodc_graph.printable import printable

_SECONDS = 120


def send(server: str, token: str, n_quads: bytes, message: str, yes: bool, console: Console) -> None:
    """Send N-Quads to the server at the address `server`, after trying it, showing it, and asking.

    Raises CheckFailed when the server's checks refuse it, ServerRefused when the server refuses or cannot be
    reached, and click.Abort when the user does not want it.
    """
    parts = urllib.parse.urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise click.BadParameter(f"{server!r} is no address of a server, as in http://127.0.0.1:8000/")
    if not token:
        raise click.UsageError("Set the variable UNODC_TOKEN to a token of that server.")
    address = f"{server.rstrip('/')}/store"
    tried, tag = _post(address, token, n_quads, {"dry-run": "true"}, {})
    _tell(tried, console)
    if not tried["conforms"]:
        raise CheckFailed(tuple(_finding(row) for row in tried["findings"]), "changed")
    difference.show(tried["difference"], console)
    console.print(f"{tried['added']} added, {tried['removed']} removed")
    if not tried["added"] and not tried["removed"]:
        console.print("Nothing changes: the server has it all.")
        return
    if not yes:
        click.confirm(f"Make this change at {server}?", abort=True)
    made, _ = _post(address, token, n_quads, {"message": message}, {"If-Match": tag})
    console.print(f"Generation {made['version']} at {server}.", soft_wrap=True)


def _post(
    address: str, token: str, body: bytes, parameters: dict[str, str], headers: dict[str, str]
) -> tuple[dict[str, Any], str]:
    request = urllib.request.Request(
        f"{address}?{urllib.parse.urlencode(parameters)}",
        body,
        {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/n-quads",
            "Accept": "application/json",
            **headers,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            return json.load(answer), answer.headers.get("ETag", "")
    except urllib.error.HTTPError as error:
        raise ServerRefused(address, error.code, _detail(error.read())) from None
    except (OSError, ValueError) as error:
        raise ServerRefused(address, 0, str(getattr(error, "reason", error))) from None


def _detail(body: bytes) -> str:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return "it gave no reason that can be read"


def _tell(document: dict[str, Any], console: Console) -> None:
    for row in document["findings"]:
        words = (f"{row['severity']}: {row.get('thing', '')}", row.get("path", ""), row.get("value", ""))
        console.print(printable(", ".join(word for word in words if word)), soft_wrap=True, markup=False)
        console.print(
            printable(f"    {row['message']} {row.get('advice', '')}"), soft_wrap=True, markup=False
        )


def _finding(row: dict[str, str]) -> Finding:
    return Finding(row["rule"], row["message"], Severity(row["severity"]), row.get("advice", ""))
