"""Rows read back from an answer are those that the engine wrote, wherever the slice begins."""

from __future__ import annotations

import io

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store, serialize

from unodc_graph.store.slice import read_rows, read_triples
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Triple

VALUES = (
    'SELECT ?a ?b { VALUES (?a ?b) { (1 "tab\\tline\\nback\\\\"@en-gb) (UNDEF 1.5) (<http://e/a> "") '
    '("x"^^<http://e/t> true) (UNDEF UNDEF) } }'
)


def written(query: str) -> tuple[bytes, list[tuple[object, ...]]]:
    def ask() -> QuerySolutions:
        found = Store().query(query)
        assert isinstance(found, QuerySolutions)
        return found

    text = ask().serialize(format=QueryResultsFormat.TSV)
    assert text is not None
    return text, [tuple(solution) for solution in ask()]


def test_every_slice_of_rows_is_that_part_of_the_answer() -> None:
    text, rows = written(VALUES)
    assert len(rows) == 5
    for first in range(7):
        for count in range(1, 7):
            found = read_rows(io.BytesIO(text), first, count, 1000)
            assert found.names == ("a", "b")
            assert list(found.rows or ()) == rows[first : first + count]


def test_rows_without_variables_and_with_unbound_ones_are_counted() -> None:
    assert read_rows(io.BytesIO(written("SELECT * {}")[0]), 0, 10, 1000).rows == ((),)
    unbound = written("SELECT ?a { VALUES ?a { UNDEF 1 } }")[0]
    assert len(read_rows(io.BytesIO(unbound), 0, 10, 1000).rows or ()) == 2


def test_triples_are_read_like_rows() -> None:
    triples = [
        Triple(NamedNode(f"http://e/{i}"), NamedNode("http://e/p"), Literal("a\nb", language="en"))
        for i in range(4)
    ] + [Triple(BlankNode("x"), NamedNode("http://e/p"), BlankNode("y"))]
    text = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert text is not None
    found = read_triples(io.BytesIO(text), 1, 3, 1000)
    assert found.names == ("subject", "predicate", "object")
    assert [row[0] for row in found.rows or ()] == [NamedNode(f"http://e/{i}") for i in (1, 2, 3)]


def test_rows_beyond_the_bytes_wanted_are_not_held() -> None:
    text = b'?a\n"' + b"x" * 5000 + b'"\n1\n'
    assert read_rows(io.BytesIO(text), 0, 5, 1000).rows is None
    assert len(read_rows(io.BytesIO(text), 1, 5, 1000).rows or ()) == 1
