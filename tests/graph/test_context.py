"""The JSON-LD context: every term of the ontology has its word, and words are read back as the terms."""

from __future__ import annotations

import json

import pytest
from pyoxigraph import RdfFormat, parse

from unodc_graph.context import Context
from unodc_graph.export.writing import published_context
from unodc_graph.namespace import ONTOLOGY, PREFIXES
from unodc_graph.store.generation import Generation
from unodc_graph.store.term import Literal, NamedNode

XSD = PREFIXES["xsd"]


@pytest.fixture(scope="module")
def context(built: Generation) -> Context:
    return published_context(built.open())


def test_every_term_of_ours_has_a_word(built: Generation, context: Context) -> None:
    declared = {
        quad.subject.value
        for quad in built.open().quads_for_pattern(
            None, NamedNode(f"{PREFIXES['rdfs']}isDefinedBy"), None, None
        )
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(ONTOLOGY)
    }
    assert len(declared) > 250
    assert all(context.words[iri] == iri.removeprefix(ONTOLOGY) for iri in declared)


def test_no_word_is_a_prefix_as_well(context: Context) -> None:
    words = list(context.words.values())
    assert len(words) == len(set(words))
    assert not set(words) & context.prefixes.keys()


def test_every_word_is_read_back_as_its_term(context: Context) -> None:
    for iri, word in context.words.items():
        value = "urn:o" if context.coercions.get(iri, {}).get("@type") == "@id" else "text"
        document = {"@context": context.document(), "id": "urn:s", word: value}
        (quad,) = parse(json.dumps(document), RdfFormat.JSON_LD)
        assert quad.predicate.value == iri
        assert isinstance(quad.object, NamedNode if value == "urn:o" else Literal)


def test_days_are_coerced_wherever_the_facts_have_days_and_nowhere_else(
    built: Generation, context: Context
) -> None:
    days, others = set(), set()
    for quad in built.open():
        if quad.predicate.value.startswith(ONTOLOGY) and isinstance(quad.object, Literal):
            (days if quad.object.datatype.value == f"{XSD}date" else others).add(quad.predicate.value)
    coerced = {iri for iri, found in context.coercions.items() if found.get("@type") == "xsd:date"}
    assert len(days) >= 8
    assert days <= coerced
    assert not coerced & others


def test_links_are_coerced_wherever_the_facts_have_links(built: Generation, context: Context) -> None:
    links = {
        quad.predicate.value
        for quad in built.open()
        if quad.predicate.value.startswith(ONTOLOGY) and isinstance(quad.object, NamedNode)
    }
    assert len(links) > 60
    assert {iri for iri in links if context.coercions.get(iri) != {"@type": "@id"}} == set()


def test_figures_are_read_as_pointing_to_their_thing(context: Context) -> None:
    document = {"@context": context.document(), "id": "urn:s", "figures": [{"id": "urn:f", "value": 5}]}
    found = {str(quad) for quad in parse(json.dumps(document), RdfFormat.JSON_LD)}
    assert found == {
        f"<urn:f> <{ONTOLOGY}figureOf> <urn:s>",
        f'<urn:f> <{ONTOLOGY}value> "5"^^<{XSD}integer>',
    }
