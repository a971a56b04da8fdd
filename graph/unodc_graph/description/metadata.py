"""The graph's own description, made for each generation: VoID, DCAT, prefixes and example queries.

Editors and query assistants read prefixes as sh:declare and examples as sh:SPARQLExecutable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from unodc_graph.description import void
from unodc_graph.description.about import DATASET, version_of
from unodc_graph.description.example import Example
from unodc_graph.description.neighbourhood import EXAMPLES, TYPE
from unodc_graph.description.statistics import statistics
from unodc_graph.description.void import SPARQL, State, quad_of
from unodc_graph.export.release import Release
from unodc_graph.namespace import BASE, ID, INFERRED_GRAPH, METADATA_GRAPH, PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation, Metadata
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Quad

AT_ONCE: Final = 100_000
"""Up to this many triples a generation is described in full; beyond, what is counted by class is left out."""

MODIFIED: Final = NamedNode(f"{PREFIXES['dcterms']}modified")

_SH: Final = PREFIXES["sh"]
_SPDX: Final = "http://spdx.org/rdf/terms#"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"


def describe(
    state: State,
    asserted: Collection[Quad],
    inferred: Collection[Quad],
    graphs: Mapping[str, int],
    queries: Iterable[Example],
    at_once: int = AT_ONCE,
) -> list[Quad]:
    """Return the description of a state, as quads of graph/metadata, each once.

    `asserted` and `inferred` are its triples, those of the default graph and of graph/inferred; if there are
    more than `at_once`, the partitions are left out, for somebody to make later with a larger number.
    `graphs` gives the number of triples of each named graph by its IRI.
    """
    found = set(void.dataset(state, len(asserted), len(inferred)))
    found.update(void.graphs(graphs))
    found.update(prefixes())
    for query in queries:
        found.update(executable(query))
    if len(asserted) + len(inferred) <= at_once:
        found.update(void.partitions(statistics(asserted, inferred, ID)))
        found.update(void.linksets([*asserted, *inferred]))
        found.update(void.samples(asserted))
    return sorted(found, key=str)


def describe_generation(
    generation: Generation, queries: Iterable[Example], at_once: int = AT_ONCE
) -> list[Quad]:
    """Return the description of a generation that is there already, counted anew; see `describe`."""
    return _counted(generation.open(), generation.metadata, queries, at_once)


def renewed(store: Store, held: Metadata, at_once: int = AT_ONCE) -> list[Quad]:
    """Return the description of what `store` holds now, for a commit that changed it.

    `held` is the metadata of the new state. The example queries are those of the old description, which
    `store` still has in graph/metadata. Beyond `at_once` triples nothing is counted, and what `held` says
    goes in.
    """
    old = store.quads_for_pattern(None, None, None, NamedNode(METADATA_GRAPH))
    kept = {q for q in old if isinstance(q.subject, NamedNode) and q.subject.value.startswith(EXAMPLES)}
    if held.triples + held.inferred <= at_once:
        return sorted({*_counted(store, held, (), at_once), *kept}, key=str)
    state = State(version_of(held), held.canonical_digest, held.created)
    return sorted({*void.dataset(state, held.triples, held.inferred), *prefixes(), *kept}, key=str)


def _counted(store: Store, held: Metadata, queries: Iterable[Example], at_once: int) -> list[Quad]:
    def triples(graph: NamedNode | DefaultGraph) -> list[Quad]:
        return list(store.quads_for_pattern(None, None, None, graph))

    named = [graph for graph in store.named_graphs() if isinstance(graph, NamedNode)]
    sizes = {graph.value: len(triples(graph)) for graph in named if graph.value != METADATA_GRAPH}
    state = State(version_of(held), held.canonical_digest, held.created)
    asserted, inferred = triples(DefaultGraph()), triples(NamedNode(INFERRED_GRAPH))
    return describe(state, asserted, inferred, sizes, queries, at_once)


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
            yield quad_of(node, f"{void.DCAT}compressFormat", NamedNode(f"{_MEDIA}{file.packed}"))
        size = Literal(str(file.octets), datatype=NamedNode(f"{PREFIXES['xsd']}nonNegativeInteger"))
        yield quad_of(node, f"{void.DCAT}byteSize", size)
        yield quad_of(node, f"{_SPDX}checksum", NamedNode(checksum))
        yield quad_of(checksum, TYPE.value, NamedNode(f"{_SPDX}Checksum"))
        yield quad_of(checksum, f"{_SPDX}algorithm", NamedNode(f"{_SPDX}checksumAlgorithm_sha256"))
        digest = Literal(file.sha256, datatype=NamedNode(f"{PREFIXES['xsd']}hexBinary"))
        yield quad_of(checksum, f"{_SPDX}checksumValue", digest)
