"""What was probably meant where a query or update stops being SPARQL, so that a person can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from unodc_graph.namespace import PREFIXES
from unodc_graph.store.scan import Token

_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES: Final = ("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD")
_INSIDE: Final = ("FILTER", "OPTIONAL", "UNION", "MINUS", "GRAPH", "BIND", "VALUES", "EXISTS", "SELECT")
_BESIDE: Final = (
    "WHERE",
    "FROM",
    "NAMED",
    "DISTINCT",
    "REDUCED",
    "ORDER",
    "GROUP",
    "HAVING",
    "LIMIT",
    "OFFSET",
    "VALUES",
    "ASC",
    "DESC",
)
_BESIDE_UPDATE: Final = ("WHERE", "INSERT", "DELETE", "DATA", "USING", "NAMED", "GRAPH", "DEFAULT", "SILENT")
_CURLY: Final = frozenset("\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb")
"""Quotation marks as word processors write them."""
_LIKE: Final = 0.7
_TERMS: Final = frozenset({"variable", "iri", "name"})


@dataclass(frozen=True)
class _Language:
    """What a text is to be: `name` with its article, its keywords, and what is said of a `foreign` one."""

    name: str
    beginning: tuple[str, ...]
    beside: tuple[str, ...]
    foreign: tuple[str, ...]
    mistaken: str


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


_QUERY: Final = _Language(
    name="a query",
    beginning=(*_FORMS, "PREFIX", "BASE"),
    beside=_BESIDE,
    foreign=_UPDATES,
    mistaken=f"this is an update; a query only asks, and begins with {_listed(_FORMS)}",
)
_UPDATE: Final = _Language(
    name="an update",
    beginning=(*_UPDATES, "PREFIX", "BASE"),
    beside=_BESIDE_UPDATE,
    foreign=_FORMS,
    mistaken=f"this is a query; an update changes the graph, and begins with {_listed(_UPDATES)}",
)


def meant(found: Sequence[Token], place: int, *, update: bool = False) -> str:
    """Return advice on the mistake at token number `place` of `found`, or "" when there is none to give.

    `place` is the number of tokens when the text ends too early. `update`: it is to be an update.
    """
    depth = _depth(found[:place])
    if place == len(found):
        return _at_the_end(found, depth, "update" if update else "query")
    token = found[place]
    if token.text[0] in _CURLY:
        return 'this is a curly quotation mark, as of a word processor; SPARQL takes the straight one, `"`'
    if token.kind == "unclosed":
        return "a string is opened here and never closed"
    if token.kind == "name":
        prefix = token.text.partition(":")[0]
        if f"{prefix}:" not in _declared(found[:place]) and not _is_keyword(found, place - 1, "PREFIX"):
            return _undeclared(prefix)
    if token.kind == "word":
        return _word(found, place, depth, _UPDATE if update else _QUERY)
    if token.text == "," and depth == 0 and _is_keyword(found, _form(found), "SELECT"):
        return "the variables of SELECT are separated by spaces"
    if token.kind in _TERMS and depth > 0:
        return "is a `.` or `;` missing before it?"
    return ""


def _at_the_end(found: Sequence[Token], depth: int, text: str) -> str:
    if not found:
        return f"the query is empty; it begins with {_listed(_FORMS)}"
    if depth > 0:
        return f"the {text} ends too early; a `}}` is missing"
    return f"the {text} ends too early"


def _word(found: Sequence[Token], place: int, depth: int, language: _Language) -> str:
    text, start = found[place].text, _operation(found[:place])
    begins = place == start + _form(found[start:])
    if begins and text.upper() in language.foreign:
        return language.mistaken
    known = language.beginning if begins else _INSIDE if depth > 0 else language.beside
    close = difflib.get_close_matches(text.upper(), known, 1, _LIKE)
    if close and close[0] != text.upper():
        return f"did you mean `{close[0]}`?"
    if begins and text.upper() not in known:
        return f"{language.name} begins with {_listed(language.beginning)}"
    return _bare(text, depth)


def _bare(text: str, depth: int) -> str:
    if depth > 0 and text.upper() not in (*_INSIDE, *_BESIDE) and text[0].isalpha():
        return f"a name has a prefix and a colon, such as `unodc:{text}`"
    return ""


def _undeclared(prefix: str) -> str:
    said = f"the prefix `{prefix}:` is not declared"
    if prefix in PREFIXES:
        return f"{said}; put `PREFIX {prefix}: <{PREFIXES[prefix]}>` at the beginning"
    return said


def _form(found: Sequence[Token]) -> int:
    """Return the number of the token that says the form: the first one after BASE and PREFIX."""
    place = 0
    while place < len(found):
        if _is_keyword(found, place, "BASE"):
            place += 2
        elif _is_keyword(found, place, "PREFIX"):
            place += 3
        else:
            break
    return place


def _operation(found: Sequence[Token]) -> int:
    """Return the number of the token that the last operation of `found` begins with.

    Each semicolon is looked at once: an update may have very many.
    """
    start = depth = 0
    for number, token in enumerate(found):
        depth += (token.text == "{") - (token.text == "}")
        if token.text == ";" and depth == 0:
            start = number + 1
    return start


def _declared(found: Sequence[Token]) -> frozenset[str]:
    return frozenset(
        token.text for number, token in enumerate(found) if _is_keyword(found, number - 1, "PREFIX")
    )


def _is_keyword(found: Sequence[Token], place: int, keyword: str) -> bool:
    return 0 <= place < len(found) and found[place].kind == "word" and found[place].text.upper() == keyword


def _depth(found: Sequence[Token]) -> int:
    texts = [token.text for token in found]
    return texts.count("{") - texts.count("}")
