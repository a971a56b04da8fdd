"""What each shape reads of the data, so that a change can be traced back to the things it concerns.

A SPARQL constraint is opaque, so it says itself whom a change concerns: `shape:affects` holds a SELECT query
in which `$changed` stands for a node of a changed statement, its subject or its object, and whose `?this` are
the nodes that the constraint must be asked of again. A constraint without such a query, and whatever is not
understood here, is asked of all targets of its shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rdflib import OWL, RDF, RDFS, SH, Graph, URIRef
from rdflib.collection import Collection
from rdflib.paths import MulPath
from rdflib.term import Node

from unodc_graph.gate.path import Reading, Steps, readings
from unodc_graph.namespace import SHAPES
from unodc_graph.validation import path_of

AFFECTS: Final = URIRef(f"{SHAPES}affects")
TARGETS: Final = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)

_COMPARED: Final = frozenset({SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals})
_OF_A_SHAPE: Final = frozenset({SH.property, SH.node, SH["not"], SH.qualifiedValueShape})
_OF_SHAPES: Final = frozenset({SH["and"], SH["or"], SH.xone})
"""Parameters whose value names a predicate to compare with, a shape, a list of shapes."""
_OWN: Final = frozenset(
    {
        *TARGETS,
        *(SH[name] for name in ("path", "name", "description", "message", "severity", "order", "group")),
        *(SH[name] for name in ("defaultValue", "deactivated", "ignoredProperties", "in", "hasValue")),
        *(SH[name] for name in ("datatype", "nodeKind", "pattern", "flags", "languageIn", "uniqueLang")),
        *(SH[name] for name in ("minCount", "maxCount", "minLength", "maxLength", "minInclusive")),
        *(SH[name] for name in ("maxInclusive", "minExclusive", "maxExclusive", "qualifiedMinCount")),
        *(SH[name] for name in ("qualifiedMaxCount", "qualifiedValueShapesDisjoint")),
        *(RDF.type, RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy),
    }
)
"""Parameters that look at the value nodes alone, and what says something of the shape itself."""
_SUPERCLASSES: Final = MulPath(RDFS.subClassOf, "*")


@dataclass(frozen=True)
class Query:
    """Where a SPARQL constraint is asked, and the query that says whom a changed node concerns there."""

    before: Steps
    text: str


@dataclass(frozen=True)
class Reads:
    """What one shape with targets reads. `everything` when that cannot be told from the shape."""

    readings: frozenset[Reading]
    queries: frozenset[Query]
    everything: bool


def roots(shapes: Graph) -> set[Node]:
    """Return the shapes that have targets (SHACL §2.1.3)."""
    found = {shape for target in TARGETS for shape in shapes.subjects(target)}
    return found | {shape for shape in _kinds(shapes) if classes(shapes, shape)}


def classes(shapes: Graph, shape: Node) -> set[Node]:
    """Return the classes whose instances `shape` targets, itself if it is a class (SHACL §2.1.3.3)."""
    named = set(shapes.objects(shape, SH.targetClass))
    implicit = {RDFS.Class, OWL.Class} & set(shapes.objects(shape, RDF.type))
    return named | {shape} if implicit and shape in _kinds(shapes) else named


def _kinds(shapes: Graph) -> set[Node]:
    return {shape for kind in (SH.NodeShape, SH.PropertyShape) for shape in shapes.subjects(RDF.type, kind)}


def reads(shapes: Graph, root: Node) -> Reads:
    """Return what `root` reads to find its targets and to check them. Raises ShapesUnusable."""
    found = set(_targeting(shapes, root)) | set(_checking(shapes, root, (), ()))
    return Reads(
        readings=frozenset(item for item in found if isinstance(item, Reading)),
        queries=frozenset(item for item in found if isinstance(item, Query)),
        everything=None in found,
    )


def _targeting(shapes: Graph, root: Node) -> Iterator[Reading]:
    """Yield how the targets of `root` are found, from the target itself."""
    if classes(shapes, root):
        yield from _typing(())
    for predicate in _iris(shapes, root, SH.targetSubjectsOf):
        yield Reading((), predicate)
    for predicate in _iris(shapes, root, SH.targetObjectsOf):
        yield Reading((), predicate, inverse=True)


def _typing(before: Steps) -> Iterator[Reading]:
    """Yield how it is told whether the nodes that `before` leads to are SHACL instances of a class."""
    yield Reading(before, RDF.type)
    yield Reading((*before, RDF.type, _SUPERCLASSES), RDFS.subClassOf)


def _checking(
    shapes: Graph, shape: Node, before: Steps, above: tuple[Node, ...]
) -> Iterator[Reading | Query | None]:
    """Yield what `shape` reads at the nodes that `before` leads to; None for what cannot be told.

    `above` are the shapes that led here: a recursive shape is left to the validator (SHACL §3.4.3).
    """
    if shape in above:
        yield None
        return
    values = before
    path = shapes.value(shape, SH.path)
    if path is not None:
        walked = path_of(shapes, path)
        yield from readings(walked, before)
        values = (*before, walked)
    for parameter, value in shapes.predicate_objects(shape):
        if parameter == SH["class"]:
            yield from _typing(values)
        elif parameter in _COMPARED and isinstance(value, URIRef):
            yield Reading(before, value)
        elif parameter in _OF_A_SHAPE:
            yield from _checking(shapes, value, values, (*above, shape))
        elif parameter in _OF_SHAPES:
            for member in Collection(shapes, value):
                yield from _checking(shapes, member, values, (*above, shape))
        elif parameter == SH.closed:
            yield Reading(values, None)
        elif parameter == SH.sparql:
            yield _query(shapes, value, before)
        elif parameter not in _OWN:
            yield None


def _query(shapes: Graph, constraint: Node, before: Steps) -> Query | None:
    """Return the query by which a SPARQL constraint says whom a change concerns, or None without one."""
    text = shapes.value(constraint, AFFECTS)
    if text is None:
        return None
    prefixes = [
        f"PREFIX {shapes.value(declared, SH.prefix)}: <{shapes.value(declared, SH.namespace)}>\n"
        for ontology in shapes.objects(constraint, SH.prefixes)
        for declared in shapes.objects(ontology, SH.declare)
    ]
    return Query(before, "".join(sorted(prefixes)) + str(text))


def _iris(shapes: Graph, subject: Node, predicate: URIRef) -> Iterator[URIRef]:
    return (value for value in shapes.objects(subject, predicate) if isinstance(value, URIRef))
