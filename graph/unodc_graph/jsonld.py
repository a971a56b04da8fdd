"""JSON-LD in which a thing reads as one JSON object, with the words of the published context.

Figures stand inside what they count, occurrences inside their passage, blank nodes where they are pointed
to. The context is written out in each document, so that nothing has to be fetched to read it. A value is
written as JSON's own number or truth value only where that keeps its lexical form.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from unodc_graph.context import FIGURE_OF, FIGURES, PLAIN, Context
from unodc_graph.namespace import ID, PREFIXES, kind
from unodc_graph.store.term import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Term, Triple

_TYPE: Final = NamedNode(f"{PREFIXES['rdf']}type")
_XSD: Final = PREFIXES["xsd"]
_FIRST: Final = {"type": 0, "label": 1, "prefLabel": 2}
_NATIVE: Final = {
    f"{_XSD}integer": re.compile(r"(?:0|-?[1-9][0-9]{0,14})\Z"),
    f"{_XSD}boolean": re.compile(r"(?:true|false)\Z"),
}

_Node = NamedNode | BlankNode | Triple


@dataclass(frozen=True)
class _Place:
    """Where a node is written: inside `parent`, as a value of `predicate`, or the other way round."""

    parent: _Node
    predicate: NamedNode
    backwards: bool


def jsonld(quads: Iterable[Quad], context: Context = PLAIN) -> Iterator[str]:
    """Yield `quads` as pieces of a JSON-LD 1.1 document: the things of the default graph, then each graph."""
    graphs: defaultdict[str, set[Quad]] = defaultdict(set)
    for quad in quads:
        graphs["" if isinstance(quad.graph_name, DefaultGraph) else _id(quad.graph_name)].add(quad)
    context = _safe(context, (quad for own in graphs.values() for quad in own))
    contents: list[dict[str, Any]] = _things(graphs.pop("", set()), context)
    for name in sorted(graphs):
        contents.append({"id": name, "@graph": _things(graphs[name], context)})
    yield from _encoded({"@context": context.document(), "@graph": contents})


def framed(quads: Iterable[Quad], thing: str, context: Context = PLAIN) -> Iterator[str]:
    """Yield the triples of `quads` as one JSON-LD object for `thing`, an IRI, everything else inside it.

    What `thing` leads to is nested where it is first mentioned, what points to it under `@reverse`, and what
    is left, such as the names of classes, under `@included`.
    """
    triples = {Quad(quad.subject, quad.predicate, quad.object) for quad in quads}
    context = _safe(context, triples)
    tree = _Tree(triples, context)
    root = NamedNode(thing)
    tree.grow(root)
    document = {"@context": context.document(), **tree.thing(root)}
    rest = [tree.thing(node) for node in tree.roots() if node != root]
    yield from _encoded(document | ({"@included": rest} if rest else {}))


def _things(quads: Iterable[Quad], context: Context) -> list[dict[str, Any]]:
    tree = _Tree(quads, context)
    tree.nest()
    return [tree.thing(node) for node in tree.roots()]


def _safe(context: Context, quads: Iterable[Quad]) -> Context:
    """Return `context` without the prefixes that an IRI of `quads` has for its scheme, as in `geo:48,16`."""
    schemes = {term.value.partition(":")[0] for quad in quads for term in quad if isinstance(term, NamedNode)}
    return context.without(frozenset(schemes & context.prefixes.keys()))


def _encoded(document: dict[str, Any]) -> Iterator[str]:
    yield from json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(document)
    yield "\n"


def _id(term: Term | DefaultGraph) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)


class _Tree:
    """The statements of one graph, and for each node the place in another where it is written, if any."""

    def __init__(self, quads: Iterable[Quad], context: Context) -> None:
        self._context = context
        self._own: defaultdict[_Node, list[Quad]] = defaultdict(list)
        self._to: defaultdict[Term, list[Quad]] = defaultdict(list)
        for quad in sorted(quads, key=str):
            self._own[quad.subject].append(quad)
            self._to[quad.object].append(quad)
        self._places: dict[_Node, _Place] = {}
        self._inside: defaultdict[_Node, list[_Node]] = defaultdict(list)

    def nest(self) -> None:
        """Put inside another node what is no more than a part of it."""
        references = Counter(quad.object for quads in self._own.values() for quad in quads)
        for node in self._own:
            place = self._natural_place(node, references)
            if place is not None and not self._leads_to(place.parent, node):
                self._put(node, place)

    def grow(self, root: _Node) -> None:
        """Put every node inside another that is nearer to `root`, as far as statements connect them."""
        reached: set[_Node] = {root}
        ahead = deque([root])
        while ahead:
            node = ahead.popleft()
            for quad in self._own[node]:
                value = quad.object
                if quad.predicate == _TYPE or isinstance(value, Literal) or value in reached:
                    continue
                if value in self._own:
                    reached.add(value)
                    ahead.append(value)
                    self._put(value, _Place(node, quad.predicate, False))
            for quad in self._to[node]:
                if quad.predicate != _TYPE and quad.subject not in reached:
                    reached.add(quad.subject)
                    ahead.append(quad.subject)
                    self._put(quad.subject, _Place(node, quad.predicate, True))

    def roots(self) -> list[_Node]:
        """Return the nodes that are written inside no other, in the order of their names."""
        return sorted((node for node in self._own if node not in self._places), key=_id)

    def thing(self, node: _Node) -> dict[str, Any]:
        """Return `node` as a JSON object, with all that has its place inside it."""
        properties: defaultdict[str, list[Any]] = defaultdict(list)
        place = self._places.get(node)
        for quad in self._own[node]:
            if quad.predicate == _TYPE and not isinstance(quad.object, Literal):
                properties["type"].append(self._context.shorten(_id(quad.object)))
            elif isinstance(quad.object, Literal) or place != _Place(quad.object, quad.predicate, True):
                name = self._context.shorten(quad.predicate.value)
                properties[name].append(self._value(node, quad))
        backwards: defaultdict[str, list[Any]] = defaultdict(list)
        for child in self._inside[node]:
            where = self._places[child]
            if where.backwards and where.predicate.value == FIGURE_OF:
                properties[FIGURES].append(self.thing(child))
            elif where.backwards:
                backwards[where.predicate.value].append(self.thing(child))
        order = sorted(properties, key=lambda name: (_FIRST.get(name, len(_FIRST)), name))
        single = {name: found[0] if len(found := properties[name]) == 1 else found for name in order}
        reverse = {"@reverse": dict(sorted(backwards.items()))} if backwards else {}
        return {"id": _id(node), **single, **reverse}

    def _natural_place(self, node: _Node, references: Counter[Term]) -> _Place | None:
        if isinstance(node, BlankNode) or _is_part(node):
            if references[node] == 1 and self._to[node][0].predicate != _TYPE:
                return _Place(self._to[node][0].subject, self._to[node][0].predicate, False)
        elif isinstance(node, NamedNode) and kind(node.value) == "figure":
            counted = [quad for quad in self._own[node] if quad.predicate.value == FIGURE_OF]
            whole = counted[0].object if len(counted) == 1 else None
            if whole is not None and not isinstance(whole, Literal) and whole in self._own:
                return _Place(whole, counted[0].predicate, True)
        return None

    def _leads_to(self, node: _Node, goal: _Node) -> bool:
        """Say whether `goal` is `node` or a node that `node` is written inside of."""
        while node != goal:
            place = self._places.get(node)
            if place is None:
                return False
            node = place.parent
        return True

    def _put(self, node: _Node, place: _Place) -> None:
        self._places[node] = place
        self._inside[place.parent].append(node)

    def _value(self, node: _Node, quad: Quad) -> Any:
        coercion = self._context.coercions.get(quad.predicate.value, {})
        term = quad.object
        if isinstance(term, Literal):
            return self._literal(term, coercion)
        if self._places.get(term) == _Place(node, quad.predicate, False):
            return self.thing(term)
        return _id(term) if coercion.get("@type") == "@id" else {"id": _id(term)}

    def _literal(self, term: Literal, coercion: Any) -> Any:
        if term.language is not None:
            if coercion.get("@language") == term.language:
                return term.value
            return {"@value": term.value, "@language": term.language}
        datatype = term.datatype.value
        if datatype == f"{_XSD}string":
            return {"@value": term.value} if coercion else term.value
        native = _NATIVE.get(datatype)
        if native is not None and not coercion and native.match(term.value):
            return json.loads(term.value)
        short = self._context.shorten(datatype)
        return term.value if coercion.get("@type") == short else {"@value": term.value, "@type": short}


def _is_part(node: _Node) -> bool:
    """Say whether `node` is an occurrence or the position of one: nothing apart from its passage."""
    return isinstance(node, NamedNode) and node.value.startswith(f"{ID}occurrence/")
