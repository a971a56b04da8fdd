"""Terms as people type them: an IRI, a prefixed name, `a`, or a literal as in Turtle."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from unodc_graph.errors import GraphError
from unodc_graph.namespace import PREFIXES, expand
from unodc_graph.store.term import BlankNode, Literal, NamedNode

_QUOTED: Final = re.compile(
    r'"(?P<text>(?:[^"\\]|\\.)*)"(?:@(?P<language>[A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^(?P<datatype>\S+))?\Z',
    re.DOTALL,
)
_NUMBERS: Final = (
    (re.compile(r"[+-]?[0-9]+\Z"), "integer"),
    (re.compile(r"[+-]?[0-9]*\.[0-9]+\Z"), "decimal"),
    (re.compile(r"(?:true|false)\Z"), "boolean"),
)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)


@dataclass(eq=False)
class UnreadableTerm(GraphError):
    """A text is no RDF term. `text` is what was given."""

    text: str

    def __str__(self) -> str:
        """Return the text and what is expected."""
        return (
            f"{self.text!r} is no term; expected an IRI, a prefixed name such as place:kgz, "
            'or a literal such as "text"@en or 12'
        )


def parse_term(text: str) -> NamedNode | BlankNode | Literal:
    """Return the term that `text` stands for. Raises UnreadableTerm.

    Known are IRIs with or without angle brackets, names with our prefixes, `a` for rdf:type, blank nodes as
    in N-Triples, and literals as in Turtle: quoted, numbers, true and false.
    """
    quoted = _QUOTED.match(text)
    try:
        if quoted:
            return _literal(quoted["text"], quoted["language"], quoted["datatype"])
        for pattern, name in _NUMBERS:
            if pattern.match(text):
                return Literal(text, datatype=NamedNode(f"{PREFIXES['xsd']}{name}"))
        if text.startswith("_:"):
            return BlankNode(text[2:])
        return _iri(text)
    except (ValueError, OverflowError):
        raise UnreadableTerm(text) from None


def _literal(text: str, language: str | None, datatype: str | None) -> Literal:
    value = _ESCAPE.sub(_unescaped, text)
    if language:
        return Literal(value, language=language)
    return Literal(value, datatype=_iri(datatype)) if datatype else Literal(value)


def _unescaped(escape: re.Match[str]) -> str:
    if escape[3]:
        return _ESCAPES.get(escape[3], escape[3])
    return chr(int(escape[1] or escape[2], 16))


def _iri(text: str) -> NamedNode:
    if text == "a":
        return NamedNode(f"{PREFIXES['rdf']}type")
    if text.startswith("<") and text.endswith(">"):
        return NamedNode(text[1:-1])
    return NamedNode(expand(text) or text)
