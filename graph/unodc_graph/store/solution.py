"""Solutions of SELECT queries of our own, asked of a store in this process.

Not for text from a client: that is evaluated in a worker (`unodc_graph.store.evaluation`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import QuerySolutions, Store
from rdflib.term import Node

from unodc_graph.store.term import Term, to_rdflib


def solutions(store: Store, query: str) -> Iterator[Mapping[str, Term]]:
    """Yield the solutions of a SELECT query, without what is unbound. Raises SyntaxError and ValueError."""
    results = store.query(query)
    if not isinstance(results, QuerySolutions):
        raise ValueError("expected a SELECT query")
    names = [name.value for name in results.variables]
    for solution in results:
        yield {name: term for name in names if (term := solution[name]) is not None}


def rdflib_solutions(store: Store, query: str) -> Iterator[Mapping[str, Node]]:
    """Yield the same, as rdflib's terms."""
    for solution in solutions(store, query):
        yield {name: to_rdflib(term) for name, term in solution.items()}
