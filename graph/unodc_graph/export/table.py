"""CSV tables for people with spreadsheets: a row a thing, a label beside each IRI, the evidence at the end.

CSV is written as in RFC 4180, in UTF-8, each table sorted by IRI. Where a cell holds several values they
stand in one order, that of their IRIs, with ` | ` between; the labels beside them stand in the same order.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from unodc_graph.description.lookup import Lookup
from unodc_graph.description.neighbourhood import (
    END,
    EVIDENCED_BY,
    HAS_OCCURRENCE,
    HAS_SELECTOR,
    START,
    TYPE,
)
from unodc_graph.export.layout import LINK, TABLES, Column, Table
from unodc_graph.namespace import ID, PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import NamedNode

SEPARATOR: Final = " | "
BOM: Final = "\ufeff"

IRI: Final = Column("iri", "", LINK, several=False)
LABEL: Final = Column("label", f"{PREFIXES['rdfs']}label", "string", several=False)
DESCRIBING: Final = (
    Column("type", TYPE.value),
    Column("description", f"{PREFIXES['dcterms']}description", "string", several=False),
    Column("other_names", f"{PREFIXES['skos']}altLabel", "string"),
)
EVIDENCE: Final = Column("evidence", EVIDENCED_BY.value)
POSITION: Final = Column("evidence_position", "", "string")
"""Where the evidence stands: the document's key, first and last character, as in `000:1581-1902`."""
SOURCE: Final = Column("source", f"{PREFIXES['dcterms']}source", "string")


def columns(table: Table) -> list[tuple[Column, bool]]:
    """Return the columns of `table` in their order; the second of a pair says that it holds labels."""
    found = [(IRI, False), (LABEL, False)]
    for column in (*DESCRIBING, *table.columns, EVIDENCE):
        found.append((column, False))
        if column.datatype == LINK:
            found.append((column, True))
    return [*found, (POSITION, False), (SOURCE, False)]


def name(column: Column, labels: bool) -> str:
    """Return what stands in the first row above a column, or above the labels beside it."""
    return f"{column.name}_label" if labels else column.name


def tables(store: Store, inferred: bool = False, bom: bool = False) -> Iterator[tuple[str, bytes]]:
    """Yield the file name and the content of each table, in the order of TABLES.

    `inferred` adds what follows from the ontology to the cells; `bom` puts a byte order mark first, without
    which some spreadsheet programs do not take a file for UTF-8.
    """
    lookup = Lookup(store, inferred)
    for table in TABLES:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        layout = columns(table)
        writer.writerow(name(*pair) for pair in layout)
        for thing in lookup.things(table.classes):
            writer.writerow(SEPARATOR.join(_cell(lookup, thing, *pair)) for pair in layout)
        yield f"{table.name}.csv", ((BOM if bom else "") + text.getvalue()).encode("utf-8")


def _cell(lookup: Lookup, thing: NamedNode, column: Column, labels: bool) -> list[str]:
    if column is IRI:
        return [thing.value]
    if column is LABEL:
        return [lookup.label(thing)]
    if column is POSITION:
        return [
            place for passage in lookup.links(thing, EVIDENCE.property) for place in _places(lookup, passage)
        ]
    if column.datatype != LINK:
        return lookup.texts(thing, column.property)
    links = lookup.links(thing, column.property)
    return [lookup.label(link) for link in links] if labels else [link.value for link in links]


def _places(lookup: Lookup, passage: NamedNode) -> Iterator[str]:
    for occurrence in lookup.links(passage, HAS_OCCURRENCE.value):
        document = occurrence.value.removeprefix(f"{ID}occurrence/").partition("-")[0]
        for selector in lookup.links(occurrence, HAS_SELECTOR.value):
            start, end = lookup.text(selector, START.value), lookup.text(selector, END.value)
            yield f"{document}:{start}-{end}"
