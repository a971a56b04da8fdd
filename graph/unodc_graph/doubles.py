"""Findings that only follow from another: what is wrong is said once, and nothing untrue besides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from unodc_graph.dataset import Dataset
from unodc_graph.finding import Finding
from unodc_graph.namespace import BASE, ONTOLOGY_GRAPH, PREFIXES, SHAPES
from unodc_graph.store.term import BlankNode, NamedNode

_WITHOUT_EVIDENCE: Final = f"{SHAPES}Evidenced-evidence"
_UNKNOWN_CLASS: Final = f"{SHAPES}Classed-type"
_SUBJECTS: Final = f"{SHAPES}Subject"
_TYPE: Final = f"{PREFIXES['rdf']}type"
_OF_THE_VALUE: Final = tuple(f"{PREFIXES['sh']}{name}ConstraintComponent" for name in ("Class", "Node"))
_UNSAFE_BASE: Final = BASE.replace("https:", "http:")


def without_doubles(
    unclean: Iterable[Finding], invalid: Iterable[Finding], dataset: Dataset
) -> tuple[Finding, ...]:
    """Return the findings of hygiene (`unclean`) and of the shapes (`invalid`) without what only follows.

    What hygiene says of a blank node or of an unknown class is kept, and what the shapes hold against the
    same thing for it is not; blank nodes of one file are one finding. Where both say that what is pointed to
    is not declared, or that no passage is named, the shape says it.
    """
    unclean = tuple(unclean)
    unknown = {(f.thing, f.value) for f in unclean if f.rule == "undeclared-term" and f.path == _TYPE}
    kept = [finding for finding in invalid if not _follows(finding, unknown)]
    statements = {(finding.thing, finding.path, finding.value) for finding in kept}
    without_evidence = {finding.thing for finding in kept if finding.rule == _WITHOUT_EVIDENCE}
    reserved = {(finding.thing, finding.graph) for finding in unclean if finding.rule == "reserved-graph"}

    def is_double(finding: Finding) -> bool:
        match finding.rule:
            case "undeclared-thing":
                return (finding.thing, finding.path, finding.value) in statements
            case "unplaced-statement":
                return finding.thing in without_evidence
            case "misplaced-statement":
                return (finding.thing, finding.graph) in reserved
        return finding.rule == "blank-node"

    blank = [finding for finding in unclean if finding.rule == "blank-node"]
    return (*(f for f in unclean if not is_double(f)), *_one_a_file(blank, dataset), *kept)


def _follows(finding: Finding, unknown: set[tuple[str | None, str | None]]) -> bool:
    """Say whether a finding of the shapes follows from a blank node, a slip in an address or in a class."""
    thing, value = finding.thing or "", finding.value or ""
    if ":" not in thing or value.startswith("_:") or thing.startswith(_UNSAFE_BASE):
        return True
    if finding.rule == _UNKNOWN_CLASS:
        return (thing, value) in unknown
    classless = {name for name, _ in unknown}
    if finding.rule.startswith(_SUBJECTS) and thing in classless:
        return True
    return finding.component in _OF_THE_VALUE and value.strip("<>") in classless


def _one_a_file(blank: list[Finding], dataset: Dataset) -> list[Finding]:
    """Return one finding for each file with blank nodes outside the ontology, at a thing that has a name."""
    found = []
    for file in dataset.files:
        graphs = {
            quad.graph_name.value
            for quad in file.quads
            if isinstance(quad.graph_name, NamedNode)
            and quad.graph_name.value != ONTOLOGY_GRAPH
            and (isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode))
        }
        here = sorted(
            (finding for finding in blank if finding.graph in graphs), key=lambda f: (f.thing is None, str(f))
        )
        for finding in here[:1]:
            place = finding.thing and dataset.place(finding.thing, finding.path, None, finding.graph)
            line = place.line if place and place.file == file.path else None
            found.append(replace(finding, file=file.path, line=line))
    return found
