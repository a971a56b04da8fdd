"""What is recorded of a passage is printed in it: numbers, dates, symbols and quoted words."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.graph.coverage_case import Case

from unodc_graph import namespace
from unodc_graph.passage import text_hash

INVENTED = {
    "a number that is not printed": (
        "They were 200.",
        "figure:a unodc:value 200 . figure:b unodc:value 999 .",
        "does not print 999, which figure:b",
    ),
    "a bound that is not printed": (
        "More than 330 came.",
        "figure:a unodc:lowerBound 330 ; unodc:upperBound 400 .",
        "does not print 400, which figure:a",
    ),
    "a whole number for a share": (
        "For 90% it did.",
        "figure:a unodc:lowerBound 0.9 ; unodc:value 90 .",
        "does not print 90, which figure:a",
    ),
    "a wording": (
        "They were 200.",
        'figure:a unodc:value 200 ; unodc:asStated "999 police officers" .',
        "does not print '999 police officers', which unodc:asStated of figure:a",
    ),
    "half a word": (
        "They were 200.",
        'figure:a unodc:value 200 ; unodc:asStated "They were 20" .',
        "does not print 'They were 20'",
    ),
    "a name form": (
        "Nobody came.",
        'activity:training unodc:place place:mli ; skos:altLabel "Grand Course" .',
        "does not print 'Grand Course', which skos:altLabel of activity:training",
    ),
    "a slip": (
        "Nobody came.",
        'activity:training unodc:place place:mli ; unodc:sourceSpelling "Nobdy" .',
        "does not print 'Nobdy', which unodc:sourceSpelling of activity:training",
    ),
}


@pytest.mark.parametrize("what", INVENTED)
def test_what_the_passage_does_not_print_is_a_finding(what: str, folder: Path) -> None:
    text, own, message = INVENTED[what]
    (found,) = Case(folder, text, own).measure().findings
    assert message in found.message
    assert found.thing == namespace.passage(text_hash(text)[:12])


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("For 90% it did.", 'figure:a unodc:value 0.9 ; unodc:asStated "90%" .'),
        ("Half did it.", 'figure:a unodc:value 0.5 ; unodc:asStated "Half" .'),
        ("The “first” course.", "figure:a unodc:value 1 ; unodc:asStated '\"first\" course' ."),
        ("Of 5,000–60,000 each.", 'figure:a unodc:value 5000 , 60000 ; unodc:asStated "5,000-60,000" .'),
        ("Some 3.5 million\u00a0went.", 'figure:a unodc:value 3500000 ; unodc:asStated "3.5 million went" .'),
    ],
)
def test_what_the_passage_prints_is_found_whatever_its_dashes_and_quotation_marks(
    text: str, own: str, folder: Path
) -> None:
    assert Case(folder, text, own).measure().findings == ()
