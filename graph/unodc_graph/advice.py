"""What the graph adds to a finding's advice: the thing that may be meant, and where another value stands."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import rdflib

from unodc_graph.dataset import Dataset
from unodc_graph.finding import Finding
from unodc_graph.inference.term import parse_term
from unodc_graph.likely import Lookalikes, like
from unodc_graph.location import from_here
from unodc_graph.namespace import BASE, CATALOGUE_GRAPH, GRAPH, PREFIXES, SOURCES_GRAPH, compact
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import Literal, NamedNode

_SH: Final = PREFIXES["sh"]
_CLASS: Final = rdflib.URIRef(f"{_SH}class")
_WANTS_A_THING: Final = frozenset(f"{_SH}{name}ConstraintComponent" for name in ("Class", "NodeKind"))
_TOO_MANY: Final = frozenset(f"{_SH}{name}ConstraintComponent" for name in ("MaxCount", "UniqueLang"))
_WRITTEN_GRAPHS: Final = (CATALOGUE_GRAPH, SOURCES_GRAPH)
"""The graphs that a curator writes beside those of passages."""


class Adviser:
    """Knows what a store declares, and of what class the shapes want a value."""

    def __init__(self, store: Store, shapes: rdflib.Graph) -> None:
        """Take a store whose default graph holds what is asserted; nothing is read before it is asked for."""
        self._lookalikes = Lookalikes(store)
        self._shapes = shapes
        self._known: dict[tuple[str | None, ...], str] = {}

    def advise(self, finding: Finding) -> Finding:
        """Return `finding` with advice that says what may be meant, if anything is like what it holds."""
        hint = self._unregistered(finding) if finding.rule == "unregistered-graph" else self._meant(finding)
        return _with(finding, hint)

    def advise_first(self, findings: Iterable[Finding], most: int, seconds: float) -> Iterator[Finding]:
        """Yield `findings`, the first `most` violations with advice, the last begun within `seconds`.

        The seconds are those of this process on the processor.
        """
        until = time.process_time() + seconds
        for finding in findings:
            if finding.blocks and most and time.process_time() < until:
                most -= 1
                finding = self.advise(finding)
            yield finding

    def _unregistered(self, finding: Finding) -> str:
        named = finding.graph or ""
        if not named.startswith(GRAPH):
            return self._hint(finding, named, None)
        meant = None if named in _WRITTEN_GRAPHS else like(named, _WRITTEN_GRAPHS)
        return _question([meant] if meant else [])

    def _meant(self, finding: Finding) -> str:
        """Return what to write in place of the value, which is sought once for all findings of a sort."""
        value, kind = finding.value or "", self._class(finding)
        key = (value, kind, finding.component)
        if key not in self._known:
            self._known[key] = self._hint(finding, value, kind)
        return self._known[key]

    def _class(self, finding: Finding) -> str | None:
        """Return the class that the shape of `finding` wants a value to be of."""
        found = self._shapes.value(rdflib.URIRef(finding.rule), _CLASS)
        return str(found) if isinstance(found, rdflib.URIRef) else None

    def _hint(self, finding: Finding, value: str, kind: str | None) -> str:
        if value.startswith('"'):
            return self._for_text(value, kind) if finding.component in _WANTS_A_THING else ""
        named = value.strip("<>")
        if not named.startswith(BASE) or self._lookalikes.is_declared(named):
            return ""
        meant = self._lookalikes.identified(named, kind)
        return _question([meant] if meant else [])

    def _for_text(self, value: str, kind: str | None) -> str:
        term = parse_term(value)
        meant = self._lookalikes.named(term.value, term.language, kind) if isinstance(term, Literal) else ()
        write = "Write the identifier of a thing, not a text in quotation marks."
        return f"{write} {_question(meant)}".strip()


def with_place(finding: Finding, dataset: Dataset) -> Finding:
    """Return `finding`, its place known, with advice that says where in the files there is another value."""
    if finding.component not in _TOO_MANY or finding.thing is None or finding.path is None:
        return finding
    places = {
        (str(from_here(file.path)), dataset.line(file, quad))
        for file in dataset.files
        for quad in file.quads
        if quad.predicate.value == finding.path and quad.subject == NamedNode(finding.thing)
    } - {(str(from_here(finding.file)) if finding.file else "", finding.line)}
    named = ", ".join(f"{file}:{line}" if line else file for file, line in sorted(places, key=str))
    return _with(finding, f"Another stands at {named}." if named else "")


def _question(meant: Iterable[str]) -> str:
    names = " or ".join(map(compact, meant))
    return f"Did you mean {names}?" if names else ""


def _with(finding: Finding, hint: str) -> Finding:
    return replace(finding, advice=f"{hint} {finding.advice}".strip()) if hint else finding
