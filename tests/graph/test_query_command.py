"""`unodc-kg query`: answers in each format, mistakes in one line, and nothing that reaches out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import rdflib
from tests.graph.calling import SELECT, Call, invoke
from tests.trap import Trap

from unodc_graph.cli import query
from unodc_graph.store import isolation
from unodc_graph.store.scan import Scan
from unodc_graph.store.socket_filter import available

CONSTRUCT = "CONSTRUCT { ?s ?p 103 } WHERE { ?s ?p 103 }"


@pytest.fixture(autouse=True)
def _built(call: Call) -> None:
    assert call("build").exit_code == 0


def test_a_table_is_the_default(call: Call) -> None:
    result = call("query", "-e", SELECT)
    assert result.exit_code == 0
    assert "figure:judges-trained" in result.stdout
    assert result.stdout.endswith("1 row\n")


def test_an_address_is_never_cut_where_nobody_looks(call: Call) -> None:
    """Output into a file or another program, whatever the width of the terminal is taken to be."""
    address = f"https://un.org/{'a-very-long-path/' * 20}end"
    asked = f"SELECT ?thing ?address {{ ?thing ?p 103 BIND(<{address}> AS ?address) }}"
    assert address in call("query", "-e", asked).stdout


def test_the_projects_prefixes_are_known_unless_the_query_declares_them(call: Call) -> None:
    asked = "ASK { figure:judges-trained unodc:value 103 }"
    assert call("query", "-e", asked).stdout == "yes\n"
    assert call("query", "-e", f"PREFIX figure: <urn:other:> {asked}").stdout == "no\n"
    wrong = call("query", "-e", "ASK { figure:judges-trained\nunodc:value 103 } ODER")
    assert wrong.exit_code == 2
    assert "line 2, column 19" in wrong.stderr


def test_ask_is_answered_in_a_word(call: Call) -> None:
    assert call("query", "-e", "ASK { ?s ?p 103 }").stdout == "yes\n"
    assert call("query", "-e", "ASK { ?s ?p 104 }").stdout == "no\n"


def test_rows_in_each_format(call: Call) -> None:
    thing = "https://w3id.org/unodc-kg/id/figure/judges-trained"
    rows = list(csv.reader(io.StringIO(call("query", "-e", SELECT, "--format", "csv").stdout)))
    assert rows == [["thing", "value"], [thing, "103"]]
    assert call("query", "-e", SELECT, "--format", "tsv").stdout.splitlines()[1] == f"<{thing}>\t103"
    found = json.loads(call("query", "-e", SELECT, "--format", "json").stdout)
    assert found["results"]["bindings"][0]["thing"]["value"] == thing
    assert f"<uri>{thing}</uri>" in call("query", "-e", SELECT, "--format", "xml").stdout


@pytest.mark.parametrize(
    ("form", "parser"), [("turtle", "turtle"), ("ntriples", "nt"), ("jsonld", "json-ld")]
)
def test_graphs_in_each_format(call: Call, form: str, parser: str) -> None:
    text = call("query", "-e", CONSTRUCT, "--format", form).stdout
    assert len(rdflib.Graph().parse(data=text, format=parser)) == 1


def test_turtle_is_the_default_of_a_graph(call: Call) -> None:
    assert "figure:judges-trained unodc:value 103" in call("query", "-e", CONSTRUCT).stdout


@pytest.mark.parametrize(("query", "form"), [(SELECT, "turtle"), (CONSTRUCT, "csv"), ("ASK {}", "jsonld")])
def test_a_format_that_does_not_fit_lists_those_that_do(call: Call, query: str, form: str) -> None:
    result = call("query", "-e", query, "--format", form)
    assert result.exit_code == 2
    assert f"{form} does not fit a {query[:3]}" in result.stderr
    assert "allowed: " in result.stderr


def test_a_query_comes_from_a_file_or_standard_input(call: Call, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text(SELECT)
    assert "103" in call("query", tmp_path / "q.rq").stdout
    assert "103" in invoke("query", "-", "--state", tmp_path / "var", stdin=SELECT).stdout


def test_no_query_or_two_are_refused(call: Call) -> None:
    assert call("query").exit_code == 2
    assert "Give one query" in call("query", "q.rq", "-e", SELECT).stderr


def test_a_wrong_query_says_line_and_column(call: Call) -> None:
    result = call("query", "-e", "SELECT *\nWHERE { ?s ?p }")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "the query is not valid SPARQL at line 2, column " in line


def test_a_wrong_query_in_a_file_says_which_file(call: Call, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("SELECT *\nWHRE { ?s ?p ?o }")
    result = call("query", tmp_path / "q.rq")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line == f"unodc-kg: {tmp_path / 'q.rq'}:2:1: not valid SPARQL, near 'WHRE': did you mean `WHERE`?"


@pytest.mark.parametrize(
    "query", ["LOAD <http://a.int/>", "SELECT * { SERVICE <http://a.int/> { ?s ?p ?o } }"]
)
def test_a_query_that_reaches_out_is_refused(call: Call, query: str) -> None:
    result = call("query", "-e", query)
    assert result.exit_code == 2
    assert "is refused" in result.stderr


OUTWARD = "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}"


@pytest.fixture
def past_the_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every text through, as if the scan had a hole."""
    monkeypatch.setattr(query, "scan", lambda _: Scan("select"))


@pytest.mark.skipif(not available(), reason="this platform has no filter of system calls")
def test_nothing_connects_even_past_the_scan(call: Call, trap: Trap, past_the_scan: None) -> None:
    assert call("query", "-e", OUTWARD.format(trap.address)).exit_code != 0
    assert trap.visits == 0


def test_the_trap_sees_a_query_that_may_open_sockets(
    call: Call, trap: Trap, past_the_scan: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "forbid_sockets", lambda: False)
    assert call("query", "-e", OUTWARD.format(trap.address)).exit_code != 0
    assert trap.visits >= 1


def test_an_update_is_refused(call: Call) -> None:
    result = call("query", "-e", "DELETE WHERE { ?s ?p ?o }")
    assert result.exit_code == 2
    assert "103" in call("query", "-e", SELECT).stdout


def test_a_query_that_the_engine_crashes_on_is_one_line(call: Call) -> None:
    result = call("query", "-e", f"SELECT * {'{' * 100_000}{'}' * 100_000}")
    assert result.exit_code == 2
    assert result.stderr.startswith("unodc-kg: the query is nested too deeply")


def test_a_file_that_is_missing_or_no_text_is_one_line(call: Call, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_bytes(b"SELECT \xff")
    for name in ("none.rq", "q.rq"):
        result = call("query", tmp_path / name)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"unodc-kg: {tmp_path / name}")
