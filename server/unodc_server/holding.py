"""Which things have a value of a given name: what reconciliation asks of the properties of a row.

A table of a property is made when it is first asked for and kept with its generation, so that a query looks
its values up and goes through no statements.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from unodc_graph.namespace import PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import Literal, NamedNode
from unodc_server.label import LabelIndex, fold

LABEL: Final = f"{PREFIXES['rdfs']}label"
"""A property that OWL has built in, so that no ontology declares it."""

_KINDS: Final = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")


class Holdings:
    """The properties of one generation, and the things that have them by value."""

    def __init__(self, store: Store, index: LabelIndex) -> None:
        """Read which properties `store` declares; `index` is of the same generation."""
        self._store, self._index = store, index
        self._tables: dict[str, Mapping[str, set[int]]] = {}
        self._lock = threading.Lock()
        declared = {
            quad.subject.value
            for name in _KINDS
            for quad in store.quads_for_pattern(
                None, NamedNode(f"{PREFIXES['rdf']}type"), NamedNode(f"{PREFIXES['owl']}{name}"), None
            )
            if isinstance(quad.subject, NamedNode)
        }
        self.properties = frozenset(declared | {LABEL})

    def having(self, property_: str, names: frozenset[str]) -> set[int]:
        """Return the numbers of the entries with a value that goes by one of `names`, which are folded.

        A thing goes by its names, codes and identifier, a literal by its text. Of a property that is not
        declared nothing has a value.
        """
        if property_ not in self.properties:
            return set()
        with self._lock:
            table = self._tables.get(property_)
            if table is None:
                table = self._tables[property_] = self._table(property_)
        return set().union(*(table[name] for name in names if name in table))

    def _table(self, property_: str) -> Mapping[str, set[int]]:
        holders: defaultdict[NamedNode | Literal, set[int]] = defaultdict(set)
        for quad in self._store.quads_for_pattern(None, NamedNode(property_), None, None):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                number = self._index.number.get(quad.subject.value)
                if number is not None:
                    holders[quad.object].add(number)
        table: dict[str, set[int]] = {}
        for term, numbers in holders.items():
            names = {fold(term.value)} if isinstance(term, Literal) else self._index.called(term.value)
            for name in names:
                table[name] = table[name] | numbers if name in table else numbers
        return table
