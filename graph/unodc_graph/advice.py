"""What the dataset adds to a finding's advice: the name that may be meant, and where another value stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from typing import Final

from unodc_graph.dataset import Dataset
from unodc_graph.finding import Finding
from unodc_graph.location import from_here
from unodc_graph.namespace import BASE, CATALOGUE_GRAPH, GRAPH, PREFIXES, SOURCES_GRAPH, compact
from unodc_graph.store.term import NamedNode

_TYPE: Final = f"{PREFIXES['rdf']}type"
_TOO_MANY: Final = frozenset(
    f"{PREFIXES['sh']}{name}ConstraintComponent" for name in ("MaxCount", "UniqueLang")
)
_ALIKE: Final = 0.75
"""How alike two names must be, by `difflib.SequenceMatcher.ratio`, for one to be a slip for the other."""


class Adviser:
    """Knows what a dataset declares and where it says what."""

    def __init__(self, dataset: Dataset) -> None:
        """Take the dataset that the findings are of; it is read when first asked about."""
        self._dataset = dataset

    def advise(self, finding: Finding) -> Finding:
        """Return `finding`, its place known, with advice that says what may be meant or stands elsewhere."""
        hints = [hint for hint in (self._meant(finding), self._other(finding)) if hint]
        if not hints:
            return finding
        return replace(finding, advice=" ".join([*hints, finding.advice]).strip())

    def _meant(self, finding: Finding) -> str | None:
        """Return a question that names the declared term, thing or graph most like the one that is not."""
        named = finding.graph if finding.rule == "unregistered-graph" else (finding.value or "").strip("<>")
        if named is None or not named.startswith(BASE) or named in self._declared:
            return None
        space, name = _split(named)
        close = get_close_matches(name, self._names.get(space, ()), n=1, cutoff=_ALIKE)
        return f"Did you mean {compact(space + close[0])}?" if close else None

    def _other(self, finding: Finding) -> str | None:
        """Return a sentence that says where else `finding` has the values of which there may be one."""
        if finding.component not in _TOO_MANY or finding.thing is None or finding.path is None:
            return None
        places = {
            (str(from_here(file.path)), self._dataset.line(file, quad))
            for file in self._dataset.files
            for quad in file.quads
            if quad.predicate.value == finding.path and quad.subject == NamedNode(finding.thing)
        } - {(str(from_here(finding.file)) if finding.file else "", finding.line)}
        named = ", ".join(f"{file}:{line}" if line else file for file, line in sorted(places, key=str))
        return f"Another stands at {named}." if named else None

    @cached_property
    def _declared(self) -> set[str]:
        """What has a type, and the graphs that a curator writes beside those of passages."""
        typed = {quad.subject for quad in self._dataset.written if quad.predicate.value == _TYPE}
        return {CATALOGUE_GRAPH, SOURCES_GRAPH} | {
            thing.value for thing in typed if isinstance(thing, NamedNode)
        }

    @cached_property
    def _names(self) -> Mapping[str, list[str]]:
        """The names that are declared in each namespace."""
        names: dict[str, list[str]] = defaultdict(list)
        for iri in sorted(self._declared):
            if iri.startswith(BASE):
                space, name = _split(iri)
                names[space].append(name)
        return names


def _split(iri: str) -> tuple[str, str]:
    """Return the namespace and the name of one of our own IRIs."""
    for mark in ("#", "/"):
        space, found, name = iri.rpartition(mark)
        if found:
            return space + found, name
    return GRAPH, iri
