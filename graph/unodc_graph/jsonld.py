"""JSON-LD with our prefixes as its context: one object a thing, grouped by graph, in the order of the IRIs.

Values keep their lexical form, as `@value` and `@type`, since JSON's own numbers would lose it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from unodc_graph.namespace import PREFIXES, compact
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Quad, Term

_TYPE: Final = f"{PREFIXES['rdf']}type"
_STRING: Final = f"{PREFIXES['xsd']}string"


def jsonld(quads: Iterable[Quad]) -> Iterator[str]:
    """Yield `quads` as pieces of a JSON-LD 1.1 document (JSON-LD 1.1 §9)."""
    graphs: defaultdict[str, defaultdict[str, list[Quad]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        name = _id(quad.graph_name) if isinstance(quad.graph_name, NamedNode | BlankNode) else ""
        graphs[name][_id(quad.subject)].append(quad)
    contents: list[dict[str, Any]] = [_node(thing, graphs[""][thing]) for thing in sorted(graphs[""])]
    for name in sorted(graphs.keys() - {""}):
        things = graphs[name]
        contents.append({"@id": name, "@graph": [_node(thing, things[thing]) for thing in sorted(things)]})
    document = {"@context": dict(sorted(PREFIXES.items())), "@graph": contents}
    yield from json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(document)
    yield "\n"


def _node(thing: str, quads: list[Quad]) -> dict[str, Any]:
    properties: defaultdict[str, list[Any]] = defaultdict(list)
    for quad in sorted(quads, key=str):
        if quad.predicate.value == _TYPE and isinstance(quad.object, NamedNode | BlankNode):
            properties["@type"].append(_id(quad.object))
        else:
            properties[compact(quad.predicate.value)].append(_value(quad.object))
    single = {name: values[0] if len(values) == 1 else values for name, values in sorted(properties.items())}
    return {"@id": thing, **single}


def _value(term: Term) -> Any:
    if not isinstance(term, Literal):
        return {"@id": _id(term)}
    if term.language is not None:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == _STRING:
        return term.value
    return {"@value": term.value, "@type": compact(term.datatype.value)}


def _id(term: Term) -> str:
    return compact(term.value) if isinstance(term, NamedNode) else str(term)
