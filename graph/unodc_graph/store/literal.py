"""Literals that a tool would rewrite, so that others would not read what a file says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import rdflib
from pyoxigraph import Literal, NamedNode, Quad, Store

_CONTROL = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ufffe\\uffff]")
"""Signs that XML has not (XML 1.0 §2.2), or takes for a line feed, so that RDF/XML could not carry them."""

_ZONE = re.compile(r"(?:Z|[+-]\d\d:\d\d)\Z")


@dataclass(frozen=True)
class RewrittenLiteral:
    """A literal that some tool rewrites: as it is written, and in a form that all keep."""

    quad: Quad
    written: str
    kept: str


def rewritten_literals(quads: Iterable[Quad]) -> list[RewrittenLiteral]:
    """Return the quads whose literal the engine or rdflib would rewrite, such as "01"^^xsd:integer into "1".

    Both keep numbers, dates and the like by value, and disagree on UTC: the engine writes Z, rdflib +00:00.
    Language tags are lower-cased even by the engine's parser, so they are found elsewhere, in the text.
    Formats made of XML lose control characters, or cannot be read for them.
    """
    holders: dict[Literal, list[Quad]] = {}
    changed = []
    for quad in quads:
        if not isinstance(quad.object, Literal):
            continue
        if _CONTROL.search(quad.object.value):
            changed.append(RewrittenLiteral(quad, str(quad.object), str(_without_controls(quad.object))))
        elif quad.object.language is None:
            holders.setdefault(quad.object, []).append(quad)
    for written, kept in zip(holders, map(_kept, _stored(holders)), strict=True):
        if str(written) != str(kept):
            changed += [RewrittenLiteral(quad, str(written), str(kept)) for quad in holders[written]]
    return changed


def _without_controls(literal: Literal) -> Literal:
    text = _CONTROL.sub("", literal.value)
    if literal.language is not None:
        return Literal(text, language=literal.language)
    return Literal(text, datatype=literal.datatype)


def _stored(literals: Iterable[Literal]) -> list[Literal]:
    """Return each literal as the engine gives it back, in the order given."""
    predicate = NamedNode("urn:p")
    store = Store()
    store.extend(Quad(NamedNode(f"urn:s:{n}"), predicate, literal) for n, literal in enumerate(literals))
    rows = sorted(store, key=lambda quad: int(quad.subject.value.rpartition(":")[2]))
    return [quad.object for quad in rows]


def _kept(stored: Literal) -> Literal:
    """Return `stored`, or where rdflib would rewrite that, the same without its time zone."""
    datatype = rdflib.URIRef(stored.datatype.value)
    if str(rdflib.Literal(stored.value, datatype=datatype, normalize=True)) == stored.value:
        return stored
    return Literal(_ZONE.sub("", stored.value), datatype=stored.datatype)
