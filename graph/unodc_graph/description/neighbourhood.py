"""One thing with what surrounds it: what is said of it, what points to it, names and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from unodc_graph.errors import NotFound
from unodc_graph.namespace import DERIVED_GRAPHS, INFERRED_GRAPH, ONTOLOGY, PREFIXES, passage_of_graph
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import BlankNode, NamedNode, Quad, Term

TYPE: Final = NamedNode(f"{PREFIXES['rdf']}type")
LABEL: Final = NamedNode(f"{PREFIXES['rdfs']}label")
NAMES: Final = (LABEL, NamedNode(f"{PREFIXES['skos']}prefLabel"), NamedNode(f"{PREFIXES['dcterms']}title"))
"""The properties that name a thing, each for its own kinds: a thing has one of them."""

EVIDENCED_BY: Final = NamedNode(f"{ONTOLOGY}evidencedBy")
FIGURE_OF: Final = NamedNode(f"{ONTOLOGY}figureOf")
HAS_OCCURRENCE: Final = NamedNode(f"{ONTOLOGY}hasOccurrence")
OCCURS_IN: Final = NamedNode(f"{ONTOLOGY}occursIn")
TEXT_HASH: Final = NamedNode(f"{ONTOLOGY}textHash")
HAS_SOURCE: Final = NamedNode(f"{PREFIXES['oa']}hasSource")
HAS_SELECTOR: Final = NamedNode(f"{PREFIXES['oa']}hasSelector")
START: Final = NamedNode(f"{PREFIXES['oa']}start")
END: Final = NamedNode(f"{PREFIXES['oa']}end")


def neighbourhood(store: Store, thing: str, inferred: bool = False) -> list[Quad]:
    """Return the quads that describe `thing`, an IRI, each in its named graph, sorted.

    They are what is said of it (blank nodes expanded, as in a concise bounded description), every statement
    that points to it, its figures, its evidence with each occurrence, and the name and types of whatever
    these mention. `inferred` adds what follows. Raises NotFound when nothing is said of `thing`.
    """
    node = _node(thing)
    own = statements(store, node, inferred)
    if not own:
        raise NotFound(thing)
    found = set(own)
    for quad in incoming(store, node, inferred):
        found.add(quad)
        if quad.predicate == FIGURE_OF and isinstance(quad.subject, NamedNode):
            found |= set(statements(store, quad.subject, inferred))
    found |= set(evidence_quads(store, evidence_of(own)))
    found |= set(names(store, mentioned(found)))
    return sorted(found, key=str)


def statements(store: Store, node: NamedNode | BlankNode, inferred: bool) -> list[Quad]:
    """Return what is said of `node`, the blank nodes it leads to included."""
    found: list[Quad] = []
    seen: set[NamedNode | BlankNode] = set()
    ahead: list[NamedNode | BlankNode] = [node]
    while ahead:
        subject = ahead.pop()
        if subject in seen:
            continue
        seen.add(subject)
        own = [q for q in store.quads_for_pattern(subject, None, None, None) if _is_shown(q, inferred)]
        found += own
        ahead += [quad.object for quad in own if isinstance(quad.object, BlankNode)]
    return found


def incoming(store: Store, node: NamedNode, inferred: bool) -> Iterator[Quad]:
    """Yield the statements that point to `node` from a thing that has an address."""
    for quad in store.quads_for_pattern(None, None, node, None):
        if isinstance(quad.subject, NamedNode) and _is_shown(quad, inferred):
            yield quad


def evidence_of(quads: Iterable[Quad]) -> set[NamedNode]:
    """Return the passages on which `quads` rest: those whose graph, or context graph, holds one of them."""
    found = set()
    for quad in quads:
        if isinstance(quad.graph_name, NamedNode):
            passage = passage_of_graph(quad.graph_name.value)
            if passage is not None:
                found.add(NamedNode(passage))
        if quad.predicate == EVIDENCED_BY and isinstance(quad.object, NamedNode):
            found.add(quad.object)
    return found


def evidence_quads(store: Store, passages: Iterable[NamedNode]) -> Iterator[Quad]:
    """Yield where each of `passages` stands: its hash, documents, occurrences and their positions."""
    for passage in passages:
        for predicate in (TEXT_HASH, OCCURS_IN, HAS_OCCURRENCE):
            for quad in _asserted(store, passage, predicate):
                yield quad
                if predicate == HAS_OCCURRENCE and isinstance(quad.object, NamedNode):
                    yield from _position(store, quad.object)


def _position(store: Store, occurrence: NamedNode) -> Iterator[Quad]:
    yield from _asserted(store, occurrence, HAS_SOURCE)
    for quad in _asserted(store, occurrence, HAS_SELECTOR):
        yield quad
        if isinstance(quad.object, NamedNode):
            yield from _asserted(store, quad.object, TYPE)
            yield from _asserted(store, quad.object, START)
            yield from _asserted(store, quad.object, END)


def names(store: Store, things: Iterable[NamedNode]) -> Iterator[Quad]:
    """Yield the name and the types of each of `things`, as far as the graph has them."""
    for thing in things:
        for predicate in (TYPE, *NAMES):
            yield from _asserted(store, thing, predicate)


def mentioned(quads: Iterable[Quad]) -> set[NamedNode]:
    """Return every IRI that stands in `quads`, in any position."""
    return {term for quad in quads for term in quad if isinstance(term, NamedNode)}


def _asserted(store: Store, subject: NamedNode, predicate: NamedNode) -> Iterator[Quad]:
    for quad in store.quads_for_pattern(subject, predicate, None, None):
        if _is_shown(quad, False):
            yield quad


def _is_shown(quad: Quad, inferred: bool) -> bool:
    """Say whether `quad` stands in a graph that people wrote or, with `inferred`, follows from them."""
    graph = quad.graph_name
    if not isinstance(graph, NamedNode):
        return False  # the default graph repeats what stands in the named ones
    return graph.value not in DERIVED_GRAPHS or (inferred and graph.value == INFERRED_GRAPH)


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError:
        raise NotFound(iri) from None


def value(quads: Iterable[Quad], subject: Term, predicate: NamedNode) -> str | None:
    """Return the value of `predicate` for `subject` among `quads`, the English one first, or None."""
    found = [quad.object for quad in quads if quad.subject == subject and quad.predicate == predicate]
    found.sort(key=lambda term: (getattr(term, "language", None) != "en", str(term)))
    return str(getattr(found[0], "value", found[0])) if found else None
