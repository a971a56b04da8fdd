"""What follows from the facts by the ontology's axioms, so that questions can be asked with it and without.

Only the rules of OWL 2 RL that the ontology needs for facts, each as a query, repeated until nothing new
follows. Reasoners are the business of the ontology's own tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from unodc_graph.namespace import INFERRED_GRAPH, PREFIXES
from unodc_graph.store.memory import MemoryDataset
from unodc_graph.store.term import Literal, NamedNode, Quad

_PREFIXES: Final = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("owl", "rdf", "rdfs"))
RULES: Final = {
    "subclass": "?s a ?narrow . ?narrow rdfs:subClassOf ?o . BIND(rdf:type AS ?p)",
    "subproperty": "?s ?narrow ?o . ?narrow rdfs:subPropertyOf ?p",
    "inverse": "?o ?other ?s . { ?p owl:inverseOf ?other } UNION { ?other owl:inverseOf ?p }",
    "transitive": "?p a owl:TransitiveProperty . ?s ?p ?between . ?between ?p ?o",
    "domain": "?property rdfs:domain ?o . ?s ?property ?value . BIND(rdf:type AS ?p)",
    "range": "?property rdfs:range ?o . ?value ?property ?s . BIND(rdf:type AS ?p)",
    "chain": """?p owl:propertyChainAxiom ?list . ?list rdf:first ?one ; rdf:rest/rdf:first ?two .
        ?s ?one ?between . ?between ?two ?o""",
    "value": """?all owl:intersectionOf ?list . ?list rdf:first ?class ; rdf:rest/rdf:first ?restriction .
        ?restriction owl:onProperty ?property ; owl:hasValue ?value . ?s a ?class ; ?property ?value .
        ?all rdfs:subClassOf|^owl:equivalentClass ?o . BIND(rdf:type AS ?p)""",
    "some value": """?all owl:intersectionOf ?list .
        ?list rdf:first ?class ; rdf:rest/rdf:first ?restriction .
        ?restriction owl:onProperty ?property ; owl:someValuesFrom ?range .
        ?s a ?class ; ?property ?value . ?value a ?range . ?all rdfs:subClassOf ?o . BIND(rdf:type AS ?p)""",
}


def inferred(asserted: Iterable[Quad]) -> set[Quad]:
    """Return, in the graph of inferred triples, what follows from `asserted` and is not asserted."""
    dataset = MemoryDataset(asserted)
    graph = NamedNode(INFERRED_GRAPH)
    found: set[Quad] = set()
    while True:
        new = {
            Quad(row["s"], row["p"], row["o"], graph)
            for rule in RULES.values()
            for row in dataset.select(
                f"{_PREFIXES}SELECT DISTINCT ?s ?p ?o WHERE {{ {rule} FILTER NOT EXISTS {{ ?s ?p ?o }} }}"
            )
            if not isinstance(row["s"], Literal) and isinstance(row["p"], NamedNode)
        }
        if not new:
            return found
        found |= new
        dataset.add(new)
