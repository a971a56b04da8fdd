"""Which graphs an author may write: a prefix ends where a name ends."""

from __future__ import annotations

import pytest

from unodc_graph.commit.change import Author, message_of
from unodc_graph.namespace import CATALOGUE_GRAPH, GRAPH, ID

PASSAGE = f"{ID}passage/aaaaaaaaaaaa"


@pytest.mark.parametrize(
    ("prefix", "graph", "allowed"),
    [
        (CATALOGUE_GRAPH, CATALOGUE_GRAPH, True),
        (CATALOGUE_GRAPH, f"{CATALOGUE_GRAPH}-evil", False),
        (CATALOGUE_GRAPH, f"{CATALOGUE_GRAPH}/part", True),
        (CATALOGUE_GRAPH, f"{CATALOGUE_GRAPH}#part", True),
        (PASSAGE, f"{PASSAGE}/context", True),
        (PASSAGE, f"{PASSAGE}0", False),
        (f"{ID}passage/", PASSAGE, True),
        (GRAPH, CATALOGUE_GRAPH, True),
        (GRAPH, PASSAGE, False),
        ("https://w3id.org/unodc-kg/ontology#", "https://w3id.org/unodc-kg/ontology#a", True),
        ("urn:", "urn:x", True),
        ("urn:x", "urn:xy", False),
        ("", CATALOGUE_GRAPH, False),
    ],
)
def test_a_prefix_reaches_to_a_boundary(prefix: str, graph: str, allowed: bool) -> None:
    assert Author("anna", graphs=(prefix,)).may_write(graph) is allowed
    assert Author("anna", graphs=("urn:other", prefix)).may_write(graph) is allowed


def test_the_default_graph_is_under_no_prefix() -> None:
    assert not Author("anna", graphs=("",)).may_write(None)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("  Two\r\nlines\tand more ", "Two lines and more"),
        ("Zürich 😀", "Zürich 😀"),
        ("steers\x1b[31m a\x00 terminal\u202e", "steers\ufffd[31m a\ufffd terminal\ufffd"),
        ("no \ufffe XML \uffff", "no ? XML ?"),
        ("half \udcff a character", "half ? a character"),
        ("x" * 5000, "x" * 1000),
    ],
)
def test_a_message_goes_on_record_as_a_line_that_every_format_holds(said: str, kept: str) -> None:
    assert message_of(said) == kept
