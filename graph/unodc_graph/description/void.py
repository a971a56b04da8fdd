"""The dataset described in VoID and DCAT 3: its size, classes, properties, links, and how to get it.

Every node has an IRI beside that of the dataset, since published graphs hold no blank nodes. Classes and
properties are counted over what a query sees by default: asserted and inferred triples, each once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from unodc_graph import namespace
from unodc_graph.description import about
from unodc_graph.description.about import DATASET
from unodc_graph.description.neighbourhood import TYPE
from unodc_graph.description.statistics import ClassCount, PropertyCount, Statistics
from unodc_graph.namespace import BASE, ID, METADATA_GRAPH, ONTOLOGY, PREFIXES, compact
from unodc_graph.store.term import Literal, NamedNode, Quad

VOID: Final = PREFIXES["void"]
VOID_EXT: Final = "http://ldf.fi/void-ext#"
DCAT: Final = PREFIXES["dcat"]
DCTERMS: Final = PREFIXES["dcterms"]
FOAF: Final = PREFIXES["foaf"]
SPARQL: Final = f"{BASE}sparql"
LATEST_DUMP: Final = f"{BASE}dumps/latest/unodc-kg.nq.gz"

_XSD: Final = PREFIXES["xsd"]
_LINKS: Final = frozenset(
    [f"{PREFIXES['schema']}sameAs", f"{ONTOLOGY}alignedTarget", f"{ONTOLOGY}contributesTo"]
    + [f"{PREFIXES['skos']}{name}Match" for name in ("exact", "close", "broad", "narrow", "related")]
)
"""Properties that lead from a thing of ours to one in another dataset."""
_TARGETS: Final = {
    "http://metadata.un.org/sdg/": "Sustainable Development Goals",
    "http://metadata.un.org/thesaurus/": "UNBIS Thesaurus",
    "http://www.wikidata.org/entity/": "Wikidata",
    "https://ror.org/": "Research Organization Registry",
    "https://sws.geonames.org/": "GeoNames",
}


_GRAPHS: Final = {
    namespace.ONTOLOGY_GRAPH: "The ontology",
    namespace.SCHEMES_GRAPH: "The concept schemes",
    namespace.REFERENCE_GRAPH: "Names, codes and relations from public tables",
    namespace.SOURCES_GRAPH: "The documents and where each passage stands",
    namespace.CATALOGUE_GRAPH: "Labels and descriptions by the curators",
    namespace.INFERRED_GRAPH: "What follows from all that is asserted",
    namespace.HISTORY_GRAPH: "Who changed what, and when",
}


@dataclass(frozen=True)
class State:
    """What a description says of the state it describes.

    `version` of software and data; `canonical_digest` of the facts, or empty; `modified`, ISO 8601 in UTC.
    """

    version: str
    canonical_digest: str
    modified: str


def dataset(state: State, asserted: int, inferred: int) -> Iterator[Quad]:
    """Yield what holds of the dataset whatever its statistics; the arguments are numbers of triples."""
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
    yield _number(DATASET, f"{VOID}triples", asserted + inferred)
    for name, title, triples in (
        ("asserted", "What is asserted, each triple once", asserted),
        ("inferred", "What follows from it by the ontology", inferred),
    ):
        part = _own(name)
        yield _link(DATASET, f"{VOID}subset", part)
        yield _link(part, TYPE.value, f"{VOID}Dataset")
        yield _text(part, f"{DCTERMS}title", title, "en")
        yield _number(part, f"{VOID}triples", triples)


def graphs(sizes: Mapping[str, int]) -> Iterator[Quad]:
    """Yield what each of our own named graphs holds; those of passages say it of themselves."""
    for graph, title in sorted(_GRAPHS.items()):
        if graph in sizes:
            yield _link(DATASET, f"{VOID}subset", graph)
            yield _link(graph, TYPE.value, f"{VOID}Dataset")
            yield _text(graph, f"{DCTERMS}title", title, "en")
            yield _number(graph, f"{VOID}triples", sizes[graph])
    yield _link(METADATA_GRAPH, TYPE.value, f"{VOID}DatasetDescription")
    yield _text(METADATA_GRAPH, f"{DCTERMS}title", "The description of the dataset", "en")
    yield _link(METADATA_GRAPH, f"{FOAF}primaryTopic", DATASET)


def partitions(counts: Statistics) -> Iterator[Quad]:
    """Yield the VoID statistics: totals, and a partition for each class and property (VoID §4)."""
    yield _number(DATASET, f"{VOID}entities", counts.entities)
    yield _number(DATASET, f"{VOID}classes", len(counts.classes))
    yield _number(DATASET, f"{VOID}properties", len(counts.properties))
    yield _number(DATASET, f"{VOID}distinctSubjects", counts.subjects)
    yield _number(DATASET, f"{VOID}distinctObjects", counts.objects)
    for vocabulary in sorted({_namespace(iri) for iri in (*counts.properties, *counts.classes)}):
        yield _link(DATASET, f"{VOID}vocabulary", vocabulary)
    for iri, count in sorted(counts.properties.items()):
        part = _own(f"property-{_key(iri)}")
        yield _link(DATASET, f"{VOID}propertyPartition", part)
        yield _link(part, f"{VOID}property", iri)
        yield _number(part, f"{VOID}triples", count.triples)
        yield _number(part, f"{VOID}distinctSubjects", len(count.subjects))
        yield _number(part, f"{VOID}distinctObjects", len(count.objects))
    for iri, of_class in sorted(counts.classes.items()):
        part = _own(f"class-{_key(iri)}")
        yield _link(DATASET, f"{VOID}classPartition", part)
        yield _link(part, f"{VOID}class", iri)
        yield _number(part, f"{VOID}entities", of_class.entities)
        yield from _of_class(part, of_class)


def _of_class(part: str, of_class: ClassCount) -> Iterator[Quad]:
    """Yield how the properties of a class are used: what query assistants and editors complete from."""
    for iri in sorted(of_class.direct):
        count, inner = of_class.properties[iri], f"{part}/{_key(iri)}"
        yield _link(part, f"{VOID}propertyPartition", inner)
        yield _link(inner, f"{VOID}property", iri)
        yield _number(inner, f"{VOID}triples", count.triples)
        yield from _of_objects(inner, count)


def _of_objects(inner: str, count: PropertyCount) -> Iterator[Quad]:
    for kind in sorted(count.direct):
        node = f"{inner}/{_key(kind)}"
        yield _link(inner, f"{VOID}classPartition", node)
        yield _link(node, f"{VOID}class", kind)
        yield _number(node, f"{VOID}triples", count.object_classes[kind])
    for datatype, triples in sorted(count.datatypes.items()):
        node = f"{inner}/{_key(datatype)}"
        yield _link(inner, f"{VOID_EXT}datatypePartition", node)
        yield _link(node, f"{VOID_EXT}datatype", datatype)
        yield _number(node, f"{VOID}triples", triples)


def linksets(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield a linkset for each property by which, and each dataset to which, things of ours are linked."""
    found = Counter(
        (quad.predicate.value, _namespace(quad.object.value))
        for quad in {Quad(*quad.triple) for quad in quads}
        if quad.predicate.value in _LINKS
        and isinstance(quad.object, NamedNode)
        and not quad.object.value.startswith(BASE)
    )
    for (predicate, target), triples in sorted(found.items()):
        node = _own(f"links-{_key(predicate)}-{_key(target)}")
        yield _link(DATASET, f"{VOID}subset", node)
        yield _link(node, TYPE.value, f"{VOID}Linkset")
        yield _link(node, f"{VOID}linkPredicate", predicate)
        yield _link(node, f"{VOID}subjectsTarget", DATASET)
        yield _link(node, f"{VOID}objectsTarget", target)
        yield _number(node, f"{VOID}triples", triples)
    for target in sorted({target for _, target in found}):
        yield _link(target, TYPE.value, f"{VOID}Dataset")
        yield _typed(target, f"{VOID}uriSpace", target, "string")
        if target in _TARGETS:
            yield _text(target, f"{DCTERMS}title", _TARGETS[target], "en")


def samples(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield one thing of each kind as an example (VoID §3.4): the first by IRI that has a type."""
    first: dict[str, str] = {}
    for quad in quads:
        subject = quad.subject
        if quad.predicate == TYPE and isinstance(subject, NamedNode) and subject.value.startswith(ID):
            kind = subject.value[len(ID) :].partition("/")[0]
            first[kind] = min(subject.value, first.get(kind, subject.value))
    for thing in sorted(first.values()):
        yield _link(DATASET, f"{VOID}exampleResource", thing)


def _namespace(iri: str) -> str:
    known = max((target for target in _TARGETS if iri.startswith(target)), key=len, default=None)
    return known or iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


def _own(name: str) -> str:
    return f"{METADATA_GRAPH}#{name}"


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
