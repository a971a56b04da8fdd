"""An update run by the engine, its errors as ours, and what it may not add. Only to be called in a worker."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, Store, Triple

from unodc_graph.errors import GraphExists, NotFound, QuerySyntaxError
from unodc_graph.store.function import with_unknown_functions
from unodc_graph.store.syntax import impossible_triple, update_error
from unodc_graph.store.term import later_feature

_MISSING: Final = re.compile(r"The graph <([^<>]+)> does not exist")
_THERE: Final = re.compile(r"The graph <([^<>]+)> already exists")


def run_update(store: Store, text: str, base_iri: str | None) -> None:
    """Run the update `text` on `store`.

    Raises QuerySyntaxError, and NotFound or GraphExists where an operation without SILENT fails (SPARQL 1.1
    Update §3.2). A call of a function that is not known has no value (SPARQL 1.1 §17.6).
    """
    try:
        with_unknown_functions(
            lambda functions: store.update(text, base_iri=base_iri, custom_functions=functions)
        )
    except SyntaxError as error:
        raise update_error(text, str(error), base_iri) from None
    except RuntimeError as error:
        told = str(error)
        if found := _MISSING.search(told):
            raise NotFound(found.group(1)) from None
        if found := _THERE.search(told):
            raise GraphExists(found.group(1)) from None
        raise impossible_triple(told) or error from None


def inserted(update: str, base_iri: str | None) -> tuple[list[Quad], list[NamedNode | BlankNode]]:
    """Return what an update made of INSERT DATA inserts, and the graphs it names. Raises QuerySyntaxError."""
    memory = Store()
    run_update(memory, update, base_iri)
    return list(memory), list(memory.named_graphs())


def refuse_later_terms(quads: Iterable[Quad]) -> None:
    """Raise QuerySyntaxError when an update adds what only RDF 1.2 has: triple terms, or directions."""
    for quad in quads:
        if feature := later_feature(quad):
            near = "<<" if isinstance(quad.object, Triple) else str(quad.object)
            raise QuerySyntaxError(None, None, near, f"{feature} is of RDF 1.2; send RDF 1.1")


def refuse_nameless_graphs(quads: Iterable[Quad]) -> None:
    """Raise QuerySyntaxError when an update adds to a graph that a blank node names, as BNODE() can."""
    if any(isinstance(quad.graph_name, BlankNode) for quad in quads):
        raise QuerySyntaxError(None, None, "GRAPH", "an update that names each graph by an IRI")
