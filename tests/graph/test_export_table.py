"""The CSV tables: a row a thing, as many as SPARQL counts, labels beside IRIs, evidence, valid CSVW."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from unodc_graph.export.csvw import csvw
from unodc_graph.export.layout import LINK, TABLES, Table
from unodc_graph.export.table import SEPARATOR, columns, name, tables
from unodc_graph.namespace import INFERRED_GRAPH, ONTOLOGY
from unodc_graph.store.generation import Generation
from unodc_graph.store.term import DefaultGraph

BY_NAME = {table.name: table for table in TABLES}
BOTH = [DefaultGraph(), NamedNode(INFERRED_GRAPH)]


@pytest.fixture(scope="module")
def store(built: Generation) -> Store:
    return built.open()


@pytest.fixture(scope="module")
def contents(store: Store) -> dict[str, list[dict[str, str]]]:
    return {file.removesuffix(".csv"): rows(content) for file, content in tables(store)}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(csvw())
    return found


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def number(store: Store, query: str, inferred: bool = False) -> int:
    results = store.query(query, default_graph=BOTH if inferred else None)
    assert isinstance(results, QuerySolutions)
    count = next(iter(results))[0]
    assert isinstance(count, Literal)
    return int(count.value)


def members(table: Table) -> str:
    classes = " ".join(f"<{class_}>" for class_ in table.classes)
    return (
        "SELECT (COUNT(DISTINCT ?thing) AS ?n) WHERE { VALUES ?class { " + classes + " } "
        "?thing a/<http://www.w3.org/2000/01/rdf-schema#subClassOf>* ?class }"
    )


def test_the_seven_tables_are_there(contents: dict[str, list[dict[str, str]]]) -> None:
    assert list(contents) == [
        "activities",
        "organisations",
        "programmes",
        "mandates",
        "publications",
        "figures",
        "places",
    ]


@pytest.mark.parametrize("table", BY_NAME)
def test_a_table_has_as_many_rows_as_sparql_counts(
    store: Store, contents: dict[str, list[dict[str, str]]], table: str
) -> None:
    assert len(contents[table]) == number(store, members(BY_NAME[table])) > 20


@pytest.mark.parametrize("table", BY_NAME)
def test_with_what_follows_too(store: Store, table: str) -> None:
    content = dict(tables(store, inferred=True))[f"{table}.csv"]
    assert len(rows(content)) == number(store, members(BY_NAME[table]), inferred=True)


def test_every_value_of_a_column_is_in_it_and_no_other(
    store: Store, contents: dict[str, list[dict[str, str]]]
) -> None:
    tried = 0
    for table in TABLES:
        for column in table.columns:
            cells = [row[column.name].split(SEPARATOR) for row in contents[table.name] if row[column.name]]
            query = members(table).replace("COUNT(DISTINCT ?thing)", "COUNT(DISTINCT *)")
            query = query.removesuffix("}") + f" . ?thing <{column.property}> ?value }}"
            query = query.replace(
                "COUNT(DISTINCT *)", 'COUNT(DISTINCT CONCAT(STR(?thing), " ", STR(?value)))'
            )
            assert sum(map(len, cells)) == number(store, query), (table.name, column.name)
            tried += bool(cells)
    assert tried > 60


@pytest.mark.parametrize("table", BY_NAME)
def test_labels_stand_beside_iris_in_the_same_order(
    contents: dict[str, list[dict[str, str]]], table: str
) -> None:
    for row in contents[table]:
        assert row["label"]
        for column, labels in columns(BY_NAME[table]):
            if labels and row[column.name]:
                iris = row[column.name].split(SEPARATOR)
                assert iris == sorted(iris)
                assert len(iris) == len(row[name(column, True)].split(SEPARATOR)), row["iri"]


def test_one_row_holds_what_the_record_says(contents: dict[str, list[dict[str, str]]]) -> None:
    row = next(r for r in contents["figures"] if r["iri"].endswith("/kgz-police-trained"))
    assert row["value"] == row["lower_bound"] == "200"
    assert row["measure_label"] == "persons trained"
    assert row["figure_place_label"] == "Kyrgyzstan"
    assert row["evidence"].endswith("/id/passage/427c81fe06e8")
    assert row["evidence_position"] == "000:1581-1902 | 000:2897-3218"


def test_what_passages_state_has_evidence_with_a_position(
    contents: dict[str, list[dict[str, str]]],
) -> None:
    for table in ("activities", "programmes", "publications", "figures"):
        stated = [row for row in contents[table] if row["evidence"]]
        assert len(stated) >= 0.9 * len(contents[table]), table
        for row in stated:
            assert re.fullmatch(r"\d{3}:\d+-\d+(?: \| \d{3}:\d+-\d+)*", row["evidence_position"]), row["iri"]


def test_a_byte_order_mark_comes_on_request_only(store: Store) -> None:
    plain, marked = dict(tables(store)), dict(tables(store, bom=True))
    for file, content in plain.items():
        assert not content.startswith(b"\xef\xbb\xbf")
        assert marked[file] == b"\xef\xbb\xbf" + content


def test_lines_end_as_rfc_4180_says(store: Store) -> None:
    for _, content in tables(store):
        assert content.endswith(b"\r\n")
        assert content.count(b"\r\n") == content.count(b"\n")


def test_no_value_holds_what_parts_values(contents: dict[str, list[dict[str, str]]], store: Store) -> None:
    assert number(store, 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER CONTAINS(STR(?o), " | ") }') == 0


def test_no_cell_is_a_formula_for_a_spreadsheet(contents: dict[str, list[dict[str, str]]]) -> None:
    cells = [cell for table in contents.values() for row in table for cell in row.values()]
    assert len(cells) > 10_000
    assert [cell for cell in cells if cell[:1] in {"=", "+", "@", "\t"} or cell[:1] == "-"] == []


@pytest.mark.parametrize("table", BY_NAME)
def test_the_metadata_names_each_column_as_the_file_does(
    contents: dict[str, list[dict[str, str]]], described: dict[str, Any], table: str
) -> None:
    own = next(entry for entry in described["tables"] if entry["url"] == f"{table}.csv")
    titles = [column["titles"] for column in own["tableSchema"]["columns"]]
    assert titles == list(contents[table][0])
    assert len(titles) == len(set(titles))
    assert own["tableSchema"]["primaryKey"] == "iri"
    assert len({row["iri"] for row in contents[table]}) == len(contents[table])


FORM = {
    "string": r"(?s).*",
    "anyURI": r"[a-z]+:\S+",
    "date": r"\d{4}-\d{2}-\d{2}",
    "integer": r"-?\d+",
    "decimal": r"-?\d+(\.\d+)?",
    "boolean": r"true|false",
}


def test_each_cell_has_the_datatype_that_the_metadata_says(
    contents: dict[str, list[dict[str, str]]], described: dict[str, Any]
) -> None:
    for entry in described["tables"]:
        for column in entry["tableSchema"]["columns"]:
            for row in contents[entry["url"].removesuffix(".csv")]:
                cell = row[column["name"]]
                values = cell.split(column["separator"]) if "separator" in column else [cell]
                for value in filter(None, values):
                    assert re.fullmatch(FORM[column["datatype"]], value), (entry["url"], column, value)


def test_every_property_of_a_column_is_declared(store: Store) -> None:
    for table in TABLES:
        for column in table.columns:
            if column.property.startswith(ONTOLOGY):
                kind = "ObjectProperty" if column.datatype == LINK else "DatatypeProperty"
                found = store.query(f"ASK {{ <{column.property}> a <http://www.w3.org/2002/07/owl#{kind}> }}")
                assert found, column.property
