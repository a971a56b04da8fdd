"""How findings look on a terminal: place and thing, what is wrong, how to mend it, and a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from unodc_graph.finding import Finding, Severity
from unodc_graph.location import from_here
from unodc_graph.namespace import SHAPES, compact, compact_term
from unodc_graph.printable import printable

_STYLES = {Severity.VIOLATION: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def show(findings: Iterable[Finding], console: Console) -> None:
    """Print each finding, then a table of how often each rule was broken."""
    counts: Counter[tuple[str, Severity]] = Counter()
    for finding in findings:
        counts[finding.rule, finding.severity] += 1
        console.print(_head(finding), soft_wrap=True)
        advice = f" {finding.advice}" if finding.advice else ""
        console.print(Text(printable(f"    {finding.message}{advice}")), soft_wrap=True)
    if counts:
        table = Table("rule", "severity", "findings", box=None, padding=(0, 2, 0, 0))
        table.columns[2].justify = "right"
        for (rule, severity), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            table.add_row(
                Text(rule.removeprefix(SHAPES)), Text(severity.value, _STYLES[severity]), str(count)
            )
        console.print()
        console.print(table)


def _head(finding: Finding) -> Text:
    """Return `file:line: severity: label (identifier), property: value`, as far as each is known."""
    place = printable(f"{from_here(finding.file)}:") if finding.file else ""
    if finding.line:
        place += f"{finding.line}:"
    head = Text.assemble(
        (place, "bold"), " " if place else "", (finding.severity.value, _STYLES[finding.severity])
    )
    if finding.thing:
        name = compact(finding.thing)
        head.append(printable(f": {finding.label} ({name})" if finding.label else f": {name}"))
    if finding.path and "://" in finding.path:
        head.append(printable(f", {compact(finding.path)}"))
    if finding.value and finding.value.strip("<>") != finding.path:
        head.append(printable(f" {compact_term(finding.value)}"))
    return head
