"""What the READMEs say is what the code does: commands, settings, addresses, the example, the counts."""

from __future__ import annotations

import csv
import dataclasses
import re
from pathlib import Path

import click
import pytest
from tests.conftest import StateCopy

from unodc_graph.cli.main import group
from unodc_graph.store.evaluation import Store
from unodc_graph.store.generation import GenerationFolder
from unodc_server.app import create_app, service_of
from unodc_server.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SERVER = (ROOT / "server" / "README.md").read_text(encoding="utf-8")
PASSAGE = "https://w3id.org/unodc-kg/id/passage/"


@pytest.fixture(scope="module")
def state(state_copy: StateCopy) -> Path:
    return state_copy()


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of any level."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None, f"no heading {heading!r}"
    return found[1]


def first_cells(table: str) -> list[str]:
    """The first cell of each row of a table, its two head rows left out."""
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert len(rows) > 2, "no table"
    return [re.split(r"(?<!\\)\|", row)[1].strip() for row in rows[2:]]


def test_every_command_is_in_the_table_and_no_other() -> None:
    named = {cell.split()[1].strip("`") for cell in first_cells(section(README, "Commands"))}
    assert named == set(group.list_commands(click.Context(group)))
    assert len(named) >= 8


def test_the_example_is_a_stored_question_with_its_stored_answer() -> None:
    text = section(README, "A question and its answer")
    query = re.search(r"```sparql\n(.*?)```", text, re.DOTALL)
    assert query is not None
    stored = (ROOT / "queries" / "competency" / "haya-partners.rq").read_text(encoding="utf-8")
    assert query[1].strip() == stored[stored.index("PREFIX") :].strip()
    answer = ROOT / "tests" / "queries" / "expected" / "haya-partners.csv"
    rows = list(csv.reader(answer.read_text(encoding="utf-8").splitlines()))
    shown = [
        [cell.strip().replace("passage:", PASSAGE) for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and "---" not in line
    ]
    assert shown == rows


def test_the_counts_come_from_the_graph(state: Path) -> None:
    generation = GenerationFolder(state).current()
    store: Store = generation.open()
    query = (ROOT / "queries" / "pages" / "counts.rq").read_text(encoding="utf-8")
    counted = {str(row[0].value): int(row[1].value) for row in store.query(query)}  # type: ignore[union-attr]
    text = section(README, "What is in it")
    found = re.findall(r"\*\*([\d,]+)\*\* ([a-z]+)", text)
    shown = {what: int(number.replace(",", "")) for number, what in found}
    assert shown == counted
    assert len(shown) == 8


@pytest.mark.parametrize(("room", "package"), [("graph", "unodc_graph"), ("server", "unodc_server")])
def test_every_part_of_the_code_is_in_the_table_and_no_other(room: str, package: str) -> None:
    text = (ROOT / room / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"`([^`]+)`", " ".join(first_cells(section(text, "The code"))))
    folder = ROOT / room / package
    packages = {f"{path.parent.name}/" for path in folder.glob("*/__init__.py")}
    modules = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("__")}
    assert sorted(named) == sorted(packages | modules)
    assert len(packages) >= 2
    assert len(modules) >= 20


def test_every_setting_is_documented_with_its_name() -> None:
    cells = first_cells(section(SERVER, "Settings"))
    documented = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    assert documented == {field.name for field in dataclasses.fields(Settings)} - {"state"}


def test_every_address_is_documented_and_answers(state: Path) -> None:
    app = create_app(Settings(state=state, workers=1))
    try:
        rules = {re.sub(r"<[^>]+>", "{}", rule.rule) for rule in app.url_map.iter_rules()}
    finally:
        service_of(app).execution.close()
    documented = {
        re.sub(r"\{[^}]+\}", "{}", address)
        for cell in first_cells(section(SERVER, "Addresses"))
        for address in re.findall(r"`(/[^`]*)`", cell)
    }
    own = {rule for rule in rules if not rule.startswith("/static")}
    assert own - documented == set(), "served, and in no row of the table"
    assert documented - own == set(), "in the table, and not served"


def test_a_missing_row_is_noticed() -> None:
    assert first_cells("| a | b |\n| - | - |\n| `x` | 1 |\n") == ["`x`"]
    with pytest.raises(AssertionError, match="no heading"):
        section("# One\n", "Two")
