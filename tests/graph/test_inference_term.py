"""Terms as people type them, from both sides."""

from __future__ import annotations

import pytest

from unodc_graph.inference.term import UnreadableTerm, parse_term
from unodc_graph.namespace import PREFIXES
from unodc_graph.store.term import BlankNode, Literal, NamedNode

XSD = PREFIXES["xsd"]
READ = {
    "a": NamedNode(f"{PREFIXES['rdf']}type"),
    "place:kgz": NamedNode("https://w3id.org/unodc-kg/id/place/kgz"),
    "sdg:5.2": NamedNode("http://metadata.un.org/sdg/5.2"),
    "https://example.org/x": NamedNode("https://example.org/x"),
    "<https://example.org/x>": NamedNode("https://example.org/x"),
    "_:c14n0": BlankNode("c14n0"),
    "12": Literal("12", datatype=NamedNode(f"{XSD}integer")),
    "-0.5": Literal("-0.5", datatype=NamedNode(f"{XSD}decimal")),
    "true": Literal("true", datatype=NamedNode(f"{XSD}boolean")),
    '"text"': Literal("text"),
    '"text"@en': Literal("text", language="en"),
    '"2019-01-01"^^xsd:date': Literal("2019-01-01", datatype=NamedNode(f"{XSD}date")),
    f'"1"^^<{XSD}integer>': Literal("1", datatype=NamedNode(f"{XSD}integer")),
    '"say \\"so\\"\\n\\u00e9"': Literal('say "so"\n\u00e9'),
    '"two\nlines"': Literal("two\nlines"),
}
REFUSED = (
    "",
    "kgz",
    "place",
    "<place:kgz",
    "nowhere at all",
    '"open',
    '"x"@',
    '"x"^^',
    '"x"^^nothing',
    "_:",
    "12x",
    "<>",
)


@pytest.mark.parametrize("text", READ)
def test_it_is_read(text: str) -> None:
    assert parse_term(text) == READ[text]


@pytest.mark.parametrize("text", REFUSED)
def test_it_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UnreadableTerm) as caught:
        parse_term(text)
    assert repr(text) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("term", READ.values(), ids=str)
def test_what_ntriples_write_is_read_back(term: NamedNode | BlankNode | Literal) -> None:
    assert parse_term(str(term)) == term
