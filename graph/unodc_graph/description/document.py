"""The document about one thing: what `/doc/…` shows, as data and as RDF, read from a generation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from unodc_graph.description.about import DATASET, LICENCE
from unodc_graph.description.neighbourhood import (
    END,
    EVIDENCED_BY,
    FIGURE_OF,
    HAS_OCCURRENCE,
    HAS_SELECTOR,
    HAS_SOURCE,
    NAMES,
    START,
    TYPE,
    derived_graphs,
    evidence_of,
    evidence_quads,
    incoming,
    mentioned,
    names,
    node_of,
    statements,
)
from unodc_graph.errors import NotFound
from unodc_graph.namespace import BASE, ID, INFERRED_GRAPH, PREFIXES, passage_of_graph
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Quad, Term, Triple

PAGE: Final = 100
"""How many of the statements that point to a thing one document holds, unless asked otherwise."""

_NEXT: Final = NamedNode("http://www.w3.org/1999/xhtml/vocab#next")
_PREVIOUS: Final = NamedNode("http://www.w3.org/1999/xhtml/vocab#prev")


@dataclass(frozen=True)
class Statement:
    """A triple with the named graphs that hold it, by IRI; `inferred` when no asserted graph does."""

    triple: Triple
    graphs: tuple[str, ...]

    @property
    def inferred(self) -> bool:
        """Whether it only follows from the ontology."""
        return self.graphs == (INFERRED_GRAPH,)

    @property
    def passages(self) -> tuple[str, ...]:
        """The passages that state it, by IRI."""
        found = (passage_of_graph(graph) for graph in self.graphs)
        return tuple(sorted({passage for passage in found if passage is not None}))


@dataclass(frozen=True)
class Occurrence:
    """Where a passage stands: IRI of the occurrence and of the document, first character and end, from 0."""

    iri: str
    document: str
    start: int
    end: int


@dataclass(frozen=True)
class Evidence:
    """A passage that says something of the thing, and where it stands.

    `context` when all it says was supplied by a reader (MODEL.md, decision 3).
    """

    passage: str
    context: bool
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True)
class Document:
    """All that is known of one thing.

    `outgoing` is what is said of it, blank nodes included. `incoming` is one page of what points to it, from
    `offset` on, of `incoming_total`. `stated` is what the thing itself states, if it is a passage. `labels`
    names every IRI that the document mentions, as far as it has a name. `address` is the IRI of the document.
    """

    thing: str
    address: str
    outgoing: tuple[Statement, ...]
    incoming: tuple[Statement, ...]
    incoming_total: int
    offset: int
    limit: int
    stated: tuple[Statement, ...]
    evidence: tuple[Evidence, ...]
    labels: Mapping[str, str]
    version: str
    modified: str
    quads: tuple[Quad, ...]
    """The RDF of the document as triples of the default graph, sorted: all of the above, and the document's
    own licence, version, dataset and neighbouring pages."""

    @property
    def label(self) -> str:
        """The name of the thing; for one without, such as an occurrence, its kind and key."""
        return self.labels.get(self.thing) or _made_name(self.thing)

    @property
    def types(self) -> tuple[str, ...]:
        """The classes of the thing, asserted ones before those that follow."""
        own = [s for s in self.outgoing if s.triple.subject == NamedNode(self.thing)]
        found = [
            (statement.inferred, statement.triple.object.value)
            for statement in own
            if statement.triple.predicate == TYPE and isinstance(statement.triple.object, NamedNode)
        ]
        return tuple(iri for _, iri in sorted(found))


def address_of(thing: str) -> str:
    """Return the IRI of the document about `thing`: `/doc/…` for `/id/…`, the ontology for its terms."""
    if thing.startswith(ID):
        thing = f"{BASE}doc/{thing[len(ID) :]}"
    return thing.partition("#")[0]


def document(
    generation: Generation, thing: str, inferred: bool = True, offset: int = 0, limit: int = PAGE
) -> Document:
    """Return the document about `thing`, an IRI.

    Raises NotFound when nothing is said of it, ValueError when `offset` is negative or `limit` not positive.
    """
    if offset < 0 or limit < 1:
        raise ValueError(f"no such page: from {offset}, {limit} at once")
    store = generation.open()
    node, derived = node_of(thing), derived_graphs(thing, inferred)
    own = statements(store, node, derived)
    if not own:
        raise NotFound(thing)
    pointing = _merged(incoming(store, node, derived))
    page = pointing[offset : offset + limit]
    outgoing = _merged(own)
    stated = _merged(_stated(store, thing))
    found = {Quad(*statement.triple) for statement in (*outgoing, *page, *stated)}
    for statement in page:
        if statement.triple.predicate == FIGURE_OF and isinstance(statement.triple.subject, NamedNode):
            found |= _unnamed(statements(store, statement.triple.subject, derived))
    passages = evidence_of(own) | ({node} if passage_of_graph(thing) == thing else set())
    places = list(evidence_quads(store, passages))
    found |= _unnamed(places)
    named = _unnamed(names(store, mentioned(found)))
    address = address_of(thing)
    held = generation.metadata
    labels = _labels(named)
    about = _about(node, address, held.version, held.created, offset, limit, len(pointing))
    name = Literal(labels.get(thing) or _made_name(thing), language="en")
    about.add(Quad(NamedNode(address), NamedNode(f"{PREFIXES['dcterms']}title"), name))
    return Document(
        thing,
        address,
        tuple(outgoing),
        tuple(page),
        len(pointing),
        offset,
        limit,
        tuple(stated),
        _evidence(own, passages, places),
        labels,
        held.version,
        held.created,
        tuple(sorted(found | named | about, key=str)),
    )


def exists(store: Store, thing: str) -> bool:
    """Say whether anything is said of `thing`, an IRI: whether it has a document."""
    try:
        node = node_of(thing)
    except NotFound:
        return False
    return bool(statements(store, node, derived_graphs(thing, False)))


def _merged(quads: Iterable[Quad]) -> list[Statement]:
    graphs: defaultdict[Triple, set[str]] = defaultdict(set)
    for quad in quads:
        graphs[quad.triple].add(quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else "")
    return [Statement(triple, tuple(sorted(graphs[triple]))) for triple in sorted(graphs, key=str)]


def _unnamed(quads: Iterable[Quad]) -> set[Quad]:
    return {Quad(quad.subject, quad.predicate, quad.object) for quad in quads}


def _labels(named: Iterable[Quad]) -> dict[str, str]:
    """Return a name for each thing: the English one, by the first of the naming properties that it has."""
    found: dict[str, tuple[int, bool, str]] = {}
    for quad in named:
        if (
            quad.predicate in NAMES
            and isinstance(quad.object, Literal)
            and isinstance(quad.subject, NamedNode)
        ):
            rank = (NAMES.index(quad.predicate), quad.object.language != "en", quad.object.value)
            found[quad.subject.value] = min(rank, found.get(quad.subject.value, rank))
    return {thing: text for thing, (_, _, text) in found.items()}


def _stated(store: Store, thing: str) -> Iterator[Quad]:
    """Yield what stands in the graph of a passage, and in its context graph."""
    if passage_of_graph(thing) is not None:
        for graph in (thing, f"{thing}/context"):
            yield from store.quads_for_pattern(None, None, None, NamedNode(graph))


def _made_name(thing: str) -> str:
    kind, _, key = thing.removeprefix(ID).removeprefix(BASE).partition("/")
    return f"{kind} {key}".strip()


def _evidence(
    own: Iterable[Quad], passages: Iterable[NamedNode], places: Iterable[Quad]
) -> tuple[Evidence, ...]:
    graphs: defaultdict[str, set[str]] = defaultdict(set)
    for node in passages:
        graphs[node.value] = set()
    for quad in own:
        graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
        passage = passage_of_graph(graph)
        if passage is not None:
            graphs[passage].add(graph)
        elif quad.predicate == EVIDENCED_BY and isinstance(quad.object, NamedNode):
            graphs[quad.object.value].add(quad.object.value)
    values: defaultdict[tuple[Term, NamedNode], list[Term]] = defaultdict(list)
    for quad in sorted(places, key=str):
        values[quad.subject, quad.predicate].append(quad.object)
    return tuple(
        Evidence(
            passage, bool(graphs[passage]) and passage not in graphs[passage], _occurrences(passage, values)
        )
        for passage in sorted(graphs)
    )


def _occurrences(passage: str, values: Mapping[tuple[Term, NamedNode], list[Term]]) -> tuple[Occurrence, ...]:
    found = []
    for occurrence in values.get((NamedNode(passage), HAS_OCCURRENCE), []):
        sources = values.get((occurrence, HAS_SOURCE), [])
        for selector in values.get((occurrence, HAS_SELECTOR), []):
            starts, ends = values.get((selector, START), []), values.get((selector, END), [])
            if sources and starts and ends:
                iri, document_, start, end = map(_value, (occurrence, sources[0], starts[0], ends[0]))
                found.append(Occurrence(iri, document_, int(start), int(end)))
    return tuple(sorted(found, key=lambda place: (place.document, place.start)))


def _value(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | BlankNode | Literal) else str(term)


def _about(
    thing: NamedNode, address: str, version: str, modified: str, offset: int, limit: int, total: int
) -> set[Quad]:
    """Return what the document says of itself (HTTP.md, rows D8)."""
    self_ = NamedNode(address)
    dcterms, xsd = PREFIXES["dcterms"], PREFIXES["xsd"]
    moment = Literal(modified.replace("+00:00", "Z"), datatype=NamedNode(f"{xsd}dateTime"))
    about = {
        Quad(self_, TYPE, NamedNode(f"{PREFIXES['foaf']}Document")),
        Quad(self_, NamedNode(f"{PREFIXES['foaf']}primaryTopic"), thing),
        Quad(self_, NamedNode(f"{PREFIXES['void']}inDataset"), NamedNode(DATASET)),
        Quad(self_, NamedNode(f"{dcterms}license"), NamedNode(LICENCE)),
        Quad(self_, NamedNode(f"{dcterms}modified"), moment),
        Quad(self_, NamedNode(f"{PREFIXES['dcat']}version"), Literal(version)),
    }
    if offset + limit < total:
        about.add(Quad(self_, _NEXT, NamedNode(f"{address}?offset={offset + limit}&limit={limit}")))
    if offset:
        former = max(offset - limit, 0)
        about.add(Quad(self_, _PREVIOUS, NamedNode(f"{address}?offset={former}&limit={limit}")))
    return about
