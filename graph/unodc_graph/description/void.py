"""The dataset described in VoID and DCAT 3: its size, classes, properties, links, and how to get it.

Every node has an IRI beside that of the dataset, since published graphs hold no blank nodes. Classes and
properties are counted over what a query sees by default: asserted and inferred triples, each once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeVar
from urllib.parse import quote

from unodc_graph import namespace
from unodc_graph.description import about
from unodc_graph.description.about import DATASET
from unodc_graph.description.link import TARGETS, space_of
from unodc_graph.description.neighbourhood import TYPE
from unodc_graph.description.statistics import PropertyCount, Statistics, Use, UseCount
from unodc_graph.namespace import BASE, ID, METADATA_GRAPH, PREFIXES, compact
from unodc_graph.store.term import Literal, NamedNode, Quad

VOID: Final = PREFIXES["void"]
VOID_EXT: Final = "http://ldf.fi/void-ext#"
DCAT: Final = PREFIXES["dcat"]
DCTERMS: Final = PREFIXES["dcterms"]
FOAF: Final = PREFIXES["foaf"]
SPARQL: Final = f"{BASE}sparql"
LATEST_DUMP: Final = f"{BASE}dumps/latest/unodc-kg.nq.gz"

NOTHING: Final = Statistics()

_XSD: Final = PREFIXES["xsd"]
_Key = TypeVar("_Key")
_Count = TypeVar("_Count")

GRAPHS: Final = MappingProxyType(
    {
        namespace.ONTOLOGY_GRAPH: "The ontology",
        namespace.SCHEMES_GRAPH: "The concept schemes",
        namespace.REFERENCE_GRAPH: "Names, codes and relations from public tables",
        namespace.SOURCES_GRAPH: "The documents and where each passage stands",
        namespace.CATALOGUE_GRAPH: "Labels and descriptions by the curators",
        namespace.INFERRED_GRAPH: "What follows from all that is asserted",
        namespace.HISTORY_GRAPH: "Who changed what, and when",
    }
)
"""Our own named graphs that are described, and what each holds; those of passages say it of themselves."""


@dataclass(frozen=True)
class State:
    """What a description says of the state it describes.

    `version` of software and data; `canonical_digest` of the facts, or empty; `modified`, ISO 8601 in UTC.
    """

    version: str
    canonical_digest: str
    modified: str


def description(state: State, counts: Statistics, known: Statistics = NOTHING) -> Iterator[Quad]:
    """Yield the description of a state, less the partitions of which `known` has the same counts."""
    yield from _dataset(state)
    yield from _totals(counts)
    for property_, count in _unlike(counts.properties, known.properties):
        yield from _of_property(property_, count)
    for class_, entities in _unlike(counts.classes, known.classes):
        yield from _of_class(class_, entities)
    for use, use_count in _unlike(counts.uses, known.uses):
        yield from _of_use(use, use_count)


def _unlike(counts: Mapping[_Key, _Count], known: Mapping[_Key, _Count]) -> Iterator[tuple[_Key, _Count]]:
    return ((key, count) for key, count in counts.items() if known.get(key) != count)


def _dataset(state: State) -> Iterator[Quad]:
    """Yield what holds of the dataset whatever its statistics."""
    for kind in (f"{VOID}Dataset", f"{DCAT}Dataset"):
        yield _link(DATASET, TYPE.value, kind)
    publisher, service, catalogue = _own("publisher"), _own("sparql"), _own("catalogue")
    yield _text(DATASET, f"{DCTERMS}title", about.TITLE, "en")
    yield _text(DATASET, f"{DCTERMS}description", about.DESCRIPTION, "en")
    if state.canonical_digest:
        yield _text(DATASET, f"{DCTERMS}identifier", f"sha256:{state.canonical_digest}")
    yield _text(DATASET, f"{DCAT}version", state.version)
    yield _typed(DATASET, f"{DCTERMS}modified", state.modified.replace("+00:00", "Z"), "dateTime")
    yield _link(DATASET, f"{DCTERMS}license", about.LICENCE)
    yield _link(DATASET, f"{DCTERMS}publisher", publisher)
    yield _link(DATASET, f"{DCAT}landingPage", about.HOME)
    yield _link(DATASET, f"{FOAF}homepage", about.HOME)
    yield _typed(DATASET, f"{VOID}uriSpace", ID, "string")
    yield _link(DATASET, f"{VOID}sparqlEndpoint", SPARQL)
    yield _link(DATASET, f"{VOID}dataDump", LATEST_DUMP)
    yield _link(publisher, TYPE.value, f"{FOAF}Agent")
    yield _text(publisher, f"{FOAF}name", about.PUBLISHER)
    yield _link(service, TYPE.value, f"{DCAT}DataService")
    yield _text(service, f"{DCTERMS}title", "SPARQL endpoint", "en")
    yield _link(service, f"{DCAT}endpointURL", SPARQL)
    yield _link(service, f"{DCAT}endpointDescription", SPARQL)
    yield _link(service, f"{DCAT}servesDataset", DATASET)
    yield _link(catalogue, TYPE.value, f"{DCAT}Catalog")
    yield _text(catalogue, f"{DCTERMS}title", about.TITLE, "en")
    yield _link(catalogue, f"{DCTERMS}publisher", publisher)
    yield _link(catalogue, f"{DCAT}dataset", DATASET)
    yield _link(catalogue, f"{DCAT}service", service)


def _totals(counts: Statistics) -> Iterator[Quad]:
    """Yield what is counted of the dataset as a whole: sizes, vocabularies, links and examples (VoID §4)."""
    yield _number(DATASET, f"{VOID}triples", counts.asserted + counts.inferred)
    for name, title, triples in (
        ("asserted", "What is asserted, each triple once", counts.asserted),
        ("inferred", "What follows from it by the ontology", counts.inferred),
    ):
        part = _own(name)
        yield _link(DATASET, f"{VOID}subset", part)
        yield _link(part, TYPE.value, f"{VOID}Dataset")
        yield _text(part, f"{DCTERMS}title", title, "en")
        yield _number(part, f"{VOID}triples", triples)
    yield _number(DATASET, f"{VOID}entities", counts.entities)
    yield _number(DATASET, f"{VOID}classes", len(counts.classes))
    yield _number(DATASET, f"{VOID}properties", len(counts.properties))
    yield _number(DATASET, f"{VOID}distinctSubjects", counts.subjects)
    yield _number(DATASET, f"{VOID}distinctObjects", counts.objects)
    for vocabulary in sorted({space_of(iri) for iri in (*counts.properties, *counts.classes)}):
        yield _link(DATASET, f"{VOID}vocabulary", vocabulary)
    for thing in sorted(counts.first.values()):
        yield _link(DATASET, f"{VOID}exampleResource", thing)
    yield from _graphs(counts)
    yield from _linksets(counts)


def _graphs(counts: Statistics) -> Iterator[Quad]:
    for graph, title in sorted(GRAPHS.items()):
        if graph in counts.graphs:
            yield _link(DATASET, f"{VOID}subset", graph)
            yield _link(graph, TYPE.value, f"{VOID}Dataset")
            yield _text(graph, f"{DCTERMS}title", title, "en")
            yield _number(graph, f"{VOID}triples", counts.graphs[graph])
    yield _link(METADATA_GRAPH, TYPE.value, f"{VOID}DatasetDescription")
    yield _text(METADATA_GRAPH, f"{DCTERMS}title", "The description of the dataset", "en")
    yield _link(METADATA_GRAPH, f"{FOAF}primaryTopic", DATASET)


def _linksets(counts: Statistics) -> Iterator[Quad]:
    """Yield a linkset for each property by which, and each dataset to which, things of ours are linked."""
    for (predicate, target), triples in sorted(counts.links.items()):
        node = _own(f"links-{_key(predicate)}-{_key(target)}")
        yield _link(DATASET, f"{VOID}subset", node)
        yield _link(node, TYPE.value, f"{VOID}Linkset")
        yield _link(node, f"{VOID}linkPredicate", predicate)
        yield _link(node, f"{VOID}subjectsTarget", DATASET)
        yield _link(node, f"{VOID}objectsTarget", target)
        yield _number(node, f"{VOID}triples", triples)
    for target in sorted({target for _, target in counts.links}):
        yield _link(target, TYPE.value, f"{VOID}Dataset")
        yield _typed(target, f"{VOID}uriSpace", target, "string")
        if target in TARGETS:
            yield _text(target, f"{DCTERMS}title", TARGETS[target], "en")


def _of_property(iri: str, count: PropertyCount) -> Iterator[Quad]:
    """Yield the partition of a property."""
    part = _own(f"property-{_key(iri)}")
    yield _link(DATASET, f"{VOID}propertyPartition", part)
    yield _link(part, f"{VOID}property", iri)
    yield _number(part, f"{VOID}triples", count.triples)
    yield _number(part, f"{VOID}distinctSubjects", count.subjects)
    yield _number(part, f"{VOID}distinctObjects", count.objects)


def _of_class(iri: str, entities: int) -> Iterator[Quad]:
    """Yield the partition of a class."""
    part = _own(f"class-{_key(iri)}")
    yield _link(DATASET, f"{VOID}classPartition", part)
    yield _link(part, f"{VOID}class", iri)
    yield _number(part, f"{VOID}entities", entities)


def _of_use(use: Use, count: UseCount) -> Iterator[Quad]:
    """Yield how a property is used by the instances of a class, and what it leads to.

    It is what editors and query assistants complete from, so what only follows is left out: a class that is
    asserted of no subject, or of no object, of these triples.
    """
    if not count.stated:
        return
    class_, iri = use
    part = _own(f"class-{_key(class_)}")
    inner = f"{part}/{_key(iri)}"
    yield _link(part, f"{VOID}propertyPartition", inner)
    yield _link(inner, f"{VOID}property", iri)
    yield _number(inner, f"{VOID}triples", count.triples)
    for kind in sorted(count.stated_objects):
        node = f"{inner}/{_key(kind)}"
        yield _link(inner, f"{VOID}classPartition", node)
        yield _link(node, f"{VOID}class", kind)
        yield _number(node, f"{VOID}triples", count.objects[kind])
    for datatype, triples in sorted(count.datatypes.items()):
        node = f"{inner}/{_key(datatype)}"
        yield _link(inner, f"{VOID_EXT}datatypePartition", node)
        yield _link(node, f"{VOID_EXT}datatype", datatype)
        yield _number(node, f"{VOID}triples", triples)


def _own(name: str) -> str:
    return f"{METADATA_GRAPH}#{name}"


@lru_cache(maxsize=4_096)
def _key(iri: str) -> str:
    """Return a name for `iri` that may stand in the fragment of an IRI, the same each time."""
    return quote(compact(iri), safe="")


def _link(subject: str, predicate: str, obj: str) -> Quad:
    return quad_of(subject, predicate, NamedNode(obj))


def _text(subject: str, predicate: str, text: str, language: str | None = None) -> Quad:
    return quad_of(subject, predicate, Literal(text, language=language) if language else Literal(text))


def _typed(subject: str, predicate: str, text: str, datatype: str) -> Quad:
    return quad_of(subject, predicate, Literal(text, datatype=NamedNode(f"{_XSD}{datatype}")))


def _number(subject: str, predicate: str, number: int) -> Quad:
    return _typed(subject, predicate, str(number), "integer")


def quad_of(subject: str, predicate: str, obj: NamedNode | Literal) -> Quad:
    """Return a statement of the metadata graph."""
    return Quad(NamedNode(subject), NamedNode(predicate), obj, NamedNode(METADATA_GRAPH))
