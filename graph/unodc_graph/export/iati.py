"""IATI 2.03 activity XML for the programmes and activities of which enough is known.

The schema's `iati-activity` requires, in this order: iati-identifier, reporting-org, title, description,
participating-org, activity-status, activity-date. Nothing is guessed: a thing is written if it has a name, a
description, a body in a role that the ontology gives an IATI code, a day, and a status. A status is the one
the record states; a thing without one, whose first and last day are both known, has happened: it is closed.

The reporter is this project, as a secondary one: it has no IATI registration and speaks for nobody else.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Final

from unodc_graph.description.about import PUBLISHER
from unodc_graph.description.lookup import Lookup
from unodc_graph.namespace import ID, ONTOLOGY, PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import Literal, NamedNode

VERSION: Final = "2.03"
REFERENCE: Final = "unodc-kg"
_OTHER: Final = "90"
_CLOSED: Final = "4"
_DATES: Final = {"expectedBegin": "1", "beginDate": "2", "expectedEnd": "3", "endDate": "4"}
"""Property and code of the list ActivityDateType."""
_BODIES: Final = {
    "UNEntity": "40",
    "RegionalOrganisation": "40",
    "Government": "10",
    "PrivateSectorEntity": "70",
    "AcademicInstitution": "80",
}
"""Class and code of the list OrganisationType, where the two agree."""
_ROLE: Final = NamedNode(f"{ONTOLOGY}iatiOrganisationRole")


def iati(store: Store) -> bytes:
    """Return the activities as one IATI document, in UTF-8, sorted by identifier.

    It has no `generated-datetime`, so that the same facts give the same bytes.
    """
    root = ElementTree.Element("iati-activities", version=VERSION)
    root.extend(_Writer(Lookup(store, inferred=False)).activities())
    ElementTree.indent(root, " ")
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


class _Writer:
    """Turns things into elements."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._roles = sorted(
            (code, role.value) for code in "1234" for role in lookup.subjects(_ROLE, Literal(code))
        )
        self._kinds = {
            class_: code for name, code in _BODIES.items() for class_ in lookup.below([f"{ONTOLOGY}{name}"])
        }

    def activities(self) -> Iterator[ElementTree.Element]:
        """Yield an element for each programme and activity of which enough is known."""
        for thing in self._lookup.things([f"{ONTOLOGY}Undertaking"]):
            element = self._activity(thing)
            if element is not None:
                yield element

    def _activity(self, thing: NamedNode) -> ElementTree.Element | None:
        title = self._lookup.label(thing)
        description = self._lookup.description(thing)
        bodies = list(self._bodies(thing))
        status = self._status(thing)
        dates = list(self._dates(thing))
        if not (title and description and bodies and status and dates):
            return None
        element = ElementTree.Element("iati-activity", {"xml:lang": "en"})
        identifier = ElementTree.SubElement(element, "iati-identifier")
        identifier.text = f"{REFERENCE}-{re.sub('/', '-', thing.value.removeprefix(ID))}"
        reporter = {"ref": REFERENCE, "type": _OTHER, "secondary-reporter": "1"}
        element.append(_narrative("reporting-org", f"{PUBLISHER} (unofficial)", reporter))
        element.append(_narrative("title", title))
        element.append(_narrative("description", description, {"type": "1"}))
        element.extend(bodies)
        ElementTree.SubElement(element, "activity-status", code=status)
        element.extend(dates)
        element.extend(self._places(thing))
        return element

    def _bodies(self, thing: NamedNode) -> Iterator[ElementTree.Element]:
        for code, role in self._roles:
            for body in self._lookup.links(thing, role):
                attributes = {"role": code}
                channel = self._lookup.text(body, f"{ONTOLOGY}crsChannelCode")
                if channel:
                    attributes["ref"] = f"XM-DAC-{channel}"
                types = self._lookup.links(body, f"{PREFIXES['rdf']}type")
                kinds = sorted({self._kinds[type_] for type_ in types if type_ in self._kinds})
                if len(kinds) == 1:
                    attributes["type"] = kinds[0]
                yield _narrative("participating-org", self._lookup.label(body), attributes)

    def _status(self, thing: NamedNode) -> str:
        stated = self._lookup.links(thing, f"{ONTOLOGY}status")
        codes = {self._lookup.text(status, f"{ONTOLOGY}iatiActivityStatus") for status in stated} - {""}
        if stated:
            return codes.pop() if len(codes) == 1 else ""
        both = all(self._lookup.text(thing, f"{ONTOLOGY}{name}") for name in ("beginDate", "endDate"))
        return _CLOSED if both else ""

    def _dates(self, thing: NamedNode) -> Iterator[ElementTree.Element]:
        precision = self._lookup.text(thing, f"{ONTOLOGY}datePrecision")
        for name, code in _DATES.items():
            day = self._lookup.text(thing, f"{ONTOLOGY}{name}")
            if day:
                element = ElementTree.Element("activity-date", {"type": code, "iso-date": day})
                if precision != "day":
                    narrative = ElementTree.SubElement(element, "narrative")
                    narrative.text = f"The day stands for a {precision or 'period'}; the source gives no day."
                yield element

    def _places(self, thing: NamedNode) -> Iterator[ElementTree.Element]:
        """Yield the country if there is one place; several would need shares that nobody states."""
        places = self._lookup.links(thing, f"{ONTOLOGY}place")
        codes = [self._lookup.text(place, f"{ONTOLOGY}iso2") for place in places]
        if len(places) == 1 and codes[0]:
            yield _narrative("recipient-country", self._lookup.label(places[0]), {"code": codes[0]})
            return
        for place in places:
            location = ElementTree.Element("location")
            location.append(_narrative("name", self._lookup.label(place)))
            yield location


def _narrative(name: str, text: str, attributes: dict[str, str] | None = None) -> ElementTree.Element:
    element = ElementTree.Element(name, attributes or {})
    ElementTree.SubElement(element, "narrative").text = text
    return element
