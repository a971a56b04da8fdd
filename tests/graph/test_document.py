"""The document about a thing: its statements, names, evidence and pages; every thing of ours has one."""

from __future__ import annotations

import pytest

from unodc_graph.description.about import DATASET, LICENCE
from unodc_graph.description.document import Document, address_of, document, exists
from unodc_graph.errors import NotFound
from unodc_graph.namespace import BASE, DERIVED_GRAPHS, GRAPH, ID, INFERRED_GRAPH, ONTOLOGY, PREFIXES
from unodc_graph.store.generation import Generation
from unodc_graph.store.term import BlankNode, DefaultGraph, Literal, NamedNode

THING = f"{ID}activity/kgz-police-prosecutor-training"
PASSAGE = f"{ID}passage/427c81fe06e8"
DCTERMS = PREFIXES["dcterms"]


@pytest.fixture(scope="module")
def training(built: Generation) -> Document:
    return document(built, THING)


def test_it_says_what_is_said_of_the_thing(training: Document) -> None:
    assert training.label == "Gender-responsive training of police officers and prosecutors, Kyrgyzstan"
    assert training.types[0] == f"{ONTOLOGY}Training"
    said = {(s.triple.predicate.value, str(s.triple.object)) for s in training.outgoing}
    assert (f"{ONTOLOGY}place", f"<{ID}place/kgz>") in said


def test_each_statement_says_which_passage_states_it(training: Document) -> None:
    place = next(s for s in training.outgoing if s.triple.object == NamedNode(f"{ID}place/kgz"))
    assert (place.passages, place.inferred) == ((PASSAGE,), False)
    context = next(s for s in training.outgoing if s.triple.predicate.value == f"{ONTOLOGY}partOf")
    assert context.graphs == (f"{PASSAGE}/context",)
    assert context.passages == (PASSAGE,)
    region = next(s for s in training.outgoing if s.graphs == (INFERRED_GRAPH,))
    assert region.inferred
    assert region.passages == ()


def test_what_follows_can_be_left_out(built: Generation, training: Document) -> None:
    stated = document(built, THING, inferred=False)
    assert not any(statement.inferred for statement in stated.outgoing)
    assert {s.triple for s in stated.outgoing} == {s.triple for s in training.outgoing if not s.inferred}


def test_the_evidence_says_where_it_stands(training: Document) -> None:
    (evidence,) = training.evidence
    assert (evidence.passage, evidence.context) == (PASSAGE, False)
    assert [(place.document, place.start, place.end) for place in evidence.occurrences] == [
        (f"{ID}document/000", 1581, 1902),
        (f"{ID}document/000", 2897, 3218),
    ]


def test_everything_it_mentions_of_ours_is_named(built: Generation, training: Document) -> None:
    mentioned = {
        term.value
        for statement in (*training.outgoing, *training.incoming)
        for term in statement.triple
        if isinstance(term, NamedNode) and term.value.startswith((f"{ID}theme", f"{ID}org", ONTOLOGY))
    }
    assert len(mentioned) > 10
    assert mentioned <= training.labels.keys()


def test_it_says_of_itself_what_it_is(built: Generation, training: Document) -> None:
    own = {
        quad.predicate.value: quad.object
        for quad in training.quads
        if quad.subject == NamedNode(training.address)
    }
    assert training.address == f"{BASE}doc/activity/kgz-police-prosecutor-training"
    assert own[f"{PREFIXES['foaf']}primaryTopic"] == NamedNode(THING)
    assert own[f"{DCTERMS}license"] == NamedNode(LICENCE)
    assert own[f"{PREFIXES['void']}inDataset"] == NamedNode(DATASET)
    assert own[f"{PREFIXES['dcat']}version"] == Literal(built.metadata.version)


def test_its_rdf_stands_in_no_graph_and_each_triple_once(training: Document) -> None:
    assert {quad.graph_name for quad in training.quads} == {DefaultGraph()}
    assert len(set(training.quads)) == len(training.quads) > 100
    figure = NamedNode(f"{ID}figure/kgz-police-trained")
    values = {
        q.object for q in training.quads if q.subject == figure and q.predicate.value.endswith("#value")
    }
    assert [getattr(value, "value", "") for value in values] == ["200"]


def test_what_points_to_it_comes_in_pages(built: Generation) -> None:
    unodc = f"{ID}org/unodc"
    whole = document(built, unodc, limit=10_000)
    total = whole.incoming_total
    assert total == len(whole.incoming) > 200
    pages = [document(built, unodc, offset=offset, limit=100) for offset in range(0, total, 100)]
    assert [s for page in pages for s in page.incoming] == list(whole.incoming)
    links = [
        {q.predicate.value.rpartition("#")[2] for q in page.quads if q.subject == NamedNode(page.address)}
        for page in pages
    ]
    assert "next" in links[0]
    assert "prev" not in links[0]
    assert "prev" in links[-1]
    assert "next" not in links[-1]


def test_a_passage_shows_what_it_states_and_where_it_stands(built: Generation) -> None:
    found = document(built, PASSAGE)
    stated = {statement.triple.subject.value for statement in found.stated}
    assert THING in stated
    assert len(found.evidence[0].occurrences) == 2
    assert any(s.graphs == (f"{PASSAGE}/context",) for s in found.stated)


def test_an_occurrence_holds_its_position(built: Generation) -> None:
    found = document(built, f"{ID}occurrence/000-1581")
    values = {str(quad.object) for quad in found.quads}
    assert any(value.startswith('"1902"') for value in values)
    assert found.label == "occurrence 000-1581"


@pytest.mark.parametrize("thing", [f"{ONTOLOGY}Training", f"{ONTOLOGY}place", f"{GRAPH}reference"])
def test_terms_and_graphs_have_documents_too(built: Generation, thing: str) -> None:
    assert document(built, thing).outgoing


def test_blank_nodes_of_an_axiom_are_expanded(built: Generation) -> None:
    found = document(built, f"{ONTOLOGY}place")
    assert any(isinstance(statement.triple.subject, BlankNode) for statement in found.outgoing)


def test_every_thing_of_ours_has_a_document_with_a_name(built: Generation) -> None:
    store = built.open()
    things = {
        quad.subject.value
        for quad in store
        if isinstance(quad.subject, NamedNode)
        and isinstance(quad.graph_name, NamedNode)
        and quad.graph_name.value not in DERIVED_GRAPHS
        and quad.subject.value.startswith(ID)
    }
    assert len(things) > 1000
    for thing in sorted(things)[::7]:
        found = document(built, thing)
        assert found.label, thing
        title = {q.object for q in found.quads if q.predicate.value == f"{DCTERMS}title"}
        assert title, thing


@pytest.mark.parametrize("thing", [f"{ID}activity/none", f"{ID}", "nonsense <>", "urn:x", ""])
def test_an_unknown_thing_has_none(built: Generation, thing: str) -> None:
    assert not exists(built.open(), thing)
    with pytest.raises(NotFound):
        document(built, thing)


def test_a_known_thing_exists(built: Generation) -> None:
    assert exists(built.open(), THING)


@pytest.mark.parametrize(("offset", "limit"), [(-1, 10), (0, 0), (0, -1)])
def test_no_page_before_the_first(built: Generation, offset: int, limit: int) -> None:
    with pytest.raises(ValueError, match="no such page"):
        document(built, THING, offset=offset, limit=limit)


def test_a_page_behind_the_last_is_empty(built: Generation) -> None:
    assert document(built, THING, offset=10_000).incoming == ()


@pytest.mark.parametrize(
    ("thing", "address"),
    [
        (THING, f"{BASE}doc/activity/kgz-police-prosecutor-training"),
        (f"{ID}occurrence/000-1#position", f"{BASE}doc/occurrence/000-1"),
        (f"{ONTOLOGY}Training", f"{BASE}ontology"),
        (f"{GRAPH}reference", f"{GRAPH}reference"),
    ],
)
def test_addresses_follow_one_rule(thing: str, address: str) -> None:
    assert address_of(thing) == address
