"""The ontology's terms as data: what a documentation page of them is made from.

Made here rather than with pyLODE, which needs a whole HTML page of its own design, looks up the labels of
foreign terms in a background ontology, knows nothing of the shapes and their messages, and cannot say
which members of a class are only inferred; the page must bear the house's own headers, anchors and style.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from unodc_graph.description.view import View
from unodc_graph.namespace import INFERRED_GRAPH, ONTOLOGY, PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import BlankNode, DefaultGraph, NamedNode, Quad, Term

_OWL: Final = PREFIXES["owl"]
_RDFS: Final = PREFIXES["rdfs"]
_SKOS: Final = PREFIXES["skos"]
_SH: Final = PREFIXES["sh"]
_TYPE: Final = NamedNode(f"{PREFIXES['rdf']}type")
_KINDS: Final = {
    "class": f"{_OWL}Class",
    "object property": f"{_OWL}ObjectProperty",
    "datatype property": f"{_OWL}DatatypeProperty",
    "annotation property": f"{_OWL}AnnotationProperty",
}
_CHARACTERISTICS: Final = (
    "TransitiveProperty",
    "SymmetricProperty",
    "AsymmetricProperty",
    "IrreflexiveProperty",
    "FunctionalProperty",
)


@dataclass(frozen=True)
class Rule:
    """What a shape asks of a class or property: the shape's IRI, its severity, and its message in words."""

    shape: str
    severity: str
    message: str


@dataclass(frozen=True)
class OntologyTerm:
    """A class or property of the ontology; terms that it names are IRIs.

    `anchor` is its name in a page. `chains` are property chains that imply the property. `asserted` and
    `inferred` are numbers: of instances of a class, or of triples of a property.
    """

    iri: str
    anchor: str
    kind: str
    label: str
    definition: str
    examples: tuple[str, ...]
    notes: tuple[str, ...]
    broader: tuple[str, ...]
    narrower: tuple[str, ...]
    domains: tuple[str, ...]
    ranges: tuple[str, ...]
    inverses: tuple[str, ...]
    characteristics: tuple[str, ...]
    chains: tuple[tuple[str, ...], ...]
    see_also: tuple[str, ...]
    rules: tuple[Rule, ...]
    asserted: int
    inferred: int


def ontology_terms(store: Store, shapes: Iterable[Quad] = ()) -> tuple[OntologyTerm, ...]:
    """Return our classes and properties, by kind, then by name.

    `shapes` are the statements of the SHACL shapes; a rule is listed with the class that its shape targets
    and with the property that its path is.
    """
    view, rules = View(store, inferred=False), _rules(shapes)
    found = []
    for kind, class_ in _KINDS.items():
        for term in sorted(view.subjects(_TYPE, NamedNode(class_)), key=lambda node: node.value):
            if term.value.startswith(ONTOLOGY):
                found.append(_term(view, store, term, kind, rules.get(term.value, [])))
    return tuple(found)


def _term(view: View, store: Store, term: NamedNode, kind: str, rules: list[Rule]) -> OntologyTerm:
    above = f"{_RDFS}subClassOf" if kind == "class" else f"{_RDFS}subPropertyOf"
    types = {type_.value for type_ in view.links(term, _TYPE.value)}
    inverse = NamedNode(f"{_OWL}inverseOf")
    inverses = {*view.links(term, inverse.value), *view.subjects(inverse, term)}
    notes = [*view.texts(term, f"{_SKOS}scopeNote"), *view.texts(term, f"{_RDFS}comment")]
    return OntologyTerm(
        iri=term.value,
        anchor=term.value.removeprefix(ONTOLOGY),
        kind=kind,
        label=view.label(term),
        definition=view.text(term, f"{_SKOS}definition"),
        examples=tuple(view.texts(term, f"{_SKOS}example")),
        notes=tuple(notes),
        broader=_iris(view.links(term, above)),
        narrower=_iris(view.subjects(NamedNode(above), term)),
        domains=_iris(view.links(term, f"{_RDFS}domain")),
        ranges=_iris(view.links(term, f"{_RDFS}range")),
        inverses=_iris(inverses),
        characteristics=tuple(name for name in _CHARACTERISTICS if f"{_OWL}{name}" in types),
        chains=tuple(sorted(_chains(view, store, term))),
        see_also=_iris(view.links(term, f"{_RDFS}seeAlso")),
        rules=tuple(sorted(rules, key=lambda rule: (rule.shape, rule.message))),
        asserted=_members(store, term, kind, DefaultGraph()),
        inferred=_members(store, term, kind, NamedNode(INFERRED_GRAPH)),
    )


def _iris(nodes: Iterable[NamedNode]) -> tuple[str, ...]:
    return tuple(sorted({node.value for node in nodes}))


def _members(store: Store, term: NamedNode, kind: str, graph: DefaultGraph | NamedNode) -> int:
    predicate, obj = (_TYPE, term) if kind == "class" else (term, None)
    return sum(1 for _ in store.quads_for_pattern(None, predicate, obj, graph))


def _chains(view: View, store: Store, term: NamedNode) -> Iterable[tuple[str, ...]]:
    for head in view.objects(term, NamedNode(f"{_OWL}propertyChainAxiom")):
        members: list[str] = []
        while isinstance(head, BlankNode):
            first = _one(store, head, "first")
            if isinstance(first, NamedNode):
                members.append(first.value)
            head = _one(store, head, "rest")
        yield tuple(members)


def _one(store: Store, node: BlankNode, name: str) -> Term:
    quads = store.quads_for_pattern(node, NamedNode(f"{PREFIXES['rdf']}{name}"), None, DefaultGraph())
    return next((quad.object for quad in quads), NamedNode(f"{PREFIXES['rdf']}nil"))


def _rules(shapes: Iterable[Quad]) -> Mapping[str, list[Rule]]:
    """Return the rules for each class and property, by its IRI."""
    values: defaultdict[tuple[Term, str], list[str]] = defaultdict(list)
    for quad in shapes:
        text = str(getattr(quad.object, "value", quad.object))
        values[quad.subject, quad.predicate.value].append(text)
    owners: defaultdict[str, list[Term]] = defaultdict(list)
    for (node, link), objects in list(values.items()):
        if link in {f"{_SH}property", f"{_SH}sparql"}:
            for owned in objects:
                owners[owned].append(node)
    rules: defaultdict[str, list[Rule]] = defaultdict(list)
    for (shape, predicate), messages in list(values.items()):
        if predicate == f"{_SH}message" and isinstance(shape, NamedNode):
            severity = (values.get((shape, f"{_SH}severity")) or [f"{_SH}Violation"])[0].removeprefix(_SH)
            for target in _targets(values, [shape, *owners[shape.value]]) | set(
                values.get((shape, f"{_SH}path"), [])
            ):
                if target.startswith(ONTOLOGY):
                    rules[target] += [Rule(shape.value, severity, message) for message in messages]
    return rules


def _targets(values: Mapping[tuple[Term, str], list[str]], shapes: Iterable[Term]) -> set[str]:
    links = [f"{_SH}{link}" for link in ("targetClass", "targetSubjectsOf", "targetObjectsOf")]
    return {target for shape in shapes for link in links for target in values.get((shape, link), [])}
