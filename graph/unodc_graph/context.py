"""The JSON-LD context of the graph, made from its ontology: one word for each class and property.

Things are written with their whole IRI, so no prefix is needed for them, and a word such as `theme` can be
the property that it names in the ontology rather than a prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from unodc_graph.namespace import ID, ONTOLOGY, PREFIXES, compact
from unodc_graph.store.term import Literal, NamedNode, Quad

_OWL: Final = PREFIXES["owl"]
_PROPERTIES: Final = frozenset(
    f"{_OWL}{kind}" for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
)
_TEXTS: Final = frozenset(
    [f"{PREFIXES['rdfs']}{name}" for name in ("label", "comment")]
    + [f"{PREFIXES['dcterms']}{name}" for name in ("title", "abstract", "description")]
    + [
        f"{PREFIXES['skos']}{name}"
        for name in ("prefLabel", "altLabel", "definition", "example", "scopeNote", "editorialNote")
    ]
)
"""Properties whose values are nearly always English text."""
_LINKS: Final = frozenset(
    [f"{PREFIXES['rdfs']}{name}" for name in ("seeAlso", "isDefinedBy", "subClassOf", "domain", "range")]
    + [f"{PREFIXES['foaf']}{name}" for name in ("homepage", "page", "primaryTopic")]
    + [f"{PREFIXES['schema']}sameAs", f"{PREFIXES['dcterms']}license", f"{PREFIXES['void']}inDataset"]
    + [f"{ONTOLOGY}possiblySameAs", f"{ONTOLOGY}openListOf"]
)
"""Properties of no declared kind, or annotations, whose values are IRIs."""
_DAY: Final = re.compile(r"[a-z](?:Date|Begin|End)\Z")
"""Names of the properties whose values are days: the ontology gives them no range, since xsd:date is no
datatype of OWL 2."""

FIGURE_OF: Final = f"{ONTOLOGY}figureOf"
FIGURES: Final = "figures"
"""The word for the figures of a thing: `unodc:figureOf` read backwards."""


@dataclass(frozen=True)
class Context:
    """Words for IRIs, and for each word how its values are read (`@type` or `@language`), or neither."""

    words: Mapping[str, str]
    coercions: Mapping[str, Mapping[str, str]]
    prefixes: Mapping[str, str]

    def without(self, prefixes: frozenset[str]) -> Context:
        """Return the context less some prefixes."""
        kept = {name: iri for name, iri in self.prefixes.items() if name not in prefixes}
        return Context(self.words, self.coercions, kept)

    def shorten(self, iri: str) -> str:
        """Return the word for `iri`, or its prefixed name, or `iri`."""
        word = self.words.get(iri)
        if word is not None:
            return word
        short = compact(iri)
        return short if short.partition(":")[0] in self.prefixes else iri

    def document(self) -> dict[str, Any]:
        """Return the value of `@context` (JSON-LD 1.1 §9.15)."""
        terms: dict[str, Any] = {"id": "@id", "type": "@type"}
        terms |= dict(sorted(self.prefixes.items()))
        for iri, word in sorted(self.words.items(), key=lambda pair: pair[1]):
            short = compact(iri)
            name = short if short.partition(":")[0] in self.prefixes else iri
            coercion = self.coercions.get(iri)
            terms[word] = {"@id": name, **coercion} if coercion else name
        terms[FIGURES] = {"@reverse": FIGURE_OF, "@type": "@id"}
        return terms


def context_of(ontology: Iterable[Quad]) -> Context:
    """Return the context for the terms that `ontology`, the statements of graph/ontology, declares.

    Where two terms have one local name, ours keeps it, and the other is written with its prefix.
    """
    declared = {f"{PREFIXES['rdfs']}label", f"{PREFIXES['rdfs']}comment", f"{PREFIXES['dcterms']}license"}
    links, ranges = set(_LINKS), {}
    for quad in ontology:
        subject, predicate, obj = quad.subject, quad.predicate.value, quad.object
        if not isinstance(subject, NamedNode) or isinstance(obj, Literal):
            continue
        kind = getattr(obj, "value", "")
        if predicate == f"{PREFIXES['rdf']}type" and (kind in _PROPERTIES or kind == f"{_OWL}Class"):
            declared.add(subject.value)
            if kind == f"{_OWL}ObjectProperty":
                links.add(subject.value)
        elif predicate == f"{PREFIXES['rdfs']}range":
            ranges[subject.value] = kind
    words: dict[str, str] = {}
    taken = {"id", "type", FIGURES}
    for iri in sorted(declared, key=lambda iri: (not iri.startswith(ONTOLOGY), iri)):
        word = _local_name(iri)
        if word and word not in taken:
            taken.add(word)
            words[iri] = word
    coercions = {iri: found for iri in words if (found := _coercion(iri, links, ranges))}
    prefixes = {name: iri for name, iri in PREFIXES.items() if not iri.startswith(ID) and name not in taken}
    return Context(words, coercions, prefixes)


def _coercion(iri: str, links: set[str], ranges: Mapping[str, str]) -> dict[str, str] | None:
    if iri in links:
        return {"@type": "@id"}
    if iri in _TEXTS:
        return {"@language": "en"}
    if iri.startswith(ONTOLOGY) and iri not in ranges and _DAY.search(iri):
        return {"@type": "xsd:date"}
    return None


def _local_name(iri: str) -> str | None:
    found = re.search(r"[#/]([A-Za-z][A-Za-z0-9]*)\Z", iri)
    return found.group(1) if found else None


PLAIN: Final = context_of(())
"""The context without an ontology: prefixes, and the words for labels."""
