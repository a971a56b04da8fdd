"""Reconciliation: names in somebody's table matched to things of the graph, and their properties fetched.

Reconciliation Service API 0.2 (W3C Entity Reconciliation Community Group). Pure: no HTTP here.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, Final

from unodc_graph.namespace import ID, INFERRED_GRAPH, ONTOLOGY, PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import Literal, NamedNode, Term
from unodc_server.batch import MOST_RESULTS, Column, Extension, Query, full, short
from unodc_server.holding import LABEL, Holdings
from unodc_server.label import Entry, LabelIndex
from unodc_server.refusal import CallTimedOut

SECONDS: Final = 5.0
"""How long a call may take; the limits of `batch` keep it far below, unless the graph is very large."""

_CERTAIN: Final = 99.0
_NAME_SHARE: Final = 0.7
"""How much the name counts, and the rest the properties, where a query gives some."""

_XSD: Final = PREFIXES["xsd"]


@dataclass(frozen=True)
class Reconciler:
    """Answers over one generation, each within `seconds`."""

    store: Store
    index: LabelIndex
    holdings: Holdings
    seconds: float = SECONDS

    def batch(self, queries: Mapping[str, Query]) -> dict[str, Any]:
        """Return the candidates of each query. Raises CallTimedOut."""
        end = time.monotonic() + self.seconds
        found = {}
        for key, query in queries.items():
            self._check(end)
            found[key] = {"result": self._candidates(query)}
        return found

    def _check(self, end: float) -> None:
        if time.monotonic() >= end:
            raise CallTimedOut(self.seconds)

    def _candidates(self, query: Query) -> list[dict[str, Any]]:
        agreed: Counter[int] = Counter()
        for property_, names in query.properties:
            agreed.update(self.holdings.having(property_, names))
        share = {number: count / len(query.properties) for number, count in agreed.items()}
        if query.text.strip():
            scored = self._by_name(query, share)
        else:
            wanted = set(query.types)
            scored = [
                (round(-100 * part, 1), number)
                for number, part in share.items()
                if not wanted or not wanted.isdisjoint(self.index.entries[number].types)
            ]
        certain = len([least for least, _ in scored if -least >= _CERTAIN]) == 1
        return [
            {
                **self.named(self.index.entries[number]),
                "score": -least,
                "match": certain and -least >= _CERTAIN,
                "type": self.types(self.index.entries[number]),
            }
            for least, number in nsmallest(query.limit, scored)
            if least < 0
        ]

    def _by_name(self, query: Query, share: Mapping[int, float]) -> list[tuple[float, int]]:
        """Return each match as its score, negative, and the number of its entry, for sorting."""
        scored = []
        for match in self.index.find(query.text, MOST_RESULTS, query.types):
            number = self.index.number[match.entry.iri]
            part = share.get(number, 0.0) if query.properties else 1.0
            scored.append((-round(match.score * (_NAME_SHARE + (1 - _NAME_SHARE) * part), 1), number))
        return scored

    def named(self, entry: Entry) -> dict[str, Any]:
        """Return identifier, name and description of a thing; its symbol begins the description."""
        described = ": ".join(part for part in (entry.symbol, entry.description) if part)
        found = {"id": entry.iri[len(ID) :], "name": entry.label}
        return found | ({"description": described} if described else {})

    def types(self, entry: Entry) -> list[dict[str, str]]:
        """Return the classes of a thing, ours first."""
        ours = [iri for iri in entry.types if iri.startswith(ONTOLOGY)] or list(entry.types)
        return [self.term(iri) for iri in ours]

    def term(self, iri: str) -> dict[str, str]:
        """Return identifier and name of a class or property."""
        name = "label" if iri == LABEL else self.index.labels.get(iri)
        return {"id": short(iri), "name": name or short(iri)}

    def values(self, iri: str, predicate: str, inferred: bool = True) -> list[Term]:
        """Return the values of a property, with or without what follows, sorted."""
        pattern = self.store.quads_for_pattern(NamedNode(iri), NamedNode(predicate), None, None)
        return sorted({q.object for q in pattern if inferred or not _is_derived(q.graph_name)}, key=str)

    def terms(self, kind: str) -> list[dict[str, str]]:
        """Return the classes (`type`) that things have, or the properties (`property`) that are declared."""
        if kind == "type":
            counts = Counter(iri for entry in self.index.entries for iri in entry.types)
            return [self.term(iri) for iri, _ in counts.most_common() if iri.startswith(ONTOLOGY)]
        return sorted((self.term(iri) for iri in self.holdings.properties), key=lambda term: term["name"])

    def proposed(self, type_: str, limit: int) -> list[dict[str, str]]:
        """Return the properties that things of a class have, those of most things first."""
        counts: Counter[str] = Counter()
        wanted = full(type_) if type_ else ""
        for entry in self.index.entries:
            if not wanted or wanted in entry.types:
                quads = self.store.quads_for_pattern(NamedNode(entry.iri), None, None, None)
                counts.update({quad.predicate.value for quad in quads if not _is_derived(quad.graph_name)})
        counts.pop(f"{PREFIXES['rdf']}type", None)
        ranked = sorted(counts, key=lambda iri: (-counts[iri], iri))
        return [self.term(iri) for iri in ranked[:limit]]

    def extend(self, asked: Extension) -> dict[str, Any]:
        """Return the values of properties for things. Raises CallTimedOut."""
        end = time.monotonic() + self.seconds
        rows = {}
        for name in asked.ids:
            self._check(end)
            rows[name] = {column.id: self._cells(name, column) for column in asked.columns}
        return {"meta": [self.term(full(column.id)) for column in asked.columns], "rows": rows}

    def _cells(self, name: str, column: Column) -> list[dict[str, Any]]:
        if f"{ID}{name}" not in self.index.by_iri:
            return []
        values = self.values(f"{ID}{name}", full(column.id), column.inferred)
        return [self._cell(term) for term in values[: column.limit]]

    def _cell(self, term: Term) -> dict[str, Any]:
        if isinstance(term, Literal):
            kind = term.datatype.value.removeprefix(_XSD)
            if kind == "integer":
                return {"int": int(term.value)}
            if kind in ("decimal", "double"):
                return {"float": float(term.value)}
            if kind == "date":
                return {"date": f"{term.value[:10]}T00:00:00Z"}
            return {"str": term.value}
        iri = getattr(term, "value", str(term))
        entry = self.index.by_iri.get(iri)
        return {"id": iri[len(ID) :], "name": entry.label} if entry else {"str": iri}


def _is_derived(graph: object) -> bool:
    return getattr(graph, "value", "") == INFERRED_GRAPH
