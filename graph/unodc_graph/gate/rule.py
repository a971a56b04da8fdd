"""The hygiene rules that can be asked of a change alone; the others are asked at a release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from unodc_graph.dataset import EVIDENCED_BY
from unodc_graph.finding import Finding
from unodc_graph.gate.delta import Delta
from unodc_graph.hygiene import Rule, found, run_over
from unodc_graph.namespace import DERIVED_GRAPHS, ONTOLOGY_GRAPH, passage_of_graph
from unodc_graph.store.evaluation import Store
from unodc_graph.store.solution import solutions
from unodc_graph.store.term import NamedNode, Quad

STATEMENT: Final = "statement"
_PATTERN: Final = re.compile(r"\bWHERE\s*\{")


def broken_rules(rules: tuple[Rule, ...], candidate: Store, delta: Delta) -> tuple[Finding, ...]:
    """Return what `rules` find that `delta` has brought about in `candidate`, in a stable order.

    A change of the ontology concerns every statement, so then the rules are asked of everything. Raises
    QuerySyntaxError when a rule is no SELECT query.
    """
    written = [quad for quad in delta.added if quad.predicate != EVIDENCED_BY]
    local = run_over(written, tuple(rule for rule in rules if STATEMENT in rule.gate))
    others = tuple(rule for rule in rules if rule.gate and STATEMENT not in rule.gate)
    if any(_graph(quad) == ONTOLOGY_GRAPH for quad in delta.added | delta.removed):
        wide = [found(rule, partial(solutions, candidate)) for rule in others]
    else:
        wide = [_asked_of_changed(rule, candidate, delta) for rule in others]
    return tuple(finding for part in (local, *wide) for finding in part if not _derived(finding))


def _asked_of_changed(rule: Rule, candidate: Store, delta: Delta) -> tuple[Finding, ...]:
    """Return what `rule` finds with one of its variables set to a thing, or a graph, that changed.

    The values stand at the beginning of the pattern, where the engine's optimiser sees how few they are.
    """
    findings: dict[Finding, None] = {}
    for variable in rule.gate:
        values = " ".join(sorted({str(node) for node in _changed(variable, delta)}))
        query = _PATTERN.sub(f"WHERE {{ VALUES {variable} {{ {values} }}", rule.query, count=1)
        findings |= dict.fromkeys(found(replace(rule, query=query), partial(solutions, candidate)))
    return tuple(findings)


def _changed(variable: str, delta: Delta) -> Iterator[NamedNode]:
    """Yield the values of `variable` that can break a rule by `delta`.

    A graph does when it changed, came about, is spoken of, or is the context graph of a passage spoken of.
    """
    subjects = {quad.subject for quad in delta.added | delta.removed if isinstance(quad.subject, NamedNode)}
    yield from subjects
    if variable != "?graph":
        return
    yield from (NamedNode(name) for name in delta.created)
    yield from (NamedNode(f"{thing.value}/context") for thing in subjects if passage_of_graph(thing.value))
    for quad in delta.added | delta.removed:
        if isinstance(quad.graph_name, NamedNode):
            yield quad.graph_name


def _graph(quad: Quad) -> str | None:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else None


def _derived(finding: Finding) -> bool:
    """Say whether a finding is of a statement that nobody wrote: rules hold for what is written."""
    return finding.graph in DERIVED_GRAPHS or finding.path == EVIDENCED_BY.value
