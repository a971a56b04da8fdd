"""Shows a coverage report: tables for people, JSON with every item for machines."""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from unodc_graph.coverage.listing import LIST_FILE, REASONS, ItemKind
from unodc_graph.coverage.report import Coverage, Item, Means, PassageCoverage
from unodc_graph.finding import Finding
from unodc_graph.namespace import compact
from unodc_graph.printable import printable


def to_json(coverage: Coverage) -> str:
    """Return the whole report as JSON: counts, documents, passages with every item, findings."""
    content = {
        "clean": not coverage.findings,
        "counts": {
            **{f"{kind}s": _counts(coverage, kind) for kind in ItemKind},
            "listedShare": round(coverage.tally().listed_share, 4),
            "passages": len(coverage.passages),
            "passagesWithoutFacts": sum(passage.reason is not None for passage in coverage.passages),
            "findings": len(coverage.findings),
        },
        "documents": [
            {
                "file": document.file_name,
                "sha256": document.file_hash,
                "occurrences": document.occurrences,
                "reproduced": document.reproduced,
                "characters": document.characters,
                "inPassages": document.in_passages,
                "inArtefacts": document.in_artefacts,
                "uncovered": document.uncovered,
                "twice": document.twice,
                "artefacts": [
                    {"kind": str(artefact.kind), "start": artefact.start, "end": artefact.end}
                    for artefact in document.artefacts
                ],
            }
            for document in coverage.documents
        ],
        "passages": [_passage(passage) for passage in coverage.passages],
        "findings": [
            {
                "rule": finding.rule,
                "thing": finding.thing,
                "message": finding.message,
                "advice": finding.advice,
                "file": str(finding.file) if finding.file else None,
                "line": finding.line,
            }
            for finding in coverage.findings
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def show(coverage: Coverage, console: Console) -> None:
    """Print the report: documents, counts, every finding under its passage, what is listed with its reason,
    passages that state nothing, and the verdict.
    """
    console.print(_document_table(coverage))
    console.print(_count_table(coverage))
    _show_findings(coverage, console)
    _show_listed(coverage, console)
    _show_without_facts(coverage, console)
    total = len(coverage.findings)
    noun = "finding" if total == 1 else "findings"
    console.print(f"\n{total} {noun}" if total else "\neverything is accounted for")


def _counts(coverage: Coverage, kind: ItemKind) -> dict[str, int]:
    tally = coverage.tally(kind)
    by_means = {str(means): count for means, count in sorted(coverage.means(kind).items())}
    return {"total": tally.total, **by_means, "unaccounted": tally.unaccounted}


def _passage(passage: PassageCoverage) -> dict[str, Any]:
    return {
        "passage": passage.slug,
        "iri": passage.iri,
        "places": list(passage.places),
        "facts": passage.facts,
        "withoutFactsBecause": passage.reason,
        "items": [_item(item) for item in passage.items],
    }


def _item(item: Item) -> dict[str, Any]:
    account = item.account
    return {
        "kind": str(item.kind),
        "text": item.text,
        "start": item.start,
        "end": item.end,
        "form" if item.kind is ItemKind.NUMBER else "things": (
            item.form if item.kind is ItemKind.NUMBER else item.form.split()
        ),
        "accountedBy": {"means": str(account.means), "what": account.what} if account else None,
    }


def _document_table(coverage: Coverage) -> Table:
    table = Table(
        title="Documents", title_justify="left", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True
    )
    table.add_column("file", no_wrap=True)
    for column in ("in place", "characters", "artefacts", "neither", "twice"):
        table.add_column(column, justify="right", no_wrap=True)
    for document in coverage.documents:
        table.add_row(
            document.file_name,
            f"{document.reproduced}/{document.occurrences}",
            str(document.characters),
            str(document.in_artefacts),
            str(document.uncovered),
            str(document.twice),
        )
    return table


def _count_table(coverage: Coverage) -> Table:
    table = Table(
        title="Numbers and names",
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column("accounted for by")
    for kind in ItemKind:
        table.add_column(f"{kind}s", justify="right")
    by_kind = {kind: coverage.means(kind) for kind in ItemKind}
    for means in Means:
        if any(by_kind[kind][means] for kind in ItemKind):
            table.add_row(str(means), *(str(by_kind[kind][means]) for kind in ItemKind))
    table.add_row("nothing", *(str(coverage.tally(kind).unaccounted) for kind in ItemKind))
    table.add_section()
    table.add_row("all", *(str(coverage.tally(kind).total) for kind in ItemKind))
    return table


def _show_listed(coverage: Coverage, console: Console) -> None:
    tally = coverage.tally()
    console.print(f"\n{tally.listed} of {tally.total} listed with a reason ({tally.listed_share:.1%})")
    for passage in coverage.passages:
        for item in passage.items:
            if item.account and item.account.means is Means.LISTED:
                why = REASONS[(item.kind, item.account.what)]
                _line(console, f"  {passage.slug}  {item.kind} {item.text!r}: {item.account.what} ({why})")


def _show_without_facts(coverage: Coverage, console: Console) -> None:
    silent = [passage for passage in coverage.passages if passage.reason is not None]
    reasons = Counter(passage.reason for passage in silent)
    summary = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items(), key=str))
    console.print(f"\n{len(silent)} of {len(coverage.passages)} passages without facts: {summary or 'none'}")
    for passage in silent:
        _line(console, f"  {passage.slug}  {passage.reason}  ({passage.places[0]})")


def _show_findings(coverage: Coverage, console: Console) -> None:
    if not coverage.findings:
        return
    places = {passage.iri: passage.places[0] for passage in coverage.passages}
    console.print("\nFindings")
    for thing, findings in groupby(coverage.findings, key=lambda finding: finding.thing):
        if thing is not None:
            where = f" ({places[thing]})" if thing in places else ""
            _line(console, f"{compact(thing)}{where}", style="bold")
        for finding in findings:
            _line(console, f"  {_sentence(finding)}")
    if any(finding.rule in set(ItemKind) for finding in coverage.findings):
        _line(
            console,
            f"A number or name that no fact can account for goes into facts/{LIST_FILE} with its reason.",
        )


def _sentence(finding: Finding) -> str:
    place = f"facts/{finding.file}:{finding.line}: " if finding.file else ""
    return f"{place}{finding.message}; {finding.advice}"


def _line(console: Console, text: str, style: str | None = None) -> None:
    console.print(escape(printable(text)), style=style, soft_wrap=True, highlight=False)
