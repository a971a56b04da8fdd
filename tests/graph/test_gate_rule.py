"""Hygiene rules asked of a change find in it what they find in the whole graph."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from unodc_graph.commit.delta import Delta
from unodc_graph.dataset import assemble
from unodc_graph.finding import Finding
from unodc_graph.gate.rule import broken_rules
from unodc_graph.hygiene import read_rules, run
from unodc_graph.location import Rooms, rooms
from unodc_graph.namespace import (
    DERIVED_GRAPHS,
    GRAPH,
    ID,
    INFERRED_GRAPH,
    ONTOLOGY,
    ONTOLOGY_GRAPH,
    SOURCES_GRAPH,
)
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import NamedNode, Quad

HERE = Path(__file__).parent
SMALL = Rooms.under(HERE / "small")
RULES = read_rules(rooms().hygiene)
GATED = tuple(rule for rule in RULES if rule.gate)
FILES = {path.stem: path for path in sorted((HERE / "hygiene").iterdir())}
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def store(quads: frozenset[Quad]) -> Store:
    known = Store()
    known.extend(quads)
    known.extend(Quad(*quad.triple) for quad in quads)
    return known


def whole(path: Path) -> set[Finding]:
    """Return what the gated rules find in the whole dataset.

    Not what only a file's text shows, nor in graphs that no change may write.
    """
    found = {replace(item, file=None, line=None) for item in run(assemble(SMALL, (path,)), GATED)}
    return {
        item
        for item in found
        if item.graph not in DERIVED_GRAPHS and not item.message.startswith("The language tag")
    }


def test_all_rules_but_three_are_asked_of_changes() -> None:
    """What is written by hand as evidence is told from what follows only while a change is applied.

    Which file makes a statement only files tell; over HTTP, tokens say who may write what.
    """
    ungated = {rule.name for rule in RULES} - {rule.name for rule in GATED}
    assert ungated == {"evidence-by-hand", "forged-passage", "reserved-graph"}


@pytest.mark.parametrize("rule", GATED, ids=lambda rule: rule.name)
def test_a_planted_defect_is_found_in_the_change_that_brings_it(rule: str) -> None:
    path = FILES[rule.name]
    before, after = assemble(SMALL).asserted, assemble(SMALL, (path,)).asserted
    named = {(quad.subject, quad.predicate, quad.object, quad.graph_name) for quad in before}
    added = frozenset(
        quad for quad in after if (quad.subject, quad.predicate, quad.object, quad.graph_name) not in named
    )
    found = set(broken_rules(RULES, store(before | added), Delta(added=added)))
    assert {item.rule for item in found} == {rule.name}
    assert found >= whole(path)


def test_facts_in_order_break_no_rule() -> None:
    quads = assemble(SMALL).asserted
    assert broken_rules(RULES, store(quads), Delta(added=quads)) == ()


def test_what_points_to_a_thing_is_found_when_the_thing_goes() -> None:
    quads = assemble(SMALL).asserted
    pointed = {quad.object for quad in quads if isinstance(quad.object, NamedNode)}
    thing = min(
        (quad.subject for quad in quads if quad.subject in pointed and "/id/org/" in str(quad.subject)),
        key=str,
    )
    gone = frozenset(quad for quad in quads if quad.subject == thing)
    found = broken_rules(RULES, store(quads - gone), Delta(removed=gone))
    assert {(item.rule, item.value) for item in found} == {("undeclared-thing", str(thing))}


def test_a_term_that_leaves_the_ontology_is_found_wherever_it_is_used() -> None:
    quads = assemble(SMALL).asserted
    terms = {quad.subject for quad in quads if quad.graph_name == NamedNode(ONTOLOGY_GRAPH)}
    term = min(
        (term for term in {quad.predicate for quad in quads} & terms if ONTOLOGY in str(term)), key=str
    )
    gone = frozenset(quad for quad in quads if quad.subject == term)
    found = broken_rules(RULES, store(quads - gone), Delta(removed=gone))
    assert {(item.rule, item.value) for item in found} == {("undeclared-term", str(term))}


def test_what_follows_from_the_facts_breaks_no_rule() -> None:
    """`graph/inferred` lags behind while a change is judged, and may point to what is gone."""
    quads = assemble(SMALL).asserted
    thing = min((quad.subject for quad in quads if "/id/activity/" in str(quad.subject)), key=str)
    gone = frozenset(quad for quad in quads if quad.subject == thing)
    left = store(quads - gone)
    passage = min((quad.subject for quad in quads if "/id/passage/" in str(quad.subject)), key=str)
    left.add(Quad(passage, TYPE, thing, NamedNode(INFERRED_GRAPH)))
    found = broken_rules(RULES, left, Delta(removed=gone))
    assert found
    assert INFERRED_GRAPH not in {item.graph for item in found}


def _named(subject: str, predicate: NamedNode, value: NamedNode, graph: NamedNode) -> Quad:
    return Quad(NamedNode(subject), predicate, value, graph)


def test_a_context_graph_is_found_when_its_passage_is_no_longer_registered() -> None:
    """The change touches neither the context graph nor what the register says of it."""
    quads = assemble(SMALL).asserted
    passage, sources = f"{ID}passage/bbbbbbbbbbbb", NamedNode(SOURCES_GRAPH)
    context = NamedNode(f"{passage}/context")
    activity = min(quad.subject.value for quad in quads if "/id/activity/" in str(quad.subject))
    declared = {
        _named(context.value, TYPE, NamedNode(f"{ONTOLOGY}ContextGraph"), sources),
        _named(context.value, NamedNode(f"{ONTOLOGY}contextOf"), NamedNode(passage), sources),
        _named(activity, TYPE, NamedNode(f"{ONTOLOGY}Training"), context),
    }
    registered = _named(passage, TYPE, NamedNode(f"{ONTOLOGY}Passage"), sources)
    elsewhere = Quad(*registered.triple, NamedNode(f"{ID}passage/aaaaaaaaaaaa"))
    own = {quad for quad in quads if quad.graph_name == NamedNode(passage)}
    before = quads | declared
    assert registered in before
    delta = Delta(frozenset({elsewhere}), frozenset({registered} | own))
    found = broken_rules(RULES, store((before | delta.added) - delta.removed), delta)
    assert ("unregistered-graph", context.value) in {(item.rule, item.graph) for item in found}


def test_an_empty_graph_is_found_unless_a_rule_knows_it() -> None:
    quads = assemble(SMALL).asserted
    known = f"{ID}passage/aaaaaaaaaaaa"
    made = frozenset({"urn:x:evil", f"{GRAPH}catalogue", known, f"{known}/context"})
    state = store(quads)
    for name in made:
        state.add_graph(NamedNode(name))
    found = broken_rules(RULES, state, Delta(created=made))
    assert {(item.rule, item.graph) for item in found} == {
        ("unregistered-graph", "urn:x:evil"),
        ("unregistered-graph", f"{known}/context"),
    }
