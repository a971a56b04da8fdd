"""Lines of statements, exact in every text that the engine accepts, whatever stands in strings."""

from __future__ import annotations

from pathlib import Path

import pytest

from unodc_graph.location import rooms
from unodc_graph.position import Statement, positions, positions_in_n_quads
from unodc_graph.store.parsing import parse_file
from unodc_graph.store.term import NamedNode

TEXT = '''@prefix ex: <http://ex/> . # ex:not ex:a ex:statement .
PREFIX other: <http://other/>
@base <http://base/> .
ex:a a ex:C ;
    ex:text """ex:no ex:no
    ex:no . { } "quoted" """@en ,
        "x"@en-GB , 'y'^^ex:type ;
    ex:list ( ex:m [ ex:n "z"@FR ] ) ;
    ex:last other:o .
<rel> ex:p <\\u0061> .
[ ex:q ex:r ] ex:s 1.5 .
ex:dot.ted\\,name ex:p -3.e2 , true .
ex:g {
    ex:a ex:p ex:b
}
GRAPH <http://g2> { ex:a ex:p ex:c . ex:d ex:p ex:c }
'''


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        (Statement(None, "http://ex/a"), 4),
        (Statement(None, "http://ex/a", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://ex/C"), 4),
        (Statement(None, "http://ex/a", "http://ex/text"), 5),
        (Statement(None, "http://ex/a", "http://ex/list"), 8),
        (Statement(None, "http://ex/a", "http://ex/last", "http://other/o"), 9),
        (Statement(None, "http://base/rel", "http://ex/p", "http://base/a"), 10),
        (Statement(None, "http://ex/dot.ted,name", "http://ex/p"), 12),
        (Statement("http://ex/g", "http://ex/a", "http://ex/p", "http://ex/b"), 14),
        (Statement("http://g2", "http://ex/a", "http://ex/p", "http://ex/c"), 16),
        (Statement("http://g2", "http://ex/d"), 16),
    ],
)
def test_each_statement_has_its_line(statement: Statement, line: int) -> None:
    assert positions(TEXT).lines[statement] == line


def test_nothing_in_a_string_or_comment_is_a_statement() -> None:
    subjects = {statement.subject for statement in positions(TEXT).lines}
    assert subjects == {
        "http://ex/a",
        "http://base/rel",
        "http://ex/dot.ted,name",
        "http://ex/d",
        None,
    }


def test_language_tags_are_kept_as_written() -> None:
    assert [(tag.tag, tag.line) for tag in positions(TEXT).language_tags] == [
        ("en", 6),
        ("en-GB", 7),
        ("FR", 8),
    ]


def test_without_the_statement_the_nearest_part_is_taken() -> None:
    found = positions(TEXT)
    assert found.line(Statement(None, "http://ex/a", "http://ex/last", "http://nowhere")) == 9
    assert found.line(Statement(None, "http://ex/a", "http://nowhere")) == 4
    assert found.line(Statement(None, "http://nowhere")) is None


def test_n_quads_have_a_statement_a_line() -> None:
    text = (
        "# a comment\n"
        '<http://a> <http://p> "x"^^<http://t> <http://g> .\n'
        "_:b <http://p> <http://o> .\n"
        '<http://a> <http://q> "<http://no> @NO"@EN .\n'
    )
    found = positions_in_n_quads(text)
    assert found.lines[Statement("http://g", "http://a", "http://p")] == 2
    assert found.lines[Statement(None, None, "http://p", "http://o")] == 3
    assert found.lines[Statement(None, "http://a", "http://q")] == 4
    assert [(tag.tag, tag.line) for tag in found.language_tags] == [("EN", 4)]


def _files() -> list[Path]:
    own = rooms()
    return sorted([*own.ontology.rglob("*.ttl"), *own.facts.rglob("*.ttl"), *own.facts.rglob("*.trig")])


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.name)
def test_every_statement_of_the_project_has_a_line(path: Path) -> None:
    """The reader agrees with the engine on each subject, predicate and object IRI outside brackets."""
    target = "urn:x-test:default"
    parsed = parse_file(path, target)
    found = positions(parsed.text)
    looked_at = 0
    for quad in parsed.quads:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.graph_name, NamedNode):
            graph = None if quad.graph_name.value == target else quad.graph_name.value
            obj = quad.object.value if isinstance(quad.object, NamedNode) else None
            assert Statement(graph, quad.subject.value, quad.predicate.value, obj) in found.lines
            looked_at += 1
    assert looked_at
