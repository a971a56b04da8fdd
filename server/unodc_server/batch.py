"""Reading what a client of reconciliation sends: a batch of queries, or things and properties to fetch.

Whatever is wrong or beyond a limit is refused here, before any work, so that the dearest call that is taken
costs a fraction of a second.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from unodc_graph.namespace import ONTOLOGY, compact, expand
from unodc_server.label import LONGEST, fold
from unodc_server.refusal import BadRequest

MOST_QUERIES: Final = 50
MOST_RESULTS: Final = 50
MOST_PROPERTIES: Final = 10
MOST_VALUES: Final = 20
MOST_TYPES: Final = 20
MOST_IDS: Final = 200
MOST_CELLS: Final = 2000


@dataclass(frozen=True)
class Query:
    """One query of a batch. `properties` are IRIs, each with the folded names of the values wanted."""

    text: str
    types: tuple[str, ...]
    limit: int
    properties: tuple[tuple[str, frozenset[str]], ...]


@dataclass(frozen=True)
class Column:
    """A property to fetch: its identifier, how many values at most or None, whether what follows too."""

    id: str
    limit: int | None
    inferred: bool


@dataclass(frozen=True)
class Extension:
    """Things, by identifier, and the properties to fetch of each; nothing twice."""

    ids: tuple[str, ...]
    columns: tuple[Column, ...]


def read_batch(text: str, known: Collection[str]) -> dict[str, Query]:
    """Read a batch of queries; `known` are the IRIs of all properties.

    Raises BadRequest that says which query is wrong and how.
    """
    batch = _json(text, "queries")
    if not isinstance(batch, dict):
        raise BadRequest("`queries` is no JSON object.", 'Send {"q0": {"query": "UN Women"}}.')
    if len(batch) > MOST_QUERIES:
        raise BadRequest(f"`queries` has {len(batch)} queries; the limit is {MOST_QUERIES}.", "Send fewer.")
    for number, key in enumerate(batch, 1):
        if not _is_text(key):
            raise BadRequest(f"The name of query {number} is no valid text.", "Name it q0.")
    return {key: _Reading(key[:50], known).query(value) for key, value in batch.items()}


def read_extension(text: str, known: Collection[str]) -> Extension:
    """Read which properties to fetch of which things; `known` are the IRIs of all properties.

    Equal identifiers are merged; of equal properties the settings of the last count. Raises BadRequest.
    """
    asked = _json(text, "extend")
    ids = asked.get("ids") if isinstance(asked, dict) else None
    properties = asked.get("properties") if isinstance(asked, dict) else None
    if not isinstance(ids, list) or not all(_is_text(name) for name in ids):
        raise BadRequest("`extend` has no list `ids` of texts.", 'Write {"ids": [...], "properties": [...]}.')
    if not isinstance(properties, list) or not all(
        isinstance(item, dict) and _is_text(item.get("id")) for item in properties
    ):
        raise BadRequest("`extend` has no list `properties`.", 'Write [{"id": "place"}].')
    distinct = tuple(dict.fromkeys(ids))
    if len(distinct) > MOST_IDS:
        raise BadRequest(f"`ids` has {len(distinct)} entries; the limit is {MOST_IDS}.", "Send fewer.")
    columns = {item["id"]: item for item in properties}
    for name in columns:
        if full(name) not in known or short(full(name)) != name:
            raise BadRequest(f"There is no property {name[:50]!r}.", "Ask /reconcile/suggest/property.")
    if len(distinct) * len(columns) > MOST_CELLS:
        raise BadRequest(
            f"{len(distinct)} `ids` by {len(columns)} `properties` are more than {MOST_CELLS} cells.",
            "Send fewer ids at a time.",
        )
    return Extension(distinct, tuple(_column(name, item) for name, item in columns.items()))


def full(name: str) -> str:
    """Return the IRI that an identifier of a class or property stands for."""
    if "://" in name:
        return name
    return (expand(name) or name) if ":" in name else f"{ONTOLOGY}{name}"


def short(iri: str) -> str:
    """Return the identifier of a class or property: its own name, or a prefixed one if it is not ours."""
    return iri[len(ONTOLOGY) :] if iri.startswith(ONTOLOGY) else compact(iri)


def _column(name: str, item: dict[str, Any]) -> Column:
    given = item.get("settings")
    settings = given if isinstance(given, dict) else {}
    limit = str(settings.get("limit", 0))
    most = int(limit) if limit.isascii() and limit.isdecimal() and len(limit) < 7 else 0
    inferred = settings.get("inferred")
    return Column(name, most or None, inferred is True or inferred in ("true", "on", "1"))


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        place = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise BadRequest(f"`{name}` is not JSON{place}.", "Send a JSON object.") from None


def _whole(digits: str) -> int | float:
    """Read a whole number; one longer than any text is like one too large to be a float."""
    return int(digits) if len(digits) <= LONGEST else math.inf


def _is_text(value: object) -> bool:
    """Say whether `value` is a string that can be written in UTF-8, without half a surrogate pair."""
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False


@dataclass(frozen=True)
class _Reading:
    """Reads the query called `key`."""

    key: str
    known: Collection[str]

    def query(self, value: Any) -> Query:
        if not isinstance(value, dict):
            raise self._refuse("it is no JSON object.", 'Write {"query": "UN Women"}.')
        text, given = value.get("query", ""), value.get("properties", [])
        if not _is_text(text):
            raise self._refuse("`query` is no string.", "Give the name to look for.")
        if len(text) > LONGEST:
            raise self._refuse(f"`query` is longer than {LONGEST} characters.", "Send a name, no passage.")
        if not isinstance(given, list):
            raise self._refuse("`properties` is no list.", 'Write [{"pid": "place", "v": "Kyrgyzstan"}].')
        if not text.strip() and not given:
            raise self._refuse("there is neither `query` nor `properties`.", "Give a name to look for.")
        properties = tuple(dict.fromkeys(self._property(item) for item in given))
        if len(properties) > MOST_PROPERTIES:
            raise self._refuse(
                f"`properties` has {len(properties)} entries; the limit is {MOST_PROPERTIES}.", "Send fewer."
            )
        return Query(text, self._types(value.get("type", [])), self._limit(value), properties)

    def _limit(self, value: dict[str, Any]) -> int:
        limit = value.get("limit", 10)
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not 1 <= limit < math.inf:
            raise self._refuse("`limit` is no number above 0.", "Leave it out, or write 5.")
        return int(min(limit, MOST_RESULTS))

    def _types(self, types: Any) -> tuple[str, ...]:
        types = [types] if isinstance(types, str) else types
        if not isinstance(types, list) or not all(_is_text(name) for name in types):
            raise self._refuse("`type` is neither a string nor a list of strings.", 'Write "Programme".')
        distinct = tuple(dict.fromkeys(full(name) for name in types))
        if len(distinct) > MOST_TYPES:
            raise self._refuse(f"`type` has {len(distinct)} entries; the limit is {MOST_TYPES}.", "Send one.")
        return distinct

    def _property(self, item: Any) -> tuple[str, frozenset[str]]:
        if not isinstance(item, dict) or not _is_text(item.get("pid")) or "v" not in item:
            raise self._refuse(
                "a property has no `pid` or no `v`.", 'Write {"pid": "place", "v": "Kyrgyzstan"}.'
            )
        pid, given = item["pid"], item["v"]
        if full(pid) not in self.known:
            raise self._refuse(f"there is no property {pid[:50]!r}.", "Ask /reconcile/suggest/property.")
        values = dict.fromkeys(
            self._value(pid, one) for one in (given if isinstance(given, list) else [given])
        )
        if len(values) > MOST_VALUES:
            raise self._refuse(
                f"property {pid[:50]!r} has {len(values)} values; the limit is {MOST_VALUES}.", "Send fewer."
            )
        return full(pid), frozenset(fold(value) for value in values)

    def _value(self, pid: str, value: Any) -> str:
        value = value.get("id", "") if isinstance(value, dict) else value
        if isinstance(value, float) and not math.isfinite(value):
            raise self._refuse(f"a value of property {pid[:50]!r} is no finite number.", "Send it as a text.")
        text = str(value) if isinstance(value, int | float) or value is None else value
        if not _is_text(text):
            raise self._refuse(
                f"a value of property {pid[:50]!r} is no text, number or thing.", 'Write {"id": "place/kgz"}.'
            )
        if len(text) > LONGEST:
            raise self._refuse(
                f"a value of property {pid[:50]!r} is longer than {LONGEST} characters.", "Send a name."
            )
        return str(text)

    def _refuse(self, what: str, hint: str) -> BadRequest:
        return BadRequest(f"Query `{self.key}`: {what}", hint)
