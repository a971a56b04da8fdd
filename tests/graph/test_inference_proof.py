"""Proofs: exactly the smallest sets of asserted triples that will do, found by trying every set of them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.graph.inference_facts import as_quads, quads

from unodc_graph.inference import proof
from unodc_graph.inference.closure import closure
from unodc_graph.inference.fact import FactSet
from unodc_graph.inference.proof import Proofs, prove
from unodc_graph.inference.rule import TYPE, Fact, key, rules
from unodc_graph.namespace import ID, ONTOLOGY
from unodc_graph.store.term import NamedNode, Quad

AXIOMS = """
unodc:within a owl:TransitiveProperty ; rdfs:range unodc:Place .
unodc:place owl:propertyChainAxiom ( unodc:place unodc:within ) ; rdfs:domain unodc:Undertaking .
unodc:beside a owl:SymmetricProperty ; rdfs:subPropertyOf unodc:within .
[ owl:intersectionOf ( unodc:Undertaking [ owl:onProperty unodc:place ; owl:someValuesFrom unodc:City ] ) ]
    rdfs:subClassOf unodc:Urban .
"""
RULES = rules(as_quads(AXIOMS))
THINGS = [NamedNode(f"{ID}org/{name}") for name in "abcd"]
things = st.sampled_from(THINGS)
properties = st.sampled_from([NamedNode(f"{ONTOLOGY}{name}") for name in ("within", "place", "beside")])
classes = st.sampled_from([NamedNode(f"{ONTOLOGY}{name}") for name in ("Undertaking", "City")])
facts = st.tuples(things, properties, things) | st.tuples(things, st.just(TYPE), classes)


def close(facts: Iterable[Fact]) -> set[Fact]:
    """Return what follows from `facts`."""
    return set(closure([Quad(*fact) for fact in facts], RULES))


def proofs(goal: Fact, asserted: set[Fact], limit: int) -> Proofs:
    known = asserted | close(asserted)
    return prove(goal, FactSet(known), FactSet(asserted), RULES, limit)


def smallest(goal: Fact, asserted: set[Fact]) -> set[frozenset[Fact]]:
    """Return the smallest sets of `asserted`, without `goal`, from which `goal` follows."""
    others = sorted(asserted - {goal}, key=str)
    found: list[frozenset[Fact]] = []
    for size in range(1, len(others) + 1):
        for some in map(frozenset, combinations(others, size)):
            if not any(smaller <= some for smaller in found) and goal in close(some):
                found.append(some)
    return set(found)


@settings(max_examples=40, deadline=None)
@given(st.sets(facts, min_size=2, max_size=7))
def test_the_proofs_are_those_of_all_smallest_sets(asserted: set[Fact]) -> None:
    for goal in asserted | close(asserted):
        if goal[0] == goal[2]:
            continue  # a thing's relation to itself is asserted or nothing
        result = proofs(goal, asserted, 100)
        assert result.complete
        assert {frozenset(one.asserted) for one in result.found} == smallest(goal, asserted)
        assert [len(one.asserted) for one in result.found] == sorted(
            len(one.asserted) for one in result.found
        )


@settings(max_examples=60, deadline=None)
@given(st.sets(facts, min_size=2, max_size=12))
def test_each_step_rests_on_earlier_ones_and_none_is_idle(asserted: set[Fact]) -> None:
    for goal in close(asserted):
        result = proofs(goal, asserted, 3)
        assert result.found
        for one in result.found:
            known = set(one.asserted)
            used = set()
            for step in one.steps:
                assert set(step.premises) <= known
                assert key(step.rule.head) == key(step.conclusion)
                known.add(step.conclusion)
                used |= set(step.premises)
            assert one.steps[-1].conclusion == goal
            assert used == known - {goal}


def test_among_a_great_many_ways_the_smallest_are_found_and_still_cannot_be_reduced() -> None:
    many = "".join(f"activity:n{n} unodc:place place:b . " for n in range(3000))
    asserted = set(quads(f"{many} place:a unodc:within place:b . place:b unodc:beside place:c ."))
    (goal,) = quads("place:b a unodc:Place .")
    result = proofs(goal, asserted, 5)
    assert set(quads("place:a unodc:within place:b .")) in [set(one.asserted) for one in result.found]
    (hub,) = quads("activity:n7 a unodc:Undertaking .")
    assert len(proofs(hub, asserted, 5).found) == 1


def test_a_search_that_found_nothing_yet_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "_FIRST_REACH", 2)
    circle = "".join(f"place:n{n} unodc:within place:n{n + 1} . " for n in range(12))
    asserted = set(quads(f"{circle} activity:x unodc:place place:n0 ."))
    (goal,) = quads("activity:x unodc:place place:n12 .")
    result = proofs(goal, asserted, 1)
    assert len(result.found[0].asserted) == 13
