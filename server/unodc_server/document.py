"""The document about one thing: what is said of it, what points to it page by page, names and evidence.

It is made of statements of the graph, each with the graph it stands in, and a few about the document itself
(server/README.md, D8). Pure: nothing here knows the web framework.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from unodc_graph.description.about import DATASET, LICENCE, version_of
from unodc_graph.description.neighbourhood import (
    FIGURE_OF,
    OCCURS_IN,
    derived_graphs,
    evidence_of,
    evidence_quads,
    incoming,
    mentioned,
    names,
    statements,
)
from unodc_graph.errors import NotFound
from unodc_graph.namespace import (
    BASE,
    INFERRED_GRAPH,
    METADATA_GRAPH,
    ONTOLOGY,
    PREFIXES,
    kind,
    passage_of_graph,
)
from unodc_graph.store.evaluation import Store
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Quad
from unodc_server.address import path_of

PAGE_SIZE: Final = 100
"""How many statements that point to a thing one page of its document holds."""

_CONTEXT_OF: Final = NamedNode(f"{ONTOLOGY}contextOf")
_INFERRED: Final = NamedNode(INFERRED_GRAPH)
_NOTHING_DERIVED: Final = frozenset[str]()


@dataclass(frozen=True)
class Document:
    """What the graph says of `iri`, as quads in their graphs.

    `own` are the statements about it; `stated` what it states itself, if it is a passage, a context or a
    graph of context; `pointing` one page of the statements that point to it, and `figures` those of its
    figures. `evidence` says where each passage stands that one of these rests on, and what it was read with;
    `named` the names and types of what is mentioned; `about` describes the document. Pages count from 1.
    """

    iri: str
    own: tuple[Quad, ...]
    stated: tuple[Quad, ...]
    pointing: tuple[Quad, ...]
    figures: tuple[Quad, ...]
    evidence: tuple[Quad, ...]
    named: tuple[Quad, ...]
    about: tuple[Quad, ...]
    page: int
    pages: int
    pointing_in_all: int

    def quads(self) -> list[Quad]:
        """Return all of it, each statement once, sorted."""
        parts = (self.own, self.stated, self.pointing, self.figures, self.evidence, self.named, self.about)
        return sorted({quad for part in parts for quad in part}, key=str)

    def dataset(self) -> list[Quad]:
        """Return all of it twice, sorted: each triple once in the default graph, and where it stands.

        A client that expects a graph and is sent a dataset reads its default graph and nothing else (RDF 1.1
        Concepts, §4.2); and as at the endpoint, that graph holds everything.
        """
        stated = self.quads()
        return sorted({Quad(*quad.triple) for quad in stated} | set(stated), key=str)


def read(store: Store, iri: str, metadata: Metadata, page: int = 1, inferred: bool = True) -> Document:
    """Return the document about `iri`. Raises NotFound for a thing or a page that is not there."""
    node = NamedNode(iri)
    derived = derived_graphs(iri, inferred)
    own = statements(store, node, derived)
    stated = list(_stated(store, iri))
    if not own and not stated:
        raise NotFound(iri)
    every = sorted(set(incoming(store, node, derived)) - set(own), key=_pointing_order)
    pages = max(1, -(-len(every) // PAGE_SIZE))
    if not 1 <= page <= pages:
        raise NotFound(f"{iri} (page {page} of {pages})")
    pointing = every[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    figures: list[Quad] = []
    for quad in pointing:
        if quad.predicate == FIGURE_OF and isinstance(quad.subject, NamedNode):
            figures += statements(store, quad.subject, _NOTHING_DERIVED)
    passages = evidence_of([*own, *stated, *pointing, *figures])
    if kind(iri) == "passage":
        passages |= {NamedNode(iri.removesuffix("/context"))}
    if kind(iri) == "document":
        passages |= {
            q.subject for q in every if q.predicate == OCCURS_IN and isinstance(q.subject, NamedNode)
        }
    contexts = {graph for q in (*own, *pointing, *figures) if (graph := _context(q)) is not None}
    read_with = [q for graph in sorted(contexts, key=str) for q in statements(store, graph, _NOTHING_DERIVED)]
    places = [*evidence_quads(store, passages), *read_with]
    found = mentioned([*own, *stated, *pointing, *figures, *places])
    return Document(
        iri=iri,
        own=tuple(sorted(own, key=str)),
        stated=tuple(stated),
        pointing=tuple(pointing),
        figures=tuple(figures),
        evidence=tuple(places),
        named=tuple(names(store, sorted(found, key=str))),
        about=tuple(_about(iri, metadata, page, pages)),
        page=page,
        pages=pages,
        pointing_in_all=len(every),
    )


def exists(store: Store, iri: str) -> bool:
    """Say whether anything is said of `iri`, or in a graph of that name."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return False  # no IRI at all
    return next(store.quads_for_pattern(node, None, None, None), None) is not None or (
        next(store.quads_for_pattern(None, None, None, node), None) is not None
    )


def _stated(store: Store, iri: str) -> Iterator[Quad]:
    """Yield what stands in the graph `iri` and, for a passage, in its graph of context."""
    if passage_of_graph(iri) is None:
        return
    yield from store.quads_for_pattern(None, None, None, NamedNode(iri))
    if not iri.endswith("/context"):
        yield from store.quads_for_pattern(None, None, None, NamedNode(f"{iri}/context"))
        for quad in store.quads_for_pattern(None, _CONTEXT_OF, NamedNode(iri), None):
            if not isinstance(quad.graph_name, DefaultGraph) and isinstance(quad.subject, NamedNode):
                yield from statements(store, quad.subject, _NOTHING_DERIVED)


def _context(quad: Quad) -> NamedNode | None:
    """Return the graph of context that `quad` stands in, if it does."""
    graph = quad.graph_name
    return graph if isinstance(graph, NamedNode) and graph.value.endswith("/context") else None


def _pointing_order(quad: Quad) -> tuple[bool, str, str, str]:
    """Order what points to a thing: figures and what is asserted first, evidence last."""
    return (
        quad.graph_name == _INFERRED,
        str(quad.predicate),
        str(quad.subject),
        str(quad.graph_name),
    )


def _about(iri: str, metadata: Metadata, page: int, pages: int) -> Iterator[Quad]:
    document = f"{BASE}{path_of(iri)}"
    here = NamedNode(document if page == 1 else f"{document}?page={page}")
    dcterms, graph = PREFIXES["dcterms"], NamedNode(METADATA_GRAPH)
    foaf, xsd = PREFIXES["foaf"], PREFIXES["xsd"]
    values: list[tuple[str, NamedNode | Literal]] = [
        (f"{PREFIXES['rdf']}type", NamedNode(f"{foaf}Document")),
        (f"{foaf}primaryTopic", NamedNode(iri)),
        (f"{PREFIXES['void']}inDataset", NamedNode(DATASET)),
        (f"{dcterms}license", NamedNode(LICENCE)),
        (f"{dcterms}modified", Literal(metadata.created, datatype=NamedNode(f"{xsd}dateTime"))),
        (f"{PREFIXES['dcat']}version", Literal(version_of(metadata))),
    ]
    if page > 1:
        values.append((f"{dcterms}isPartOf", NamedNode(document)))
    if page < pages:
        values.append(("http://www.w3.org/1999/xhtml/vocab#next", NamedNode(f"{document}?page={page + 1}")))
    if page > 1:
        before = NamedNode(document if page == 2 else f"{document}?page={page - 1}")
        values.append(("http://www.w3.org/1999/xhtml/vocab#prev", before))
    for predicate, value in values:
        yield Quad(here, NamedNode(predicate), value, graph)
