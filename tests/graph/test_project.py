"""The project's own rooms: facts without a finding, and no term in a shape or query that nobody declares."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import rdflib

from unodc_graph import namespace
from unodc_graph.check import check
from unodc_graph.dataset import assemble, shapes
from unodc_graph.location import rooms

QUERIES = sorted(rooms().queries.rglob("*.rq"))
_TERM = re.compile(r"(?<![\w:/#])unodc:(\w+)")


@pytest.fixture(scope="module")
def declared() -> set[str]:
    """The local names of the ontology's terms."""
    terms = assemble(rooms()).terms()
    return {
        str(subject).removeprefix(namespace.ONTOLOGY)
        for subject in terms.subjects(rdflib.RDF.type)
        if str(subject).startswith(namespace.ONTOLOGY)
    }


@pytest.mark.slow
def test_the_facts_have_no_finding() -> None:
    own = rooms()
    dataset = assemble(own)
    assert len(dataset.written) > 9_000
    found = check(dataset, own, dl=True)
    assert [f"{finding.file}:{finding.line}: {finding.message}" for finding in found] == []


def test_every_term_in_a_shape_is_declared(declared: set[str]) -> None:
    """A shape about a property that nobody has would hold for ever."""
    used = {
        str(term).removeprefix(namespace.ONTOLOGY)
        for triple in shapes(rooms())
        for term in triple
        if isinstance(term, rdflib.URIRef) and str(term).startswith(namespace.ONTOLOGY)
    }
    assert len(used) > 50
    assert used <= declared


def test_the_queries_are_found() -> None:
    assert {path.parent.name for path in QUERIES} >= {"hygiene"}
    assert len(QUERIES) >= 10


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_every_term_in_a_query_is_declared(query: Path, declared: set[str]) -> None:
    """A query about a property that nobody has would find nothing, whatever the facts."""
    assert set(_TERM.findall(query.read_text(encoding="utf-8"))) <= declared
