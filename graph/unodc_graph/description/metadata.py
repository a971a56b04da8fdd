"""The graph's own description, made for each generation: VoID, DCAT, prefixes and example queries.

Editors and query assistants read prefixes as sh:declare and examples as sh:SPARQLExecutable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from unodc_graph.description import void
from unodc_graph.description.about import DATASET, version_of
from unodc_graph.description.example import Example
from unodc_graph.description.neighbourhood import EXAMPLES, TYPE
from unodc_graph.description.statistics import Statistics, counted
from unodc_graph.description.void import SPARQL, State, quad_of
from unodc_graph.export.release import Release
from unodc_graph.namespace import BASE, INFERRED_GRAPH, METADATA_GRAPH, PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Quad

MODIFIED: Final = NamedNode(f"{PREFIXES['dcterms']}modified")

_SH: Final = PREFIXES["sh"]
_SPDX: Final = "http://spdx.org/rdf/terms#"
_SEVERAL: Final = "application/zip"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"


def describe(state: State, counts: Statistics, queries: Iterable[Example]) -> list[Quad]:
    """Return the description of a state, as quads of graph/metadata, each once, sorted."""
    found = {*prefixes(), *void.description(state, counts)}
    for query in queries:
        found.update(executable(query))
    return sorted(found, key=str)


def describe_generation(generation: Generation, queries: Iterable[Example]) -> list[Quad]:
    """Return the description of a generation that is there already, counted anew; see `describe`."""
    return describe(state_of(generation.metadata), count(generation.open()), queries)


def renewed(held: Iterable[Quad], state: State, counts: Statistics) -> set[Quad]:
    """Return the description of a state with the example queries of `held`, an older description."""
    kept = {q for q in held if isinstance(q.subject, NamedNode) and q.subject.value.startswith(EXAMPLES)}
    return kept.union(describe(state, counts, ()))


def moved(old: State, before: Statistics, new: State, after: Statistics) -> tuple[set[Quad], set[Quad]]:
    """Return the quads that a description loses and those that it gains with another state and its counts.

    The partitions whose counts stay, and there are thousands, are not even made.
    """
    lost, gained = set(void.description(old, before, after)), set(void.description(new, after, before))
    return lost - gained, gained - lost


def state_of(held: Metadata) -> State:
    """Return what the description of a generation says of its state."""
    return State(version_of(held), held.canonical_digest, held.created)


def count(store: Store) -> Statistics:
    """Count what `store` holds, which takes a few microseconds a triple."""
    asserted, inferred = _Quads(store, DefaultGraph()), _Quads(store, NamedNode(INFERRED_GRAPH))
    sizes = {name: sum(1 for _ in _Quads(store, NamedNode(name))) for name in void.GRAPHS}
    return counted(asserted, inferred, sizes)


class _Quads:
    """The quads of one graph of a store, read from it each time."""

    def __init__(self, store: Store, graph: NamedNode | DefaultGraph) -> None:
        self._store, self._graph = store, graph

    def __iter__(self) -> Iterator[Quad]:
        return self._store.quads_for_pattern(None, None, None, self._graph)


def without_time(quads: Iterable[Quad]) -> set[Quad]:
    """Return `quads` less the time of making, to compare two descriptions by."""
    return {quad for quad in quads if quad.predicate != MODIFIED}


def prefixes() -> Iterator[Quad]:
    """Yield the declarations of our prefixes (SHACL §5.2.1)."""
    for prefix, namespace in PREFIXES.items():
        node = f"{METADATA_GRAPH}#prefix-{prefix}"
        yield quad_of(DATASET, f"{_SH}declare", NamedNode(node))
        yield quad_of(node, TYPE.value, NamedNode(f"{_SH}PrefixDeclaration"))
        yield quad_of(node, f"{_SH}prefix", Literal(prefix))
        uri = Literal(namespace, datatype=NamedNode(f"{PREFIXES['xsd']}anyURI"))
        yield quad_of(node, f"{_SH}namespace", uri)


def executable(example: Example) -> Iterator[Quad]:
    """Yield an example query as SHACL executable, its question as the comment that editors show."""
    node = f"{EXAMPLES}{example.name}"
    yield quad_of(node, TYPE.value, NamedNode(f"{_SH}SPARQLExecutable"))
    yield quad_of(node, TYPE.value, NamedNode(f"{_SH}SPARQL{example.form.capitalize()}Executable"))
    yield quad_of(node, f"{PREFIXES['rdfs']}comment", Literal(example.question, language="en"))
    yield quad_of(node, f"{_SH}prefixes", NamedNode(DATASET))
    yield quad_of(node, f"{_SH}{example.form}", Literal(example.text))
    yield quad_of(node, f"{PREFIXES['schema']}target", NamedNode(SPARQL))
    for word in example.about:
        yield quad_of(node, f"{PREFIXES['schema']}keywords", Literal(word, language="en"))


def distributions(release: Release) -> Iterator[Quad]:
    """Yield a DCAT distribution for each file of `release`, with size and checksum (DCAT 3 §6.8)."""
    for file in release.files:
        node = f"{METADATA_GRAPH}#file-{file.name}"
        checksum = f"{node}-checksum"
        address = NamedNode(f"{BASE}dumps/{release.version}/{file.name}")
        yield quad_of(DATASET, f"{void.DCAT}distribution", NamedNode(node))
        yield quad_of(DATASET, f"{void.VOID}dataDump", address)
        yield quad_of(node, TYPE.value, NamedNode(f"{void.DCAT}Distribution"))
        yield quad_of(node, f"{void.DCTERMS}title", Literal(file.name))
        for link in ("accessURL", "downloadURL"):
            yield quad_of(node, f"{void.DCAT}{link}", address)
        yield quad_of(node, f"{void.DCAT}mediaType", NamedNode(f"{_MEDIA}{file.media_type}"))
        if file.packed:
            # A .zip holds several files, which DCAT tells from one file compressed.
            packing = "packageFormat" if file.packed == _SEVERAL else "compressFormat"
            yield quad_of(node, f"{void.DCAT}{packing}", NamedNode(f"{_MEDIA}{file.packed}"))
        size = Literal(str(file.octets), datatype=NamedNode(f"{PREFIXES['xsd']}nonNegativeInteger"))
        yield quad_of(node, f"{void.DCAT}byteSize", size)
        yield quad_of(node, f"{_SPDX}checksum", NamedNode(checksum))
        yield quad_of(checksum, TYPE.value, NamedNode(f"{_SPDX}Checksum"))
        yield quad_of(checksum, f"{_SPDX}algorithm", NamedNode(f"{_SPDX}checksumAlgorithm_sha256"))
        digest = Literal(file.sha256, datatype=NamedNode(f"{PREFIXES['xsd']}hexBinary"))
        yield quad_of(checksum, f"{_SPDX}checksumValue", digest)
