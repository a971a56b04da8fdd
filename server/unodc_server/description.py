"""The service description (SPARQL 1.1 Service Description), computed from what is on.

Nothing in it is written by hand for one installation: addresses come from the request, sizes from the
generation served, features and limits from the settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rdflib import RDF, RDFS, XSD, BNode, Graph, Literal, Namespace, URIRef

from unodc_graph.namespace import PREFIXES
from unodc_server.protocol import MOST_GRAPHS
from unodc_server.settings import Settings

SD: Final = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID: Final = Namespace("http://rdfs.org/ns/void#")
FORMATS: Final = Namespace("http://www.w3.org/ns/formats/")
ENTAILMENT: Final = Namespace("http://www.w3.org/ns/entailment/")

_RESULT_FORMATS: Final = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
    "TriG",
    "N-Quads",
)


def describe(
    endpoint: str, settings: Settings, default_size: int, named: Mapping[str, int], closure: str
) -> Graph:
    """Return the description of the service at `endpoint`, an absolute URL.

    `default_size` is the number of triples of the default graph, `named` the number of each named graph,
    `closure` the state of what follows, as the metadata of the generation has it.
    """
    graph = Graph()
    for prefix, namespace in {**PREFIXES, "sd": SD, "formats": FORMATS}.items():
        graph.bind(prefix, namespace)
    service = URIRef(f"{endpoint}#service")
    graph.add((service, RDF.type, SD.Service))
    graph.add((service, SD.endpoint, URIRef(endpoint)))
    graph.add((service, SD.supportedLanguage, SD.SPARQL11Query))
    for name in _RESULT_FORMATS:
        graph.add((service, SD.resultFormat, FORMATS[name]))
    if settings.services:
        graph.add((service, SD.feature, SD.BasicFederatedQuery))
    graph.add((service, SD.defaultEntailmentRegime, ENTAILMENT.Simple))
    for sentence in _sentences(settings, closure):
        graph.add((service, RDFS.comment, Literal(sentence, lang="en")))
    graph.add((service, RDFS.seeAlso, URIRef(f"{endpoint.removesuffix('/sparql')}/limits")))
    dataset, default = BNode("dataset"), BNode("default")
    graph.add((service, SD.defaultDataset, dataset))
    graph.add((dataset, RDF.type, SD.Dataset))
    graph.add((dataset, SD.defaultGraph, default))
    _size(graph, default, default_size)
    for number, (name, size) in enumerate(sorted(named.items())):
        entry, content = BNode(f"name{number}"), BNode(f"graph{number}")
        graph.add((dataset, SD.namedGraph, entry))
        graph.add((entry, RDF.type, SD.NamedGraph))
        graph.add((entry, SD.name, URIRef(name)))
        graph.add((entry, SD.graph, content))
        _size(graph, content, size)
    return graph


def limits(settings: Settings) -> dict[str, object]:
    """Return the limits of the service, each with its unit in its name."""
    return {
        "seconds_per_query": settings.timeout,
        "rows_per_result": settings.rows,
        "bytes_per_result": settings.result_bytes,
        "megabytes_of_memory_per_query": settings.worker_memory_mb,
        "bytes_per_request_body": settings.body_bytes,
        "bytes_per_url": settings.url_bytes,
        "bytes_of_request_headers": settings.header_bytes,
        "seconds_for_a_request_to_arrive": settings.request_seconds,
        "graphs_per_request": MOST_GRAPHS,
        "queries_at_once": settings.workers,
        "queries_waiting": settings.waiting,
        "queries_per_client": settings.rate or "unlimited",
    }


def _sentences(settings: Settings, closure: str) -> list[str]:
    told = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in limits(settings).items())
    sentences = [f"Limits: {told}. A client may ask for less time with `timeout` or `Prefer: wait=`."]
    if not settings.blank:
        sentences.append(
            "The default graph holds every asserted triple once, and beside it what follows from the "
            "ontology (OWL 2 RL), computed beforehand; `inferred=false` leaves that out. "
            f"State of what follows: {closure}."
        )
    return sentences


def _size(graph: Graph, node: BNode, triples: int) -> None:
    graph.add((node, RDF.type, SD.Graph))
    graph.add((node, VOID.triples, Literal(triples, datatype=XSD.integer)))
