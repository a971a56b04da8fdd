"""Where a query or an update stops being SPARQL, more exactly than the engine says.

The engine reports the farthest place it looked at, which lies behind the mistake by up to the length of a
keyword. So ever shorter beginnings of the text are tried, by bisection: the mistake is at the first word
after which nothing can go on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from pyoxigraph import Store

from unodc_graph.errors import QuerySyntaxError
from unodc_graph.store.mistake import meant
from unodc_graph.store.scan import tokens

_PLACE: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_SENTENCE: Final = re.compile(r"[A-Z][a-z]+(?: [A-Za-z]+)+|The [A-Z]+(?: [a-z]+)+")
_KEYWORD: Final = re.compile(r"\b[A-Z]{2,}\b")
_NO_PREFIX: Final = "Prefix not found"
"""What the engine says of a prefix that was not declared."""

_NOT_OFFERED: Final = frozenset({"SERVICE", "LATERAL", "LOAD"})
_ONE: Final = re.compile(r'"([^"\\]{1,3})"\s*\Z')
"""The engine expected one punctuation and nothing else."""

_MARGIN: Final = 40
"""More than the engine looks ahead: no keyword is as long."""
_LONGEST: Final = 65_536
"""Texts beyond this many characters get the engine's own place: bisection would take too long."""


def syntax_error(query: str, message: str, base_iri: str | None) -> QuerySyntaxError:
    """Return the error for `query`, of which the engine said `message`; lines and columns count from 1."""
    return _error(query, message, lambda text: _can_begin(text, base_iri), update=False)


def update_error(update: str, message: str, base_iri: str | None) -> QuerySyntaxError:
    """Return the error for `update`, of which the engine said `message`, as `syntax_error` does."""
    return _error(update, message, lambda text: _can_begin_update(text, base_iri), update=True)


def _error(query: str, message: str, can_begin: Callable[[str], bool], *, update: bool) -> QuerySyntaxError:
    match = _PLACE.match(message)
    if match is None:
        return QuerySyntaxError(None, None, "", " ".join(message.split())[:200])
    expected = _expected(re.sub(r"\\u\{\w+\}", "", match.group(3)))
    if len(query) > _LONGEST:
        return QuerySyntaxError(int(match.group(1)), int(match.group(2)), "", expected)
    found = list(tokens(query))
    low, high = 0, len(found)  # the first `low` tokens can begin it; the first `high` + 1 cannot
    while low < high:
        middle = (low + high) // 2
        if can_begin(query[: found[middle].end]):
            low = middle + 1
        else:
            high = middle
    start, end = (found[low].start, found[low].end) if low < len(found) else (len(query.rstrip()), len(query))
    near = query[start:end].strip()[:40]
    line = query.count("\n", 0, start) + 1
    column = start - (query.rfind("\n", 0, start) + 1) + 1
    sentences = set(_SENTENCE.findall(match.group(3))) - {_NO_PREFIX}
    advice = "" if sentences else meant(found, low, update=update)
    return QuerySyntaxError(line, column, near, advice or expected)


def _can_begin(text: str, base_iri: str | None) -> bool:
    """Say whether the engine reads `text` to its end: what it misses, if anything, comes after."""
    padded = text + "\n" + " " * _MARGIN
    try:
        Store().query(padded, base_iri=base_iri)
    except SyntaxError as error:
        return _is_at_the_end(padded, error)
    except RuntimeError:
        return True  # a function that the engine does not know: it has read the text to its end
    return True


def _can_begin_update(text: str, base_iri: str | None) -> bool:
    """Say whether the engine reads `text` to its end; what follows there is no SPARQL, so nothing runs."""
    padded = text + "\n" + " " * _MARGIN + "\x00"
    try:
        Store().update(padded, base_iri=base_iri)
    except SyntaxError as error:
        return _is_at_the_end(padded, error)
    return True


def _is_at_the_end(padded: str, error: SyntaxError) -> bool:
    match = _PLACE.match(str(error))
    return match is None or (int(match.group(1)) == padded.count("\n") + 1 and int(match.group(2)) >= _MARGIN)


def _expected(said: str) -> str:
    """Return the engine's expectations as a person can use them."""
    sentences = list(dict.fromkeys(_SENTENCE.findall(said)))
    if sentences:
        return "; ".join(sentences)
    keywords = [word for word in dict.fromkeys(_KEYWORD.findall(said)) if word not in _NOT_OFFERED]
    if keywords:
        return f"{', '.join(keywords[:8])} or another continuation was expected"
    if match := _ONE.match(said):
        return f"`{match.group(1)}` was expected"
    return "something else was expected here"


def impossible_triple(told: str) -> QuerySyntaxError | None:
    """Return the error of a triple term that begins with a literal in a solution, if `told` is of one."""
    if "triple term that is not a valid RDF" not in told:
        return None
    expected = "a triple term whose subject is an IRI or a blank node in every solution, and no literal"
    return QuerySyntaxError(None, None, "<<", expected)
