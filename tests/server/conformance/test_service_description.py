"""W3C SPARQL 1.1 Service Description: its three tests."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from tests.server.conformance.conftest import MISSING
from tests.server.conformance.manifest import BASE, MF, RDF, Manifest, suites
from tests.server.conftest import Server

SD = "http://www.w3.org/ns/sparql-service-description#"
SUITE = {"returns-rdf", "has-endpoint-triple", "conforms-to-schema"}

IRI = "iri"
SCHEMA = {
    # property: (domain, range, at most once), from the vocabulary of the recommendation, §3.2 to §3.4
    "endpoint": ("Service", IRI, False),
    "feature": ("Service", IRI, False),
    "defaultEntailmentRegime": ("Service", IRI, True),
    "entailmentRegime": ("NamedGraph", IRI, False),
    "defaultSupportedEntailmentProfile": ("Service", IRI, False),
    "supportedEntailmentProfile": ("NamedGraph", IRI, False),
    "extensionFunction": ("Service", IRI, False),
    "extensionAggregate": ("Service", IRI, False),
    "languageExtension": ("Service", IRI, False),
    "supportedLanguage": ("Service", IRI, False),
    "propertyFeature": ("Service", IRI, False),
    "inputFormat": ("Service", IRI, False),
    "resultFormat": ("Service", IRI, False),
    "defaultDataset": ("Service", "Dataset", True),
    "availableGraphs": ("Service", "GraphCollection", False),
    "defaultGraph": ("Dataset", "Graph", True),
    "namedGraph": ("GraphCollection", "NamedGraph", False),
    "name": ("NamedGraph", IRI, True),
    "graph": ("NamedGraph", "Graph", True),
}
ABOVE = {"Dataset": {"Dataset", "GraphCollection"}}
"""A dataset is a collection of graphs, too."""
LANGUAGES = {SD + name for name in ("SPARQL10Query", "SPARQL11Query", "SPARQL11Update")}
FEATURES = {
    SD + name
    for name in (
        "DereferencesURIs",
        "UnionDefaultGraph",
        "RequiresDataset",
        "EmptyGraphs",
        "BasicFederatedQuery",
    )
}


@pytest.fixture
def description(blank: Server) -> list[Quad]:
    """What the endpoint says of itself, asked without a query."""
    reply = blank.get("/sparql")
    assert reply.status == 200
    return list(parse(reply.body, format=RdfFormat.TURTLE, base_iri=blank.endpoint))


def test_the_suite_is_whole(figures: list[str]) -> None:
    root = suites()
    if root is None:
        pytest.skip(MISSING)
    entries = Manifest(root, f"{BASE}sparql11/service-description/manifest.ttl").listed(MF + "entries")
    assert {e.value.partition("#")[2] for e in entries if isinstance(e, NamedNode)} == SUITE
    figures.append(f"service description: {len(SUITE)} tests run")


@pytest.mark.parametrize("accept", [None, "text/turtle", "application/rdf+xml", "application/ld+json"])
def test_w3c_returns_rdf(blank: Server, accept: str | None) -> None:
    reply = blank.get("/sparql", **({"Accept": accept} if accept else {}))
    assert reply.status == 200
    format_ = RdfFormat.from_media_type(reply.type)
    assert format_ is not None
    assert list(parse(reply.body, format=format_, base_iri=blank.endpoint))


def test_w3c_has_endpoint_triple(blank: Server, description: list[Quad]) -> None:
    endpoints = [quad.object for quad in description if quad.predicate == NamedNode(SD + "endpoint")]
    assert endpoints == [NamedNode(blank.endpoint)]


def test_w3c_conforms_to_schema(description: list[Quad]) -> None:
    types: dict[object, set[str]] = {}
    for quad in description:
        if quad.predicate == NamedNode(RDF + "type") and isinstance(quad.object, NamedNode):
            name = quad.object.value.removeprefix(SD)
            types.setdefault(quad.subject, set()).update(ABOVE.get(name, {name}))
    used = [quad for quad in description if quad.predicate.value.startswith(SD)]
    assert used
    for quad in used:
        name = quad.predicate.value.removeprefix(SD)
        domain, range_, once = SCHEMA[name]
        assert domain in types[quad.subject], f"the subject of sd:{name} is no sd:{domain}"
        assert not isinstance(quad.object, Literal), f"sd:{name} has a literal"
        if range_ == IRI:
            assert isinstance(quad.object, NamedNode), f"sd:{name} is no IRI"
        else:
            assert range_ in types[quad.object], f"the object of sd:{name} is no sd:{range_}"
        others = [q for q in used if q.subject == quad.subject and q.predicate == quad.predicate]
        assert not once or len(others) == 1, f"sd:{name} more than once"
    assert _values(used, "supportedLanguage")
    assert _values(used, "supportedLanguage") <= LANGUAGES
    assert _values(used, "feature") <= FEATURES


def _values(quads: list[Quad], name: str) -> set[str]:
    found = [quad.object for quad in quads if quad.predicate.value == SD + name]
    return {node.value for node in found if isinstance(node, NamedNode)}
