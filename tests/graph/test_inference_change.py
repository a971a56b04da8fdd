"""A change of the facts changes the closure as computing all of it again would, in whatever order."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.graph.inference_facts import as_quads, quads

from unodc_graph.inference.change import change
from unodc_graph.inference.closure import closure
from unodc_graph.inference.fact import ASSERTED, INFERRED, FactSet
from unodc_graph.inference.rule import TYPE, Fact, rules
from unodc_graph.inference.upkeep import LARGEST_CHANGE, keep_up
from unodc_graph.namespace import ID, INFERRED_GRAPH, ONTOLOGY, ONTOLOGY_GRAPH, PREFIXES
from unodc_graph.store.term import Literal, NamedNode, Quad

AXIOMS = """
unodc:within a owl:TransitiveProperty ; rdfs:domain unodc:Place ; rdfs:range unodc:Place .
unodc:partOf a owl:TransitiveProperty . unodc:hasPart owl:inverseOf unodc:partOf .
unodc:place owl:propertyChainAxiom ( unodc:place unodc:within ) ; rdfs:domain unodc:Undertaking .
unodc:operatesIn owl:propertyChainAxiom ( unodc:hasPart unodc:place ) .
unodc:beside a owl:SymmetricProperty ; rdfs:subPropertyOf unodc:near .
unodc:Training rdfs:subClassOf unodc:Undertaking .
[ owl:intersectionOf ( unodc:Undertaking [ owl:onProperty unodc:place ; owl:someValuesFrom unodc:City ] ) ]
    rdfs:subClassOf unodc:Urban .
unodc:Local owl:equivalentClass
    [ owl:intersectionOf ( unodc:Undertaking [ owl:onProperty unodc:place ; owl:hasValue body:a ] ) ] .
"""
RULES = rules(as_quads(AXIOMS))
THINGS = [NamedNode(f"{ID}org/{name}") for name in "abcdef"]
PROPERTIES = [
    NamedNode(f"{ONTOLOGY}{name}")
    for name in ("within", "partOf", "hasPart", "place", "operatesIn", "beside")
]
CLASSES = [NamedNode(f"{ONTOLOGY}{name}") for name in ("Training", "Undertaking", "City", "Local")]

things = st.sampled_from(THINGS)
facts = st.tuples(
    things, st.sampled_from(PROPERTIES), st.one_of(things, st.just(Literal("text")))
) | st.tuples(things, st.just(TYPE), st.sampled_from(CLASSES))
changes = st.lists(st.tuples(st.sets(facts, max_size=6), st.sets(facts, max_size=6)), min_size=1, max_size=6)


def close(facts: Iterable[Fact]) -> set[Fact]:
    """Return what follows from `facts`."""
    return set(closure([Quad(*fact) for fact in facts], RULES))


@settings(max_examples=400, deadline=None)
@given(st.sets(facts, max_size=15), changes)
def test_changes_in_a_row_leave_what_computing_anew_gives(
    start: set[Fact], steps: list[tuple[set[Fact], set[Fact]]]
) -> None:
    asserted, inferred = set(start), close(start)
    for adding, removing in steps:
        added = adding - asserted
        removed = (removing & asserted) - added
        asserted = (asserted | added) - removed
        found = change(FactSet(asserted), FactSet(inferred), added, removed, RULES)
        assert not found.added & found.removed
        assert found.removed <= inferred
        assert not found.added & inferred
        inferred = (inferred | found.added) - found.removed
        assert inferred == close(asserted)


@settings(max_examples=200, deadline=None)
@given(st.sets(facts, max_size=15))
def test_the_closure_of_the_closure_is_the_closure(start: set[Fact]) -> None:
    assert close(start | close(start)) == set()


@pytest.fixture
def store(tmp_path: Path) -> pyoxigraph.Store:
    return filled(pyoxigraph.Store(str(tmp_path / "store")))


def filled(store: pyoxigraph.Store) -> pyoxigraph.Store:
    facts = quads(
        "activity:x unodc:place place:b . place:b unodc:within place:c . body:z unodc:hasPart activity:x ."
    )
    store.extend(Quad(*fact) for fact in (*facts, *quads(AXIOMS)))
    store.extend(Quad(*quad.triple, NamedNode(ONTOLOGY_GRAPH)) for quad in as_quads(AXIOMS))
    store.extend(
        Quad(*fact, INFERRED) for fact in closure(store.quads_for_pattern(None, None, None, ASSERTED), RULES)
    )
    return store


def inferred(store: pyoxigraph.Store) -> set[Fact]:
    found = store.quads_for_pattern(None, None, None, NamedNode(INFERRED_GRAPH))
    return {(quad.subject, quad.predicate, quad.object) for quad in found}  # type: ignore[misc]


def test_a_store_is_kept_up(store: pyoxigraph.Store) -> None:
    (new,) = quads("place:c unodc:within place:d .")
    (old,) = quads("body:z unodc:hasPart activity:x .")
    store.add(Quad(*new))
    store.remove(Quad(*old))
    before = inferred(store)
    found = keep_up(store, {new}, {old})
    assert set(quads("activity:x unodc:place place:d .")) <= found.added
    assert set(quads("body:z unodc:operatesIn place:b , place:c .")) <= found.removed
    assert inferred(store) == (before | found.added) - found.removed
    assert inferred(store) == set(closure(store.quads_for_pattern(None, None, None, ASSERTED), RULES))


def test_an_axiom_more_has_everything_computed_anew(store: pyoxigraph.Store) -> None:
    (axiom,) = quads("unodc:place rdfs:subPropertyOf unodc:near .")
    store.add(Quad(*axiom))
    store.add(Quad(*axiom, NamedNode(ONTOLOGY_GRAPH)))
    found = keep_up(store, {axiom}, set())
    assert set(quads("activity:x unodc:near place:b , place:c .")) == found.added <= inferred(store)
    assert found.removed == frozenset()


def test_a_large_change_ends_the_same(store: pyoxigraph.Store) -> None:
    place = NamedNode(f"{PREFIXES['unodc']}place")
    added = {
        (NamedNode(f"{ID}activity/n{n}"), place, NamedNode(f"{ID}place/b")) for n in range(LARGEST_CHANGE + 1)
    }
    store.extend(Quad(*fact) for fact in added)
    found = keep_up(store, added, set())
    assert len(found.added) == 2 * len(added)  # each is an undertaking, and in place c too
    assert inferred(store) == set(closure(store.quads_for_pattern(None, None, None, ASSERTED), RULES))
