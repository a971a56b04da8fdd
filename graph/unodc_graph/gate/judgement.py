"""Whether a change may pass, and what speaks against it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import rdflib
from rdflib.term import Node

from unodc_graph.dataset import shapes
from unodc_graph.finding import Finding
from unodc_graph.gate.delta import Delta
from unodc_graph.gate.focus import focus_nodes, looking_at
from unodc_graph.gate.index import Triple, index
from unodc_graph.gate.rule import broken_rules
from unodc_graph.hygiene import read_rules
from unodc_graph.location import Rooms
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import to_rdflib
from unodc_graph.validation import findings, report


@dataclass(frozen=True)
class Judgement:
    """What the checks hold against the state that a change makes.

    `findings` come from the shapes and from the hygiene queries, in a stable order, their files and labels
    empty; `report` is the SHACL validation report (SHACL §3.6), to be negotiated as RDF. `focus` says which
    nodes each shape was asked of, None for all its targets.
    """

    findings: tuple[Finding, ...]
    report: rdflib.Graph
    focus: Mapping[Node, frozenset[Node] | None]

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that block the change."""
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def accepted(self) -> bool:
        """Whether the change may pass: warnings do not block it."""
        return not self.violations


class Gate:
    """The shapes and hygiene queries of one version of the project, made ready to judge changes.

    It is made once and asked often, from any number of threads; it keeps nothing of what it is asked.
    `shapes` are those that it judges by, and `version` says which.
    """

    def __init__(self, rooms: Rooms) -> None:
        """Read the shapes and hygiene rules of `rooms`. Raises UnreadableFile, ShapesUnusable."""
        self.shapes = shapes(rooms)
        self._index = index(self.shapes)
        self._rules = read_rules(rooms.hygiene)
        self.version = _version(rooms)

    def judge(self, parent: Store, candidate: Store, delta: Delta, everything: bool = False) -> Judgement:
        """Return what speaks against the change `delta` that leads from `parent` to `candidate`.

        Both are open stores (`Generation.open()`, or the clone that is being written), their default graphs
        kept up with the named ones; `graph/inferred` may lag behind. With `everything` the whole state is
        validated: give it when the shapes have changed since `parent` was made (`version` tells). Raises
        ShapesUnusable, QuerySyntaxError.
        """
        with looking_at(parent) as old, looking_at(candidate) as new:
            if everything:
                focus: Mapping[Node, frozenset[Node] | None] = dict.fromkeys(self._index.targets)
            else:
                focus = focus_nodes(self._index, old, new, _changes(old.graph, new.graph, delta))
            found = report(new.graph, self._index.shapes_for(focus))
            held = findings(found, new.graph, self.shapes)
        return Judgement((*held, *broken_rules(self._rules, candidate, delta)), found, focus)


def _changes(old: rdflib.Graph, new: rdflib.Graph, delta: Delta) -> frozenset[Triple]:
    """Return the triples of `delta` that stand in one of the two states only, whatever graph they are in."""
    triples = {
        (to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object))
        for quad in delta.added | delta.removed
    }
    return frozenset(triple for triple in triples if (triple in old) != (triple in new))


def _version(rooms: Rooms) -> str:
    """Return the SHA-256 of the shapes' files, in hexadecimal: another version, another digest."""
    content = hashlib.sha256()
    for path in sorted(rooms.shapes.glob("*.ttl")):
        content.update(path.read_bytes())
    return content.hexdigest()
