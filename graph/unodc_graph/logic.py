"""Findings of description logic: contradictions, classes that can have no member, axioms out of profile."""

from __future__ import annotations

from collections.abc import Callable

import rdflib

from unodc_graph import namespace
from unodc_graph.clash import terms as terms_of
from unodc_graph.finding import Finding
from unodc_graph.reasoning import check_consistency, check_profile


def find_contradictions(
    asserted: rdflib.Graph, terms: rdflib.Graph, named: Callable[[str], str] = str
) -> tuple[Finding, ...]:
    """Return what HermiT holds against `asserted`, everything together, and the profiles against `terms`.

    `terms` is the ontology with its schemes. `named` turns an axiom or fact, in functional syntax, into words
    that say where it stands. Raises ReasoningFailed when there is no verdict.
    """
    findings = [
        Finding(
            rule="profile",
            message=f"An axiom is outside {violation.profile}: {violation.axiom or violation.reason}.",
            advice=f"Say it with what the profile has: {violation.reason}.",
            thing=_first(violation.axiom, anything=True),
        )
        for violation in check_profile(terms)
    ]
    report = check_consistency(asserted)
    findings += [
        Finding(
            rule="unsatisfiable-class",
            message=f"Nothing can ever be a {namespace.compact(iri)}: its axioms contradict each other.",
            advice="Correct the axioms of the class, or of a class above it.",
            thing=iri,
        )
        for iri in report.unsatisfiable
    ]
    if not report.consistent:
        clash = "; ".join(map(named, report.clash))
        findings.append(
            Finding(
                rule="contradiction",
                message=f"These cannot all be true: {clash}.",
                advice="Each is needed for the contradiction, so correcting one of them ends it.",
                thing=next((thing for axiom in report.clash if (thing := _first(axiom))), None),
            )
        )
    return tuple(findings)


def _first(axiom: str, *, anything: bool = False) -> str | None:
    """Return the first thing of ours that `axiom` names, or the first term with `anything`, as an IRI."""
    own = (iri for iri in terms_of(axiom) if iri.startswith(namespace.BASE))
    return next((iri for iri in own if anything or namespace.kind(iri)), None)
