"""What a query does, read off its algebra: whether it negates, whether it aggregates, how many hops it takes.

A hop is a statement that leads from one thing to another: HAYA ← activity → beneficiaries are two. A query
has as many as the longest of its shortest ways between two things. Not counted: classes, labels, literals,
the closed lists that a figure or status is sorted by, steps that may be none (`*`, `?`), a last step from a
thing to its passage, and what stands in EXISTS, which rdflib leaves out of the basic graph patterns. A figure
is a statement with several parts, so no way leads through one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Literal, Node, Variable

from unodc_graph.location import rooms
from unodc_graph.namespace import ID, ONTOLOGY

_NO_HOP: Final = frozenset(
    {RDF.type, RDFS.label, RDFS.subClassOf, RDFS.subPropertyOf, SKOS.prefLabel, SKOS.altLabel}
)
_SORTED_BY: Final = tuple(
    f"{ID}{kind}/" for kind in ("measure", "qualifier", "status", "scope", "component-kind")
)
_EVIDENCED_BY: Final = URIRef(f"{ONTOLOGY}evidencedBy")
_FIGURE: Final = URIRef(f"{ONTOLOGY}Figure")

Edge = tuple[Node, Node]


class Algebra:
    """The algebra of one query."""

    def __init__(self, query: str, ontology: Graph) -> None:
        """Take a SPARQL query and the ontology, which says what has literal values and what is of figures."""
        self._parts = list(_parts(prepareQuery(query).algebra))
        self._literal = set(ontology.subjects(RDF.type, OWL.DatatypeProperty))
        self._of_figures = set(ontology.subjects(RDFS.domain, _FIGURE))

    def uses(self) -> frozenset[str]:
        """Return which of negation and aggregate the query uses."""
        names = {part.name for part in self._parts}
        found = set()
        if names & {"Builtin_NOTEXISTS", "Minus"}:
            found.add("negation")
        if any(name.startswith("Aggregate_") and name != "Aggregate_Sample" for name in names):
            found.add("aggregate")
        return frozenset(found)

    def hops(self) -> int:
        """Return the length of the longest of the shortest ways between two things of the query."""
        edges, figures, same = self._edges()
        ends = {_root(same, end) for edge in edges for end in edge}
        figures = {_root(same, figure) for figure in figures}
        ways: dict[Node, set[Node]] = {end: set() for end in ends}
        for one, other in edges:
            ways[_root(same, one)].add(_root(same, other))
            ways[_root(same, other)].add(_root(same, one))
        return max((_farthest(start, ways, figures) for start in ends), default=0)

    def _edges(self) -> tuple[list[Edge], set[Node], dict[Node, Node]]:
        edges: list[Edge] = []
        evidence: list[Edge] = []
        figures: set[Node] = set()
        same: dict[Node, Node] = {}
        patterns = (triple for part in self._parts if part.name == "BGP" for triple in part.triples)
        for triple in patterns:
            for start, step, end in _steps(*triple):
                if step is None:
                    same[_root(same, end)] = _root(same, start)
                elif self._is_hop(step, end):
                    (evidence if step == _EVIDENCED_BY else edges).append((start, end))
                if step in self._of_figures:
                    figures.add(start)
        met = {end for edge in edges for end in edge}
        return edges + [edge for edge in evidence if edge[1] in met], figures, same

    def _is_hop(self, step: Node, end: Node) -> bool:
        """Return whether `step` leads to a thing; `end` is what a triple pattern has as its object."""
        if isinstance(end, Literal) or step in _NO_HOP or step in self._literal:
            return False
        return not (isinstance(end, URIRef) and str(end).startswith(_SORTED_BY))


def _parts(value: object) -> Iterator[CompValue]:
    """Yield every node of the algebra, at any depth."""
    if isinstance(value, CompValue):
        yield value
        for inner in value.values():
            yield from _parts(inner)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from _parts(inner)


def _steps(start: Node, path: Node | Path, end: Node) -> Iterator[tuple[Node, Node | None, Node]]:
    """Yield the steps of a property path; None stands for steps that may be none."""
    match path:
        case SequencePath():
            between = [start, *(Variable(f"_{id(path)}_{n}") for n in range(1, len(path.args))), end]
            for n, part in enumerate(path.args):
                yield from _steps(between[n], part, between[n + 1])
        case AlternativePath():
            yield from min((list(_steps(start, part, end)) for part in path.args), key=len)
        case InvPath():
            yield from _steps(end, path.arg, start)
        case MulPath() if path.zero:
            yield start, None, end
        case MulPath():
            yield from _steps(start, path.path, end)
        case Node():
            yield start, path, end


def _root(same: dict[Node, Node], node: Node) -> Node:
    while node in same and same[node] != node:
        node = same[node]
    return node


def _farthest(start: Node, ways: dict[Node, set[Node]], figures: set[Node]) -> int:
    """Return how far the farthest node is from `start` when no way leads through a figure."""
    seen, border, distance = {start}, {start}, 0
    while True:
        open_ = border if distance == 0 else border - figures
        border = {end for node in open_ for end in ways[node]} - seen
        if not border:
            return distance
        seen |= border
        distance += 1


def ontology() -> Graph:
    """Return the project's ontology."""
    return Graph().parse(rooms().ontology / "unodc.ttl", format="turtle")
