"""Findings in words that somebody who never read SHACL can act on: labels for things, paths and values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from unodc_graph.finding import Finding
from unodc_graph.namespace import compact, compact_term
from unodc_graph.naming import name_of
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph, NamedNode


def labelled(findings: Iterable[Finding], store: Store) -> tuple[Finding, ...]:
    """Return `findings` with the name of the thing each is about, and without a file."""
    return tuple(
        replace(finding, label=finding.label or label(finding.thing, store), file=None, line=None)
        for finding in findings
    )


def label(iri: str | None, store: Store) -> str | None:
    """Return what a thing, a class or a property is called, or None."""
    if not iri or ":" not in iri:
        return None
    try:
        node = NamedNode(iri)
    except ValueError:
        return None
    return (
        name_of(lambda name: (q.object for q in store.quads_for_pattern(node, name, None, DefaultGraph())))
        or None
    )


def in_words(finding: Finding) -> dict[str, str]:
    """Return a finding as it is shown: thing, path and value as people read them, what is wrong, advice."""
    thing = compact(finding.thing) if finding.thing else ""
    path = compact(finding.path) if finding.path else ""
    words = {
        "severity": finding.severity.value,
        "rule": compact(finding.rule),
        "thing": f"{finding.label} ({thing})" if finding.label else thing,
        "path": path,
        "value": compact_term(finding.value) if finding.value else "",
        "graph": compact(finding.graph) if finding.graph else "",
        "message": finding.message,
        "advice": finding.advice,
    }
    return {name: text for name, text in words.items() if text}
