"""The closure that the questions are asked with finds what each of its rules should, and only what is new."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.queries import closure

from unodc_graph.location import rooms
from unodc_graph.namespace import INFERRED_GRAPH, PREFIXES
from unodc_graph.store.parsing import parse_file
from unodc_graph.store.term import NamedNode, Quad

HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())

FOLLOWS = {
    "subclass": ("activity:a a unodc:Assessment .", "activity:a a unodc:Research ."),
    "subproperty": ("programme:a unodc:fundedBy body:b .", "programme:a unodc:involves body:b ."),
    "inverse": ("activity:a unodc:partOf programme:b .", "programme:b unodc:hasPart activity:a ."),
    "transitive": (
        "place:a unodc:within place:b . place:b unodc:within place:c .",
        "place:a unodc:within place:c .",
    ),
    "domain": ("figure:a unodc:figureOf activity:b .", "figure:a a unodc:Figure ."),
    "range": ("activity:a unodc:place place:b .", "place:b a unodc:Place ."),
    "chain": (
        "activity:a unodc:place place:b . place:b unodc:within place:c .",
        "activity:a unodc:place place:c .",
    ),
    "value": (
        "instrument:a a unodc:Resolution ; unodc:adoptedByBody body:un-security-council .",
        "instrument:a a unodc:SecurityCouncilResolution .",
    ),
    "some value": (
        "activity:a a unodc:Training ; unodc:mandatedBy instrument:b . instrument:b a unodc:Treaty .",
        "activity:a a unodc:MandatedUndertaking .",
    ),
}


def quads(folder: Path, name: str, turtle: str) -> frozenset[Quad]:
    file = folder / name
    file.write_text(HEAD + turtle, encoding="utf-8")
    return frozenset(parse_file(file, INFERRED_GRAPH).quads)


def test_each_rule_has_a_case() -> None:
    assert set(FOLLOWS) == set(closure.RULES)


@pytest.mark.parametrize("rule", FOLLOWS)
def test_a_rule_finds_what_follows(rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, expected = (quads(tmp_path, f"{n}.ttl", turtle) for n, turtle in enumerate(FOLLOWS[rule]))
    terms = parse_file(rooms().ontology / "unodc.ttl", INFERRED_GRAPH).quads
    found = closure.inferred({*terms, *given})
    assert expected <= found
    assert not found & given
    assert {quad.graph_name for quad in found} == {NamedNode(INFERRED_GRAPH)}
    monkeypatch.setattr(
        closure, "RULES", {name: text for name, text in closure.RULES.items() if name != rule}
    )
    assert not expected <= closure.inferred({*terms, *given}), "the case must need the rule"
