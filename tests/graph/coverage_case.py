"""A small document of one passage, registered as any other, with a few facts about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rdflib import Dataset, URIRef

from unodc_graph import namespace
from unodc_graph.coverage.listing import Listed
from unodc_graph.coverage.measure import measure
from unodc_graph.coverage.report import Coverage, Means
from unodc_graph.passage import text_hash
from unodc_graph.register import read_documents, register_turtle

PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in namespace.PREFIXES.items())
REFERENCE = """
place:mli a unodc:CountryOrArea ; rdfs:label "Mali"@en .
body:unodc a unodc:UNEntity ; rdfs:label "Office of Drugs"@en ; skos:altLabel "UNODC"@en .
body:committee a unodc:TreatyBody ; rdfs:label "Committee"@en ; skos:altLabel "CEDAW"@en .
instrument:convention a unodc:Treaty ; rdfs:label "Convention"@en ; skos:altLabel "CEDAW"@en .
instrument:a-res-65-229 a unodc:Resolution ; rdfs:label "Rules"@en ; unodc:symbol "A/RES/65/229" .
instrument:s-res-1325 a unodc:Resolution ; rdfs:label "Women, peace"@en ; unodc:symbol "S/RES/1325 (2000)" .
programme:fund a unodc:TrustFund ; rdfs:label "Trust Fund"@en .
programme:round-4 a unodc:FundingRound ; rdfs:label "Fourth grant round"@en .
publication:toolkit a unodc:Toolkit ; rdfs:label "Women's Toolkit"@en .
theme:covid-19 a skos:Concept ; skos:prefLabel "COVID-19 pandemic"@en .
qualifier:first a skos:Concept ; skos:prefLabel "first of its kind"@en .
activity:training a unodc:Training ; rdfs:label "Training of nine judges"@en .
figure:a a unodc:Figure .
figure:b a unodc:Figure .
"""


@dataclass
class Case:
    """A folder with one document of one passage, and what the graph holds about it."""

    folder: Path
    text: str
    own: str = ""
    context: str = ""
    sources: str = ""
    listed: tuple[tuple[str, str, str], ...] = ()

    @property
    def slug(self) -> str:
        return text_hash(self.text)[:12]

    def measure(self) -> Coverage:
        (self.folder / "001_page.txt").write_text(self.text, encoding="utf-8")
        documents = read_documents(self.folder)
        passage = namespace.passage(self.slug)
        graphs = {
            namespace.REFERENCE_GRAPH: REFERENCE,
            namespace.SOURCES_GRAPH: self.sources.replace("PASSAGE", passage),
            passage: self.own.replace("PASSAGE", passage),
            f"{passage}/context": self.context,
        }
        dataset = Dataset()
        for iri, turtle in graphs.items():
            dataset.graph(URIRef(iri)).parse(data=PREFIXES + turtle, format="turtle")
        register = register_turtle(documents, {})
        dataset.graph(URIRef(namespace.SOURCES_GRAPH)).parse(data=register, format="turtle")
        lines = [
            Listed(number, self.slug, kind, text, reason, None)
            for number, (kind, text, reason) in enumerate(self.listed, 2)
        ]
        return measure(documents, dataset, lines)

    def accounts(self) -> list[tuple[str, Means | None]]:
        (passage,) = self.measure().passages
        return [(item.text, item.account.means if item.account else None) for item in passage.items]


def figure(*bounds: str) -> str:
    lines = "".join(f"figure:{'ab'[place]} {statement} . " for place, statement in enumerate(bounds))
    return f"activity:training unodc:place place:mli . {lines}"
