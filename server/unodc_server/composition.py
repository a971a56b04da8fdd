"""A document as a page shows it: facts by property with the passages they rest on, what follows apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from unodc_graph.description.neighbourhood import SYMBOL
from unodc_graph.namespace import (
    CATALOGUE_GRAPH,
    INFERRED_GRAPH,
    ONTOLOGY,
    PREFIXES,
    REFERENCE_GRAPH,
    kind,
    passage_of_graph,
)
from unodc_graph.naming import DESCRIPTIONS, NAMES, description_of
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Quad, Term
from unodc_server.address import explanation_of
from unodc_server.document import Document
from unodc_server.view import Evidence, Fact, Figure, Group, Position, Subject, Thing, View
from unodc_server.wording import Names, amount, literal, names_of

_RDF_TYPE: Final = f"{PREFIXES['rdf']}type"
_ALT: Final = f"{PREFIXES['skos']}altLabel"
_FIGURE_OF: Final = f"{ONTOLOGY}figureOf"
_MEASURE: Final = f"{ONTOLOGY}measure"
_UNSPECIFIED: Final = f"{PREFIXES['scope']}unspecified"
_OWN_HIDDEN: Final = frozenset(
    {_RDF_TYPE, *(name.value for name in (*DESCRIPTIONS, *NAMES)), f"{ONTOLOGY}evidencedBy"}
)
_PLACES: Final = frozenset(f"{ONTOLOGY}{name}" for name in ("hasOccurrence", "occursIn", "textHash"))
"""What the evidence of a passage, its own places, says in words."""

_INTO_DOCUMENT: Final = frozenset({f"{ONTOLOGY}occursIn", f"{PREFIXES['oa']}hasSource"})
_INFERRED_HIDDEN: Final = frozenset({f"{ONTOLOGY}hasFigure", f"{ONTOLOGY}evidencedByDocument"})
_LAST: Final = (_ALT, f"{PREFIXES['dcterms']}source", f"{ONTOLOGY}textHash")
_SOURCES: Final = {REFERENCE_GRAPH: "reference tables", CATALOGUE_GRAPH: "editor"}


def view(document: Document) -> View:
    """Return `document` as its page shows it."""
    return _Builder(document).view()


class _Builder:
    def __init__(self, document: Document) -> None:
        self._document = document
        known = (*document.named, *document.own)
        self._names: Names = names_of(known)
        self._symbols = {_text(q.subject): _text(q.object) for q in known if q.predicate == SYMBOL}
        self._numbers = self._number_passages()

    def view(self) -> View:
        document = self._document
        plain = [q for q in document.own if not _is_inferred(q) and self._is_shown(q)]
        types = sorted({_text(q.object) for q in plain if q.predicate.value == _RDF_TYPE})
        follows = [q for q in document.own if _is_inferred(q) and q.predicate.value not in _INFERRED_HIDDEN]
        hidden = _OWN_HIDDEN | (_PLACES if kind(document.iri) == "passage" else frozenset())
        pointing = [q for q in document.pointing if q.predicate.value != _FIGURE_OF]
        if kind(document.iri) == "document":
            pointing = [q for q in pointing if q.predicate.value not in _INTO_DOCUMENT]
        if document.stated:
            pointing = [q for q in pointing if q not in set(document.stated)]
        return View(
            thing=self._named(document.iri),
            kind=kind(document.iri) or "",
            types=tuple(self._named(iri) for iri in types),
            description=description_of(lambda name: (q.object for q in plain if q.predicate == name)),
            groups=self._groups([q for q in plain if q.predicate.value not in hidden]),
            figures=self._figures(),
            stated=self._stated(),
            pointing=self._groups([q for q in pointing if not _is_inferred(q)], backwards=True),
            inferred=self._groups(follows),
            pointing_inferred=self._groups([q for q in pointing if _is_inferred(q)], backwards=True),
            evidence=self._evidence(),
            page=document.page,
            pages=document.pages,
            pointing_in_all=document.pointing_in_all,
        )

    def _is_shown(self, quad: Quad) -> bool:
        """Say whether a statement is shown: of the parts of a thing only those of an occurrence are few."""
        return _text(quad.subject) == self._document.iri or kind(self._document.iri) is not None

    def _number_passages(self) -> dict[str, int]:
        """Number the passages in the order in which the page first speaks of them."""
        document = self._document
        found: dict[str, int] = {}
        first = [document.iri] if kind(document.iri) == "passage" else []
        for quad in (*document.own, *document.pointing, *document.figures):
            passage = passage_of_graph(_text(quad.graph_name)) if _text(quad.graph_name) else None
            if passage:
                first.append(passage)
        occurring = {_text(q.subject) for q in document.evidence}
        if kind(document.iri) == "document":
            here = [q for q in document.evidence if q.predicate.value == f"{ONTOLOGY}hasOccurrence"]
            here = [q for q in here if _text(q.object).startswith(self._key_of_occurrences())]
            first = [_text(q.subject) for q in sorted(here, key=lambda q: _start(_text(q.object)))]
        for iri in first:
            own = iri.removesuffix("/context")
            if own in occurring:
                found.setdefault(own, len(found) + 1)
        return found

    def _key_of_occurrences(self) -> str:
        """Return how the IRIs of occurrences in the document shown begin."""
        return f"{PREFIXES['occurrence']}{self._document.iri.rpartition('/')[2]}-"

    def _groups(self, quads: Iterable[Quad], backwards: bool = False) -> tuple[Group, ...]:
        by_property: defaultdict[str, defaultdict[Term, list[Quad]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            value = quad.subject if backwards else quad.object
            by_property[quad.predicate.value][value].append(quad)
        groups = []
        for iri, values in by_property.items():
            facts = [self._fact(value, found) for value, found in values.items()]
            facts.sort(key=lambda fact: (fact.value.label.casefold(), fact.value.symbol, fact.value.iri))
            groups.append(Group(self._named(iri), tuple(facts)))
        rank = {_RDF_TYPE: -1} | {iri: number for number, iri in enumerate(_LAST, 1)}
        return tuple(sorted(groups, key=lambda g: (rank.get(g.property.iri, 0), g.property.label.casefold())))

    def _fact(self, value: Term, quads: list[Quad]) -> Fact:
        evidence, supplied = self._refs(quads)
        sources = {_SOURCES[_text(q.graph_name)] for q in quads if _text(q.graph_name) in _SOURCES}
        shown = self._thing(value, quads[0].predicate.value)
        why = explanation_of(quads[0]) if _is_inferred(quads[0]) else ""
        return Fact(shown, evidence, supplied, ", ".join(sorted(sources)), why)

    def _refs(self, quads: Iterable[Quad]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        stated: set[int] = set()
        supplied: set[int] = set()
        for quad in quads:
            graph = _text(quad.graph_name)
            number = self._numbers.get(passage_of_graph(graph) or "")
            if number:
                (supplied if graph.endswith("/context") else stated).add(number)
        return tuple(sorted(stated)), tuple(sorted(supplied - stated))

    def _named(self, iri: str) -> Thing:
        return Thing(iri, self._names(iri), symbol=self._symbols.get(iri, ""))

    def _thing(self, term: Term, predicate: str) -> Thing:
        if isinstance(term, NamedNode):
            return self._named(term.value)
        if isinstance(term, Literal):
            return Thing("", literal(term, predicate), term.language or "")
        return Thing("", "something without a name" if isinstance(term, BlankNode) else str(term))

    def _figures(self) -> tuple[Figure, ...]:
        own: defaultdict[str, list[Quad]] = defaultdict(list)
        for quad in self._document.figures:
            own[_text(quad.subject)].append(quad)
        if self._document.iri.startswith(PREFIXES["figure"]):
            own[self._document.iri] = list(self._document.own)
        found = [self._figure(iri, quads) for iri, quads in own.items()]
        return tuple(sorted(found, key=lambda figure: (figure.measure, figure.thing.label)))

    def _figure(self, iri: str, quads: list[Quad]) -> Figure:
        values: dict[str, Term] = {q.predicate.value.removeprefix(ONTOLOGY): q.object for q in quads}
        shown = ("group", "figurePlace", "figureScope")
        said_of = [values[name] for name in shown if name in values]
        details = [self._thing(term, "") for term in said_of if _text(term) != _UNSPECIFIED]
        measure = self._names(_text(values["measure"])) if "measure" in values else ""
        evidence, supplied = self._refs(quads)
        said = amount(quads, self._names)
        return Figure(self._named(iri), said, measure, tuple(details), evidence, supplied)

    def _stated(self) -> tuple[Subject, ...]:
        by_subject: defaultdict[str, list[Quad]] = defaultdict(list)
        for quad in self._document.stated:
            if quad.predicate.value != f"{ONTOLOGY}evidencedBy" and isinstance(quad.subject, NamedNode):
                by_subject[quad.subject.value].append(quad)
        by_subject.pop(self._document.iri, None)
        found = []
        for iri, quads in by_subject.items():
            counts = iri.startswith(PREFIXES["figure"]) and any(q.predicate.value == _MEASURE for q in quads)
            figure = self._figure(iri, quads) if counts else None
            shown = [q for q in quads if figure is None or q.predicate.value == _FIGURE_OF]
            found.append(Subject(self._named(iri), self._groups(shown), figure))
        return tuple(sorted(found, key=lambda subject: subject.thing.label.casefold()))

    def _evidence(self) -> tuple[Evidence, ...]:
        about: defaultdict[str, defaultdict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in self._document.evidence:
            about[_text(quad.subject)][quad.predicate.value].append(quad.object)
        found = []
        for iri, number in sorted(self._numbers.items(), key=lambda pair: pair[1]):
            positions = []
            for occurrence in about[iri][f"{ONTOLOGY}hasOccurrence"]:
                of = about[_text(occurrence)]
                source = _one(of[f"{PREFIXES['oa']}hasSource"])
                selector = about[_one(of[f"{PREFIXES['oa']}hasSelector"])]
                bounds = (_one(selector[f"{PREFIXES['oa']}{name}"]) for name in ("start", "end"))
                start, end = (int(bound or 0) for bound in bounds)
                document = self._named(source)
                positions.append(Position(document, _text(occurrence), start, end))
            positions.sort(key=lambda position: (position.document.iri, position.start))
            context = about[f"{iri}/context"]
            others = [self._thing(term, "") for term in context[f"{ONTOLOGY}readWith"] if _text(term) != iri]
            basis = sorted({_text(term) for term in context[f"{ONTOLOGY}basis"]})
            passage = self._named(iri)
            found.append(Evidence(number, passage, tuple(positions), tuple(others), ", ".join(basis)))
        return tuple(found)


def _start(occurrence: str) -> int:
    """Return where an occurrence begins, which its IRI says: `…/001-2408`."""
    start = occurrence.rpartition("-")[2]
    return int(start) if start.isdecimal() else 0


def _is_inferred(quad: Quad) -> bool:
    return _text(quad.graph_name) == INFERRED_GRAPH


def _text(term: object) -> str:
    return str(getattr(term, "value", ""))


def _one(terms: list[Term]) -> str:
    return _text(terms[0]) if terms else ""
