"""The reference files agree with the tables they were made from, row by row.

The tables are no part of the project: they are looked for beside it, or in the folder that
UNODC_KG_REFERENCE names, and without them the comparisons are skipped aloud.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from rdflib import FOAF, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from unodc_graph.namespace import ID, ONTOLOGY, PREFIXES

ROOT = Path(__file__).parents[2]
FILES = ROOT / "graph" / "facts" / "reference"
TABLES = Path(os.environ.get("UNODC_KG_REFERENCE", ROOT.parent / "shared" / "reference"))

UNODC = Namespace(ONTOLOGY)
SCHEMA = Namespace(PREFIXES["schema"])
XSD = Namespace(PREFIXES["xsd"])
SDGO = Namespace("http://metadata.un.org/sdg/ontology#")
NOTES = {SKOS.scopeNote, SKOS.editorialNote}

Row = dict[str, str]
Fact = tuple[Node, Node, Node]

PLACE_CLASSES = {
    "country or area": "CountryOrArea",
    "M49 region": "M49Region",
    "city": "City",
    "province": "AdministrativeArea",
    "court district (as named)": "AdministrativeArea",
    "area within State of Palestine": "AdministrativeArea",
    "area within Somalia": "AdministrativeArea",
    "ad hoc regional grouping": "AdHocRegion",
}
NAMES_AMONG_THE_FORMS = {
    "bol": "Bolivia",
    "irn": "Iran",
    "usa": "USA",
    "dpo": "Department of Peacekeeping Operations",
}
"""Forms of the documents that are names of the thing itself, neither adjectives nor spellings."""

SINGLE_SOURCED = {"unodc", "alexandria"}
"""Rows whose Wikidata identifier the table itself calls single-sourced: it stays out."""

NEWS_STORIES = {"haya", "essential-services", "gloact-womens-network"}
"""Rows whose address is a page about the thing, not its homepage."""

ONE_PHASE_OF_SEVERAL = {"gloact"}
"""Rows whose name and address are those of one phase, where the documents print the abbreviation and no more:
the abbreviation is the label, the name without its phase another name, the address a page about the thing."""

OUTSIDE = {"unpol"}
"""Rows that are professional groups, hence concepts of a scheme."""

DESCRIBED = {"sc-unnamed-thematic-paper", "ccpcj-30-resolution", "statcom-2019-request"}
"""Rows without title and symbol: their label describes them, and is not compared."""

ONE_WAY = {"adopts", "annexes", "updates", "supplements", "recalls", "interprets"}
IMPLIED = {"adoptedBy", "annexedTo", "updatedBy", "followedBy", "refersTo"}
"""Inverses that follow, and two relations that the ontology does not have."""


def rows(name: str) -> list[Row]:
    """Return the rows of a table, every cell a string (`NA` is Namibia)."""
    path = TABLES / name
    if not path.is_file():
        pytest.skip(f"no {name} in the reference folder: name it with UNODC_KG_REFERENCE")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def english(text: str) -> Literal:
    return Literal(text.strip(), lang="en")


def links(row: Row) -> Iterator[URIRef]:
    if row["wikidata_qid"] and row["slug"] not in SINGLE_SOURCED:
        yield URIRef(f"http://www.wikidata.org/entity/{row['wikidata_qid']}")
    if row.get("geonames_id"):
        yield URIRef(f"https://sws.geonames.org/{row['geonames_id']}/")
    if row.get("ror_id"):
        yield URIRef(f"https://ror.org/{row['ror_id']}")


def of_place(row: Row) -> Iterator[Fact]:
    place = URIRef(f"{ID}place/{row['slug']}")
    yield place, RDF.type, UNODC[PLACE_CLASSES[row["entity_type"]]]
    yield place, RDFS.label, english(row["un_short_name"])
    if row["slug"] in NAMES_AMONG_THE_FORMS:
        yield place, SKOS.altLabel, english(NAMES_AMONG_THE_FORMS[row["slug"]])
    for code in ("iso2", "iso3", "m49"):
        if row[code]:
            yield place, UNODC[code], Literal(row[code])
    if row["iso3166_2"]:
        yield place, UNODC.iso3166Part2Code, Literal(row["iso3166_2"])
    if row["within"]:
        yield place, UNODC.within, URIRef(f"{ID}place/{row['within']}")
    for link in links(row):
        yield place, SCHEMA.sameAs, link


def of_body(row: Row) -> Iterator[Fact]:
    if row["slug"] in OUTSIDE:
        return
    kind = {"organisation": "org", "campaign": "programme"}.get(row["kind"], row["kind"])
    body = URIRef(f"{ID}{kind}/{row['slug']}")
    yield body, RDF.type, UNODC[row["class"]]
    label, others = row["name"], (row["abbreviation"], NAMES_AMONG_THE_FORMS.get(row["slug"], ""))
    if row["slug"] in ONE_PHASE_OF_SEVERAL:
        label, others = row["abbreviation"], (re.sub(r" \([^()]* phase\)$", "", row["name"]), "")
    yield body, RDFS.label, english(label)
    for name in others:
        if name:
            yield body, SKOS.altLabel, english(name)
    if row["iati_channel_code"]:
        yield body, UNODC.crsChannelCode, Literal(row["iati_channel_code"])
    if row["relation"]:
        relation, other = row["relation"].split()
        yield body, UNODC[relation], URIRef(f"{ID}{'org' if relation == 'unitOf' else 'place'}/{other}")
    if row["homepage"]:
        page = FOAF.page if row["slug"] in NEWS_STORIES | ONE_PHASE_OF_SEVERAL else FOAF.homepage
        yield body, page, URIRef(row["homepage"])
    for link in links(row):
        yield body, SCHEMA.sameAs, link


def of_instrument(row: Row) -> Iterator[Fact]:
    kind = {"skos:ConceptScheme": "scheme", "MandateProvision": "provision"}.get(row["class"], "instrument")
    thing = URIRef(f"{ID}{kind}/{row['slug']}")
    yield thing, RDF.type, SKOS.ConceptScheme if kind == "scheme" else UNODC[row["class"]]
    if row["slug"] not in DESCRIBED:
        yield thing, RDFS.label, english(row["title"] or row["symbol"])
    if row["short_name"]:
        yield thing, SKOS.altLabel, english(row["short_name"])
    if row["symbol"]:
        yield thing, UNODC.symbol, Literal(row["symbol"])
    elif "Resolution" in row["class"]:
        yield thing, UNODC.unnamed, Literal(True)
    relations = [part.split()[:2] for part in row["related"].split("; ") if part]
    if row["body"] and not {"adoptedBy", "annexedTo"} & {name for name, _ in relations}:
        yield thing, UNODC.adoptedByBody, URIRef(f"{ID}org/{row['body']}")
    for column, term in (("adoption_date", UNODC.adoptionDate), ("in_force_date", UNODC.inForceDate)):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", row[column]):
            yield thing, term, Literal(row[column], datatype=XSD.date)
    for column in ("session", "meeting"):
        if row[column]:
            yield thing, UNODC[column], Literal(row[column])
    for name, other in relations:
        # Who made a request, and when, is what the passage states, so the table's word for it stays out.
        assert name in ONE_WAY | IMPLIED | {"requestedBy"}, f"{row['slug']}: unknown relation {name}"
        if name in ONE_WAY:
            yield thing, UNODC[name], URIRef(f"{ID}instrument/{other}")
    if found := re.fullmatch(r"implements ([\w-]+)", row["note"]):
        yield thing, UNODC.implementsInstrument, URIRef(f"{ID}instrument/{found[1]}")


def of_target(row: Row) -> Iterator[Fact]:
    target = URIRef(row["iri"])
    yield target, RDF.type, SKOS.Concept
    yield target, RDF.type, SDGO[row["kind"]]
    yield target, SKOS.prefLabel, english(row["short_label"])
    yield target, SKOS.notation, Literal(row["notation"])
    if row["parent_iri"]:
        yield target, SKOS.broader, URIRef(row["parent_iri"])
    matches = row["exact_match"].split()
    if sum("SDGIO" in match for match in matches) == 1:  # two terms of one list cannot both be the same thing
        for match in matches:
            yield target, SKOS.exactMatch, URIRef(match)


def of_term(row: Row) -> Iterator[Fact]:
    term = URIRef(row["iri"])
    if term in mapped_to(PREFIXES["unbis"]):
        yield term, RDF.type, SKOS.Concept
        yield term, SKOS.prefLabel, english(row["term"])
        yield term, SKOS.notation, Literal(row["iri"].rsplit("/", 1)[1])


@cache
def mapped_to(namespace: str) -> frozenset[Node]:
    """Return the things under `namespace`, an IRI, that the concepts of the schemes lead to."""
    schemes = Graph()
    for path in (ROOT / "ontology" / "schemes").glob("*.ttl"):
        schemes.parse(path)
    return frozenset(value for value in schemes.objects() if str(value).startswith(namespace))


COMPARISONS: list[tuple[str, Callable[[Row], Iterator[Fact]], tuple[str, ...]]] = [
    ("countries.csv", of_place, ("places.ttl",)),
    ("organisations.csv", of_body, ("organisations.ttl", "programmes.ttl", "outputs.ttl")),
    ("instruments.csv", of_instrument, ("instruments.ttl",)),
    ("sdg_targets.csv", of_target, ("sdg.ttl",)),
    ("unbis_terms.csv", of_term, ("unbis.ttl",)),
]


def graph_of(*names: str) -> Graph:
    graph = Graph()
    for name in names:
        graph.parse(FILES / name)
    return graph


def differences(graph: Graph, expected: set[Fact]) -> dict[str, set[Fact]]:
    """Return what the rows say and the graph lacks, and what the graph says and no row backs."""
    described = {URIRef(f"{ID}{kind}/{slug}") for kind in ("instrument", "provision") for slug in DESCRIBED}
    said = {
        (subject, predicate, value)
        for subject, predicate, value in graph
        if predicate not in NOTES | {DCTERMS.source} and (predicate != RDFS.label or subject not in described)
    }
    return {"missing": expected - said, "unbacked": said - expected}


@pytest.mark.parametrize(("table", "facts_of", "files"), COMPARISONS, ids=[case[0] for case in COMPARISONS])
def test_files_say_what_the_rows_say_and_no_more(
    table: str, facts_of: Callable[[Row], Iterator[Fact]], files: tuple[str, ...]
) -> None:
    listed = rows(table)
    assert listed, f"{table} has no rows"
    expected = {fact for row in listed for fact in facts_of(row)}
    assert differences(graph_of(*files), expected) == {"missing": set(), "unbacked": set()}


@pytest.mark.parametrize(("table", "facts_of", "files"), COMPARISONS, ids=[case[0] for case in COMPARISONS])
def test_every_source_begins_with_that_of_its_row(
    table: str, facts_of: Callable[[Row], Iterator[Fact]], files: tuple[str, ...]
) -> None:
    graph = graph_of(*files)
    by_slug = {row.get("slug", row.get("iri", "")): row for row in rows(table)}
    wrong = []
    for row in by_slug.values():
        for subject in {fact[0] for fact in facts_of(row)}:
            cell = row["source"].strip()
            if again := re.fullmatch(r"same as ([\w-]+)", cell):
                cell = by_slug[again[1]]["source"].strip()
            first = "source text" if re.match(r"source \d", cell) else re.split(r" \(|;", cell)[0].rstrip()
            if not str(graph.value(subject, DCTERMS.source)).startswith(first):
                wrong.append((subject, first))
    assert wrong == []


def test_a_thing_of_several_phases_claims_none_by_its_names_or_homepage() -> None:
    graph = graph_of("programmes.ttl")
    for row in rows("organisations.csv"):
        if row["slug"] in ONE_PHASE_OF_SEVERAL:
            assert "phase" in row["name"]
            assert "several phases" in row["note"]
            thing = URIRef(f"{ID}{row['kind']}/{row['slug']}")
            names = [*graph.objects(thing, RDFS.label), *graph.objects(thing, SKOS.altLabel)]
            assert len(names) == 2
            assert not any("phase" in name for name in names)
            assert graph.value(thing, FOAF.homepage) is None
            assert "phase" in str(graph.value(thing, SKOS.scopeNote))


def test_an_identifier_without_a_row_is_found() -> None:
    graph = graph_of("places.ttl")
    expected = {fact for row in rows("countries.csv") for fact in of_place(row)}
    invented = (URIRef(f"{ID}place/gao"), SCHEMA.sameAs, URIRef("http://www.wikidata.org/entity/Q1"))
    lost = (URIRef(f"{ID}place/nam"), UNODC.iso2, Literal("NA"))
    graph.add(invented)
    graph.remove(lost)
    assert differences(graph, expected) == {"missing": {lost}, "unbacked": {invented}}
