"""Terms and quads of the engine, by names that other modules may import, and their rdflib counterparts."""

from __future__ import annotations

from collections.abc import Iterable

import rdflib
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    Triple,
    Variable,
)

__all__ = [
    "BlankNode",
    "DefaultGraph",
    "Literal",
    "NamedNode",
    "Quad",
    "Term",
    "Triple",
    "Variable",
    "later_feature",
    "to_rdflib",
    "to_rdflib_dataset",
    "to_rdflib_graph",
]

Term = NamedNode | BlankNode | Literal | Triple


def later_feature(quad: Quad) -> str | None:
    """Return, in words, what `quad` has that RDF 1.1 lacks; None for a statement of RDF 1.1.

    rdflib knows nothing of it, so that the checks would not see such a statement.
    """
    if isinstance(quad.subject, Triple) or isinstance(quad.object, Triple):
        return "a statement about a statement"
    if isinstance(quad.object, Literal) and quad.object.direction is not None:
        return "a text with a direction of writing"
    return None


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
    for quad in quads:
        graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    return graph


def to_rdflib_dataset(quads: Iterable[Quad]) -> rdflib.Dataset:
    """Return `quads` as an rdflib dataset, each in its graph."""
    dataset = rdflib.Dataset()
    for quad in quads:
        name = quad.graph_name
        graph = (
            dataset.graph(rdflib.URIRef(name.value)) if isinstance(name, NamedNode) else dataset.default_graph
        )
        graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    return dataset


_STRING = NamedNode("http://www.w3.org/2001/XMLSchema#string")
