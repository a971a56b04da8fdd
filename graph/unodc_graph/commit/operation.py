"""What an update would write: its operations, read from the engine's own terminals without evaluating them.

SPARQL 1.1 Update, grammar rules 29 to 51. The reading decides in which graphs the delta is looked for, so it
errs on one side only: whatever is not plainly one of the known forms makes it give up, and then every graph
is compared. It is no check of the syntax; the engine does that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from unodc_graph.commit.delta import GraphName
from unodc_graph.store.scan import Token, tokens

_NOTHING: Final = "INSERT DATA {}"


@dataclass(frozen=True)
class Operations:
    """What is known of an update.

    `graphs` are those it can write, None when that is not known or not bounded; `everything` says that the
    text itself means every graph, or every named one. `dataset`: it has USING or WITH. `only_inserts`: each
    operation is INSERT DATA. `known`: the text was understood.
    """

    known: bool
    graphs: frozenset[GraphName] | None = None
    everything: bool = False
    dataset: bool = False
    only_inserts: bool = False
    _where: tuple[tuple[int, str], ...] = ()
    _loads: tuple[tuple[int, int], ...] = ()

    def rewritten(self, text: str, default: Sequence[str], named: Sequence[str]) -> str:
        """Return `text` with LOAD SILENT taken out, and each pattern asked of the graphs given, if any."""
        clauses = " ".join(
            [*(f"USING <{iri}>" for iri in default), *(f"USING NAMED <{iri}>" for iri in named)]
        )
        edits = [(start, end, _NOTHING) for start, end in self._loads]
        if clauses:
            edits += [(at, at, f" {template} {clauses} ") for at, template in self._where]
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        return text


class _Unclear(Exception):
    """The text is not plainly one of the known forms."""


@dataclass
class _Reading:
    text: str
    tokens: list[Token]
    at: int = 0
    prefixes: dict[str, str] = field(default_factory=dict)
    graphs: set[GraphName] = field(default_factory=set)
    bounded: bool = True
    everything: bool = False
    dataset: bool = False
    only_inserts: bool = True
    where: list[tuple[int, str]] = field(default_factory=list)
    loads: list[tuple[int, int]] = field(default_factory=list)

    @property
    def word(self) -> str:
        """The word at hand in lower case, else the text of the token, empty at the end."""
        if self.at >= len(self.tokens):
            return ""
        token = self.tokens[self.at]
        return token.text.casefold() if token.kind == "word" else token.text

    def take(self, *words: str) -> bool:
        if self.word in words and self.word:
            self.at += 1
            return True
        return False

    def need(self, word: str) -> Token:
        if not self.take(word):
            raise _Unclear
        return self.tokens[self.at - 1]

    def iri(self) -> str:
        if self.at >= len(self.tokens):
            raise _Unclear
        token = self.tokens[self.at]
        self.at += 1
        return _plain(_expanded(token, self.prefixes))


def read(text: str) -> Operations:
    """Return what is known of the update `text`. Never raises."""
    reading = _Reading(text, list(tokens(text)))
    try:
        _check_plain(reading.tokens)
        while reading.at < len(reading.tokens):
            _prologue(reading)
            if reading.at < len(reading.tokens):
                _operation(reading)
                if reading.at < len(reading.tokens):
                    reading.need(";")
    except _Unclear:
        return Operations(known=False)
    return Operations(
        known=True,
        graphs=frozenset(reading.graphs) if reading.bounded else None,
        everything=reading.everything,
        dataset=reading.dataset,
        only_inserts=reading.only_inserts,
        _where=tuple(reading.where),
        _loads=tuple(reading.loads),
    )


def _check_plain(found: Sequence[Token]) -> None:
    """Give up on `<<`, whose halves can be taken for the beginning or the end of an IRI."""
    for token, following in pairwise(found):
        if token.text == "<" and following.text[0] == "<" and following.start == token.start + 1:
            raise _Unclear


def _prologue(reading: _Reading) -> None:
    while True:
        if reading.take("prefix"):
            name = reading.tokens[reading.at] if reading.at < len(reading.tokens) else None
            if name is None or name.kind != "name" or not name.text.endswith(":") or name.text.count(":") > 1:
                raise _Unclear
            reading.at += 1
            if reading.at >= len(reading.tokens) or reading.tokens[reading.at].kind != "iri":
                raise _Unclear
            reading.prefixes[name.text[:-1]] = reading.tokens[reading.at].text[1:-1]
            reading.at += 1
        elif reading.take("base"):
            reading.at += 1  # relative addresses are given up on in any case
        else:
            return


def _operation(reading: _Reading) -> None:
    start = reading.at
    if reading.take("insert") and reading.take("data"):
        _template(reading, None)
        return
    reading.at = start
    reading.only_inserts = False
    if reading.take("clear", "drop"):
        reading.take("silent")
        _references(reading)
    elif reading.take("create"):
        reading.take("silent")
        reading.need("graph")
        reading.graphs.add(reading.iri())
    elif reading.take("copy", "move", "add"):
        moved = reading.tokens[start].text.casefold() == "move"
        reading.take("silent")
        source = _graph_or_default(reading)
        reading.need("to")
        reading.graphs |= {_graph_or_default(reading)} | ({source} if moved else set())
    elif reading.take("load"):
        reading.need("silent")  # without it the scan refuses the text
        reading.iri()
        if reading.take("into"):
            reading.need("graph")
            reading.iri()
        last = reading.tokens[reading.at - 1]
        reading.loads.append((reading.tokens[start].start, last.start + len(last.text)))
    else:
        _modification(reading)


def _references(reading: _Reading) -> None:
    if reading.take("default"):
        reading.graphs.add(None)
    elif reading.take("named", "all"):
        reading.bounded, reading.everything = False, True
    else:
        reading.need("graph")
        reading.graphs.add(reading.iri())


def _graph_or_default(reading: _Reading) -> GraphName:
    if reading.take("default"):
        return None
    reading.take("graph")
    return reading.iri()


def _modification(reading: _Reading) -> None:
    own: GraphName = None
    if reading.take("with"):
        own = reading.iri()
        reading.dataset = True
    if reading.take("delete"):
        if reading.take("data"):
            _template(reading, None)
            return
        if reading.word == "where":
            keyword = reading.need("where")
            begin = reading.at
            _template(reading, own)
            end = reading.tokens[reading.at - 1].start + 1
            template = reading.text[reading.tokens[begin].start : end]
            reading.where.append((keyword.start, template))
            return
        _template(reading, own)
        if reading.take("insert"):
            _template(reading, own)
    else:
        reading.need("insert")
        _template(reading, own)
    while reading.take("using"):
        reading.take("named")
        reading.iri()
        reading.dataset = True
    if reading.at < len(reading.tokens):
        reading.where.append((reading.tokens[reading.at].start, ""))
    reading.take("where")
    _skip_group(reading)


def _template(reading: _Reading, own: GraphName) -> None:
    """Read the quads between braces; those outside GRAPH go into `own`."""
    reading.need("{")
    while not reading.take("}"):
        if reading.take("graph"):
            token = reading.tokens[reading.at] if reading.at < len(reading.tokens) else None
            if token is not None and token.kind == "variable":
                reading.at += 1
                reading.bounded = False
            else:
                reading.graphs.add(reading.iri())
            _skip_group(reading)
        else:
            _plain_token(reading)
            if reading.tokens[reading.at].text != ".":
                reading.graphs.add(own)
            reading.at += 1


def _skip_group(reading: _Reading) -> None:
    reading.need("{")
    depth = 1
    while depth:
        if reading.at >= len(reading.tokens):
            raise _Unclear
        depth += {"{": 1, "}": -1}.get(reading.tokens[reading.at].text, 0)
        reading.at += 1


def _plain_token(reading: _Reading) -> None:
    """Give up where the end of the text, a brace or a GRAPH without space around it could be hidden."""
    if reading.at >= len(reading.tokens):
        raise _Unclear
    token = reading.tokens[reading.at]
    head = token.text.partition(":")[0].casefold()
    if token.kind in ("word", "name") and "graph" in head:
        raise _Unclear
    if token.kind == "unclosed" or token.text == "{":
        raise _Unclear


def _expanded(token: Token, prefixes: dict[str, str]) -> str:
    if token.kind == "iri":
        return token.text[1:-1]
    if token.kind == "name":
        prefix, _, local = token.text.partition(":")
        if prefix in prefixes:
            return prefixes[prefix] + local
    raise _Unclear


def _plain(iri: str) -> str:
    """Return `iri` where the engine keeps it as it is written: absolute, no escapes, no dot segments."""
    scheme, colon, rest = iri.partition(":")
    if not colon or not scheme.isascii() or not scheme.replace("+", "a").replace("-", "a").isalnum():
        raise _Unclear
    if "\\" in iri or any(
        part in (".", "..") for part in rest.partition("?")[0].partition("#")[0].split("/")
    ):
        raise _Unclear
    return iri
