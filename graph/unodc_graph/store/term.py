"""Terms and quads of the engine, by names that other modules may import, and their rdflib counterparts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import rdflib
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple, Variable

__all__ = [
    "BlankNode",
    "DefaultGraph",
    "Literal",
    "NamedNode",
    "Quad",
    "Term",
    "Triple",
    "Variable",
    "line",
    "sorted_lines",
    "to_rdflib",
]

Term = NamedNode | BlankNode | Literal | Triple


def line(quad: Quad) -> str:
    """Return `quad` as one line of canonical N-Quads, without the line break (RDF 1.1 N-Quads §4)."""
    return f"{quad} ."


def sorted_lines(quads: Iterable[Quad]) -> list[str]:
    """Return `quads` as canonical N-Quads lines, each once, in code point order."""
    return sorted({line(quad) for quad in quads})


def to_rdflib(term: Term) -> rdflib.term.Node:
    """Return the rdflib term equal to `term`, its lexical form untouched."""
    match term:
        case NamedNode():
            return rdflib.URIRef(term.value)
        case BlankNode():
            return rdflib.BNode(term.value)
        case Literal():
            if term.language is not None:
                return rdflib.Literal(term.value, lang=term.language)
            if term.datatype == _STRING:
                return rdflib.Literal(term.value)
            return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
    raise TypeError(f"rdflib has no counterpart of {term}")


def to_rdflib_graph(quads: Iterable[Quad]) -> rdflib.Graph:
    """Return the triples of `quads`, whatever graph they stand in, each once, as an rdflib graph."""
    graph = rdflib.Graph()
    for triple in _triples(quads):
        graph.add(triple)
    return graph


def _triples(
    quads: Iterable[Quad],
) -> Iterator[tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]]:
    for quad in quads:
        yield to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)


_STRING = NamedNode("http://www.w3.org/2001/XMLSchema#string")
