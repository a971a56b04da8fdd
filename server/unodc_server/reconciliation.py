"""Reconciliation: names in somebody's table matched to things of the graph, and their properties fetched.

Reconciliation Service API 0.2 (W3C Entity Reconciliation Community Group). Pure: no HTTP here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from unodc_graph.namespace import ID, INFERRED_GRAPH, ONTOLOGY, PREFIXES, compact, expand
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import Literal, NamedNode, Term
from unodc_server.label import Entry, LabelIndex, Match, fold
from unodc_server.refusal import BadRequest

MOST_QUERIES: Final = 50
MOST_IDS: Final = 200
_MOST_RESULTS: Final = 50
_CERTAIN: Final = 99.0
_NAME_SHARE: Final = 0.7
"""How much the name counts, and the rest the properties, where a query gives some."""

_XSD: Final = PREFIXES["xsd"]
_KINDS_OF_PROPERTY: Final = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
_LABEL: Final = f"{PREFIXES['rdfs']}label"
"""A property that OWL has built in, so that no ontology declares it."""


@dataclass(frozen=True)
class Query:
    """One query of a batch."""

    text: str
    types: tuple[str, ...]
    limit: int
    properties: tuple[tuple[str, tuple[str, ...]], ...]


def read_batch(text: str) -> dict[str, Query]:
    """Read a batch of queries. Raises BadRequest that says which query is wrong and how."""
    batch = _json(text, "queries")
    if not isinstance(batch, dict):
        raise BadRequest("`queries` is no JSON object.", 'Send {"q0": {"query": "UN Women"}}.')
    if len(batch) > MOST_QUERIES:
        raise BadRequest(f"`queries` has {len(batch)} queries; the limit is {MOST_QUERIES}.", "Send fewer.")
    return {key: _read_query(str(key)[:50], value) for key, value in batch.items()}


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        place = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise BadRequest(f"`{name}` is not JSON{place}.", "Send a JSON object.") from None


def _read_query(key: str, value: Any) -> Query:
    def refuse(what: str, hint: str) -> BadRequest:
        return BadRequest(f"Query `{key}`: {what}", hint)

    if not isinstance(value, dict):
        raise refuse("it is no JSON object.", 'Write {"query": "UN Women"}.')
    text, given = value.get("query", ""), value.get("properties", [])
    if not isinstance(text, str):
        raise refuse("`query` is no string.", "Give the name to look for.")
    if not isinstance(given, list):
        raise refuse("`properties` is no list.", 'Write [{"pid": "place", "v": "Kyrgyzstan"}].')
    if not text.strip() and not given:
        raise refuse("there is neither `query` nor `properties`.", "Give a name to look for.")
    limit = value.get("limit", 10)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 1:
        raise refuse("`limit` is no number above 0.", "Leave it out, or write 5.")
    types = value.get("type", [])
    types = [types] if isinstance(types, str) else types
    if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
        raise refuse("`type` is neither a string nor a list of strings.", 'Write "Programme".')
    properties = []
    for item in given:
        if not isinstance(item, dict) or not isinstance(item.get("pid"), str) or "v" not in item:
            raise refuse("a property has no `pid` or no `v`.", 'Write {"pid": "place", "v": "Kyrgyzstan"}.')
        values = item["v"] if isinstance(item["v"], list) else [item["v"]]
        properties.append((item["pid"], tuple(_value_text(v) for v in values)))
    return Query(text, tuple(types), min(int(limit), _MOST_RESULTS), tuple(properties))


def _value_text(value: Any) -> str:
    return str(value.get("id", "")) if isinstance(value, dict) else str(value)


@dataclass(frozen=True)
class Reconciler:
    """Answers over one generation."""

    store: Store
    index: LabelIndex

    def batch(self, queries: Mapping[str, Query]) -> dict[str, Any]:
        """Return the candidates of each query."""
        return {key: {"result": self._candidates(query)} for key, query in queries.items()}

    def _candidates(self, query: Query) -> list[dict[str, Any]]:
        types = [full(name) for name in query.types]
        if query.text.strip():
            matches = self.index.find(query.text, _MOST_RESULTS, types)
        else:
            entries = [e for e in self.index.entries if not types or set(types) & set(e.types)]
            matches = [Match(entry, 100.0, entry.label, "label") for entry in entries]
        scored = [(self._score(match, query), match) for match in matches]
        scored.sort(key=lambda pair: (-pair[0], pair[1].entry.label.casefold(), pair[1].entry.iri))
        certain = len([score for score, _ in scored if score >= _CERTAIN]) == 1
        return [
            {
                **self.named(match.entry),
                "score": score,
                "match": certain and score >= _CERTAIN,
                "type": self.types(match.entry),
            }
            for score, match in scored[: query.limit]
            if score > 0
        ]

    def _score(self, match: Match, query: Query) -> float:
        if not query.properties:
            return match.score
        agreed = sum(self._agrees(match.entry.iri, pid, values) for pid, values in query.properties)
        share = agreed / len(query.properties)
        if not query.text.strip():
            return round(100 * share, 1)
        return round(match.score * (_NAME_SHARE + (1 - _NAME_SHARE) * share), 1)

    def _agrees(self, iri: str, pid: str, values: Sequence[str]) -> bool:
        wanted = {fold(value) for value in values}
        for term in self.values(iri, full(pid)):
            text = getattr(term, "value", "")
            names = {fold(text), fold(self.index.labels.get(text, "")), fold(text.removeprefix(ID))}
            known = self.index.by_iri.get(text)
            names |= {fold(form) for form, _ in known.forms} if known else set()
            if names & wanted:
                return True
        return False

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
        name = "label" if iri == _LABEL else self.index.labels.get(iri)
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
        found = {
            quad.subject.value
            for name in _KINDS_OF_PROPERTY
            for quad in self.store.quads_for_pattern(
                None, NamedNode(f"{PREFIXES['rdf']}type"), NamedNode(f"{PREFIXES['owl']}{name}"), None
            )
            if isinstance(quad.subject, NamedNode)
        } | {_LABEL}
        return sorted((self.term(iri) for iri in found), key=lambda term: term["name"])

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

    def extend(self, text: str) -> dict[str, Any]:
        """Return the values of properties for things. Raises BadRequest that says what is wrong."""
        asked = _json(text, "extend")
        ids = asked.get("ids") if isinstance(asked, dict) else None
        properties = asked.get("properties") if isinstance(asked, dict) else None
        if not isinstance(ids, list) or not all(isinstance(name, str) for name in ids):
            raise BadRequest("`extend` has no list `ids`.", 'Write {"ids": [...], "properties": [...]}.')
        if len(ids) > MOST_IDS:
            raise BadRequest(f"`ids` has {len(ids)} entries; the limit is {MOST_IDS}.", "Send fewer.")
        if not isinstance(properties, list) or not all(_is_property(item) for item in properties):
            raise BadRequest("`extend` has no list `properties`.", 'Write [{"id": "place"}].')
        known = {term["id"] for term in self.terms("property")}
        for item in properties:
            if item["id"] not in known:
                raise BadRequest(
                    f"There is no property {item['id'][:50]!r}.", "Ask /reconcile/suggest/property."
                )
        meta = [self.term(full(item["id"])) for item in properties]
        rows = {name: {p["id"]: self._cells(name, p) for p in properties} for name in ids}
        return {"meta": meta, "rows": rows}

    def _cells(self, name: str, property_: Mapping[str, Any]) -> list[dict[str, Any]]:
        if f"{ID}{name}" not in self.index.by_iri:
            return []
        given = property_.get("settings")
        settings = given if isinstance(given, dict) else {}
        inferred = settings.get("inferred") in (True, "true", "on", "1")
        values = self.values(f"{ID}{name}", full(property_["id"]), inferred)
        limit = str(settings.get("limit", 0))
        most = int(limit) if limit.isdecimal() and len(limit) < 7 and int(limit) else len(values)
        return [self._cell(term) for term in values[:most]]

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


def short(iri: str) -> str:
    """Return the identifier of a class or property: its own name, or a prefixed one if it is not ours."""
    return iri[len(ONTOLOGY) :] if iri.startswith(ONTOLOGY) else compact(iri)


def full(name: str) -> str:
    """Return the IRI that an identifier of a class or property stands for."""
    if "://" in name:
        return name
    return (expand(name) or name) if ":" in name else f"{ONTOLOGY}{name}"


def _is_property(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str)


def _is_derived(graph: object) -> bool:
    return getattr(graph, "value", "") == INFERRED_GRAPH
