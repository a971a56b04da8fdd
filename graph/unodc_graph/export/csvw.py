"""The description of the CSV tables for machines: CSVW metadata (Metadata Vocabulary for Tabular Data)."""

from __future__ import annotations

import json
from typing import Any, Final

from unodc_graph.description.about import LICENCE, TITLE
from unodc_graph.export.layout import TABLES, Column, Table
from unodc_graph.export.table import IRI, SEPARATOR, columns, name

FILE_NAME: Final = "csv-metadata.json"
"""The name under which a CSVW reader looks for it beside a table (§5.3)."""


def csvw() -> bytes:
    """Return the metadata of all tables, as JSON in UTF-8."""
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": TITLE,
        "dc:license": {"@id": LICENCE},
        "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\r\n"]},
        "tables": [_table(table) for table in TABLES],
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _table(table: Table) -> dict[str, Any]:
    described = [_column(column, labels) for column, labels in columns(table)]
    return {
        "url": f"{table.name}.csv",
        "dc:title": table.title,
        "tableSchema": {"aboutUrl": f"{{+{IRI.name}}}", "columns": described, "primaryKey": IRI.name},
    }


def _column(column: Column, labels: bool) -> dict[str, Any]:
    title = name(column, labels)
    described: dict[str, Any] = {"name": title, "titles": title}
    described["datatype"] = "string" if labels else column.datatype
    if column.several:
        described["separator"] = SEPARATOR
    if column is IRI:
        described["required"] = True
    if labels or not column.property:
        described["suppressOutput"] = True  # it repeats what other columns, or other rows, say
    else:
        described["propertyUrl"] = column.property
    return described
