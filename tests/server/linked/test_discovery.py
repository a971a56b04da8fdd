"""server/README.md, V1 to V10: what a machine finds before it knows anything."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib import RDF

from unodc_graph.namespace import BASE, METADATA_GRAPH, ONTOLOGY, PREFIXES
from unodc_graph.store.generation import Generation
from unodc_graph.store.term import DefaultGraph, NamedNode

VOID = rdflib.Namespace(PREFIXES["void"])
DCAT = rdflib.Namespace(PREFIXES["dcat"])
DCTERMS = rdflib.Namespace(PREFIXES["dcterms"])
SH = rdflib.Namespace(PREFIXES["sh"])
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
DATASET = rdflib.URIRef(f"{METADATA_GRAPH}#dataset")


@pytest.fixture(scope="module")
def void(client: FlaskClient) -> rdflib.Graph:
    return rdflib.Graph().parse(data=client.get("/.well-known/void").data, format="turtle")


@pytest.fixture(scope="module")
def catalogue(client: FlaskClient) -> rdflib.Graph:
    return rdflib.Graph().parse(data=client.get("/catalog").data, format="turtle")


def test_V1_void_is_turtle_by_default_and_negotiated(client: FlaskClient) -> None:
    assert client.get("/.well-known/void").mimetype == "text/turtle"
    found = client.get("/.well-known/void", headers={"Accept": "application/rdf+xml"})
    assert found.mimetype == "application/rdf+xml"
    assert client.get("/.well-known/void", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    "name",
    [
        "sparqlEndpoint", "dataDump", "uriSpace", "exampleResource", "triples", "classPartition",
        "propertyPartition", "vocabulary",
    ],
)  # fmt: skip
def test_V1_void_says_what_the_contract_lists(void: rdflib.Graph, name: str) -> None:
    assert (DATASET, RDF.type, VOID.Dataset) in void
    assert (DATASET, VOID[name], None) in void


def test_V1_void_names_licence_publisher_date_and_linksets(void: rdflib.Graph) -> None:
    for name in ("license", "publisher", "modified"):
        assert (DATASET, DCTERMS[name], None) in void
    assert (DATASET, VOID.sparqlEndpoint, rdflib.URIRef("http://localhost/sparql")) in void
    linksets = list(void.subjects(RDF.type, VOID.Linkset))
    assert linksets
    assert all((linkset, VOID.objectsTarget, None) in void for linkset in linksets)


def test_V1_counts_are_those_of_the_graph(void: rdflib.Graph, generation: Generation) -> None:
    store, inferred = generation.open(), NamedNode(f"{BASE}graph/inferred")
    graphs = (DefaultGraph(), inferred)
    assert void.value(DATASET, VOID.triples).toPython() == sum(  # type: ignore[union-attr]
        1 for graph in graphs for _ in store.quads_for_pattern(None, None, None, graph)
    )
    partitions = list(void.objects(DATASET, VOID.propertyPartition))
    assert len(partitions) > 50
    for partition in partitions:
        name = NamedNode(str(void.value(partition, VOID.property)))
        live = sum(1 for graph in graphs for _ in store.quads_for_pattern(None, name, None, graph))
        assert void.value(partition, VOID.triples).toPython() == live, name  # type: ignore[union-attr]


def test_V3_the_catalogue_has_a_dataset_a_service_and_a_distribution_for_each_file(
    client: FlaskClient, catalogue: rdflib.Graph
) -> None:
    assert len(list(catalogue.subjects(RDF.type, DCAT.Catalog))) == 1
    assert (DATASET, RDF.type, DCAT.Dataset) in catalogue
    service = catalogue.value(predicate=RDF.type, object=DCAT.DataService)
    assert (service, DCAT.endpointURL, rdflib.URIRef("http://localhost/sparql")) in catalogue
    found = list(catalogue.objects(DATASET, DCAT.distribution))
    files = client.get("/dumps/?format=json").json["releases"][0]["files"]
    assert len(found) == len(files) >= 8


def test_V3_each_distribution_leads_to_a_file_of_its_size_and_checksum(
    client: FlaskClient, catalogue: rdflib.Graph
) -> None:
    distributions = list(catalogue.objects(DATASET, DCAT.distribution))
    assert len(distributions) > 5
    for distribution in distributions:
        address = str(catalogue.value(distribution, DCAT.downloadURL))
        answer = client.get(address[len(BASE) - 1 :], buffered=True)
        assert answer.status_code == 200, address
        assert len(answer.data) == catalogue.value(distribution, DCAT.byteSize).toPython()  # type: ignore[union-attr]
        checksum = catalogue.value(distribution, SPDX.checksum)
        value = str(catalogue.value(checksum, SPDX.checksumValue))
        assert hashlib.sha256(answer.data).hexdigest() == value.lower()


def test_V4_the_api_catalogue_is_a_linkset_whose_targets_answer(client: FlaskClient) -> None:
    answer = client.get("/.well-known/api-catalog")
    assert answer.mimetype == "application/linkset+json"
    assert "rfc9727" in answer.headers["Content-Type"]
    linkset = json.loads(answer.data)["linkset"]
    anchors = {urlsplit(entry["anchor"]).path: entry for entry in linkset}
    assert {"/sparql", "/reconcile"} <= anchors.keys()
    for path in ("/sparql", "/reconcile"):
        for relation in ("service-desc", "service-meta"):
            target = urlsplit(anchors[path][relation][0]["href"]).path
            assert client.get(target).status_code == 200


@pytest.mark.parametrize(
    "path", ["/doc/programme/haya", "/doc/programme/haya.ttl", "/ontology", "/ontology.html"]
)
def test_V6_documents_link_to_what_belongs_to_them(client: FlaskClient, path: str) -> None:
    links = client.get(path).headers.getlist("Link")
    relations = {relation for link in links for relation in re.findall(r'rel="([^"]+)"', link)}
    expected = {"alternate", "describedby", "license", "canonical", "collection", "service-desc"}
    assert expected | ({"cite-as"} if "doc" in path else set()) <= relations
    for link in links:
        address = link[1 : link.index(">")]
        if 'rel="alternate"' in link:
            assert client.get(urlsplit(address).path).status_code == 200


def test_V6_the_things_own_address_is_the_one_to_cite(client: FlaskClient) -> None:
    links = client.get("/doc/programme/haya").headers.getlist("Link")
    assert f'<{BASE}id/programme/haya>; rel="cite-as"' in links


def test_V7_the_head_of_a_page_serves_machines(client: FlaskClient) -> None:
    page = client.get("/doc/programme/haya.html").text
    head = page.partition("</head>")[0]
    for part in ('rel="alternate" type="text/turtle"', 'hreflang="en"', 'rel="canonical"',
                 'type="application/opensearchdescription+xml"'):  # fmt: skip
        assert part in head
    data = json.loads(head.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert data["@context"] == "https://schema.org/"
    assert data["mainEntity"]["@id"] == f"{BASE}id/programme/haya"
    assert data["isPartOf"]["@type"] == "Dataset"


def test_V7_a_label_cannot_end_the_script_it_stands_in(odd_client: FlaskClient) -> None:
    page = odd_client.get("/doc/place/hub.html").text
    assert "<script>alert" not in page
    inside = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert json.loads(inside)["mainEntity"]["name"] == "Hub <script>alert(1)</script>"


def test_V8_the_context_is_published_with_a_twin_that_never_changes(client: FlaskClient) -> None:
    answer = client.get("/context.jsonld")
    assert answer.mimetype == "application/ld+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert json.loads(answer.data)["@context"]["place"]["@id"] == "unodc:place"
    twin = re.search(
        r"<http://localhost(/context-[0-9a-f]+\.jsonld)>", ", ".join(answer.headers.getlist("Link"))
    )
    assert twin
    kept = client.get(twin.group(1))
    assert kept.data == answer.data
    assert "immutable" in kept.headers["Cache-Control"]
    assert client.get("/context-000000000000.jsonld").status_code == 404


def test_V8_a_document_in_the_words_of_the_context_reads_the_same(client: FlaskClient) -> None:
    context = json.loads(client.get("/context.jsonld").data)["@context"]
    document = json.loads(client.get("/doc/programme/haya.jsonld").data)
    assert {word: context[word] for word in document["@context"]} == document["@context"]


def test_V9_robots_close_queries_and_name_the_sitemap(client: FlaskClient) -> None:
    text = client.get("/robots.txt").text
    assert "Disallow: /sparql?" in text
    assert "Sitemap: http://localhost/sitemap.xml" in text
    assert "/doc" not in text


def test_V9_the_sitemap_lists_documents(client: FlaskClient) -> None:
    root = ElementTree.fromstring(client.get("/sitemap.xml").data)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = {node.text for node in root.iter(f"{space}loc")}
    assert "http://localhost/doc/programme/haya" in found
    assert len(found) > 700
    assert client.get("/sitemap-1.xml").status_code == 404


def test_V9_security_txt_has_what_rfc_9116_requires(client: FlaskClient) -> None:
    answer = client.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"].startswith(("mailto:", "http"))
    assert datetime.fromisoformat(fields["Expires"]) > datetime.now(UTC)


def test_V9_llms_txt_leads_to_what_answers(client: FlaskClient) -> None:
    text = client.get("/llms.txt").text
    assert text.startswith("# ")
    addresses = re.findall(r"\(http://localhost([^)]+)\)", text)
    assert len(addresses) >= 8
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_V10_every_question_is_a_query_that_editors_can_load(client: FlaskClient) -> None:
    body = client.get("/.well-known/sparql-examples/", headers={"Accept": "text/turtle"}).data
    graph = rdflib.Graph().parse(data=body, format="turtle")
    found = list(graph.subjects(RDF.type, SH.SPARQLExecutable))
    assert len(found) > 100
    for example in found:
        assert (example, rdflib.RDFS.comment, None) in graph
        assert (example, SH.select, None) in graph or (example, SH.ask, None) in graph
    namespaces = {str(o) for o in graph.objects(None, SH.namespace)}
    assert ONTOLOGY in namespaces


def test_V10_what_editors_look_for_is_in_the_service_description(client: FlaskClient) -> None:
    # Where the default graph has no answer, sparql-editor and sparql-llm ask the description of the service.
    graph = rdflib.Graph().parse(data=client.get("/sparql").data, format="turtle")
    assert len(list(graph.subjects(RDF.type, SH.SPARQLExecutable))) > 100
    prefixes = {str(graph.value(node, SH.prefix)) for node in graph.objects(DATASET, SH.declare)}
    assert {"unodc", "programme", "rdfs"} <= prefixes
    partitions = {
        str(name)
        for part in graph.objects(None, VOID.propertyPartition)
        for name in graph.objects(part, VOID.property)
        if (None, VOID["class"], None) in graph
    }
    assert f"{ONTOLOGY}implementedBy" in partitions


def test_V10_the_questions_are_a_page_and_each_has_one(client: FlaskClient) -> None:
    page = client.get("/.well-known/sparql-examples/", headers={"Accept": "text/html"}).text
    assert page.count("/.well-known/sparql-examples/") > 100
    single = client.get("/.well-known/sparql-examples/haya-partners", headers={"Accept": "text/html"})
    assert "SELECT" in single.text
    assert client.get("/.well-known/sparql-examples/none").status_code == 404


@pytest.mark.parametrize("path", ["/.well-known/void", "/catalog", "/context.jsonld", "/robots.txt",
                                  "/sitemap.xml", "/llms.txt", "/ontology", "/search"])  # fmt: skip
def test_what_is_described_can_be_cached(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("suffix", ["turtle", "ntriples", "rdfxml", "jsonld"])
def test_V2_the_endpoint_is_named_by_the_address_it_was_asked_at(client: FlaskClient, suffix: str) -> None:
    for base in ("http://localhost", "https://kg.example.net"):
        answer = client.get(f"/sparql?format={suffix}", base_url=base)
        graph = rdflib.Graph().parse(data=answer.data, format=answer.mimetype)
        named = {str(o) for o in graph.objects(None, SD.endpoint)}
        assert named == {f"{base}/sparql"}
        assert (rdflib.URIRef(f"{base}/sparql#service"), RDF.type, SD.Service) in graph
        assert b".invalid" not in answer.data
