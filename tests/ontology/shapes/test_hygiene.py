"""The rules for the shapes themselves: all are named, say what they want, and name only what exists."""

from __future__ import annotations

import re

from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import BNode, Literal, Node

from unodc_graph.namespace import ID, ONTOLOGY, SHAPES, compact

NODE_SHAPES = 153
PROPERTY_SHAPES = 310
MESSAGES = 334
TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
REFERENCES = (SH.property, SH.node, SH["not"], SH.sparql)
LISTS = (SH["or"], SH["and"], SH.xone)
JARGON = re.compile(r"\b(sh:|shacl|constraint|violat|focus node|datatype|literal|cardinality)", re.IGNORECASE)


def names(nodes: set[Node]) -> list[str]:
    return sorted(compact(str(node)) for node in nodes)


def of_type(shapes: Graph, kind: URIRef) -> set[Node]:
    return set(shapes.subjects(RDF.type, kind))


def of_any_type(graph: Graph) -> set[Node]:
    return set(graph.subjects(RDF.type))


def conditions(shapes: Graph) -> set[Node]:
    """Return the shapes that others only refer to: those without a target, and what is below them."""
    bare = {s for s in of_type(shapes, SH.NodeShape) if not any((s, way, None) in shapes for way in TARGETS)}
    return bare | {below for shape in bare for below in shapes.objects(shape, SH.property)}


def parameters(shacl: Graph) -> set[Node]:
    """Return the parameters of SHACL's constraint components."""
    return {path for one in shacl.objects(None, SH.parameter) for path in shacl.objects(one, SH.path)}


def test_number_of_shapes(shapes: Graph) -> None:
    counts = len(of_type(shapes, SH.NodeShape)), len(of_type(shapes, SH.PropertyShape))
    assert counts == (NODE_SHAPES, PROPERTY_SHAPES)


def test_every_shape_is_named_and_typed(shapes: Graph) -> None:
    found = set(shapes.subjects(SH.path)) | {s for way in TARGETS for s in shapes.subjects(way)}
    found |= {shape for reference in REFERENCES for shape in shapes.objects(None, reference)}
    found |= {s for way in LISTS for head in shapes.objects(None, way) for s in Collection(shapes, head)}
    assert names({shape for shape in found if not str(shape).startswith(SHAPES)}) == []
    assert names({shape for shape in found if (shape, RDF.type, None) not in shapes}) == []


def test_every_property_shape_is_named_for_its_node_shape(shapes: Graph) -> None:
    parents = {(shape, parent) for parent, shape in shapes.subject_objects(SH.property)}
    assert names(of_type(shapes, SH.PropertyShape) - {shape for shape, _ in parents}) == []
    misnamed = {s for s, parent in parents if not re.fullmatch(rf"{parent}-[a-z][A-Za-z0-9]*", str(s))}
    assert names(misnamed) == []


def test_every_shape_has_one_english_name(shapes: Graph) -> None:
    for kind, naming in ((SH.PropertyShape, SH.name), (SH.NodeShape, RDFS.label)):
        for shape in of_type(shapes, kind):
            (text,) = shapes.objects(shape, naming)
            assert isinstance(text, Literal)
            assert text.language == "en"


def test_every_constraint_has_one_english_message(shapes: Graph, shacl: Graph) -> None:
    constraining = parameters(shacl) - {SH.property, SH.sparql} | {SH.select}
    silent = conditions(shapes)
    reporting = of_type(shapes, SH.NodeShape) | of_type(shapes, SH.PropertyShape)
    reporting |= of_type(shapes, SH.SPARQLConstraint)
    for shape in reporting - silent:
        messages = list(shapes.objects(shape, SH.message))
        constrains = not constraining.isdisjoint(shapes.predicates(shape))
        assert len(messages) == constrains, shape
        assert all(isinstance(text, Literal) and text.language == "en" for text in messages), shape
    assert names({shape for shape in silent if (shape, SH.message, None) in shapes}) == []


def test_no_two_messages_are_equal(shapes: Graph) -> None:
    messages = [str(message) for message in shapes.objects(None, SH.message)]
    assert len(messages) == len(set(messages)) == MESSAGES


def test_every_message_says_in_plain_words_what_is_wrong_and_then_how_to_mend_it(shapes: Graph) -> None:
    for message in shapes.objects(None, SH.message):
        sentences = re.split(r"(?<=[.?!])\s+", str(message))
        assert len(sentences) >= 2, message
        assert all(re.match(r"[A-Z']", one) and one.endswith(".") for one in sentences), message
        assert not JARGON.search(str(message)), message


def test_every_property_shape_has_a_constraint(shapes: Graph, shacl: Graph) -> None:
    constraining = parameters(shacl)
    every = of_type(shapes, SH.PropertyShape)
    assert names({shape for shape in every if constraining.isdisjoint(shapes.predicates(shape))}) == []


def test_every_condition_is_used(shapes: Graph) -> None:
    used = {shape for reference in REFERENCES for shape in shapes.objects(None, reference)}
    used |= {s for way in LISTS for head in shapes.objects(None, way) for s in Collection(shapes, head)}
    assert names(conditions(shapes) - used) == []


def test_every_term_of_shacl_exists_in_its_vocabulary(shapes: Graph, shacl: Graph) -> None:
    used = {term for triple in shapes for term in triple if str(term).startswith(str(SH))}
    assert len(used) > 30
    assert names({term for term in used if (term, RDF.type, None) not in shacl}) == []


def test_every_term_that_a_shape_names_is_declared(shapes: Graph, ontology: Graph, schemes: Graph) -> None:
    terms = {term for triple in shapes for term in triple if isinstance(term, URIRef)}
    used = {term for term in terms if str(term).startswith((ONTOLOGY, ID))}
    assert len(used) > 100
    declared = of_any_type(ontology) | of_any_type(schemes)
    assert names(used - declared) == []


def test_every_term_that_a_message_names_is_declared(shapes: Graph, ontology: Graph, schemes: Graph) -> None:
    declared = {compact(str(term)) for term in of_any_type(ontology) | of_any_type(schemes)}
    named = {
        (term, str(message))
        for message in shapes.objects(None, SH.message)
        for term in re.findall(r"\b(?:unodc|measure|theme|group):[A-Za-z0-9-]+", str(message))
    }
    assert len(named) > 50
    for term, message in named:
        assert term in declared, message


def test_every_role_of_the_ontology_is_checked(shapes: Graph, ontology: Graph) -> None:
    involves = URIRef(f"{ONTOLOGY}involves")
    roles = {involves, *ontology.subjects(RDFS.subPropertyOf, involves)}
    assert names(roles ^ set(shapes.objects(URIRef(f"{SHAPES}Involving"), SH.targetSubjectsOf))) == []


def test_every_measure_of_persons_asks_for_a_group(shapes: Graph, schemes: Graph) -> None:
    (head,) = shapes.objects(URIRef(f"{SHAPES}PeopleMeasure"), SH["in"])
    persons = {
        measure for measure in of_any_type(schemes) if str(measure).startswith(f"{ID}measure/persons-")
    }
    assert names(persons ^ set(Collection(shapes, head))) == []


def test_only_paths_lists_and_prefixes_are_blank_nodes(shapes: Graph) -> None:
    allowed = {RDF.first, RDF.rest, SH.inversePath, SH.alternativePath, SH.oneOrMorePath}
    allowed |= {SH.prefix, SH.namespace}
    blank = {subject for subject in shapes.subjects() if isinstance(subject, BNode)}
    assert {predicate for subject in blank for predicate in shapes.predicates(subject)} <= allowed
