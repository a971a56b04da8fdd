"""Which of its names a thing is called by, and that every place which shows names goes by that one rule."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from unodc_graph.commit.wording import label
from unodc_graph.description.lookup import Lookup
from unodc_graph.inference.fact import StoreFacts
from unodc_graph.inference.wording import Wording
from unodc_graph.namespace import CATALOGUE_GRAPH, ID, PREFIXES
from unodc_graph.naming import DESCRIPTIONS, NAMES, name_of, names_in, rank
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Quad
from unodc_server.composition import view
from unodc_server.document import Document
from unodc_server.label import LabelIndex
from unodc_server.wording import names_of

THING = NamedNode(f"{ID}org/x")
PREFERRED, LABEL, TITLE = NAMES
SAID, DEFINED = DESCRIPTIONS
OTHER = NamedNode(f"{PREFIXES['skos']}altLabel")


def literal(text: str, tag: str = "") -> Literal:
    return Literal(text, language=tag) if tag else Literal(text)


ORDERS = {
    "an English name before one without a language": [(LABEL, "z", "en"), (LABEL, "a", "")],
    "one without a language before another language": [(LABEL, "z", ""), (LABEL, "a", "de")],
    "plain English before that of a country": [(LABEL, "z", "en"), (LABEL, "a", "en-GB")],
    "that of a country before no language": [(LABEL, "z", "en-GB"), (LABEL, "a", "")],
    "English is English in any case": [(LABEL, "z", "EN"), (LABEL, "a", "")],
    "a language that begins like English is another": [(LABEL, "z", ""), (LABEL, "a", "enm")],
    "the language before the property": [(TITLE, "z", "en"), (PREFERRED, "a", "fr")],
    "a preferred label before a label": [(PREFERRED, "z", "en"), (LABEL, "a", "en")],
    "a label before a title": [(LABEL, "z", "en"), (TITLE, "a", "en")],
    "of other languages the first tag": [(LABEL, "z", "de"), (LABEL, "a", "fr")],
    "of the same the first text": [(LABEL, "a", "en"), (LABEL, "b", "en")],
    "a name before an empty one": [(LABEL, "z", "fr"), (LABEL, " ", "en")],
    "no other property names": [(LABEL, "z", "fr"), (OTHER, "a", "en")],
}


@pytest.mark.parametrize("order", [0, 1], ids=["as listed", "the other way round"])
@pytest.mark.parametrize("case", ORDERS)
def test_every_place_calls_a_thing_by_the_same_name(case: str, order: int) -> None:
    expected = ORDERS[case][0][1]
    names = [(predicate, literal(text, tag)) for predicate, text, tag in ORDERS[case]]
    triples = [(THING, predicate, name) for predicate, name in (names, names[::-1])[order]]
    quads = [
        Quad(*triple, graph) for triple in triples for graph in (DefaultGraph(), NamedNode(CATALOGUE_GRAPH))
    ]
    store = Store()
    store.extend(quads)
    assert names_in(quads) == {THING.value: expected}
    assert label(THING.value, store) == expected
    assert Wording(StoreFacts(store)).label(THING) == expected
    assert Lookup(store, inferred=False).label(THING) == expected
    assert names_of(quads)(THING.value) == expected
    assert LabelIndex(store).labels == {THING.value: expected}


DESCRIBED = {
    "an English description before one in another language": [(SAID, "z", "en"), (SAID, "a", "fr")],
    "a description before a definition": [(SAID, "z", "en"), (DEFINED, "a", "en")],
    "a definition where there is no description": [(DEFINED, "z", "en"), (LABEL, "a", "en")],
}


@pytest.mark.parametrize("order", [0, 1], ids=["as listed", "the other way round"])
@pytest.mark.parametrize("case", DESCRIBED)
def test_every_place_describes_a_thing_by_the_same_text(case: str, order: int) -> None:
    texts = [(predicate, literal(text, tag)) for predicate, text, tag in DESCRIBED[case]]
    texts = [*(texts, texts[::-1])[order], (LABEL, literal("Name", "en"))]
    quads = [Quad(THING, predicate, text, DefaultGraph()) for predicate, text in texts]
    store = Store()
    store.extend(quads)
    document = Document(THING.value, tuple(quads), (), (), (), (), (), (), 1, 1, 0)
    assert Lookup(store, inferred=False).description(THING) == "z"
    assert LabelIndex(store).by_iri[THING.value].description == "z"
    assert view(document).description == "z"


def test_what_has_no_name_is_told_apart_from_what_has_one() -> None:
    assert name_of(lambda _: ()) == ""
    assert name_of(lambda _: [NamedNode("https://example.org/no-literal")]) == ""
    assert names_in([Quad(THING, OTHER, Literal("x"), DefaultGraph())]) == {}
    assert label(THING.value, Store()) is None


def test_no_two_names_share_a_rank() -> None:
    names = [(p, literal(text, tag)) for p in NAMES for text in "ab" for tag in ("en", "en-gb", "", "fr")]
    ranks = [rank(*name) for name in names]
    assert len(set(ranks)) == len(names) == 24


def test_a_property_that_cannot_better_a_name_is_not_asked_for() -> None:
    asked = []

    def values(predicate: NamedNode) -> list[Literal]:
        asked.append(predicate)
        return [literal("Name", "en")] if predicate == LABEL else []

    assert name_of(values) == "Name"
    assert asked == [PREFERRED, LABEL]


def test_no_other_module_lists_the_properties_that_name() -> None:
    rooms = Path(__file__).resolve().parents[2]
    modules = sorted(itertools.chain(rooms.glob("graph/**/*.py"), rooms.glob("server/**/*.py")))
    listing = {path.stem for path in modules if "prefLabel" in path.read_text(encoding="utf-8")}
    assert len(modules) > 150
    read_all_or_lay_out = {"record", "context", "turtle", "jsonld"}
    assert listing == {"naming"} | read_all_or_lay_out
