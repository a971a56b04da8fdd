"""The tables of the CSV export: whose things are their rows, and which properties are their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from unodc_graph.namespace import ONTOLOGY, PREFIXES

LINK: Final = "anyURI"
"""The datatype of a column of IRIs; a column of labels stands beside each."""


@dataclass(frozen=True)
class Column:
    """A column: its name, the property it holds, its CSVW datatype, and whether a cell may hold several."""

    name: str
    property: str
    datatype: str = LINK
    several: bool = True


@dataclass(frozen=True)
class Table:
    """A table: a row for each instance of one of `classes` (or of a class below), its own columns.

    The columns of every table (address, label, type, description, names, evidence, source) come on top.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    columns: tuple[Column, ...]


def _links(*names: str) -> tuple[Column, ...]:
    return tuple(Column(_snake(name), f"{ONTOLOGY}{name}") for name in names)


def _values(datatype: str, *names: str, several: bool = False) -> tuple[Column, ...]:
    return tuple(Column(_snake(name), f"{ONTOLOGY}{name}", datatype, several) for name in names)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


_SAME_AS: Final = Column("same_as", f"{PREFIXES['schema']}sameAs")
_ROLES: Final = _links(
    "implementedBy",
    "fundedBy",
    "coordinatedBy",
    "ledBy",
    "coLedBy",
    "organisedBy",
    "hostedBy",
    "managedBy",
    "developedBy",
    "launchedBy",
    "supportedBy",
    "evaluatedBy",
    "inPartnershipWith",
    "hasParticipant",
    "assists",
)
_WHEN: Final = (
    *_values("date", "beginDate", "endDate"),
    *_values("string", "datePrecision"),
    *_values("date", "expectedBegin", "expectedEnd"),
)
_UNDERTAKING: Final = (
    *_links("partOf", "namedUnder", "place", "covers", "status", "theme"),
    *_links("audience", "beneficiaryGroup"),
    *_ROLES,
    *_links("financedThrough", "mandatedBy", "respondsTo", "hasPolicyBasis", "produced"),
    *_WHEN,
)

TABLES: Final = (
    Table("activities", "Activities", (f"{ONTOLOGY}Activity",), _UNDERTAKING),
    Table(
        "organisations",
        "Organisations and coordination mechanisms",
        (f"{ONTOLOGY}Organisation",),
        (
            *_links("unitOf", "governmentOf", "institutionOf", "locatedIn", "hasMember", "membersFrom"),
            *_links("coordinatedBy", "theme"),
            *_values("string", "crsChannelCode"),
            Column("homepage", f"{PREFIXES['foaf']}homepage"),
            _SAME_AS,
        ),
    ),
    Table(
        "programmes",
        "Programmes, projects, funds and campaigns",
        (f"{ONTOLOGY}Programme",),
        (*_links("hasCountryComponent", "componentKind"), *_UNDERTAKING),
    ),
    Table(
        "mandates",
        "Instruments and the requests in them",
        (f"{ONTOLOGY}Instrument", f"{ONTOLOGY}MandateProvision"),
        (
            *_values("string", "symbol"),
            *_links("adoptedByBody"),
            *_values("date", "adoptionDate", "inForceDate"),
            *_values("string", "session", "meeting"),
            *_links("adopts", "annexes", "updates", "supplements", "provisionOf", "addressee", "requestedBy"),
            *_values("string", "provisionKind"),
            *_values("date", "requestDate"),
            *_values("boolean", "unnamed"),
            *_links("place", "theme"),
            _SAME_AS,
        ),
    ),
    Table(
        "publications",
        "Publications",
        (f"{ONTOLOGY}Publication",),
        (
            *_values("integer", "publicationYear"),
            *_values("date", "expectedBegin", "expectedEnd"),
            *_values("boolean", "undated"),
            *_links("status", "publishedBy", "developedBy", "supportedBy", "launchedBy", "submittedTo"),
            *_links("concerns", "guideTo", "reproduces", "audience", "covers", "theme"),
            Column("page", f"{PREFIXES['foaf']}page"),
        ),
    ),
    Table(
        "figures",
        "Figures: each with the thing it is of, its measure and its bounds",
        (f"{ONTOLOGY}Figure",),
        (
            *_links("figureOf", "measure"),
            *_values("decimal", "value", "lowerBound", "upperBound"),
            *_links("qualifier", "group", "unit"),
            *_values("string", "currency"),
            *_links("figureScope", "figurePlace"),
            *_values("date", "figureBegin", "figureEnd"),
            *_values("string", "asStated", several=True),
        ),
    ),
    Table(
        "places",
        "Places",
        (f"{ONTOLOGY}Place",),
        (*_values("string", "iso2", "iso3", "m49", "iso3166Part2Code"), *_links("within"), _SAME_AS),
    ),
)
