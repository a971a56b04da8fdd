"""What a slip may stand for is found by identifier and by name, and in bounded work."""

from __future__ import annotations

import pytest

from unodc_graph import likely
from unodc_graph.likely import Lookalikes
from unodc_graph.namespace import ONTOLOGY_GRAPH, PREFIXES, REFERENCE_GRAPH, expand
from unodc_graph.store.memory import MemoryDataset
from unodc_graph.store.term import Literal, NamedNode, Quad

ORGANISATION = f"{PREFIXES['unodc']}Organisation"
FUND = f"{PREFIXES['unodc']}Fund"


def node(name: str) -> NamedNode:
    iri = expand(name)
    assert iri is not None
    return NamedNode(iri)


def quad(subject: str, predicate: str, value: str | Literal, graph: str = REFERENCE_GRAPH) -> Quad:
    term = value if isinstance(value, Literal) else node(value)
    return Quad(node(subject), node(predicate), term, NamedNode(graph))


def thing(name: str, kind: str, *labels: Literal) -> list[Quad]:
    first = quad(name, "rdf:type", kind)
    return [
        first,
        *(quad(name, "rdfs:label" if n == 0 else "skos:altLabel", x) for n, x in enumerate(labels)),
    ]


KNOWN = [
    quad("unodc:Agency", "rdfs:subClassOf", "unodc:Organisation", ONTOLOGY_GRAPH),
    quad("unodc:fundedBy", "rdf:type", "owl:ObjectProperty", ONTOLOGY_GRAPH),
    *thing("body:european-union", "unodc:Agency", Literal("European Union", language="en"), Literal("EU")),
    *thing("body:un-women", "unodc:Agency", Literal("UN Women", language="en")),
    *thing("programme:european-union", "unodc:Fund", Literal("European Union", language="en")),
    *thing("body:twin-a", "unodc:Agency", Literal("Twins", language="en")),
    *thing("body:twin-b", "unodc:Agency", Literal("Twins", language="en")),
    *thing("body:ville", "unodc:Agency", Literal("Ville", language="fr")),
]


@pytest.fixture
def known() -> Lookalikes:
    return Lookalikes(MemoryDataset(KNOWN).store)


@pytest.mark.parametrize(
    ("slip", "kind", "meant"),
    [
        ("body:european-unoin", ORGANISATION, "body:european-union"),
        ("body:european-unoin", None, "body:european-union"),
        ("place:european-union", ORGANISATION, "body:european-union"),
        ("place:european-union", None, None),
        ("body:something-else", ORGANISATION, None),
        ("unodc:fundedby", None, "unodc:fundedBy"),
        ("body:european-unoin", FUND, "programme:european-union"),
    ],
)
def test_an_identifier_is_found_by_one_like_it(
    known: Lookalikes, slip: str, kind: str | None, meant: str | None
) -> None:
    assert known.identified(node(slip).value, kind) == (meant and node(meant).value)


@pytest.mark.parametrize(
    ("text", "kind", "meant"),
    [
        ("European Union", ORGANISATION, ["body:european-union"]),
        ("European Union", FUND, ["programme:european-union"]),
        ("European Union", None, ["body:european-union", "programme:european-union"]),
        ("  European   Union ", ORGANISATION, ["body:european-union"]),
        ("european union", ORGANISATION, ["body:european-union"]),
        ("The European Union", ORGANISATION, ["body:european-union"]),
        ("EU", ORGANISATION, ["body:european-union"]),
        ("UN-Women", ORGANISATION, ["body:un-women"]),
        ("Twins", ORGANISATION, ["body:twin-a", "body:twin-b"]),
        ("Ville", ORGANISATION, ["body:ville"]),
        ("Somebody else", ORGANISATION, []),
        ('"', ORGANISATION, []),
        ("", ORGANISATION, []),
        ("x" * 100_000, ORGANISATION, []),
    ],
)
def test_a_thing_is_found_by_what_it_is_called(
    known: Lookalikes, text: str, kind: str | None, meant: list[str]
) -> None:
    assert known.named(text, None, kind) == tuple(node(name).value for name in meant)


def test_what_has_no_type_is_not_declared(known: Lookalikes) -> None:
    assert known.is_declared(node("body:un-women").value)
    assert not known.is_declared(node("body:un-man").value)


@pytest.mark.parametrize(
    "slip", ["body:many-77", "body:many-x7-7", "body:many7-7", "body:may-7-7", "body:many-7-y7"]
)
def test_among_too_many_to_compare_one_slip_is_found(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likely, "_COMPARED", 3)
    many = [
        row for n in range(60) for row in thing(f"body:many-{n}-{n}", "unodc:Agency", Literal(f"Number {n}"))
    ]
    known = Lookalikes(MemoryDataset([*KNOWN, *many]).store)
    assert known.identified(node(slip).value, ORGANISATION) == node("body:many-7-7").value
    assert known.identified(node("body:wholly-different").value, ORGANISATION) is None
    assert known.named("Number 7", None, ORGANISATION) == (node("body:many-7-7").value,)
