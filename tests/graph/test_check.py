"""One defect is one finding: nothing untrue follows from it, and its advice names what may be meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from unodc_graph.check import check
from unodc_graph.dataset import assemble
from unodc_graph.finding import Finding
from unodc_graph.location import rooms
from unodc_graph.namespace import PREFIXES, SHAPES, compact

DECLARED = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
DESCRIBED = (
    'graph:catalogue { activity:x-course rdfs:label "A course"@en ; '
    'dcterms:description "Invented for this test alone."@en . }'
)
THEME = "unodc:theme theme:gender-based-violence"

Checked = Callable[[str], list[Finding]]


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """Check a file with the statements given, together with the graph, and return the findings."""

    def run(text: str) -> list[Finding]:
        path = tmp_path / "mine.trig"
        path.write_text(f"{DECLARED}\n{text}", encoding="utf-8")
        return list(check(assemble(rooms(), (path,)), rooms()))

    return run


def rule(finding: Finding) -> str:
    return finding.rule.removeprefix(SHAPES)


CASES = {
    "an unknown class": (
        f"passage:445726165fa9 {{ activity:x-course a unodc:LaunchEvents ; {THEME} ; "
        f"unodc:implementedBy body:unodc . }} {DESCRIBED}",
        {"undeclared-term": "Did you mean unodc:LaunchEvent?"},
    ),
    "an unknown property": (
        f"passage:445726165fa9 {{ activity:x-course a unodc:Training ; {THEME} ; "
        f"unodc:implementdBy body:unodc . }} {DESCRIBED}",
        {"undeclared-term": "Did you mean unodc:implementedBy?"},
    ),
    "an unknown theme": (
        "passage:445726165fa9 { activity:x-course a unodc:Training ; "
        "unodc:theme theme:gender-based-violense . }" + DESCRIBED,
        {"Classified-theme": "Did you mean theme:gender-based-violence?"},
    ),
    "an unknown body": (
        f"passage:445726165fa9 {{ activity:x-course a unodc:Training ; {THEME} ; "
        "unodc:fundedBy body:undoc . } " + DESCRIBED,
        {"Involving-fundedBy": "Did you mean body:unodc?"},
    ),
    "a name in place of a body": (
        f"passage:445726165fa9 {{ activity:x-course a unodc:Training ; {THEME} ; "
        'unodc:fundedBy "European Union" . } ' + DESCRIBED,
        {"Involving-fundedBy": "Did you mean body:eu?"},
    ),
    "a name that two instruments have, in place of one": (
        f"passage:445726165fa9 {{ activity:x-course a unodc:Training ; {THEME} ; unodc:hasPolicyBasis "
        '"Taking action against gender-related killing of women and girls"@en . } ' + DESCRIBED,
        {"Mandated-hasPolicyBasis": "Did you mean instrument:a-res-68-191 or instrument:a-res-70-176?"},
    ),
    "a number in quotation marks": (
        "passage:445726165fa9 { figure:x-count a unodc:Figure ; unodc:figureOf programme:haya ; "
        'unodc:measure measure:workshops-held ; unodc:value "12" ; unodc:qualifier qualifier:approximate . } '
        'graph:catalogue { figure:x-count rdfs:label "Count"@en . }',
        {"Figure-number": "Write digits without quotation marks"},
    ),
    "years in quotation marks": (
        f"passage:445726165fa9 {{ activity:x-course a unodc:Training ; {THEME} ; "
        'unodc:beginDate "2020" ; unodc:endDate "2019" ; unodc:datePrecision "year" . } ' + DESCRIBED,
        {"Dated-beginDateDay": "first day", "Dated-endDateDay": "last day"},
    ),
    "a derived graph": (
        "graph:inferred { body:unodc unodc:unitOf body:un-women . }",
        {"unregistered-graph": "graph:catalogue or graph:sources"},
    ),
    "a misspelt graph": (
        'graph:catalog { activity:x-course rdfs:label "A course"@en . } '
        f"passage:445726165fa9 {{ activity:x-course a unodc:Training ; {THEME} . }} {DESCRIBED}",
        {"unregistered-graph": "Did you mean graph:catalogue?"},
    ),
    "http for https": (
        "passage:445726165fa9 { <http://w3id.org/unodc-kg/id/activity/x-course> a unodc:Training . }",
        {"unknown-address": "write https://w3id.org/unodc-kg/id/activity/x-course."},
    ),
    "blank nodes": (
        f"passage:445726165fa9 {{ activity:x-course a unodc:Training ; {THEME} ; "
        f'unodc:implementedBy [ a unodc:Ministry ; rdfs:label "M" ] . [] a unodc:Training . }} {DESCRIBED}',
        {"blank-node": "Give the thing an identifier"},
    ),
    "a donor in the reference tables": (
        "graph:reference { programme:haya unodc:fundedBy body:unodc . }",
        {"reserved-graph": "graph/facts/reference"},
    ),
    "a label in a passage": (
        f"passage:445726165fa9 {{ activity:x-course a unodc:Training ; {THEME} ; "
        f'rdfs:label "A course"@en . }} {DESCRIBED}',
        {"misplaced-statement": "in graph:catalogue"},
    ),
}


@pytest.mark.parametrize("defect", CASES)
def test_a_defect_is_told_once_with_its_remedy(defect: str, checked: Checked) -> None:
    text, expected = CASES[defect]
    found = checked(text)
    assert sorted(map(rule, found)) == sorted(expected), [(rule(f), f.thing, f.value) for f in found]
    for finding in found:
        assert expected[rule(finding)] in finding.advice
        assert finding.file is not None
        assert finding.file.name == "mine.trig"


def test_the_other_of_two_descriptions_is_said_with_its_place(
    checked: Checked,
) -> None:
    described = next(
        quad
        for file in assemble(rooms()).files
        for quad in file.quads
        if quad.predicate.value.endswith("description") and "/id/activity/" in str(quad.subject)
    )
    thing = compact(str(described.subject).strip("<>"))
    (found,) = checked(
        f'graph:catalogue {{ {thing} dcterms:description "Another one, just invented."@en . }}'
    )
    assert rule(found) == "Worded-descriptionOnce"
    where = {str(found.file), found.advice}
    assert any("mine.trig" in text for text in where)
    assert any("facts/passages/" in text for text in where)
