"""Each new statement goes into the file of its subject, or of the passage that speaks of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from unodc_graph.commit.placement import Placement
from unodc_graph.dataset import Dataset, assemble
from unodc_graph.location import rooms
from unodc_graph.namespace import CATALOGUE_GRAPH, ID, PREFIXES, REFERENCE_GRAPH, SOURCES_GRAPH
from unodc_graph.store.parsing import parse_text
from unodc_graph.store.term import Quad

PASSAGE: Final = f"{ID}passage/cccccccccccc"
DECLARED: Final = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
REGISTER: Final = """
document:005 a unodc:SourceDocument .
passage:cccccccccccc a unodc:Passage ; unodc:occursIn document:005 .
passage:dddddddddddd a unodc:Passage ; unodc:occursIn document:005 , document:003 .
"""
ADDED: Final = f"""
graph:sources {{
    passage:cccccccccccc rdfs:label "New" ; unodc:reportingPeriod period:new .
    period:new a unodc:ReportingPeriod ; rdfs:label "Of the new document" .
    <{PASSAGE}/context> a unodc:ContextGraph .
    passage:dddddddddddd rdfs:label "Stands in an older document too" .
    document:005 skos:scopeNote "A note." .
    occurrence:005-17 skos:scopeNote "A note." .
    <{ID}occurrence/005-17#position> skos:scopeNote "A note." .
}}
passage:cccccccccccc {{
    activity:new unodc:produced publication:named-only ; unodc:mentions body:unodc .
    programme:unite unodc:involves body:unodc .
}}
<{PASSAGE}/context> {{ activity:supplied unodc:theme theme:justice . }}
graph:catalogue {{
    activity:new rdfs:label "New" .
    activity:supplied rdfs:label "Supplied" .
    publication:named-only rdfs:label "Named only" .
    activity:unite-thematic-briefs dcterms:description "Known to document 000." .
    place:atlantis owl:deprecated true ; skos:changeNote "No document names it." .
}}
graph:reference {{
    body:new rdfs:label "New" . place:new rdfs:label "New" .
    <http://metadata.un.org/sdg/99> rdfs:label "New" .
    body:unodc skos:scopeNote "Known." .
}}
"""
FILES: Final = (
    (SOURCES_GRAPH, "passage/cccccccccccc", "passages/005.trig"),
    (SOURCES_GRAPH, "period/new", "passages/005.trig"),
    (SOURCES_GRAPH, "passage/cccccccccccc/context", "passages/005.trig"),
    (SOURCES_GRAPH, "passage/dddddddddddd", "passages/003.trig"),
    (SOURCES_GRAPH, "document/005", "passages/005.trig"),
    (SOURCES_GRAPH, "occurrence/005-17", "passages/005.trig"),
    (SOURCES_GRAPH, "occurrence/005-17#position", "passages/005.trig"),
    (PASSAGE, "activity/new", "passages/005.trig"),
    (PASSAGE, "programme/unite", "passages/005.trig"),
    (f"{PASSAGE}/context", "activity/supplied", "passages/005.trig"),
    (CATALOGUE_GRAPH, "activity/new", "passages/005.trig"),
    (CATALOGUE_GRAPH, "activity/supplied", "passages/005.trig"),
    (CATALOGUE_GRAPH, "publication/named-only", "passages/005.trig"),
    (CATALOGUE_GRAPH, "activity/unite-thematic-briefs", "passages/000.trig"),
    (CATALOGUE_GRAPH, "place/atlantis", "moved.ttl"),
    (REFERENCE_GRAPH, "org/new", "reference/organisations.ttl"),
    (REFERENCE_GRAPH, "place/new", "reference/places.ttl"),
    (REFERENCE_GRAPH, "http://metadata.un.org/sdg/99", "reference/others.ttl"),
    (REFERENCE_GRAPH, "org/unodc", "reference/organisations.ttl"),
)


@pytest.fixture(scope="module")
def placed() -> dict[tuple[str, str], set[Path]]:
    """The files that the added statements go into, by graph and subject."""
    facts = rooms().facts
    register = parse_text(facts / "sources" / "fifth.ttl", DECLARED + REGISTER, SOURCES_GRAPH)
    dataset = Dataset((*assemble(rooms()).files, register))
    added = parse_text(Path("added.trig"), DECLARED + ADDED, SOURCES_GRAPH).quads
    placement = Placement(dataset, rooms(), set(added))
    found: dict[tuple[str, str], set[Path]] = {}
    for quad in added:
        found.setdefault(_key(quad), set()).add(placement.file(quad).relative_to(facts))
    return found


def _key(quad: Quad) -> tuple[str, str]:
    return str(quad.graph_name).strip("<>"), str(quad.subject).strip("<>").removeprefix(ID)


@pytest.mark.parametrize(("graph", "subject", "file"), FILES)
def test_a_new_statement_goes_where_it_belongs(
    placed: dict[tuple[str, str], set[Path]], graph: str, subject: str, file: str
) -> None:
    assert placed[graph, subject] == {Path(file)}


def test_every_added_statement_is_looked_at(placed: dict[tuple[str, str], set[Path]]) -> None:
    assert placed.keys() == {(graph, subject) for graph, subject, _ in FILES}
