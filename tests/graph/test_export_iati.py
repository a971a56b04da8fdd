"""IATI 2.03 activities: what the schema requires is there, in its order, and nothing is guessed.

The schema itself is no part of the project. REQUIRED is our own statement of what its `iati-activity` and the
elements below it require, in the order of its sequence; the published schema, when it was tried, accepted
the export.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from datetime import date

import pytest

from unodc_graph.export.iati import iati
from unodc_graph.namespace import ID, ONTOLOGY, PREFIXES, REFERENCE_GRAPH
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import Generation
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Quad

SEQUENCE = (
    "iati-identifier",
    "reporting-org",
    "title",
    "description",
    "participating-org",
    "other-identifier",
    "activity-status",
    "activity-date",
    "contact-info",
    "activity-scope",
    "recipient-country",
    "recipient-region",
    "location",
)
REQUIRED = {
    "iati-identifier": ((1, 1), (), False),
    "reporting-org": ((1, 1), ("ref", "type"), True),
    "title": ((1, 1), (), True),
    "description": ((1, None), (), True),
    "participating-org": ((1, None), ("role",), False),
    "activity-status": ((1, 1), ("code",), False),
    "activity-date": ((1, None), ("type", "iso-date"), False),
    "recipient-country": ((0, None), ("code",), False),
    "location": ((0, None), (), False),
}
"""Element: how often at least and at most, attributes that it must have, whether it must have a narrative."""
CODES = {"role": "1234", "status": "123456", "date": "1234"}


def activities(document: bytes) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(document)
    assert (root.tag, root.get("version")) == ("iati-activities", "2.03")
    assert {child.tag for child in root} <= {"iati-activity"}
    return list(root)


@pytest.fixture(scope="module")
def written(built: Generation) -> list[ElementTree.Element]:
    return activities(iati(built.open()))


def test_some_activities_have_enough(written: list[ElementTree.Element]) -> None:
    assert len(written) >= 4


def test_elements_stand_in_the_order_of_the_schema(written: list[ElementTree.Element]) -> None:
    for activity in written:
        places = [SEQUENCE.index(child.tag) for child in activity]
        assert places == sorted(places)


def test_what_the_schema_requires_is_there(written: list[ElementTree.Element]) -> None:
    for activity in written:
        for tag, ((least, most), attributes, narrative) in REQUIRED.items():
            found = activity.findall(tag)
            assert least <= len(found) <= (most or len(found)), tag
            for element in found:
                assert all(element.get(attribute) for attribute in attributes), tag
                assert not narrative or element.findtext("narrative"), tag


def test_codes_are_those_of_the_lists(written: list[ElementTree.Element]) -> None:
    for activity in written:
        assert all(
            element.get("role", "?") in CODES["role"] for element in activity.iter("participating-org")
        )
        assert all(
            element.get("code", "?") in CODES["status"] for element in activity.iter("activity-status")
        )
        for element in activity.iter("activity-date"):
            assert element.get("type", "?") in CODES["date"]
            date.fromisoformat(element.get("iso-date", ""))
        for element in activity.iter("recipient-country"):
            assert re.fullmatch("[A-Z]{2}", element.get("code", ""))


def test_identifiers_are_unique_and_allowed(written: list[ElementTree.Element]) -> None:
    found = [activity.findtext("iati-identifier") or "" for activity in written]
    assert len(set(found)) == len(found)
    assert found == sorted(found)
    assert all(re.fullmatch(r"unodc-kg-(?:activity|programme)-[a-z0-9-]+", name) for name in found)


def test_nobody_else_is_made_the_reporter(written: list[ElementTree.Element]) -> None:
    for activity in written:
        reporter = activity.find("reporting-org")
        assert reporter is not None
        assert reporter.get("secondary-reporter") == "1"
        assert "unofficial" in (reporter.findtext("narrative") or "")


def test_the_same_facts_give_the_same_bytes(built: Generation) -> None:
    assert iati(built.open()) == iati(built.open())


THING, BODY, PLACE = f"{ID}activity/a", f"{ID}org/b", f"{ID}place/p"
WHOLE = (
    (THING, f"{PREFIXES['rdf']}type", NamedNode(f"{ONTOLOGY}Training")),
    (THING, f"{PREFIXES['rdfs']}label", Literal("A training", language="en")),
    (THING, f"{PREFIXES['dcterms']}description", Literal("What it was.", language="en")),
    (THING, f"{ONTOLOGY}implementedBy", NamedNode(BODY)),
    (THING, f"{ONTOLOGY}beginDate", Literal("2019-03-04")),
    (THING, f"{ONTOLOGY}endDate", Literal("2019-03-05")),
    (THING, f"{ONTOLOGY}datePrecision", Literal("day")),
    (THING, f"{ONTOLOGY}place", NamedNode(PLACE)),
)
AROUND = (
    (f"{ONTOLOGY}Training", f"{PREFIXES['rdfs']}subClassOf", NamedNode(f"{ONTOLOGY}Undertaking")),
    (f"{ONTOLOGY}implementedBy", f"{ONTOLOGY}iatiOrganisationRole", Literal("4")),
    (BODY, f"{PREFIXES['rdfs']}label", Literal("A body", language="en")),
    (PLACE, f"{PREFIXES['rdfs']}label", Literal("A place", language="en")),
    (PLACE, f"{ONTOLOGY}iso2", Literal("XX")),
    (f"{ID}status/planned", f"{ONTOLOGY}iatiActivityStatus", Literal("1")),
)
Row = tuple[str, str, NamedNode | Literal]


def of(rows: Iterable[Row]) -> list[ElementTree.Element]:
    store = Store()
    for subject, predicate, obj in rows:
        for graph in (DefaultGraph(), NamedNode(REFERENCE_GRAPH)):
            store.add(Quad(NamedNode(subject), NamedNode(predicate), obj, graph))
    return activities(iati(store))


def test_a_thing_of_which_enough_is_known_is_written() -> None:
    (activity,) = of((*WHOLE, *AROUND))
    assert [(e.get("type"), e.get("iso-date")) for e in activity.findall("activity-date")] == [
        ("2", "2019-03-04"),
        ("4", "2019-03-05"),
    ]
    assert activity.find("activity-date/narrative") is None
    status, country = activity.find("activity-status"), activity.find("recipient-country")
    assert status is not None
    assert country is not None
    assert (status.get("code"), country.get("code")) == ("4", "XX")


@pytest.mark.parametrize("missing", ["label", "description", "implementedBy", "endDate"])
def test_a_thing_of_which_too_little_is_known_is_not(missing: str) -> None:
    assert of(row for row in (*WHOLE, *AROUND) if not (row[0] == THING and row[1].endswith(missing))) == []


def test_the_stated_status_goes_before_the_dates() -> None:
    (activity,) = of((*WHOLE, *AROUND, (THING, f"{ONTOLOGY}status", NamedNode(f"{ID}status/planned"))))
    status = activity.find("activity-status")
    assert status is not None
    assert status.get("code") == "1"


def test_a_status_without_a_code_is_not_replaced_by_a_guess() -> None:
    assert of((*WHOLE, *AROUND, (THING, f"{ONTOLOGY}status", NamedNode(f"{ID}status/unspecified")))) == []


def test_a_day_that_stands_for_a_year_says_so() -> None:
    rows = [row for row in (*WHOLE, *AROUND) if row[1] != f"{ONTOLOGY}datePrecision"]
    (activity,) = of((*rows, (THING, f"{ONTOLOGY}datePrecision", Literal("year"))))
    assert "stands for a year" in (activity.findtext("activity-date/narrative") or "")


def test_several_places_are_locations_and_no_country_is_given_a_share() -> None:
    other = f"{ID}place/q"
    (activity,) = of((*WHOLE, *AROUND, (THING, f"{ONTOLOGY}place", NamedNode(other))))
    assert activity.findall("recipient-country") == []
    assert len(activity.findall("location")) == 2
