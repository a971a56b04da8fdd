"""Findings as data: a SHACL validation report in Turtle (SHACL §3.6), and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

import rdflib
from rdflib import RDF, SH

from unodc_graph.finding import Finding, Severity
from unodc_graph.namespace import BASE, PREFIXES

_SEVERITIES: Final = {
    Severity.VIOLATION: SH.Violation,
    Severity.WARNING: SH.Warning,
    Severity.INFO: SH.Info,
}
_HYGIENE: Final = f"{BASE}hygiene/"


def to_json(findings: Iterable[Finding]) -> str:
    """Return the findings as a JSON array of objects, one for each, with the fields of Finding."""
    rows = [{**asdict(f), "file": str(f.file) if f.file else None} for f in findings]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def to_turtle(findings: Iterable[Finding]) -> str:
    """Return a `sh:ValidationReport` with one `sh:ValidationResult` for each finding.

    The rule of hygiene that was broken stands as the source shape; file and line stand in the message.
    """
    graph = rdflib.Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    report = rdflib.BNode()
    graph.add((report, RDF.type, SH.ValidationReport))
    conforms = True
    for finding in findings:
        conforms = False
        graph.add((report, SH.result, _result(graph, finding)))
    graph.add((report, SH.conforms, rdflib.Literal(conforms)))
    return graph.serialize(format="turtle")


def _result(graph: rdflib.Graph, finding: Finding) -> rdflib.BNode:
    result = rdflib.BNode()
    place = (
        f" ({finding.file}:{finding.line})" if finding.line else f" ({finding.file})" if finding.file else ""
    )
    message = " ".join(part for part in (finding.message, finding.advice) if part) + place
    thing = finding.thing or finding.graph
    is_shape = finding.rule.startswith(BASE)
    rule = rdflib.URIRef(finding.rule if is_shape else _HYGIENE + finding.rule)
    component = rdflib.URIRef(finding.component) if finding.component else SH.SPARQLConstraintComponent
    for predicate, value in (
        (RDF.type, SH.ValidationResult),
        (SH.focusNode, rdflib.URIRef(thing) if thing and ":" in thing else rdflib.BNode()),
        (SH.resultSeverity, _SEVERITIES[finding.severity]),
        (SH.resultMessage, rdflib.Literal(message, lang="en")),
        (SH.sourceShape, rule),
        (SH.sourceConstraintComponent, component),
    ):
        graph.add((result, predicate, value))
    if finding.path and finding.path.startswith("http"):
        graph.add((result, SH.resultPath, rdflib.URIRef(finding.path)))
    if finding.value:
        graph.add((result, SH.value, _term(finding.value)))
    return result


def _term(written: str) -> rdflib.term.Node:
    """Return the term that `written` is in N-Triples form, its lexical form kept."""
    quad = next(iter(rdflib.Graph().parse(data=f"<urn:s> <urn:p> {written} .", format="nt")))
    return quad[2]
