"""What others wrote reaches a terminal without steering it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from unodc_graph.cli import difference, main, query
from unodc_graph.cli.finding import show
from unodc_graph.finding import Finding, Severity
from unodc_graph.printable import printable

ESCAPE = "\x1b[2Jx\x9b31m\u202ey"
SAFE = "\ufffd[2Jx\ufffd31m\ufffdy"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (ESCAPE, SAFE),
        ("a\tb\nc", "a\tb\nc"),
        ("Côte d’Ivoire – ∘", "Côte d’Ivoire – ∘"),
        ("\x07\r\x00", "\ufffd" * 3),
    ],
)
def test_control_and_format_characters_are_replaced_but_tab_and_line_feed(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_cell_of_a_table_steers_no_terminal() -> None:
    assert query._cell({"type": "literal", "value": ESCAPE}).plain == SAFE


def test_a_finding_steers_no_terminal() -> None:
    text = io.StringIO()
    finding = Finding(
        rule="rule",
        message=ESCAPE,
        severity=Severity.VIOLATION,
        advice=ESCAPE,
        thing=f"urn:{ESCAPE}",
        path=f"https://{ESCAPE}",
        value=ESCAPE,
        file=Path(ESCAPE),
        line=1,
    )
    show([finding], Console(file=text))
    assert not any(sign in text.getvalue() for sign in "\x1b\x9b\u202e")


def test_a_difference_steers_no_terminal() -> None:
    text = io.StringIO()
    difference.show([f'A <urn:a> <urn:b> "{ESCAPE}" <urn:g> .'], Console(file=text))
    assert not any(sign in text.getvalue() for sign in "\x1b\x9b\u202e")


def test_an_error_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["check", f"/none{ESCAPE}.ttl"], [ESCAPE], ["query", "-e", f"ASK {{ {ESCAPE} }}"]):
        assert main.run(arguments) == main.REFUSED
    told = capsys.readouterr().err
    assert told
    assert not any(sign in told for sign in "\x1b\x9b\u202e")
