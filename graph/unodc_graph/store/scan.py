"""A scan of SPARQL text, before the engine sees it: which form it has, and whether it would reach out.

The engine fetches any address named after SERVICE or LOAD, so a text that holds either keyword is refused.
The scan knows the engine's own terminals (SPARQL 1.1 §19.8) and no more: strings, IRIs, comments, variables,
language tags and local names are skipped; in any other word, or the prefix of a prefixed name, the keyword
is looked for anywhere, since the engine wants no space after a keyword. Escapes are left as they are, as the
engine leaves them when it reads keywords. Workers without sockets are the second, independent guard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple
from urllib.parse import urljoin

from unodc_graph.errors import QueryRefused

Form = Literal["select", "ask", "construct", "describe", "update", "unknown"]

# Possessive quantifiers and words that begin with a word character keep the scan linear in the text.
_TOKEN: Final = re.compile(
    r"""
      (?P<space>[\ \t\r\n]++ | \#[^\r\n]*+)
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|\"(?!\"\"))*+\"\"\"
               | \'\'\'(?:[^'\\]|\\.|\'(?!\'\'))*+\'\'\'
               | "(?:[^"\\\r\n]|\\.)*+"
               | '(?:[^'\\\r\n]|\\.)*+')
    | (?P<unclosed>["'])
    | (?P<variable>[?$][0-9A-Za-z_\u0080-\U0010FFFF]++)
    | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++|--[A-Za-z]++)*+)
    | (?:[0-9A-Za-z_\u0080-\U0010FFFF][0-9A-Za-z_.\-\u0080-\U0010FFFF]*+)?
      (?P<name>:(?:(?![.\-])
                 (?:[0-9A-Za-z_.:\-\u0080-\U0010FFFF]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])++)?+)
    | (?P<word>[0-9A-Za-z_\u0080-\U0010FFFF][0-9A-Za-z_.\-\u0080-\U0010FFFF]*+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_FORMS: Final[tuple[Form, ...]] = ("select", "ask", "construct", "describe")
_UPDATES: Final = ("insert", "delete", "with", "load", "clear", "create", "drop", "copy", "move", "add")
_REACHING_OUT: Final = re.compile("service|load")
_VOLATILE: Final = re.compile("now|rand|uuid|bnode")
_ESCAPED_LOCAL: Final = re.compile(r"\\([_~.\-!$&'()*+,;=/?#@%])")
_ESCAPED_IRI: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_HIERARCHICAL: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")


@dataclass(frozen=True)
class Scan:
    """What the scan learnt of a text.

    `dataset_clause`: there is a FROM of some kind. `from_graphs` and `from_named` are the IRIs of FROM and
    FROM NAMED in their order, each once; both are empty when one of them could not be resolved.
    `volatile`: two evaluations over the same data can differ in their bytes. `reaches_out`: the text asks a
    service that it may ask.
    """

    form: Form
    dataset_clause: bool = False
    from_graphs: tuple[str, ...] = ()
    from_named: tuple[str, ...] = ()
    volatile: bool = False
    reaches_out: bool = False


class Token(NamedTuple):
    """A terminal of the text: its kind, its characters and where they start."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the text goes on after it."""
        return self.start + len(self.text)


@dataclass
class _Reading:
    """What has been read so far; lives for one scan."""

    base: str | None
    prefixes: dict[str, str] = field(default_factory=dict)
    brackets: list[str] = field(default_factory=list)
    form: Form = "unknown"
    clause: Literal["", "from", "named"] = ""
    dataset_clause: bool = False
    from_graphs: list[str | None] = field(default_factory=list)
    from_named: list[str | None] = field(default_factory=list)
    volatile: bool = False
    reaches_out: bool = False
    template: Literal["before", "inside", "after"] = "before"


def scan(text: str, base: str | None = None, allowed_services: frozenset[str] = frozenset()) -> Scan:
    """Return what `text`, a query or an update, is and which graphs it names; `base` resolves its IRIs.

    Raises QueryRefused when the text would make the engine fetch something, except that SERVICE followed by
    an IRI of `allowed_services`, written out, passes. A text that is not SPARQL passes too: the engine
    refuses it later.
    """
    reading = _Reading(base)
    before = Token("other", "", 0)
    for token in tokens(text):
        if token.kind == "iri" and _may_be_an_operator(reading, before, token) and _hides(token.text):
            reason = "without spaces around < it can be read as a comparison or as an address: add them"
            raise _refused(text, token.start, token.text[:40], reason)
        if token.kind in ("name", "word"):
            _check_word(reading, text, token, allowed_services)
        elif token.kind == "unclosed":
            # The engine cannot accept the text; nothing after the quote is worth reading, but for a guard.
            rest = _REACHING_OUT.search(text.casefold(), token.start)
            if rest:
                raise _refused(text, token.start, token.text, "a string is opened here and never closed")
            break
        _follow(reading, token, before)
        before = token
    graphs, named = reading.from_graphs, reading.from_named
    known = None not in graphs and None not in named
    return Scan(
        form=reading.form,
        dataset_clause=reading.dataset_clause,
        from_graphs=tuple(dict.fromkeys(iri for iri in graphs if iri)) if known else (),
        from_named=tuple(dict.fromkeys(iri for iri in named if iri)) if known else (),
        volatile=reading.volatile or reading.reaches_out,
        reaches_out=reading.reaches_out,
    )


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """Yield the terminals of `text` from `start` on, spaces and comments left out."""
    for match in _TOKEN.finditer(text, start):
        kind = match.lastgroup or "other"
        if kind != "space":
            yield Token(kind, match.group(), match.start())


def _may_be_an_operator(reading: _Reading, before: Token, token: Token) -> bool:
    """Say whether the `<` of `token` can be something else than the beginning of an IRI.

    Inside parentheses it can be less-than, after something that can be an operand, `>>` of a triple term
    among them; anywhere it can be the second half of a `<<`.
    """
    if before.kind == "other" and before.text == "<" and before.start + 1 == token.start:
        return True
    inside = bool(reading.brackets) and reading.brackets[-1] == "("
    return inside and (before.kind != "other" or before.text == ">" or before.text in _CLOSING)


def _hides(iri: str) -> bool:
    """Say whether this text between angle brackets would hide something, were it a comparison instead.

    After less-than, `http://` cannot stand: the grammar has no operand that begins with a slash.
    """
    if _HIERARCHICAL.match(iri):
        return False
    return any(c in iri for c in "#'()[]\\") or _REACHING_OUT.search(iri.casefold()) is not None


def _check_word(reading: _Reading, text: str, token: Token, allowed: frozenset[str]) -> None:
    word = token.text.partition(":")[0].casefold()
    if _REACHING_OUT.search(word):
        if word == "service" and token.kind == "word" and allowed:
            following = next(tokens(text, token.start + len(token.text)), None)
            # Taken as it stands: no prefix, base or escape that the engine could resolve in another way.
            if following is not None and following.kind == "iri" and following.text[1:-1] in allowed:
                reading.reaches_out = True
                return
            reason = f"SERVICE is allowed for {', '.join(sorted(allowed))}, each written out"
            raise _refused(text, token.start, token.text, reason)
        raise _refused(text, token.start, token.text, "this server asks and loads nothing from elsewhere")
    if token.kind == "word" and _VOLATILE.search(word):
        reading.volatile = True


def _follow(reading: _Reading, token: Token, before: Token) -> None:
    """Take note of prologue, form, dataset clauses and brackets."""
    if token.kind == "other":
        if token.text in _OPENING:
            _open(reading, token.text)
        elif token.text in _CLOSING and reading.brackets:
            reading.brackets.pop()
            if not reading.brackets:
                reading.template = "after"
    elif token.kind == "name" and reading.template == "inside" and token.text.startswith("_:"):
        reading.volatile = reading.volatile or reading.form == "construct"
    elif not reading.brackets:
        if token.kind == "word":
            _note_word(reading, token.text.casefold())
        elif token.kind in ("iri", "name"):
            _note_name(reading, token, before)


def _open(reading: _Reading, bracket: str) -> None:
    if bracket == "{" and not reading.brackets and reading.template == "before":
        reading.template = "inside"
    elif reading.template == "inside" and reading.form == "construct":
        reading.volatile = True  # a blank node in a template gets a new label at each evaluation
    reading.brackets.append(bracket)


def _note_word(reading: _Reading, word: str) -> None:
    if reading.form == "unknown" and word not in ("base", "prefix", "version"):
        found: Form | None = next((form for form in _FORMS if word.startswith(form)), None)
        if found is None and word.startswith(_UPDATES):
            found = "update"
        reading.form = found or "unknown"
    if word == "named" and reading.clause == "from":
        reading.clause = "named"
    else:
        reading.clause = "named" if word.endswith("fromnamed") else "from" if word.endswith("from") else ""
    reading.dataset_clause = reading.dataset_clause or bool(reading.clause)


def _note_name(reading: _Reading, token: Token, before: Token) -> None:
    previous = before.text.casefold() if before.kind == "word" else ""
    if reading.form == "unknown":
        prefix = token.text.partition(":")[0].casefold()
        if token.kind == "name" and previous != "prefix":
            # The engine reads DESCRIBEex:a as DESCRIBE ex:a.
            reading.form = next((form for form in _FORMS if prefix.startswith(form)), "unknown")
        elif token.kind == "iri" and before.kind == "name":
            reading.prefixes[before.text.partition(":")[0]] = _resolve(reading, token) or ""
        elif token.kind == "iri" and previous == "base":
            reading.base = _resolve(reading, token)
        return
    if reading.clause == "from":
        reading.from_graphs.append(_resolve(reading, token))
    elif reading.clause == "named":
        reading.from_named.append(_resolve(reading, token))
    elif token.kind == "name":
        prefix = token.text.partition(":")[0]
        if "from" in prefix.casefold() and prefix not in reading.prefixes:
            reading.dataset_clause = True
            reading.from_graphs.append(None)  # FROMex:g, which the engine alone can take apart
    reading.clause = ""


def _resolve(reading: _Reading, token: Token) -> str | None:
    """Return the IRI that an IRI or prefixed-name token stands for, or None when it cannot be told."""
    if token.kind == "iri":
        raw = _ESCAPED_IRI.sub(lambda m: chr(int(m.group(1) or m.group(2), 16)), token.text[1:-1])
        return urljoin(reading.base, raw) if reading.base else raw
    if token.kind == "name":
        prefix, _, local = token.text.partition(":")
        if prefix in reading.prefixes:
            return reading.prefixes[prefix] + _ESCAPED_LOCAL.sub(r"\1", local)
    return None


def _refused(text: str, position: int, word: str, reason: str) -> QueryRefused:
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return QueryRefused(word, line, column, reason)
