"""Functions that a query or an update calls and nobody knows.

The engine refuses the whole text; to the standard (SPARQL 1.1 §17.6, §17.3) a function that is not there is
an error of the expression that calls it, and of no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

_UNKNOWN: Final = re.compile(r"custom function <([^<>]+)> is not supported")

Functions: TypeAlias = dict[NamedNode, Callable[..., NamedNode | BlankNode | Literal | Triple | None]]
"""What the engine is given as functions of our own."""

_Result = TypeVar("_Result")


def with_unknown_functions(call: Callable[[Functions], _Result]) -> _Result:
    """Return what `call` does, given a function without a value for each one that the engine does not know.

    `call` is made again for each of them, so it must do nothing before it fails. Raises what `call` raises.
    """
    unknown: Functions = {}
    while True:
        try:
            return call(unknown)
        except RuntimeError as error:
            found = _UNKNOWN.search(str(error))
            if found is None or NamedNode(found.group(1)) in unknown:
                raise
            unknown[NamedNode(found.group(1))] = _no_value


def _no_value(*_arguments: object) -> None:
    """Stand for a function that is not known: its call has no value, whatever it is given."""
