"""Compares the documents with their register: characters, hashes and positions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from unodc_graph.coverage.record import RecordedDocument, RecordedOccurrence
from unodc_graph.coverage.report import DocumentCoverage
from unodc_graph.finding import Finding
from unodc_graph.passage import text_hash
from unodc_graph.register import SourceDocument

_REGISTER: str = (
    "run `unodc-kg register --sources DIR --write`, then mend the facts of the passages that moved"
)


def compare_documents(
    documents: Iterable[SourceDocument],
    recorded: Iterable[RecordedDocument],
    occurrences: Iterable[RecordedOccurrence],
) -> tuple[tuple[DocumentCoverage, ...], tuple[Finding, ...]]:
    """Return the state of each document at hand, and what is wrong with documents and register."""
    at_hand = {document.file_name: document for document in documents}
    places: dict[str, list[RecordedOccurrence]] = defaultdict(list)
    for occurrence in occurrences:
        places[occurrence.document].append(occurrence)
    covered: list[DocumentCoverage] = []
    findings: list[Finding] = []
    registered = {document.file_name: document for document in recorded}
    for name in sorted(registered.keys() | at_hand.keys()):
        document, record = at_hand.get(name), registered.get(name)
        if document is None:
            message = f"{name}: registered, but not among the documents"
            findings.append(Finding("document-missing", message, advice="name the folder that holds it"))
        else:
            here = places[record.iri] if record else []
            covered.append(_cover(document, here))
            findings += _compare(document, record, here, covered[-1])
    return tuple(covered), tuple(findings)


def reproduces(document: SourceDocument, place: RecordedOccurrence) -> bool:
    """Say whether the text at a recorded position is, by its hash, the recorded passage."""
    if not 0 <= place.start < place.end <= len(document.text):
        return False
    found = text_hash(document.text[place.start : place.end])
    return found == place.text_hash and place.passage.endswith(f"/{found[:12]}")


def _compare(
    document: SourceDocument,
    record: RecordedDocument | None,
    places: list[RecordedOccurrence],
    cover: DocumentCoverage,
) -> Iterator[Finding]:
    name = document.file_name
    if record is None:
        yield Finding("document-unregistered", f"{name}: not in the register", advice=_REGISTER)
        return
    if record.file_hash != document.file_hash:
        message = f"{name}: changed; expected sha256 {record.file_hash}, found {document.file_hash}"
        yield Finding("document-changed", message, thing=record.iri, advice=_REGISTER)
    if record.length != len(document.text):
        message = f"{name}: expected {record.length} code points, found {len(document.text)}"
        yield Finding("document-length", message, thing=record.iri, advice=_REGISTER)
    for place in places:
        if not reproduces(document, place):
            slug = place.passage.rsplit("/", 1)[-1]
            message = (
                f"{name}: passage {slug} is no longer at {place.start}–{place.end}; {_now(document, slug)}"
            )
            yield Finding("passage-moved", message, thing=place.passage, advice=_REGISTER)
    for count, what in ((cover.uncovered, "in no passage or artefact"), (cover.twice, "in more than one")):
        if count:
            yield Finding("characters", f"{name}: {count} characters {what}", advice=_REGISTER)


def _now(document: SourceDocument, slug: str) -> str:
    """Where a passage stands in the document as it is now."""
    found = [f"{place.start}–{place.end}" for place in document.occurrences if place.slug == slug]
    return f"it now stands at {', '.join(found)}" if found else "its text is not in the document any more"


def _cover(document: SourceDocument, places: list[RecordedOccurrence]) -> DocumentCoverage:
    """Count, for each non-space character, the recorded passages and the artefacts that it lies in."""
    text = document.text
    passages, artefacts = [0] * len(text), [0] * len(text)
    for place in places:
        for position in range(max(place.start, 0), min(place.end, len(text))):
            passages[position] += 1
    for artefact in document.segmentation.artefacts:
        for position in range(artefact.start, artefact.end):
            artefacts[position] += 1
    solid = [position for position, character in enumerate(text) if not character.isspace()]
    return DocumentCoverage(
        file_name=document.file_name,
        file_hash=document.file_hash,
        occurrences=len(places),
        reproduced=sum(reproduces(document, place) for place in places),
        characters=len(solid),
        in_passages=sum(passages[position] > 0 for position in solid),
        in_artefacts=sum(artefacts[position] > 0 for position in solid),
        uncovered=sum(passages[position] + artefacts[position] == 0 for position in solid),
        twice=sum(passages[position] + artefacts[position] > 1 for position in solid),
        artefacts=document.segmentation.artefacts,
    )
