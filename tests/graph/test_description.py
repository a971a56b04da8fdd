"""The graph's description of itself: its counts are those that SPARQL gives, and its examples run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import metadata
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from unodc_graph.build import build
from unodc_graph.description.about import DATASET, LICENCE, PUBLISHER, version_of
from unodc_graph.description.example import examples
from unodc_graph.description.link import space_of
from unodc_graph.description.metadata import (
    count,
    describe,
    describe_generation,
    distributions,
    moved,
    renewed,
    state_of,
    without_time,
)
from unodc_graph.description.statistics import Statistics
from unodc_graph.description.void import State
from unodc_graph.errors import UnreadableFile
from unodc_graph.export.release import release
from unodc_graph.location import rooms
from unodc_graph.namespace import BASE, INFERRED_GRAPH, METADATA_GRAPH, PREFIXES
from unodc_graph.store.generation import Generation
from unodc_graph.store.term import BlankNode, DefaultGraph, Quad

BOTH = [DefaultGraph(), NamedNode(INFERRED_GRAPH)]
VOID = "PREFIX void: <http://rdfs.org/ns/void#> PREFIX sh: <http://www.w3.org/ns/shacl#> "
METADATA = NamedNode(METADATA_GRAPH)


@pytest.fixture(scope="module")
def store(built: Generation) -> Store:
    return built.open()


def described(store: Store, query: str) -> Iterator[list[str]]:
    """Yield the solutions of a query over the metadata graph."""
    results = store.query(VOID + query, default_graph=[METADATA])
    assert isinstance(results, QuerySolutions)
    for row in results:
        yield [getattr(row[index], "value", "") for index in range(len(results.variables))]


def live(store: Store, query: str) -> int:
    """Return what a count gives over what a query sees by default."""
    results = store.query(query, default_graph=BOTH)
    assert isinstance(results, QuerySolutions)
    count = next(iter(results))[0]
    assert isinstance(count, Literal)
    return int(count.value)


def one(store: Store, name: str) -> int:
    ((value,),) = described(store, f"SELECT ?n {{ <{DATASET}> void:{name} ?n }}")
    return int(value)


TOTALS = {
    "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    "classes": "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c FILTER ISIRI(?c) }",
    "entities": f'SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p ?o FILTER STRSTARTS(STR(?s), "{BASE}id/") }}',
}


@pytest.mark.parametrize("name", TOTALS)
def test_totals_are_those_of_sparql(store: Store, name: str) -> None:
    assert one(store, name) == live(store, TOTALS[name]) > 50


def test_each_property_partition_is_counted_as_sparql_counts(store: Store) -> None:
    rows = list(
        described(
            store,
            f"SELECT ?p ?n ?s ?o {{ <{DATASET}> void:propertyPartition ?part . ?part void:property ?p ; "
            "void:triples ?n ; void:distinctSubjects ?s ; void:distinctObjects ?o }",
        )
    )
    assert len(rows) == live(store, TOTALS["properties"])
    for name, triples, subjects, objects in rows:
        assert int(triples) == live(store, f"SELECT (COUNT(*) AS ?n) {{ ?s <{name}> ?o }}")
        assert int(subjects) == live(store, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s <{name}> ?o }}")
        assert int(objects) == live(store, f"SELECT (COUNT(DISTINCT ?o) AS ?n) {{ ?s <{name}> ?o }}")


def test_each_class_partition_is_counted_as_sparql_counts(store: Store) -> None:
    rows = list(
        described(
            store,
            f"SELECT ?c ?n {{ <{DATASET}> void:classPartition ?part . "
            "?part void:class ?c ; void:entities ?n }",
        )
    )
    assert len(rows) == live(store, TOTALS["classes"])
    for name, entities in rows:
        assert int(entities) == live(store, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{name}> }}")


def test_properties_within_classes_are_counted_as_sparql_counts(store: Store) -> None:
    rows = list(
        described(
            store,
            "SELECT ?c ?p ?n { ?part void:class ?c ; void:propertyPartition ?inner . "
            "?inner void:property ?p ; void:triples ?n }",
        )
    )
    assert len(rows) > 1000
    for class_, name, triples in rows[::25]:
        assert int(triples) == live(store, f"SELECT (COUNT(*) AS ?n) {{ ?s a <{class_}> ; <{name}> ?o }}")


def test_what_they_lead_to_is_counted_as_sparql_counts(store: Store) -> None:
    rows = list(
        described(
            store,
            "PREFIX ext: <http://ldf.fi/void-ext#> SELECT ?c ?p ?oc ?d ?n { "
            "?part void:class ?c ; void:propertyPartition ?inner . ?inner void:property ?p . "
            "{ ?inner void:classPartition ?to . ?to void:class ?oc ; void:triples ?n } UNION "
            "{ ?inner ext:datatypePartition ?to . ?to ext:datatype ?d ; void:triples ?n } }",
        )
    )
    assert len(rows) > 1000
    for class_, name, to, datatype, triples in rows[::25]:
        end = f"?o a <{to}>" if to else f"FILTER(DATATYPE(?o) = <{datatype}>)"
        query = f"SELECT (COUNT(*) AS ?n) {{ ?s a <{class_}> ; <{name}> ?o . {end} }}"
        assert int(triples) == live(store, query), (class_, name, to or datatype)


def test_each_linkset_is_counted_as_sparql_counts(store: Store) -> None:
    rows = list(
        described(
            store,
            "SELECT ?p ?to ?n { ?set a void:Linkset ; void:linkPredicate ?p ; void:objectsTarget ?to ; "
            f"void:subjectsTarget <{DATASET}> ; void:triples ?n . ?to a void:Dataset }}",
        )
    )
    assert {"http://www.wikidata.org/entity/", "https://sws.geonames.org/"} <= {to for _, to, _ in rows}
    for name, to, triples in rows:
        query = f'SELECT (COUNT(*) AS ?n) {{ ?s <{name}> ?o FILTER STRSTARTS(STR(?o), "{to}") }}'
        assert int(triples) == live(store, query)


def test_the_parts_add_up(store: Store) -> None:
    parts = dict(
        described(store, f"SELECT ?part ?n {{ <{DATASET}> void:subset ?part . ?part void:triples ?n }}")
    )
    asserted, inferred = (int(parts[f"{METADATA_GRAPH}#{name}"]) for name in ("asserted", "inferred"))
    assert asserted + inferred == one(store, "triples")
    assert int(parts[INFERRED_GRAPH]) == inferred > 0


def test_examples_of_things_exist(store: Store) -> None:
    things = [row[0] for row in described(store, f"SELECT ?x {{ <{DATASET}> void:exampleResource ?x }}")]
    assert len(things) >= 10
    for thing in things:
        assert store.query(f"ASK {{ <{thing}> ?p ?o }}"), thing


def test_prefixes_are_declared_as_shacl_says(store: Store) -> None:
    rows = described(store, "SELECT ?p ?n { [] sh:declare ?d . ?d sh:prefix ?p ; sh:namespace ?n }")
    assert {(prefix, namespace) for prefix, namespace in rows} == set(PREFIXES.items())


def test_every_competency_question_is_an_example_that_runs(store: Store) -> None:
    rows = list(
        described(
            store,
            "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?x ?comment ?query { "
            "?x a sh:SPARQLExecutable ; rdfs:comment ?comment ; "
            "sh:select|sh:ask|sh:construct|sh:describe ?query }",
        )
    )
    files = {path.stem for path in rooms().competency.glob("*.rq")}
    assert {row[0].rpartition("/")[2] for row in rows} == files
    for iri, comment, query in rows:
        assert comment.endswith(("?", ".")), iri
        assert isinstance(
            store.query(query, default_graph=BOTH), QuerySolutions | QueryBoolean | QueryTriples
        ), iri


def test_nothing_is_a_blank_node_and_every_iri_of_ours_is_in_its_place(store: Store) -> None:
    quads = list(store.quads_for_pattern(None, None, None, METADATA))
    assert len(quads) > 5000
    for quad in quads:
        assert not isinstance(quad.subject, BlankNode)
        assert not isinstance(quad.object, BlankNode)


def test_the_description_names_licence_publisher_version_and_time(built: Generation, store: Store) -> None:
    ask = (
        "PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX foaf: <http://xmlns.com/foaf/0.1/> "
        "PREFIX dcat: <http://www.w3.org/ns/dcat#> "
        f"ASK {{ GRAPH <{METADATA_GRAPH}> {{ <{DATASET}> dcterms:license <{LICENCE}> ; "
        f'dcterms:publisher/foaf:name "{PUBLISHER}" ; dcat:version "{version_of(built.metadata)}" ; '
        f'dcterms:identifier "sha256:{built.metadata.canonical_digest}" ; dcterms:modified ?when }} }}'
    )
    assert store.query(ask)


def test_the_publisher_is_the_one_the_package_names() -> None:
    assert metadata("unodc-kg")["Author"] == PUBLISHER


def test_a_description_made_later_is_the_one_made_at_once(built: Generation, store: Store) -> None:
    at_once = list(store.quads_for_pattern(None, None, None, METADATA))
    later = describe_generation(built, examples(rooms().competency))
    assert set(later) == set(at_once)


def test_a_description_renewed_is_the_one_made_at_once(built: Generation, store: Store) -> None:
    at_once = set(store.quads_for_pattern(None, None, None, METADATA))
    assert renewed(at_once, state_of(built.metadata), count(store)) == at_once


def test_what_moved_leads_from_one_description_to_the_other(built: Generation, store: Store) -> None:
    changed = Store()
    changed.extend(store)
    thing = NamedNode(f"{BASE}id/place/new")
    changed.add(Quad(thing, NamedNode(f"{PREFIXES['dcterms']}title"), Literal("New"), DefaultGraph()))
    old, new = state_of(built.metadata), replace(state_of(built.metadata), version="next")
    lost, gained = moved(old, count(store), new, count(changed))
    assert lost < set(described_by(old, store))
    assert (set(described_by(old, store)) - lost) | gained == set(described_by(new, changed))
    assert len(lost | gained) < 30


def described_by(state: State, store: Store) -> list[Quad]:
    return describe(state, count(store), ())


def test_a_description_of_nothing_counts_nothing() -> None:
    store = Store()
    store.extend(describe(State("1", "", "2026-01-01T00:00:00+00:00"), Statistics(), ()))
    assert one(store, "triples") == one(store, "entities") == one(store, "classes") == 0
    assert list(described(store, "SELECT ?x { [] void:classPartition|void:propertyPartition ?x }")) == []


def test_building_again_keeps_the_description(built: Generation, tmp_path: Path) -> None:
    first = build(rooms(), tmp_path).generation
    assert build(rooms(), tmp_path).new is False
    own = list(first.open().quads_for_pattern(None, None, None, METADATA))
    other = list(built.open().quads_for_pattern(None, None, None, METADATA))
    assert without_time(own) == without_time(other)


def test_each_file_of_a_release_is_a_distribution(built: Generation, tmp_path: Path) -> None:
    done = release(built, tmp_path)
    store = Store()
    store.extend(distributions(done))
    rows = set(
        map(
            tuple,
            described(
                store,
                "PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX spdx: <http://spdx.org/rdf/terms#> "
                f"SELECT ?url ?size ?sum {{ <{DATASET}> dcat:distribution ?d . ?d dcat:downloadURL ?url ; "
                "dcat:byteSize ?size ; dcat:mediaType ?type ; spdx:checksum/spdx:checksumValue ?sum }",
            ),
        )
    )
    assert rows == {
        (f"{BASE}dumps/{done.version}/{file.name}", str(file.octets), file.sha256) for file in done.files
    }
    how = "SELECT ?url ?how { ?d dcat:downloadURL ?url ; dcat:%s ?how }"
    for property_, suffix in (("packageFormat", ".zip"), ("compressFormat", ".gz")):
        found = described(store, "PREFIX dcat: <http://www.w3.org/ns/dcat#> " + how % property_)
        assert {row[0].rpartition("/")[2] for row in map(tuple, found)} == {
            file.name for file in done.files if file.name.endswith(suffix)
        }


def test_a_query_without_a_question_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.rq").write_text("SELECT * { ?s ?p ?o }")
    with pytest.raises(UnreadableFile, match="# question:"):
        examples(tmp_path)


@pytest.mark.parametrize(
    ("iri", "space"),
    [
        ("https://sws.geonames.org/1/", "https://sws.geonames.org/"),
        ("http://purl.org/dc/terms/title", "http://purl.org/dc/terms/"),
        ("urn:isbn:9789211338386", "urn:isbn:"),
        ("tag:1", "tag:"),
    ],
)
def test_each_address_belongs_to_some_dataset(iri: str, space: str) -> None:
    """Else a link to a book by its ISBN would stop the commit that makes it."""
    assert space_of(iri) == space
