"""SHACL: what the shapes hold against the asserted triples, as a report graph and as findings.

The only module that imports pySHACL. The data graph holds the asserted triples with the ontology and the
schemes, before any inference (ontology/README.md, order of checks): SHACL walks `rdfs:subClassOf` itself
(SHACL §1.3), and after the closure an undeclared place would pass, because a range would have typed it.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Literal

import pyshacl
import rdflib
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, SH, XSD, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import NamespaceManager
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Node

from unodc_graph.errors import GraphError
from unodc_graph.finding import Finding, Severity
from unodc_graph.namespace import PREFIXES, compact

_SEVERITIES: Final = {
    str(SH.Violation): Severity.VIOLATION,
    str(SH.Warning): Severity.WARNING,
    str(SH.Info): Severity.INFO,
}
_REPEATS: Final[tuple[tuple[URIRef, Literal["*", "+", "?"]], ...]] = (
    (SH.zeroOrMorePath, "*"),
    (SH.oneOrMorePath, "+"),
    (SH.zeroOrOnePath, "?"),
)
_TOO_MANY: Final = (SH.MaxCountConstraintComponent, SH.UniqueLangConstraintComponent)
_COMPARING: Final[dict[Node, URIRef]] = {
    SH.LessThanConstraintComponent: SH.lessThan,
    SH.LessThanOrEqualsConstraintComponent: SH.lessThanOrEquals,
    SH.MinInclusiveConstraintComponent: SH.minInclusive,
    SH.MaxInclusiveConstraintComponent: SH.maxInclusive,
}
_COMPARABLE: Final = frozenset({XSD.integer, XSD.decimal, XSD.double, XSD.date})
_SENTENCE_END: Final = re.compile(r"(?<=[.?!])\s+")
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r"})


@dataclass(eq=False)
class ShapesUnusable(GraphError):
    """The shapes themselves are not SHACL, or cannot be applied to this graph."""

    reason: str

    def __str__(self) -> str:
        """Return what the validator said."""
        return f"the shapes in ontology/shapes cannot be applied: {self.reason}"


def validate(data: Graph, shapes: Graph) -> tuple[Finding, ...]:
    """Return what `shapes` hold against `data`, ordered by thing, shape and value; empty when it conforms.

    Raises ShapesUnusable.
    """
    return findings(report(data, shapes), data, shapes)


def report(data: Graph, shapes: Graph) -> Graph:
    """Return the validation report on `data` (SHACL §3.6). Neither graph is changed.

    Of `data` only what the shapes ask for is read. What is neither number nor day is compared with nothing:
    the datatype is the result, and that it is negative would be untrue. Raises ShapesUnusable.
    """
    added = [axiom for axiom in ShapesGraph.system_triples if axiom not in shapes]
    try:
        _, found, _ = pyshacl.validate(_View(data), shacl_graph=shapes, inference="none", advanced=False)
    except Exception as error:  # a bad pattern, query or path each fails in its own way
        raise ShapesUnusable(" ".join(str(error).split())) from error
    finally:
        for axiom in added:  # pySHACL writes them into the shapes graph that it is given
            shapes.remove(axiom)
    if not isinstance(found, Graph):  # pySHACL returns some failures instead of raising them
        raise ShapesUnusable(" ".join(str(found).split()))
    for result in list(found.objects(None, SH.result)):
        if _compares_in_vain(found, result, data, shapes):
            found.remove((None, SH.result, result))
            found.remove((result, None, None))
    return found


class _View(Graph):
    """A graph's own triples, their values made comparable, each query parsed once.

    pySHACL asks the same queries for every focus node.
    """

    def __init__(self, data: Graph) -> None:
        super().__init__(store=data.store, identifier=data.identifier)

    def triples(self, triple: Any) -> Generator[Any, None, None]:
        for subject, predicate, value in super().triples(triple):
            if isinstance(value, rdflib.Literal) and _is_ill_typed(value):
                value = _IllTyped(value, datatype=value.datatype)
            yield subject, predicate, value

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:
        if isinstance(query_object, str):
            query_object = _prepared(query_object)
        return super().query(query_object, *args, **kwargs)


@lru_cache(maxsize=256)
def _prepared(text: str) -> Query:
    """Return a query parsed, in a thread of its own.

    rdflib's parser leaves circles of exceptions and frames behind that hold whatever its callers hold until
    the garbage collector comes by: among it the engine's files, which must be closed before that.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(prepareQuery, text).result()


class _IllTyped(rdflib.Literal):
    """A literal outside its datatype, such as 30 February: sh:datatype reports it, no comparison does.

    rdflib cannot order such literals, and on Python 3.14 fails when it tries.
    """

    __slots__ = ()

    def __le__(self, other: object) -> bool:
        return True

    __lt__ = __gt__ = __ge__ = __le__

    @property
    def ill_typed(self) -> bool:
        """Whether it is outside its datatype."""
        return True


def _is_ill_typed(literal: rdflib.Literal) -> bool:
    """Say whether `literal` is outside its datatype; rdflib takes NaN and Infinity for decimals."""
    value = literal.value
    return bool(literal.ill_typed) or (isinstance(value, Decimal) and not value.is_finite())


def findings(found: Graph, data: Graph, shapes: Graph) -> tuple[Finding, ...]:
    """Return a validation report as findings.

    The first sentence of a message says what is wrong, the others how to mend it. Where the report names no
    value because there are too many, the finding names one of them.
    """
    results = {_finding(found, result, data, shapes) for result in found.objects(None, SH.result)}
    return tuple(sorted(results, key=_order))


def _compares_in_vain(found: Graph, result: Node, data: Graph, shapes: Graph) -> bool:
    """Say whether a result compares values (SHACL §4.3, §4.5) of which one is no number or day."""
    parameter = _COMPARING.get(_one(found, result, SH.sourceConstraintComponent))
    if parameter is None:
        return False
    values = {found.value(result, SH.value)}
    other = shapes.value(_one(found, result, SH.sourceShape), parameter)
    if isinstance(other, URIRef):
        values |= set(data.objects(_one(found, result, SH.focusNode), other))
    return not all(
        isinstance(value, rdflib.Literal) and value.datatype in _COMPARABLE and not _is_ill_typed(value)
        for value in values
    )


def _finding(found: Graph, result: Node, data: Graph, shapes: Graph) -> Finding:
    focus = _one(found, result, SH.focusNode)
    shape = _one(found, result, SH.sourceShape)
    component = _one(found, result, SH.sourceConstraintComponent)
    stated = found.value(result, SH.resultPath)
    path = stated if isinstance(stated, URIRef | None) else path_of(shapes, _one(shapes, shape, SH.path))
    value = found.value(result, SH.value)
    if value is None and path is not None and component in _TOO_MANY:
        value = max(set(data.objects(focus, path)) - {focus}, key=_by_text, default=None)
    message = min(str(text) for text in found.objects(result, SH.resultMessage))
    wrong, _, mend = _SENTENCE_END.sub("\0", message, count=1).partition("\0")
    return Finding(
        rule=str(shape),
        message=wrong,
        advice=mend,
        severity=_SEVERITIES[str(_one(found, result, SH.resultSeverity))],
        thing=str(focus),
        path=path.n3(_PREFIXED) if isinstance(path, Path) else path and str(path),
        value=None if value is None or value == focus else _n_triples(value),
        component=str(component),
    )


def _one(graph: Graph, subject: Node, predicate: URIRef) -> Node:
    value = graph.value(subject, predicate)
    if value is None:
        raise ShapesUnusable(f"a result of the validator lacks {compact(str(predicate))}")
    return value


def path_of(shapes: Graph, node: Node) -> URIRef | Path:
    """Return the SHACL path `node` as rdflib evaluates it (SHACL §2.3.1). Raises ShapesUnusable."""
    if isinstance(node, URIRef):
        return node
    if (node, RDF.first, None) in shapes:
        return SequencePath(*(path_of(shapes, step) for step in Collection(shapes, node)))
    for predicate, inner in shapes.predicate_objects(node):
        if predicate == SH.inversePath:
            return InvPath(path_of(shapes, inner))
        if predicate == SH.alternativePath:
            return AlternativePath(*(path_of(shapes, step) for step in Collection(shapes, inner)))
        for repeat, modifier in _REPEATS:
            if predicate == repeat:
                return MulPath(path_of(shapes, inner), modifier)
    raise ShapesUnusable(f"a path of the shapes is not one of SHACL §2.3.1: {node}")


def _by_text(term: Node) -> tuple[str, str]:
    """Return what terms are ordered by; texts that differ in language or datatype only are told apart."""
    return str(term), _n_triples(term)


def _n_triples(term: Node) -> str:
    """Return a term as N-Triples writes it."""
    if not isinstance(term, rdflib.Literal):
        return term.n3()
    text = str(term).translate(_ESCAPES)
    if term.language is not None:
        return f'"{text}"@{term.language}'
    return f'"{text}"' if term.datatype in (None, XSD.string) else f'"{text}"^^<{term.datatype}>'


def _order(finding: Finding) -> tuple[str, ...]:
    return tuple(part or "" for part in (finding.thing, finding.rule, finding.component, finding.value))


def _prefixed() -> NamespaceManager:
    names = NamespaceManager(Graph(), bind_namespaces="none")
    for prefix, iri in PREFIXES.items():
        names.bind(prefix, iri)
    return names


_PREFIXED: Final = _prefixed()
