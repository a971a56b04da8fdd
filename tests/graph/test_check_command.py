"""`unodc-kg check`: what it finds is told with file, line and remedy, in each format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, SH
from tests.graph.calling import Call

HERE = Path(__file__).parent


def test_facts_in_order_have_no_finding(call: Call) -> None:
    result = call("check")
    assert result.exit_code == 0
    assert result.stdout.startswith("No problems found in ")
    assert result.stderr == ""


def test_a_finding_says_file_line_thing_value_and_what_to_do(call: Call, tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    own.write_text(
        "@prefix unodc: <https://w3id.org/unodc-kg/ontology#> .\n"
        "<https://w3id.org/unodc-kg/id/activity/training-of-judges>\n"
        "    unodc:implementedBy <https://w3id.org/unodc-kg/id/org/ofice> .\n"
    )
    result = call("check", own, "--passage", "aaaaaaaaaaaa")
    assert result.exit_code == 1
    first, second = result.stdout.splitlines()[:2]
    assert first == (
        f"{own}:3: violation: Training of judges (activity:training-of-judges), "
        "unodc:implementedBy body:ofice"
    )
    assert second.strip() == (
        "The implementer is no declared organisation. Did you mean body:office? Correct its identifier."
    )
    assert "1 finding in " in result.stdout


def test_a_passage_may_be_given_as_its_whole_hash_or_address(call: Call, tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    base = "https://w3id.org/unodc-kg/"
    own.write_text(f"<{base}id/org/office> <{base}ontology#theme> <{base}id/theme/justice> .")
    for name in ("a" * 64, "passage:aaaaaaaaaaaa", "https://w3id.org/unodc-kg/id/passage/aaaaaaaaaaaa"):
        assert call("check", own, "--passage", name).exit_code == 0, name
    assert call("check", own).exit_code == 1


def test_what_a_shape_says_is_not_said_again(call: Call) -> None:
    """Shape and hygiene find the undeclared implementer; hygiene alone finds the undeclared theme."""
    result = call("check", HERE / "hygiene" / "undeclared-thing.trig", "--format", "json")
    rules = {row["value"]: row["rule"] for row in json.loads(result.stdout) if row["value"]}
    assert rules == {
        "<https://w3id.org/unodc-kg/id/org/ofice>": "https://w3id.org/unodc-kg/shapes#Activity-implementedBy",
        "<https://w3id.org/unodc-kg/id/theme/justise>": "undeclared-thing",
    }


def test_json_is_an_array_of_findings(call: Call) -> None:
    result = call("check", HERE / "hygiene" / "duplicate-label.trig", "--format", "json")
    assert result.exit_code == 1
    rows = json.loads(result.stdout)
    assert {row["rule"] for row in rows} == {"duplicate-label"} | {
        row["rule"] for row in rows if "#" in row["rule"]
    }
    assert all(row["file"] and row["message"] and row["severity"] for row in rows)


def test_turtle_is_a_validation_report(call: Call) -> None:
    result = call("check", HERE / "hygiene" / "undeclared-thing.trig", "--format", "turtle")
    assert result.exit_code == 1
    report = rdflib.Graph().parse(data=result.stdout, format="turtle")
    (subject,) = report.subjects(RDF.type, SH.ValidationReport)
    assert report.value(subject, SH.conforms).toPython() is False  # type: ignore[union-attr]
    results = list(report.objects(subject, SH.result))
    assert results
    for each in results:
        for required in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent):
            assert len(list(report.objects(each, required))) == 1


def test_a_report_without_findings_conforms(call: Call) -> None:
    report = rdflib.Graph().parse(data=call("check", "--format", "turtle").stdout, format="turtle")
    (conforms,) = report.objects(None, SH.conforms)
    assert conforms.toPython() is True  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("own.ttl", b"", ":1:1: the file is empty; expected"),
        ("own.ttl", b"\xff", ":1:1: byte 0xff is not UTF-8; expected"),
        ("own.ttl", b"a b c", ":1:1: found 'a'; expected the start of a statement"),
        ("own.txt", b"text", ": expected a file name that ends in one of .ttl"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    call: Call, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    result = call("check", tmp_path / name)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"unodc-kg: {tmp_path / name}{says}")


def test_a_missing_file_is_one_line_and_status_2(call: Call, tmp_path: Path) -> None:
    result = call("check", tmp_path / "none.ttl")
    assert result.exit_code == 2
    assert result.stderr == (
        f"unodc-kg: {tmp_path / 'none.ttl'}: no such file or directory; expected a readable file\n"
    )
