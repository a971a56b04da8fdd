"""The terms of the ontology as its documentation shows them, with the rules that the shapes add.

Made from graph/ontology and from the shapes, for each generation; nothing is written by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import rdflib
from rdflib import RDF, RDFS

from unodc_graph.namespace import BASE, ONTOLOGY, ONTOLOGY_DOCUMENT, ONTOLOGY_GRAPH, PREFIXES, SHAPES, compact
from unodc_graph.naming import names_in
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import Literal, NamedNode, Quad

_OWL: Final = PREFIXES["owl"]
_SKOS: Final = PREFIXES["skos"]
_RDFS: Final = PREFIXES["rdfs"]
_SH: Final = rdflib.Namespace(PREFIXES["sh"])
KINDS: Final = MappingProxyType(
    {
        f"{_OWL}Class": "Classes",
        f"{_OWL}ObjectProperty": "Properties that lead to a thing",
        f"{_OWL}DatatypeProperty": "Properties that hold a value",
        f"{_OWL}AnnotationProperty": "Annotations",
    }
)
"""What is documented, in this order, and the heading of each part."""

_TRAITS: Final = MappingProxyType(
    {
        f"{_OWL}TransitiveProperty": "transitive",
        f"{_OWL}SymmetricProperty": "symmetric",
        f"{_OWL}FunctionalProperty": "one value at most",
        f"{_OWL}AsymmetricProperty": "asymmetric",
        f"{_OWL}IrreflexiveProperty": "irreflexive",
    }
)
_LINKS: Final = MappingProxyType(
    {
        f"{_RDFS}subClassOf": "kind of",
        f"{_RDFS}subPropertyOf": "special case of",
        f"{_RDFS}domain": "said of",
        f"{_RDFS}range": "leads to",
        f"{_OWL}inverseOf": "inverse of",
        f"{_OWL}equivalentClass": "the same as",
        f"{_OWL}equivalentProperty": "the same as",
    }
)
_BACK: Final = MappingProxyType(
    {f"{_RDFS}subClassOf": "has kinds", f"{_RDFS}subPropertyOf": "has special cases"}
)


@dataclass(frozen=True)
class Name:
    """A term that another points to; a foreign one is called by its prefixed name."""

    iri: str
    label: str


@dataclass(frozen=True)
class Term:
    """A class or property. `links` are pairs of a relation in words and the terms it leads to."""

    iri: str
    anchor: str
    label: str
    definition: str
    examples: tuple[str, ...]
    notes: tuple[str, ...]
    traits: tuple[str, ...]
    links: tuple[tuple[str, tuple[Name, ...]], ...]
    rules: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Glossary:
    """The documentation of the ontology: its header, and its terms by kind."""

    title: str
    abstract: str
    version: str
    version_iri: str
    parts: tuple[tuple[str, tuple[Term, ...]], ...]


def glossary(store: Store, shapes: rdflib.Graph) -> Glossary:
    """Return the documentation of the ontology in `store`, with the messages of `shapes` beside the terms."""
    quads = list(store.quads_for_pattern(None, None, None, NamedNode(ONTOLOGY_GRAPH)))
    own: defaultdict[str, list[Quad]] = defaultdict(list)
    labels = names_in(quads)
    back: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        if not isinstance(quad.subject, NamedNode):
            continue
        own[quad.subject.value].append(quad)
        if quad.predicate.value in _BACK and isinstance(quad.object, NamedNode):
            back[quad.object.value][_BACK[quad.predicate.value]].append(quad.subject.value)
    rules = _rules(shapes)
    parts = []
    for kind, title in KINDS.items():
        found = [
            _term(iri, about, labels, back[iri], rules.get(iri, ()))
            for iri, about in own.items()
            if iri.startswith(ONTOLOGY) and kind in _types(about)
        ]
        parts.append((title, tuple(sorted(found, key=lambda term: (term.label.casefold(), term.iri)))))
    header = own[ONTOLOGY_DOCUMENT]
    return Glossary(
        title=_first(header, f"{PREFIXES['dcterms']}title"),
        abstract=_first(header, f"{PREFIXES['dcterms']}abstract"),
        version=_first(header, f"{_OWL}versionInfo"),
        version_iri=_first(header, f"{_OWL}versionIRI"),
        parts=tuple(parts),
    )


def _term(
    iri: str,
    about: list[Quad],
    labels: dict[str, str],
    back: dict[str, list[str]],
    rules: Iterable[tuple[str, str]],
) -> Term:
    links: defaultdict[str, list[str]] = defaultdict(list)
    for quad in about:
        if quad.predicate.value in _LINKS and isinstance(quad.object, NamedNode):
            links[_LINKS[quad.predicate.value]].append(quad.object.value)
    for relation, others in back.items():
        links[relation] += others
    types = _types(about)
    return Term(
        iri=iri,
        anchor=iri[len(ONTOLOGY) :],
        label=labels.get(iri, compact(iri)),
        definition=_first(about, f"{_SKOS}definition"),
        examples=_all(about, f"{_SKOS}example"),
        notes=(*_all(about, f"{_SKOS}scopeNote"), *_all(about, f"{_RDFS}comment")),
        traits=tuple(word for type_, word in _TRAITS.items() if type_ in types),
        links=tuple(
            (
                relation,
                tuple(Name(other, _called(other, labels)) for other in sorted(set(others))),
            )
            for relation, others in links.items()
        ),
        rules=tuple(rules),
    )


def _called(iri: str, labels: dict[str, str]) -> str:
    own = labels.get(iri, "") if iri.startswith(BASE) else ""
    return own or compact(iri)


def _rules(shapes: rdflib.Graph) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return for each class and property the anchors and messages of the shapes that check it."""
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for shape in shapes.subjects(_SH.message, None):
        if not str(shape).startswith(SHAPES):
            continue
        anchor = str(shape)[len(SHAPES) :]
        messages = [(anchor, str(message)) for message in shapes.objects(shape, _SH.message)]
        targets = [*shapes.objects(shape, _SH.path), *shapes.objects(shape, _SH.targetClass)]
        targets += shapes.objects(shape, _SH.targetSubjectsOf)
        if (shape, RDF.type, RDFS.Class) in shapes:
            targets.append(shape)
        for target in targets:
            found[str(target)].update(messages)
    return {iri: tuple(sorted(messages)) for iri, messages in found.items()}


def _types(about: Iterable[Quad]) -> set[str]:
    return {_text(quad.object) for quad in about if quad.predicate.value == f"{PREFIXES['rdf']}type"}


def _all(about: Iterable[Quad], predicate: str) -> tuple[str, ...]:
    return tuple(sorted(_text(quad.object) for quad in about if quad.predicate.value == predicate))


def _first(about: Iterable[Quad], predicate: str) -> str:
    return next(iter(_all(about, predicate)), "")


def _text(term: object) -> str:
    return term.value if isinstance(term, Literal | NamedNode) else str(term)
