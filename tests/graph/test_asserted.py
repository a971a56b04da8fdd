"""The default graph of a store as rdflib sees it: the same triples, nothing copied, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import BNode, Literal, URIRef
from rdflib.compare import isomorphic

from unodc_graph import namespace
from unodc_graph.location import rooms
from unodc_graph.store.asserted import asserted_graph
from unodc_graph.store.evaluation import Store
from unodc_graph.store.parsing import parse_file
from unodc_graph.store.solution import rdflib_solutions, solutions
from unodc_graph.store.term import Quad, to_rdflib_graph

TYPE = URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
FILES = sorted((rooms().facts / "passages").glob("*.trig"))


def store(path: Path) -> tuple[Store, frozenset[Quad]]:
    quads = frozenset(parse_file(path, namespace.UNPLACED_GRAPH).quads)
    known = Store()
    known.extend(quads)
    known.extend(Quad(*quad.triple) for quad in quads)
    return known, quads


def test_the_view_holds_each_triple_once_with_its_terms_as_they_are() -> None:
    known, quads = store(rooms().ontology / "unodc.ttl")
    with asserted_graph(known) as graph:
        assert isomorphic(
            to_rdflib_graph(quads), to_rdflib_graph(known.quads_for_pattern(None, None, None, None))
        )
        assert {tuple(triple) for triple in graph} == set(to_rdflib_graph(quads))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_pattern_finds_what_it_finds_in_memory(path: Path) -> None:
    known, quads = store(path)
    memory = to_rdflib_graph(quads)
    with asserted_graph(known) as graph:
        for subject, predicate, value in memory:
            assert (subject, predicate, value) in graph
            assert set(graph.objects(subject, predicate)) == set(memory.objects(subject, predicate))
            assert set(graph.subjects(predicate, value)) == set(memory.subjects(predicate, value))
            assert set(graph.predicates(subject, value)) == set(memory.predicates(subject, value))


def test_a_literal_and_an_unknown_node_are_subjects_of_nothing() -> None:
    known, _ = store(FILES[0])
    with asserted_graph(known) as graph:
        assert list(graph.triples((Literal("x"), TYPE, None))) == []
        assert list(graph.triples((BNode("unknown"), TYPE, None))) == []
        assert list(graph.triples((None, BNode("unknown"), None))) == []


def test_the_view_does_not_count_and_does_not_write() -> None:
    known, quads = store(FILES[0])
    with asserted_graph(known) as graph:
        assert len(graph) == 1
        for write in (graph.add, graph.remove):
            with pytest.raises(TypeError, match="cannot be written"):
                write((TYPE, TYPE, TYPE))
    assert {quad for quad in known if quad.graph_name != Quad(*quad.triple).graph_name} == quads


def test_a_view_that_was_given_back_cannot_be_read() -> None:
    known, _ = store(FILES[0])
    with asserted_graph(known) as graph:
        assert any(graph)
    with pytest.raises(ValueError, match="given back"):
        any(graph)


def test_a_query_is_answered_without_what_is_unbound() -> None:
    known, quads = store(FILES[0])
    query = "SELECT ?thing ?unbound { ?thing ?path ?value }"
    rows = list(solutions(known, query))
    assert [set(row) for row in rows] == [{"thing"}] * len(to_rdflib_graph(quads))
    assert [row["thing"] for row in rdflib_solutions(known, query)] == [
        URIRef(row["thing"].value) for row in rows
    ]


def test_only_a_select_query_is_taken() -> None:
    with pytest.raises(ValueError, match="SELECT"):
        list(solutions(Store(), "ASK { }"))
    with pytest.raises(SyntaxError):
        list(solutions(Store(), "SELECT"))
