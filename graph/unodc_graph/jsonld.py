"""JSON-LD with our prefixes as its context: one object a thing, grouped by graph, in the order of the IRIs.

Values keep their lexical form, as `@value` and `@type`, since JSON's own numbers would lose it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from unodc_graph.namespace import PREFIXES, compact
from unodc_graph.store.term import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Term

_TYPE: Final = f"{PREFIXES['rdf']}type"
_STRING: Final = f"{PREFIXES['xsd']}string"


def jsonld(quads: Iterable[Quad]) -> Iterator[str]:
    """Yield `quads` as pieces of a JSON-LD 1.1 document (JSON-LD 1.1 §9)."""
    quads = list(quads)
    names = _Names(quads)
    graphs: defaultdict[str, defaultdict[str, list[Quad]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        unnamed = isinstance(quad.graph_name, DefaultGraph)
        graphs["" if unnamed else names.of(quad.graph_name)][names.of(quad.subject)].append(quad)
    contents = [names.thing(thing, graphs[""][thing]) for thing in sorted(graphs[""])]
    for graph in sorted(graphs.keys() - {""}):
        things = graphs[graph]
        contents.append(
            {"@id": graph, "@graph": [names.thing(thing, things[thing]) for thing in sorted(things)]}
        )
    document = {"@context": names.context, "@graph": contents}
    yield from json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(document)
    yield "\n"


class _Names:
    """Shortens IRIs, with the prefixes that no IRI of the document has for its scheme (as in `geo:48,16`)."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        schemes = {
            term.value.partition(":")[0] for quad in quads for term in quad if isinstance(term, NamedNode)
        }
        self.context = {prefix: iri for prefix, iri in sorted(PREFIXES.items()) if prefix not in schemes}

    def of(self, term: Term | DefaultGraph) -> str:
        return self._short(term.value) if isinstance(term, NamedNode) else str(term)

    def thing(self, name: str, quads: list[Quad]) -> dict[str, Any]:
        properties: defaultdict[str, list[Any]] = defaultdict(list)
        for quad in sorted(quads, key=str):
            if quad.predicate.value == _TYPE and isinstance(quad.object, NamedNode | BlankNode):
                properties["@type"].append(self.of(quad.object))
            else:
                properties[self.of(quad.predicate)].append(self._value(quad.object))
        single = {key: found[0] if len(found) == 1 else found for key, found in sorted(properties.items())}
        return {"@id": name, **single}

    def _value(self, term: Term) -> Any:
        if not isinstance(term, Literal):
            return {"@id": self.of(term)}
        if term.language is not None:
            return {"@value": term.value, "@language": term.language}
        if term.datatype.value == _STRING:
            return term.value
        return {"@value": term.value, "@type": self.of(term.datatype)}

    def _short(self, iri: str) -> str:
        short = compact(iri)
        return short if short.partition(":")[0] in self.context else iri
