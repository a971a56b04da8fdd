"""Everything that HermiT holds of named individuals: a script, N-Triples in on standard input, and out.

Classes of individuals and values of object properties, asserted or not. A script, because a Java machine
cannot be started twice in one process.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jpype
import owlready2

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def realise(ntriples: str) -> None:
    jpype.startJVM(
        "-Xmx3g",
        "-XX:-UsePerfData",
        "--enable-native-access=ALL-UNNAMED",
        classpath=[str(Path(owlready2.__file__).parent / "hermit" / "HermiT.jar")],
        convertStrings=True,
    )
    manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    source = jpype.JClass("org.semanticweb.owlapi.io.StringDocumentSource")(ntriples)
    ontology = manager.loadOntologyFromOntologyDocument(source)
    settings = jpype.JClass("org.semanticweb.HermiT.Configuration")()
    settings.ignoreUnsupportedDatatypes = True
    reasoner = jpype.JClass("org.semanticweb.HermiT.Reasoner")(settings, ontology)
    assert reasoner.isConsistent()
    for cls in ontology.getClassesInSignature():
        if not cls.isOWLThing():
            for individual in reasoner.getInstances(cls, False).getFlattened():
                print(f"<{individual.getIRI()}> <{TYPE}> <{cls.getIRI()}> .")
    for prop in ontology.getObjectPropertiesInSignature():
        found = reasoner.getObjectPropertyInstances(prop)
        for individual in found.keySet():
            for value in found.get(individual):
                print(f"<{individual.getIRI()}> <{prop.getIRI()}> <{value.getIRI()}> .")


if __name__ == "__main__":
    realise(sys.stdin.read())
