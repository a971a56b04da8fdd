"""Inferences of the model, worked by hand on the real facts: each holds, and rests on what is asserted."""

from __future__ import annotations

import json

import pytest
import rdflib
from rdflib import PROV, RDF

from unodc_graph.inference.explanation import Explained, Explainer, StatementDoesNotHold
from unodc_graph.inference.fact import ASSERTED, INFERRED
from unodc_graph.inference.rendering import to_json, to_text, to_turtle
from unodc_graph.inference.rule import Fact
from unodc_graph.inference.term import parse_term
from unodc_graph.namespace import compact
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph, NamedNode, Quad

WORKED: dict[str, tuple[set[str], str]] = {
    # what follows: ((one of the sets of asserted triples that it rests on), the kind of the last axiom)
    "activity:bishkek-one-window-centre-establishment unodc:place place:m49-142": (
        {
            "passage: activity:bishkek-one-window-centre-establishment unodc:place place:bishkek",
            "reference: place:bishkek unodc:within place:kgz",
            "reference: place:kgz unodc:within place:m49-143",
            "reference: place:m49-143 unodc:within place:m49-142",
        },
        "property chain",
    ),
    "programme:haya unodc:involves body:un-women": (
        {"passage: programme:haya unodc:inPartnershipWith body:un-women"},
        "subproperty",
    ),
    "body:un-women unodc:involvedIn programme:haya": (
        {"passage: programme:haya unodc:inPartnershipWith body:un-women"},
        "inverse",
    ),
    "programme:haya unodc:operatesIn place:m49-142": (
        {
            "passage: activity:haya-essential-services-campaign unodc:partOf programme:haya",
            "passage: activity:haya-essential-services-campaign unodc:place place:pse",
            "reference: place:pse unodc:within place:m49-145",
            "reference: place:m49-145 unodc:within place:m49-142",
        },
        "property chain",
    ),
    "programme:essential-services unodc:operatesIn place:gtm": (
        {
            "passage: programme:essential-services unodc:hasCountryComponent"
            " programme:essential-services-gtm",
            "passage: programme:essential-services-gtm unodc:place place:gtm",
        },
        "property chain",
    ),
    "body:unodc unodc:hasPolicyBasis instrument:bangkok-rules": (
        {
            "passage: body:unodc unodc:hasPolicyBasis instrument:a-res-65-229",
            "reference: instrument:a-res-65-229 unodc:annexes instrument:bangkok-rules",
        },
        "property chain",
    ),
    "instrument:bangkok-rules unodc:adoptedByBody body:un-general-assembly": (
        {
            "reference: instrument:a-res-65-229 unodc:adoptedByBody body:un-general-assembly",
            "reference: instrument:a-res-65-229 unodc:annexes instrument:bangkok-rules",
        },
        "property chain",
    ),
    "instrument:bangkok-rules unodc:annexedTo instrument:a-res-65-229": (
        {"reference: instrument:a-res-65-229 unodc:annexes instrument:bangkok-rules"},
        "inverse",
    ),
    "activity:unpol-training-module-development unodc:mandatedBy instrument:s-res-2388": (
        {
            "passage: activity:unpol-training-module-development unodc:respondsTo"
            " provision:s-res-2388-mission-personnel",
            "passage: provision:s-res-2388-mission-personnel unodc:provisionOf instrument:s-res-2388",
        },
        "property chain",
    ),
    "activity:unpol-training-module-development a unodc:MandatedUndertaking": (
        {
            "passage: activity:unpol-training-module-development a unodc:KnowledgeProductDevelopment",
            "passage: activity:unpol-training-module-development unodc:respondsTo"
            " provision:s-res-2388-mission-personnel",
            "passage: provision:s-res-2388-mission-personnel unodc:provisionOf instrument:s-res-2388",
        },
        "subclass",
    ),
    "activity:16-days-awareness-initiatives unodc:contributesTo sdg:5.2": (
        {
            "passage: activity:16-days-awareness-initiatives unodc:theme theme:gender-based-violence",
            "scheme: theme:gender-based-violence unodc:alignedTarget sdg:5.2",
        },
        "property chain",
    ),
    "activity:dom-capacity-building-workshop a unodc:CriminalJusticeTraining": (
        {
            "passage: activity:dom-capacity-building-workshop a unodc:Training",
            "passage: activity:dom-capacity-building-workshop unodc:audience group:police-officer",
            "scheme: group:police-officer skos:broader group:law-enforcement-officer",
            "scheme: group:law-enforcement-officer skos:broader group:criminal-justice-professional",
        },
        "subclass",
    ),
    "activity:bishkek-one-window-centre-establishment unodc:beneficiaryGroup group:victims-and-survivors": (
        {
            "passage: activity:bishkek-one-window-centre-establishment unodc:beneficiaryGroup"
            " group:survivors-of-gender-based-violence",
            "scheme: group:survivors-of-gender-based-violence skos:broader group:victims-and-survivors",
        },
        "property chain",
    ),
    "figure:dom-professionals-trained unodc:figurePlace place:m49-019": (
        {
            "passage: figure:dom-professionals-trained unodc:figurePlace place:dom",
            "reference: place:dom unodc:within place:m49-029",
            "reference: place:m49-029 unodc:within place:m49-419",
            "reference: place:m49-419 unodc:within place:m49-019",
        },
        "property chain",
    ),
    "figure:dom-professionals-trained unodc:evidencedByDocument document:000": (
        {
            "passage: figure:dom-professionals-trained unodc:evidencedBy passage:9b609197d9b6",
            "sources: passage:9b609197d9b6 unodc:occursIn document:000",
        },
        "property chain",
    ),
    "activity:dom-capacity-building-workshop unodc:hasFigure figure:dom-professionals-trained": (
        {"passage: figure:dom-professionals-trained unodc:figureOf activity:dom-capacity-building-workshop"},
        "inverse",
    ),
    "instrument:e-res-2005-20 a unodc:EconomicAndSocialCouncilResolution": (
        {
            "reference: instrument:e-res-2005-20 a unodc:Resolution",
            "reference: instrument:e-res-2005-20 unodc:adoptedByBody body:ecosoc",
        },
        "equivalent class",
    ),
    "body:gtm-national-police org:memberOf body:gtm-coordination-roundtable": (
        {"passage: body:gtm-coordination-roundtable unodc:hasMember body:gtm-national-police"},
        "inverse",
    ),
    "instrument:model-strategies-1997 unodc:updatedBy instrument:updated-model-strategies-2010": (
        {
            "reference: instrument:updated-model-strategies-2010 unodc:updates"
            " instrument:model-strategies-1997"
        },
        "inverse",
    ),
    "place:som unodc:within place:m49-002": (
        {
            "reference: place:som unodc:within place:m49-014",
            "reference: place:m49-014 unodc:within place:m49-202",
            "reference: place:m49-202 unodc:within place:m49-002",
        },
        "transitive",
    ),
}

DOES_NOT_HOLD = (
    "programme:haya unodc:operatesIn place:som",
    "place:m49-002 unodc:within place:som",
    "activity:haya-essential-services-campaign unodc:operatesIn place:pse",
    "place:som unodc:within place:som",
    "place:som a owl:Thing",
    "place:nowhere unodc:within place:som",
    'place:som rdfs:label "Somewhere else"@en',
)


def fact(text: str) -> Fact:
    subject, predicate, value = map(parse_term, text.split(" ", 2))
    return subject, predicate, value  # type: ignore[return-value]


@pytest.fixture(scope="module")
def explainer(facts: Store) -> Explainer:
    return Explainer(facts)


def premises(explained: Explained) -> list[set[str]]:
    """Return, for each explanation, its premises with the kinds of places where they stand."""
    return [
        {
            f"{standing.kind}: {text(premise.statement.subject)} "
            f"{text(premise.statement.predicate)} {text(premise.statement.object)}"
            for premise in explanation.premises
            for standing in premise.standings
        }
        for explanation in explained.explanations
    ]


def text(term: str) -> str:
    short = compact(term.removeprefix("<").removesuffix(">"))
    return "a" if short == "rdf:type" else short


def test_enough_is_worked_by_hand() -> None:
    assert len(WORKED) >= 15


@pytest.mark.parametrize("statement", WORKED)
def test_it_follows_from_what_is_asserted(explainer: Explainer, statement: str) -> None:
    explained = explainer.explain(fact(statement), limit=50)
    wanted, axiom = WORKED[statement]
    assert explained.inferred
    assert any(wanted <= found for found in premises(explained))
    assert axiom in {explanation.steps[-1].axiom.kind for explanation in explained.explanations}


@pytest.mark.parametrize("statement", WORKED)
def test_each_premise_says_where_it_stands(explainer: Explainer, statement: str) -> None:
    for explanation in explainer.explain(fact(statement)).explanations:
        for premise in explanation.premises:
            assert premise.standings
            for standing in premise.standings:
                assert standing.label
                assert standing.source or standing.kind in {"sources", "catalogue", "ontology"}


@pytest.mark.parametrize("statement", WORKED)
def test_it_is_told_in_words(explainer: Explainer, statement: str) -> None:
    explained = explainer.explain(fact(statement))
    told = to_text(explained)
    assert "1. Because" in told
    assert "http" not in told.replace(" (https://", "")
    for explanation in explained.explanations:
        for step in explanation.steps:
            assert step.axiom.words in told
            assert ":" not in step.axiom.words, "a label is missing"


@pytest.mark.parametrize("statement", DOES_NOT_HOLD)
def test_what_does_not_hold_is_not_explained(explainer: Explainer, statement: str) -> None:
    with pytest.raises(StatementDoesNotHold) as caught:
        explainer.explain(fact(statement))
    assert "\n" not in str(caught.value)


def test_an_asserted_triple_says_where_it_stands(explainer: Explainer) -> None:
    explained = explainer.explain(fact("programme:haya unodc:inPartnershipWith body:un-women"))
    assert not explained.inferred
    assert {standing.kind for standing in explained.standings} == {"passage"}
    assert (explained.explanations, explained.complete) == ((), True)
    assert "Asserted in passage" in to_text(explained)


def test_an_asserted_triple_that_follows_too_is_explained_without_itself(explainer: Explainer) -> None:
    explained = explainer.explain(
        fact("activity:gbv-femicide-seminar unodc:theme theme:gender-based-violence")
    )
    assert explained.standings
    assert explained.explanations
    for explanation in explained.explanations:
        assert explained.statement not in {premise.statement for premise in explanation.premises}


def test_the_limit_holds_and_says_when_there_may_be_more(explainer: Explainer) -> None:
    statement = fact("body:unodc a org:Organization")
    one, many = explainer.explain(statement, limit=1), explainer.explain(statement, limit=10)
    assert (len(one.explanations), len(many.explanations)) == (1, 10)
    assert not one.complete
    assert "and maybe by others" in to_text(one)


def test_every_inferred_triple_is_explained_by_asserted_ones(facts: Store, explainer: Explainer) -> None:
    inferred = list(facts.quads_for_pattern(None, None, None, INFERRED))
    assert len(inferred) > 3000
    for quad in inferred:
        explained = explainer.explain((quad.subject, quad.predicate, quad.object), limit=2)  # type: ignore[arg-type]
        assert explained.inferred
        assert explained.explanations
        for explanation in explained.explanations:
            assert explanation.steps[-1].conclusion == explained.statement
            known = {premise.statement for premise in explanation.premises}
            assert all(premise.standings for premise in explanation.premises)
            for step in explanation.steps:
                assert known >= set(step.premises)
                known.add(step.conclusion)


def test_what_is_inferred_is_new_and_of_use(facts: Store) -> None:
    for quad in facts.quads_for_pattern(None, None, None, INFERRED):
        assert Quad(*quad.triple, ASSERTED) not in facts
        assert quad.subject != quad.object
        assert isinstance(quad.subject, NamedNode)
        assert not str(quad.object).startswith("<http://www.w3.org/2002/07/owl#")
    assert list(facts.quads_for_pattern(None, None, None, DefaultGraph()))


def test_json_holds_everything(explainer: Explainer) -> None:
    explained = explainer.explain(fact("programme:haya unodc:involves body:un-women"))
    document = json.loads(to_json(explained))
    assert document["inferred"] is True
    assert document["complete"] is True
    assert document["statement"]["words"] == explained.statement.words
    (explanation,) = document["explanations"]
    assert explanation["steps"][-1]["axiom"]["text"] == (
        "SubObjectPropertyOf(unodc:inPartnershipWith unodc:involves)"
    )
    assert explanation["premises"][0]["standings"][0]["kind"] == "passage"


def test_rdf_leads_from_the_conclusion_to_its_sources(explainer: Explainer) -> None:
    explained = explainer.explain(fact("programme:haya unodc:operatesIn place:m49-142"), limit=1)
    graph = rdflib.Graph().parse(data=to_turtle(explained), format="turtle")
    goals = set(graph.subjects(RDF.object, rdflib.URIRef(explained.statement.object[1:-1])))
    (goal,) = (g for g in goals if (None, PROV.wasDerivedFrom, g) not in graph)
    reached = set(graph.transitive_objects(goal, PROV.wasDerivedFrom))
    ends = {node for node in reached if (node, PROV.wasDerivedFrom, None) not in graph}
    assert len(ends) == 4
    assert all((end, PROV.hadPrimarySource, None) in graph for end in ends)
    assert len(set(graph.subjects(RDF.type, PROV.Derivation))) == len(explained.explanations[0].steps)
