"""What must follow from the axioms: the model's worked inferences, each on facts made for it.

The closure is that of owlrl, which knows every OWL 2 RL rule that the axioms need.
"""

from __future__ import annotations

import owlrl
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.term import Node

from unodc_graph.namespace import PREFIXES, expand

HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())

FACTS = """
activity:centre a unodc:Activity ; unodc:place place:bishkek .
place:bishkek unodc:within place:kgz . place:kgz unodc:within place:central-asia .
place:central-asia unodc:within place:asia .
body:unit unodc:unitOf body:unodc ; unodc:locatedIn place:bishkek .

programme:haya a unodc:JointProgramme ; unodc:implementedBy body:un-women .
activity:workshops a unodc:Workshop ; unodc:partOf programme:haya ; unodc:place place:west-bank .
place:west-bank unodc:within place:pse .
programme:essential a unodc:JointProgramme ; unodc:hasCountryComponent programme:essential-gtm .
programme:essential-gtm unodc:place place:gtm .
programme:round unodc:managedBy body:unit .

body:unodc unodc:hasPolicyBasis instrument:a-res-65-229 .
instrument:a-res-65-229 a unodc:Resolution ; unodc:annexes instrument:bangkok-rules ;
    unodc:adoptedByBody body:un-general-assembly .
instrument:s-res-2388 a unodc:Resolution ; unodc:adoptedByBody body:un-security-council .
instrument:e-res-2005-20 a unodc:Resolution ; unodc:adoptedByBody body:ecosoc .
activity:module a unodc:KnowledgeProductDevelopment ; unodc:respondsTo provision:request ;
    unodc:partOf programme:wider .
provision:request unodc:provisionOf instrument:s-res-2388 .
programme:wider unodc:mandatedBy instrument:plan .

publication:framework unodc:theme theme:femicide .
activity:training a unodc:Training ; unodc:audience group:police-officer ;
    unodc:beneficiaryGroup group:women-prisoners .
activity:lecture a unodc:Training ; unodc:audience group:students .

figure:f unodc:figureOf activity:training ; unodc:figurePlace place:kgz ; unodc:evidencedBy passage:p .
passage:p unodc:occursIn document:000 , document:003 .
figure:third unodc:laterThan figure:second . figure:second unodc:laterThan figure:first .
instrument:new unodc:updates instrument:old .
"""

HOLDS = {
    "1 place of a place": "activity:centre unodc:place place:kgz , place:central-asia , place:asia",
    "1b seat within a place": "body:unit unodc:locatedIn place:kgz , place:asia",
    "2 role": "programme:haya unodc:involves body:un-women",
    "2b role, from the body": "body:un-women unodc:involvedIn programme:haya",
    "3 where the parts are": "programme:haya unodc:operatesIn place:west-bank , place:pse",
    "4 country component": "programme:essential unodc:operatesIn place:gtm",
    "5 basis in what is annexed": "body:unodc unodc:hasPolicyBasis instrument:bangkok-rules",
    "6 adopting body": "instrument:bangkok-rules unodc:adoptedByBody body:un-general-assembly",
    "7 mandate by a request": "activity:module unodc:mandatedBy instrument:s-res-2388",
    "7b mandate of the whole": "activity:module unodc:mandatedBy instrument:plan",
    "7c mandated undertaking": "activity:module a unodc:MandatedUndertaking",
    "8 broader theme": "publication:framework unodc:theme theme:gender-based-violence",
    "8b target": "publication:framework unodc:contributesTo sdg:5.2 , sdg:16.1",
    "8c subject": "publication:framework dcterms:subject theme:femicide",
    "9 criminal justice training": "activity:training a unodc:CriminalJusticeTraining",
    "9b broader audience": "activity:training unodc:audience group:criminal-justice-professional",
    "9c broader beneficiaries": "activity:training unodc:beneficiaryGroup group:women",
    "10 place of a figure": "figure:f unodc:figurePlace place:central-asia , place:asia",
    "11 documents": "figure:f unodc:evidencedByDocument document:000 , document:003",
    "12 unit of a body": "programme:round unodc:involves body:unit , body:unodc",
    "13 Security Council resolution": "instrument:s-res-2388 a unodc:SecurityCouncilResolution",
    "13b General Assembly resolution": "instrument:a-res-65-229 a unodc:GeneralAssemblyResolution",
    "13c Council resolution": "instrument:e-res-2005-20 a unodc:EconomicAndSocialCouncilResolution",
    "14 figure of a thing": "activity:training unodc:hasFigure figure:f",
    "14b later text": "instrument:old unodc:updatedBy instrument:new",
    "15 later state": "figure:third unodc:laterThan figure:first",
}

FAILS = {
    "an annexed text is no resolution": "instrument:bangkok-rules a unodc:GeneralAssemblyResolution",
    "a lecture for students is not for justice": "activity:lecture a unodc:CriminalJusticeTraining",
    "a part does not work where the whole does": "activity:workshops unodc:operatesIn place:west-bank",
    "a mandate does not pass to the whole": "programme:wider unodc:mandatedBy instrument:s-res-2388",
    "a role in a part is no role in the whole": "programme:essential unodc:involves body:un-women",
    "the whole is not within its part": "place:kgz unodc:within place:bishkek",
    "a unit is not involved where its body is": "programme:haya unodc:involves body:unit",
}


def triples(turtle: str) -> set[tuple[Node, Node, Node]]:
    return set(Graph().parse(data=f"{HEAD}{turtle} .", format="turtle"))


@pytest.fixture(scope="module")
def closure(terms: Graph) -> Graph:
    """The closure of ontology, schemes and the facts above, without what means nothing to a reasoner."""
    prose = set(terms.subjects(RDF.type, OWL.AnnotationProperty)) | {RDFS.label, RDFS.comment, RDFS.seeAlso}
    prose |= {RDFS.isDefinedBy, SKOS.relatedMatch, SKOS.closeMatch, SKOS.inScheme}
    graph = Graph()
    for triple in terms:
        if triple[1] not in prose and triple[2] not in prose and triple[0] not in prose:
            graph.add(triple)
    graph.parse(data=HEAD + FACTS, format="turtle")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


@pytest.mark.parametrize("name", HOLDS)
def test_it_follows(closure: Graph, name: str) -> None:
    assert triples(HOLDS[name]) <= set(closure)


@pytest.mark.parametrize("name", FAILS)
def test_it_does_not_follow(closure: Graph, name: str) -> None:
    assert not triples(FAILS[name]) & set(closure)


def test_the_closure_reports_no_contradiction(closure: Graph) -> None:
    assert list(closure.objects(None, URIRef("http://www.daml.org/2002/03/agents/agent-ont#error"))) == []


def test_the_facts_are_about_terms_that_exist(terms: Graph) -> None:
    unodc = PREFIXES["unodc"]
    used = {
        n for t in Graph().parse(data=HEAD + FACTS, format="turtle") for n in t if str(n).startswith(unodc)
    }
    assert used <= set(terms.subjects())
    assert expand("unodc:place") in {str(n) for n in used}
