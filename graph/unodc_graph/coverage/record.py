"""Reads from an assembled dataset what coverage compares the documents with, as plain Python values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from rdflib import RDF, RDFS, SKOS, XSD, Dataset, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, Namespace
from rdflib.term import Node

from unodc_graph import namespace
from unodc_graph.coverage.number import find_numbers

UNODC: Final = Namespace(namespace.ONTOLOGY)
OA: Final = Namespace(namespace.PREFIXES["oa"])

NAMED_KINDS: Final = frozenset({"place", "org", "programme", "instrument", "publication"})
"""Kinds of things whose names coverage looks for in every passage."""

WITHOUT_FACTS_REASONS: Final = frozenset({"heading", "address", "framing"})
"""Why a passage may state nothing."""

_DESCRIBED_KINDS: Final = frozenset({"activity", "figure", "provision", "period", "passage", "document"})
# Their labels are the curators' own words, so a number in one proves nothing; a name form in a passage does.

_LABELS: Final = frozenset({RDFS.label, SKOS.prefLabel, SKOS.altLabel, UNODC.sourceSpelling})
_OWN_WORDS: Final = frozenset(
    {
        RDFS.label,
        DCTERMS.description,
        RDFS.comment,
        UNODC.asStated,
        SKOS.scopeNote,
        SKOS.editorialNote,
        SKOS.note,
    }
)
_NUMERIC: Final = frozenset({XSD.integer, XSD.decimal, XSD.double, XSD.float, XSD.gYear})
_BOUNDS: Final = frozenset({UNODC.value, UNODC.lowerBound, UNODC.upperBound})
_QUOTING: Final = frozenset({UNODC.asStated, UNODC.sourceSpelling, SKOS.altLabel})
_MENTIONING: Final = frozenset(
    {
        UNODC.mentions,
        UNODC.mentionsByDerivation,
        UNODC.mentionsInAddress,
        UNODC.openListOf,
        UNODC.sourceSpelling,
        UNODC.evidencedBy,
        SKOS.altLabel,
    }
)
# What a passage names, or how it spells a name, is not yet something that it states.


@dataclass(frozen=True)
class RecordedDocument:
    """A document as the register has it: IRI, file name, sha256 of the file, length in code points."""

    iri: str
    file_name: str
    file_hash: str
    length: int


@dataclass(frozen=True)
class RecordedOccurrence:
    """A place where the register says a passage stands; the hash is the passage's, in full."""

    iri: str
    passage: str
    document: str
    start: int
    end: int
    text_hash: str


@dataclass(frozen=True)
class Claim:
    """What a statement says the text prints: a wording, or as a decimal the number of a figure.

    `property` is a prefixed name; `in_context` tells that the statement stands in the context graph.
    """

    thing: str
    property: str
    said: str | Decimal
    in_context: bool


@dataclass(frozen=True)
class PassageFacts:
    """What the graphs of one passage hold, as far as a number or a name can be accounted for by it.

    `used` are the things in the passage's own graph, `used_in_context` those in its context graph; `figures`
    gives for each figure the numbers of its value and bounds; `codes` the other numbers stated (a year of
    publication) and `titled` the numbers in names of things used, each with a thing that bears it; `dates`
    every date stated, the reporting period's included; `symbols` the symbols of things used; `facts` counts
    statements that are more than a mention; `reason` says why there are none. `claims` are what must be
    printed in the passage or, for its context graph, in the passages (IRIs) that it is `read_with`.
    """

    used: frozenset[str] = frozenset()
    used_in_context: frozenset[str] = frozenset()
    figures: tuple[tuple[str, frozenset[Decimal]], ...] = ()
    codes: Mapping[Decimal, str] = field(default_factory=dict)
    dates: frozenset[date] = frozenset()
    titled: Mapping[Decimal, str] = field(default_factory=dict)
    symbols: frozenset[str] = frozenset()
    facts: int = 0
    reason: str | None = None
    claims: tuple[Claim, ...] = ()
    read_with: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Record:
    """Everything that coverage needs of the dataset; `names` maps each named thing to its name forms."""

    documents: tuple[RecordedDocument, ...]
    occurrences: tuple[RecordedOccurrence, ...]
    passages: Mapping[str, PassageFacts]
    names: Mapping[str, frozenset[str]]


@dataclass
class _Gathering:
    """The statements of one passage while the dataset is read."""

    own: list[tuple[Node, Node, Node]] = field(default_factory=list)
    context: list[tuple[Node, Node, Node]] = field(default_factory=list)
    period: list[tuple[Node, Node, Node]] = field(default_factory=list)
    read_with: set[str] = field(default_factory=set)
    reason: str | None = None


def read_record(dataset: Dataset) -> Record:
    """Read documents, occurrences, the facts of each passage and the names of things from `dataset`.

    Passages are keyed by IRI; a registered passage that states nothing has an empty PassageFacts.
    """
    gathered: dict[str, _Gathering] = defaultdict(_Gathering)
    strings: dict[str, dict[Node, set[str]]] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, object_, graph in dataset.quads((None, None, None, None)):
        passage = namespace.passage_of_graph(str(graph))
        if passage:
            in_context = str(graph) != passage
            statements = gathered[passage].context if in_context else gathered[passage].own
            statements.append((subject, predicate, object_))
        if predicate in _LABELS | {UNODC.symbol} and isinstance(object_, Literal):
            strings[str(subject)][predicate].add(str(object_))
    register = dataset.graph(URIRef(namespace.SOURCES_GRAPH))
    for node in register.subjects(RDF.type, UNODC.Passage):
        gathering = gathered[str(node)]
        gathering.reason = _text(register.value(node, UNODC.withoutFactsBecause))
        for period in register.objects(node, UNODC.reportingPeriod):
            gathering.period += register.triples((period, None, None))
    for context, other in register.subject_objects(UNODC.readWith):
        gathered[str(context).removesuffix("/context")].read_with.add(str(other))
    return Record(
        documents=tuple(sorted(_documents(register), key=lambda document: document.file_name)),
        occurrences=tuple(sorted(_occurrences(register), key=lambda place: (place.document, place.start))),
        passages={iri: _facts(gathering, strings) for iri, gathering in sorted(gathered.items())},
        names={
            iri: frozenset(text for predicate in _LABELS & forms.keys() for text in forms[predicate])
            for iri, forms in strings.items()
            if namespace.kind(iri) in NAMED_KINDS
        },
    )


def _documents(register: Graph) -> list[RecordedDocument]:
    return [
        RecordedDocument(
            iri=str(node),
            file_name=_text(register.value(node, UNODC.fileName)) or "",
            file_hash=_text(register.value(node, UNODC.textHash)) or "",
            length=_integer(register.value(node, UNODC.length)),
        )
        for node in register.subjects(RDF.type, UNODC.SourceDocument)
    ]


def _occurrences(register: Graph) -> list[RecordedOccurrence]:
    found = []
    for passage, node in register.subject_objects(UNODC.hasOccurrence):
        selector = register.value(node, OA.hasSelector)
        found.append(
            RecordedOccurrence(
                iri=str(node),
                passage=str(passage),
                document=str(register.value(node, OA.hasSource)),
                start=_integer(register.value(selector, OA.start)),
                end=_integer(register.value(selector, OA.end)),
                text_hash=_text(register.value(passage, UNODC.textHash)) or "",
            )
        )
    return found


def _facts(gathering: _Gathering, strings: Mapping[str, Mapping[Node, set[str]]]) -> PassageFacts:
    used, used_in_context = _things(gathering.own), _things(gathering.context)
    stated = gathering.own + gathering.context
    figures: dict[str, set[Decimal]] = defaultdict(set)
    codes: dict[Decimal, str] = {}
    titles: set[tuple[str, str]] = set()
    for subject, predicate, object_ in sorted(stated):
        if not isinstance(object_, Literal):
            continue
        number = _decimal(object_)
        if number is None:
            if predicate not in _OWN_WORDS:
                titles.add((str(subject), str(object_)))
        elif predicate in _BOUNDS:
            figures[str(subject)].add(number)
        else:
            codes.setdefault(number, str(subject))
    for thing in used | used_in_context:
        if namespace.kind(thing) not in _DESCRIBED_KINDS:
            titles.update((thing, text) for label in _LABELS for text in strings[thing].get(label, ()))
    titled: dict[Decimal, str] = {}
    for thing, title in sorted(titles):
        for found in find_numbers(title):
            titled.setdefault(found.value, thing)
    return PassageFacts(
        used=used,
        used_in_context=used_in_context,
        figures=tuple((iri, frozenset(figures[iri])) for iri in sorted(figures)),
        codes=codes,
        dates=frozenset(
            object_.value
            for _, _, object_ in stated + gathering.period
            if isinstance(object_, Literal) and type(object_.value) is date
        ),
        titled=titled,
        symbols=frozenset(
            text for thing in used | used_in_context for text in strings[thing].get(UNODC.symbol, ())
        ),
        facts=sum(predicate not in _MENTIONING for _, predicate, _ in stated),
        reason=gathering.reason,
        claims=tuple(_claims(gathering.own, False)) + tuple(_claims(gathering.context, True)),
        read_with=frozenset(gathering.read_with),
    )


def _claims(statements: list[tuple[Node, Node, Node]], in_context: bool) -> Iterator[Claim]:
    for subject, predicate, object_ in sorted(statements):
        if isinstance(object_, Literal) and predicate in _QUOTING | _BOUNDS:
            said = _decimal(object_) if predicate in _BOUNDS else str(object_)
            if said is not None:
                yield Claim(str(subject), namespace.compact(str(predicate)), said, in_context)


def _things(statements: list[tuple[Node, Node, Node]]) -> frozenset[str]:
    """The IRIs of our own that stand in statements, as subject or as object."""
    nodes = {str(node) for subject, _, object_ in statements for node in (subject, object_)}
    return frozenset(iri for iri in nodes if namespace.kind(iri))


def _decimal(literal: Literal) -> Decimal | None:
    if literal.datatype not in _NUMERIC:
        return None
    try:
        return Decimal(str(literal))
    except InvalidOperation:
        return None


def _integer(node: Node | None) -> int:
    """A position; -1, which reproduces nothing, where the register has none."""
    try:
        return int(str(node))
    except ValueError:
        return -1


def _text(node: Node | None) -> str | None:
    return None if node is None else str(node)
