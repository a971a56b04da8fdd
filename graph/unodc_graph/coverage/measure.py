"""Measures how much of the documents the graph accounts for, and says what it does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rdflib import Dataset

from unodc_graph import namespace
from unodc_graph.coverage.account import Exceptions, account_for
from unodc_graph.coverage.document import compare_documents, reproduces
from unodc_graph.coverage.listing import LIST_FILE, ItemKind, Listed
from unodc_graph.coverage.name import NameIndex
from unodc_graph.coverage.printed import unprinted
from unodc_graph.coverage.record import WITHOUT_FACTS_REASONS, PassageFacts, Record, read_record
from unodc_graph.coverage.report import Coverage, PassageCoverage
from unodc_graph.finding import Finding
from unodc_graph.register import SourceDocument


def measure(documents: Iterable[SourceDocument], dataset: Dataset, listed: Iterable[Listed]) -> Coverage:
    """Compare documents with the assembled dataset and the list of exceptions.

    Every occurrence, character, number and name of the documents is in the report, and whatever is
    unaccounted for is among its findings; so are lines of the list that are wrong or not needed.
    """
    documents = tuple(documents)
    record = read_record(dataset)
    covered, findings = compare_documents(documents, record.documents, record.occurrences)
    lines: dict[str, list[Listed]] = defaultdict(list)
    for line in listed:
        lines[line.passage].append(line)
    index = NameIndex(record.names)
    passages: list[PassageCoverage] = []
    more: list[Finding] = []
    texts = _texts(documents, record)
    for iri, (text, places) in texts.items():
        slug = iri.rsplit("/", 1)[-1]
        facts = record.passages.get(iri, PassageFacts())
        exceptions = Exceptions(text, (line for line in lines.pop(slug, ()) if _sound(line, more)))
        items = account_for(text, facts, index, exceptions)
        passages.append(PassageCoverage(slug, iri, tuple(places), facts.facts, facts.reason, items))
        more += _passage_findings(passages[-1])
        nearby = [texts[other][0] for other in sorted(facts.read_with & texts.keys())]
        more += unprinted(iri, text, nearby, facts.claims, exceptions)
        more += [
            _list_finding(line, f"passage {slug} does not hold {line.text!r}") for line in exceptions.absent
        ]
        more += [_list_finding(line, f"{line.text!r} needs no exception") for line in exceptions.unused]
    for line in (line for remaining in lines.values() for line in remaining):
        more.append(_list_finding(line, f"no passage {line.passage!r} in the documents"))
    return Coverage(covered, tuple(passages), (*findings, *more))


def _texts(documents: tuple[SourceDocument, ...], record: Record) -> dict[str, tuple[str, list[str]]]:
    """Each passage whose text is at hand, in the order of the documents, with the places where it stands."""
    files = {document.iri: document.file_name for document in record.documents}
    texts: dict[str, tuple[str, list[str]]] = {}
    for document in documents:
        standing = {(place.start, place.end, namespace.passage(place.slug)) for place in document.occurrences}
        standing.update(
            (place.start, place.end, place.passage)
            for place in record.occurrences
            if files.get(place.document) == document.file_name and reproduces(document, place)
        )
        for start, end, iri in sorted(standing):
            _, places = texts.setdefault(iri, (document.text[start:end], []))
            places.append(f"{document.file_name} {start}–{end}")
    return texts


def _passage_findings(passage: PassageCoverage) -> Iterator[Finding]:
    open_items: dict[tuple[ItemKind, str, str], list[int]] = defaultdict(list)
    for item in passage.items:
        if item.account is None:
            open_items[item.kind, item.text, item.form].append(item.start)
    for (kind, text, form), starts in open_items.items():
        where = ", ".join(map(str, starts))
        if kind is ItemKind.NUMBER:
            message = f"the number {text!r} at {where} is in no fact of the passage"
            advice = "state the figure, date, symbol or title it belongs to"
        else:
            message = f"the name {text!r} at {where} is in no statement of the passage"
            advice = f"use or mention {' or '.join(map(namespace.compact, form.split()))}"
        yield Finding(str(kind), message, thing=passage.iri, advice=advice)
    if passage.reason is not None and passage.reason not in WITHOUT_FACTS_REASONS:
        message = f"unknown reason {passage.reason!r} for stating nothing"
        yield Finding("without-facts", message, thing=passage.iri, advice=_reasons())
    elif passage.reason is None and not passage.facts:
        message = "states nothing, and no reason is given"
        yield Finding("without-facts", message, thing=passage.iri, advice=f"state its facts or {_reasons()}")
    elif passage.reason is not None and passage.facts:
        message = f"is marked as without facts ({passage.reason}) but states {passage.facts}"
        yield Finding("without-facts", message, thing=passage.iri, advice="take the mark away")


def _reasons() -> str:
    return f"give unodc:withoutFactsBecause one of {', '.join(sorted(WITHOUT_FACTS_REASONS))}"


def _sound(line: Listed, findings: list[Finding]) -> bool:
    if line.problem:
        findings.append(_list_finding(line, line.problem))
    return line.problem is None


def _list_finding(line: Listed, message: str) -> Finding:
    advice = "correct the line or take it out"
    return Finding("exception", message, thing=None, advice=advice, file=LIST_FILE, line=line.line)
