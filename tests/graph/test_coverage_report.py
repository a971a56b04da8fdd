"""What the coverage command tells: findings first, every item in JSON, the lists as tables."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

from rich.console import Console
from tests.graph.coverage_case import Case, figure

from unodc_graph import namespace
from unodc_graph.coverage.rendering import show, to_json


def test_findings_come_before_the_long_lists(folder: Path) -> None:
    listed = (("number", "zero tolerance", "idiom"),)
    case = Case(folder, "The zero tolerance of 200.", figure(), listed=listed)
    shown = StringIO()
    show(case.measure(), Console(file=shown, width=200))
    text = shown.getvalue()
    assert text.index("the number '200'") < text.index("listed with a reason")
    assert text.rstrip().endswith("1 finding")


def test_json_holds_every_item_with_what_accounts_for_it(folder: Path) -> None:
    case = Case(folder, "In Mali it held nine.", figure("unodc:value 9"))
    content = json.loads(to_json(case.measure()))
    assert content["clean"] is True
    assert content["counts"]["numbers"] == {"total": 1, "figure": 1, "unaccounted": 0}
    (passage,) = content["passages"]
    assert passage["places"] == ["001_page.txt 0–21"]
    assert passage["items"] == [
        {
            "kind": "name",
            "text": "Mali",
            "start": 3,
            "end": 7,
            "things": [f"{namespace.ID}place/mli"],
            "accountedBy": {"means": "used", "what": f"{namespace.ID}place/mli"},
        },
        {
            "kind": "number",
            "text": "nine",
            "start": 16,
            "end": 20,
            "form": "number word",
            "accountedBy": {"means": "figure", "what": f"{namespace.ID}figure/a"},
        },
    ]


def test_the_tables_show_what_is_missing_what_is_listed_and_what_states_nothing(folder: Path) -> None:
    listed = (("number", "zero tolerance", "idiom"),)
    sources = "<PASSAGE> unodc:withoutFactsBecause 'framing' ."
    case = Case(folder, "In Mali, [zero tolerance] rules.", sources=sources, listed=listed)
    output = StringIO()
    show(case.measure(), Console(file=output, width=80))
    shown = output.getvalue()
    assert "001_page.txt" in shown
    assert "1 of 2 listed with a reason (50.0%)" in shown
    assert f"{case.slug}  number 'zero': idiom" in shown
    assert "1 of 1 passages without facts: 1 framing" in shown
    assert f"passage:{case.slug} (001_page.txt 0–32)" in shown
    assert "the name 'Mali' at 3 is in no statement of the passage; use or mention place:mli" in shown
    assert "1 finding\n" in shown
