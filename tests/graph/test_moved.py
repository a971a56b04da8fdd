"""Former addresses: `graph/facts/moved.ttl` is optional, belongs to the catalogue, and passes the checks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from unodc_graph import hygiene
from unodc_graph.dataset import Dataset, assemble
from unodc_graph.location import Rooms, rooms
from unodc_graph.namespace import CATALOGUE_GRAPH, ID

MOVED = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix place: <https://w3id.org/unodc-kg/id/place/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
place:kirghizia dcterms:isReplacedBy place:%s .
place:atlantis owl:deprecated true ;
    dcterms:modified "2026-11-21"^^xsd:date ;
    skos:changeNote "No document names it."@en .
"""


def with_moved(folder: Path, survivor: str) -> Dataset:
    own = rooms()
    facts = folder / "graph" / "facts"
    shutil.copytree(own.facts, facts)
    shutil.copytree(own.ontology, folder / "ontology")
    (facts / "moved.ttl").write_text(MOVED % survivor, encoding="utf-8")
    return assemble(Rooms.under(folder))


@pytest.mark.parametrize(("survivor", "expected"), [("kgz", []), ("nowhere", ["undeclared-thing"])])
def test_former_addresses_pass_the_checks_if_they_lead_somewhere(
    tmp_path: Path, survivor: str, expected: list[str]
) -> None:
    found = with_moved(tmp_path, survivor)
    moved = {
        quad.graph_name.value  # type: ignore[union-attr]
        for quad in found.asserted
        if getattr(quad.subject, "value", "") in (f"{ID}place/kirghizia", f"{ID}place/atlantis")
    }
    assert moved == {CATALOGUE_GRAPH}
    assert [finding.rule for finding in hygiene.run(found, hygiene.read_rules(rooms().hygiene))] == expected
