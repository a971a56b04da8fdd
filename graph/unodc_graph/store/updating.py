"""An update run on a store by the engine, and its errors as ours. Only to be called in a worker."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from unodc_graph.errors import GraphExists, NotFound
from unodc_graph.store.syntax import impossible_triple, update_error

_UNKNOWN_FUNCTION: Final = re.compile(r"custom function <([^<>]+)> is not supported")
_MISSING: Final = re.compile(r"The graph <([^<>]+)> does not exist")
_THERE: Final = re.compile(r"The graph <([^<>]+)> already exists")

_Function = Callable[..., NamedNode | BlankNode | Literal | Triple | None]


def run_update(store: Store, text: str, base_iri: str | None) -> None:
    """Run the update `text` on `store`.

    Raises QuerySyntaxError, and NotFound or GraphExists where an operation without SILENT fails (SPARQL 1.1
    Update §3.2). A call of a function that is not known has no value (SPARQL 1.1 §17.6).
    """
    unknown: dict[NamedNode, _Function] = {}
    while True:
        try:
            store.update(text, base_iri=base_iri, custom_functions=unknown)
        except SyntaxError as error:
            raise update_error(str(error)) from None
        except RuntimeError as error:
            told = str(error)
            if found := _MISSING.search(told):
                raise NotFound(found.group(1)) from None
            if found := _THERE.search(told):
                raise GraphExists(found.group(1)) from None
            if refused := impossible_triple(told):
                raise refused from None
            found = _UNKNOWN_FUNCTION.search(told)
            if found is None or NamedNode(found.group(1)) in unknown:
                raise
            unknown[NamedNode(found.group(1))] = lambda *_: None
        else:
            return
