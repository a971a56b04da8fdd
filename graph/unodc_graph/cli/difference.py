"""How a difference looks on a terminal: lines with + and -, by graph, with prefixed names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from unodc_graph.namespace import compact
from unodc_graph.printable import printable

_IRI = re.compile(r"<([^<>\s]+)>")
_MARKS = {"A": ("+", "green"), "D": ("-", "red")}


def show(lines: Iterable[str], console: Console) -> None:
    """Print `lines` of RDF Patch, those of one graph together."""
    graphs: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        mark, statement = line[0], line[2:].removesuffix(" .")
        triple, _, graph = statement.rpartition(" ")
        graphs.setdefault(graph, []).append((mark, triple))
    for graph in sorted(graphs):
        console.print(Text(printable(_short(graph)), "bold"), soft_wrap=True)
        for mark, triple in sorted(graphs[graph], key=lambda row: (row[1], row[0])):
            sign, style = _MARKS[mark]
            console.print(Text(printable(f"  {sign} {_short(triple)}"), style), soft_wrap=True)


def _short(text: str) -> str:
    def name(match: re.Match[str]) -> str:
        short = compact(match.group(1))
        return match.group() if short == match.group(1) else short

    return _IRI.sub(name, text)
