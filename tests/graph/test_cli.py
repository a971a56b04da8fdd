"""The command line: what each command prints, its exit status, and that no traceback reaches a user."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib
from click.testing import CliRunner, Result
from rdflib import RDF, SH

from unodc_graph.cli.main import DEFECT, INTERRUPTED, READER_LEFT, group, run
from unodc_graph.export import FORMATS
from unodc_graph.location import rooms

HERE = Path(__file__).parent
SELECT = "SELECT ?thing ?value WHERE { ?thing <https://w3id.org/unodc-kg/ontology#value> ?value }"
CONSTRUCT = "CONSTRUCT { ?s ?p 103 } WHERE { ?s ?p 103 }"

Call = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    shutil.copytree(HERE / "small", root)
    shutil.copytree(rooms().hygiene, root / "queries" / "hygiene")
    return root


@pytest.fixture
def call(project: Path, tmp_path: Path) -> Call:
    """Call a command on the small project and a state of its own, errors told as `main` tells them."""

    def called(command: str, *arguments: str | Path) -> Result:
        own = {"check": ["--project", project], "build": ["--project", project, "--state", tmp_path / "var"]}
        extra = own.get(command, ["--state", tmp_path / "var"])
        return invoke(command, *extra, *arguments)

    return called


def invoke(*arguments: str | Path, stdin: str | None = None) -> Result:
    """Run `main` with its standard streams caught, the way the process would."""
    runner = CliRunner()
    with runner.isolation(input=stdin) as (out, err, _):
        status = run([str(argument) for argument in arguments])
        sys.stdout.flush()
        sys.stderr.flush()
        return Result(
            runner, out.getvalue(), err.getvalue(), out.getvalue() + err.getvalue(), None, status, None
        )


def test_every_command_is_listed_and_explains_itself() -> None:
    commands = {"check", "build", "query", "export", "register", "coverage"}
    listed = set(group.list_commands(None))  # type: ignore[arg-type]
    assert commands <= listed
    for command in sorted(commands):
        result = invoke(command, "--help")
        assert result.exit_code == 0
        assert "Usage: unodc-kg" in result.stdout


def test_the_version_is_that_of_the_distribution() -> None:
    result = invoke("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("unodc-kg, version ")


class TestWrongCalls:
    def test_an_unknown_command_lists_the_known(self) -> None:
        result = invoke("publish")
        assert result.exit_code == 2
        assert "No such command 'publish'; allowed: check, build, " in result.stderr

    @pytest.mark.parametrize(
        ("command", "allowed"),
        [
            ("check", ["text", "json", "turtle"]),
            ("query", ["table", "csv", "tsv", "json", "xml", "turtle", "ntriples", "jsonld"]),
            ("export", ["turtle", "trig", "ntriples", "nquads", "jsonld", "rdfxml"]),
        ],
    )
    def test_an_unknown_format_lists_the_known(self, command: str, allowed: list[str]) -> None:
        result = invoke(command, "--format", "pdf")
        assert result.exit_code == 2
        assert all(f"'{name}'" in result.stderr for name in allowed)

    def test_an_unknown_option_lists_the_known(self) -> None:
        result = invoke("build", "--folder", "x")
        assert result.exit_code == 2
        assert "No such option '--folder'; allowed: --discard, --state, --project, --help" in " ".join(
            result.stderr.split()
        )

    def test_a_passage_that_is_none_says_what_it_should_be(self) -> None:
        result = invoke("check", "--passage", "first")
        assert result.exit_code == 2
        assert "12 hexadecimal digits" in result.stderr

    def test_a_passage_without_a_file_says_that_it_needs_one(self) -> None:
        result = invoke("check", "--passage", "aaaaaaaaaaaa")
        assert result.exit_code == 2
        assert "give the file, too" in result.stderr

    def test_a_folder_that_is_no_project_says_so(self, tmp_path: Path) -> None:
        result = invoke("check", "--project", tmp_path)
        assert result.exit_code == 2
        assert "expected a folder laid out like the project" in result.stderr


class TestCheck:
    def test_facts_in_order_have_no_finding(self, call: Call) -> None:
        result = call("check")
        assert result.exit_code == 0
        assert result.stdout.startswith("No problems found in ")
        assert result.stderr == ""

    def test_a_finding_says_file_line_thing_value_and_what_to_do(self, call: Call, tmp_path: Path) -> None:
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

    def test_a_passage_may_be_given_as_its_whole_hash_or_address(self, call: Call, tmp_path: Path) -> None:
        own = tmp_path / "own.ttl"
        own.write_text("<https://w3id.org/unodc-kg/id/org/office> <http://purl.org/dc/terms/date> 1 .")
        for name in ("a" * 64, "passage:aaaaaaaaaaaa", "https://w3id.org/unodc-kg/id/passage/aaaaaaaaaaaa"):
            assert call("check", own, "--passage", name).exit_code == 0, name
        assert call("check", own).exit_code == 1

    def test_what_a_shape_says_is_not_said_again(self, call: Call) -> None:
        """Shape and hygiene find the undeclared implementer; hygiene alone finds the undeclared theme."""
        result = call("check", HERE / "hygiene" / "undeclared-thing.trig", "--format", "json")
        rules = {row["value"]: row["rule"] for row in json.loads(result.stdout) if row["value"]}
        assert rules == {
            "<https://w3id.org/unodc-kg/id/org/ofice>": "https://w3id.org/unodc-kg/shapes#Activity-implementedBy",
            "<https://w3id.org/unodc-kg/id/theme/justise>": "undeclared-thing",
        }

    def test_json_is_an_array_of_findings(self, call: Call) -> None:
        result = call("check", HERE / "hygiene" / "duplicate-label.trig", "--format", "json")
        assert result.exit_code == 1
        rows = json.loads(result.stdout)
        assert {row["rule"] for row in rows} == {"duplicate-label"} | {
            row["rule"] for row in rows if "#" in row["rule"]
        }
        assert all(row["file"] and row["message"] and row["severity"] for row in rows)

    def test_turtle_is_a_validation_report(self, call: Call) -> None:
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

    def test_a_report_without_findings_conforms(self, call: Call) -> None:
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
        self, call: Call, tmp_path: Path, name: str, content: bytes, says: str
    ) -> None:
        (tmp_path / name).write_bytes(content)
        result = call("check", tmp_path / name)
        assert result.exit_code == 2
        assert result.stdout == ""
        (line,) = result.stderr.splitlines()
        assert line.startswith(f"unodc-kg: {tmp_path / name}{says}")

    def test_a_missing_file_is_one_line_and_status_2(self, call: Call, tmp_path: Path) -> None:
        result = call("check", tmp_path / "none.ttl")
        assert result.exit_code == 2
        assert result.stderr == (
            f"unodc-kg: {tmp_path / 'none.ttl'}: no such file or directory; expected a readable file\n"
        )


class TestBuild:
    def test_it_says_what_was_built(self, call: Call) -> None:
        result = call("build")
        assert result.exit_code == 0
        assert result.stdout.startswith("Built generation 1 in ")
        assert call("build").stdout.startswith("Nothing changed: generation 1 in ")

    def test_a_violation_is_shown_and_nothing_is_built(self, call: Call, project: Path) -> None:
        call("build")
        facts = project / "graph" / "facts" / "passages" / "000.trig"
        facts.write_text(facts.read_text().replace("unodc:theme theme:justice", "a unodc:Training"))
        result = call("build")
        assert result.exit_code == 1
        assert "It has no theme. Add unodc:theme" in result.stdout
        assert result.stderr == "unodc-kg: 1 finding: nothing was built\n"
        assert "103" in call("query", "-e", SELECT).stdout

    def test_an_unreadable_file_builds_nothing(self, call: Call, project: Path) -> None:
        call("build")
        (project / "graph" / "facts" / "passages" / "000.trig").write_bytes(b"")
        result = call("build")
        assert result.exit_code == 2
        assert "000.trig:1:1: the file is empty" in result.stderr
        assert "103" in call("query", "-e", SELECT).stdout

    def test_a_state_that_cannot_be_written_says_so(self, project: Path) -> None:
        result = invoke("build", "--project", project, "--state", "/dev/null/var")
        assert result.exit_code == 2
        assert "Traceback" not in result.stderr


class TestQuery:
    @pytest.fixture(autouse=True)
    def _built(self, call: Call) -> None:
        assert call("build").exit_code == 0

    def test_a_table_is_the_default(self, call: Call) -> None:
        result = call("query", "-e", SELECT)
        assert result.exit_code == 0
        assert "figure:judges-trained" in result.stdout
        assert result.stdout.endswith("1 row\n")

    def test_an_address_is_never_cut_where_nobody_looks(self, call: Call) -> None:
        """Output into a file or another program, whatever the width of the terminal is taken to be."""
        address = f"https://un.org/{'a-very-long-path/' * 20}end"
        asked = f"SELECT ?thing ?address {{ ?thing ?p 103 BIND(<{address}> AS ?address) }}"
        assert address in call("query", "-e", asked).stdout

    def test_ask_is_answered_in_a_word(self, call: Call) -> None:
        assert call("query", "-e", "ASK { ?s ?p 103 }").stdout == "yes\n"
        assert call("query", "-e", "ASK { ?s ?p 104 }").stdout == "no\n"

    def test_rows_in_each_format(self, call: Call) -> None:
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
    def test_graphs_in_each_format(self, call: Call, form: str, parser: str) -> None:
        text = call("query", "-e", CONSTRUCT, "--format", form).stdout
        assert len(rdflib.Graph().parse(data=text, format=parser)) == 1

    def test_turtle_is_the_default_of_a_graph(self, call: Call) -> None:
        assert "figure:judges-trained unodc:value 103" in call("query", "-e", CONSTRUCT).stdout

    @pytest.mark.parametrize(
        ("query", "form"), [(SELECT, "turtle"), (CONSTRUCT, "csv"), ("ASK {}", "jsonld")]
    )
    def test_a_format_that_does_not_fit_lists_those_that_do(self, call: Call, query: str, form: str) -> None:
        result = call("query", "-e", query, "--format", form)
        assert result.exit_code == 2
        assert f"{form} does not fit a {query[:3]}" in result.stderr
        assert "allowed: " in result.stderr

    def test_a_query_comes_from_a_file_or_standard_input(self, call: Call, tmp_path: Path) -> None:
        (tmp_path / "q.rq").write_text(SELECT)
        assert "103" in call("query", tmp_path / "q.rq").stdout
        assert "103" in invoke("query", "-", "--state", tmp_path / "var", stdin=SELECT).stdout

    def test_no_query_or_two_are_refused(self, call: Call) -> None:
        assert call("query").exit_code == 2
        assert "Give one query" in call("query", "q.rq", "-e", SELECT).stderr

    def test_a_wrong_query_says_line_and_column(self, call: Call) -> None:
        result = call("query", "-e", "SELECT *\nWHERE { ?s ?p }")
        assert result.exit_code == 2
        (line,) = result.stderr.splitlines()
        assert "the query is not valid SPARQL at line 2, column " in line

    def test_a_wrong_query_in_a_file_says_which_file(self, call: Call, tmp_path: Path) -> None:
        (tmp_path / "q.rq").write_text("SELECT *\nWHRE { ?s ?p ?o }")
        result = call("query", tmp_path / "q.rq")
        assert result.exit_code == 2
        (line,) = result.stderr.splitlines()
        assert (
            line == f"unodc-kg: {tmp_path / 'q.rq'}:2:1: not valid SPARQL, near 'WHRE': did you mean `WHERE`?"
        )

    @pytest.mark.parametrize(
        "query", ["LOAD <http://a.int/>", "SELECT * { SERVICE <http://a.int/> { ?s ?p ?o } }"]
    )
    def test_a_query_that_reaches_out_is_refused(self, call: Call, query: str) -> None:
        result = call("query", "-e", query)
        assert result.exit_code == 2
        assert "is refused" in result.stderr

    def test_an_update_is_refused(self, call: Call) -> None:
        result = call("query", "-e", "DELETE WHERE { ?s ?p ?o }")
        assert result.exit_code == 2
        assert "103" in call("query", "-e", SELECT).stdout

    def test_a_query_that_the_engine_crashes_on_is_one_line(self, call: Call) -> None:
        result = call("query", "-e", f"SELECT * {'{' * 100_000}{'}' * 100_000}")
        assert result.exit_code == 2
        assert result.stderr.startswith("unodc-kg: the query is nested too deeply")

    def test_a_file_that_is_missing_or_no_text_is_one_line(self, call: Call, tmp_path: Path) -> None:
        (tmp_path / "q.rq").write_bytes(b"SELECT \xff")
        for name in ("none.rq", "q.rq"):
            result = call("query", tmp_path / name)
            assert result.exit_code == 2
            assert result.stderr.startswith(f"unodc-kg: {tmp_path / name}")


class TestWithoutAGraph:
    @pytest.mark.parametrize("arguments", [("query", "-e", SELECT), ("export", "--format", "trig")])
    def test_it_says_what_to_run(self, tmp_path: Path, arguments: tuple[str, ...]) -> None:
        result = invoke(*arguments, "--state", tmp_path / "none")
        assert result.exit_code == 2
        assert result.stderr.endswith("run `unodc-kg build` first\n")


class TestExport:
    def test_a_file_appears_when_it_is_whole(self, call: Call, tmp_path: Path) -> None:
        call("build")
        target = tmp_path / "out" / "graph.ttl"
        target.parent.mkdir()
        assert call("export", "--format", "turtle", "-o", target).exit_code == 0
        assert [path.name for path in target.parent.iterdir()] == ["graph.ttl"]
        assert target.stat().st_mode & 0o444 == 0o444
        assert target.read_text() == call("export", "--format", "turtle").stdout

    def test_the_extension_says_the_format(self, call: Call, tmp_path: Path) -> None:
        call("build")
        for name, extension in FORMATS.items():
            target = tmp_path / f"graph{extension}"
            assert call("export", "-o", target).exit_code == 0
            assert target.read_text() == call("export", "--format", name).stdout

    @pytest.mark.parametrize("arguments", [(), ("-o", "graph.pdf"), ("-o", "release")])
    def test_without_a_format_the_allowed_ones_are_listed(
        self, call: Call, arguments: tuple[str, ...]
    ) -> None:
        result = call("export", *arguments)
        assert result.exit_code == 2
        assert "--format turtle|trig|ntriples|nquads|jsonld|rdfxml" in result.stderr

    def test_a_file_that_cannot_be_written_says_so(self, call: Call, tmp_path: Path) -> None:
        call("build")
        result = call("export", "--format", "turtle", "-o", tmp_path / "none" / "graph.ttl")
        assert result.exit_code == 2
        assert "graph.ttl: cannot be written: No such file or directory" in result.stderr

    def test_a_failed_export_leaves_the_former_file(self, call: Call, tmp_path: Path) -> None:
        target = tmp_path / "graph.ttl"
        target.write_text("former")
        assert call("export", "--format", "turtle", "-o", target).exit_code == 2
        assert target.read_text() == "former"


class TestDefects:
    def test_an_unexpected_error_is_one_line_that_says_how_to_report_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError("division\nby zero")

        monkeypatch.setattr(group, "main", broken)
        result = invoke("check")
        assert result.exit_code == DEFECT
        (line,) = result.stderr.splitlines()
        assert line.startswith(
            "unodc-kg: unexpected error, ZeroDivisionError: division by zero. Please report"
        )
        assert "Traceback" in invoke("--debug", "check").stderr


class TestProcess:
    """The command as a process: real streams, real exit status."""

    def call(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        program = "from unodc_graph.cli.main import main; main()"
        command = [sys.executable, "-c", program, *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=os.environ, timeout=120
        )

    def test_a_date_that_is_none_leaves_no_traceback(self, project: Path, tmp_path: Path) -> None:
        own = tmp_path / "own.ttl"
        own.write_text(
            "<https://w3id.org/unodc-kg/id/activity/training-of-judges>"
            "  <https://w3id.org/unodc-kg/ontology#beginDate>"
            '  "2020-13-01"^^<http://www.w3.org/2001/XMLSchema#date> .'
        )
        result = self.call("check", "--project", project, own, "--passage", "aaaaaaaaaaaa")
        assert result.stderr == ""

    def test_the_whole_way(self, project: Path, tmp_path: Path) -> None:
        state = tmp_path / "var"
        assert self.call("check", "--project", project).returncode == 0
        assert self.call("build", "--project", project, "--state", state).returncode == 0
        rows = self.call("query", "-e", SELECT, "--format", "csv", "--state", state)
        assert rows.stdout.splitlines()[1].endswith(",103")
        out = tmp_path / "graph.nq"
        assert self.call("export", "--format", "nquads", "-o", out, "--state", state).returncode == 0
        assert out.read_text().count("\n") > 50
        (tmp_path / "own.ttl").write_text("a b c")
        refused = self.call("check", "--project", project, tmp_path / "own.ttl")
        assert refused.returncode == 2
        assert refused.stderr.count("\n") == 1

    def test_progress_is_shown_to_who_watches(self, project: Path) -> None:
        watched, terminal = pty.openpty()
        program = "from unodc_graph.cli.main import main; main()"
        command = [sys.executable, "-c", program, "check", "--project", str(project)]
        environment = os.environ | {"TERM": "xterm"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, env=environment) as process:
            os.close(terminal)
            out, _ = process.communicate(timeout=120)
        shown = os.read(watched, 1 << 16)
        os.close(watched)
        assert b"Checking" in shown
        assert out.startswith(b"No problems found in ")

    def test_ctrl_c_ends_a_long_query_at_once(self, project: Path, tmp_path: Path) -> None:
        state = tmp_path / "var"
        assert self.call("build", "--project", project, "--state", state).returncode == 0
        endless = "SELECT (COUNT(*) AS ?n) { " + "".join(f"?a{n} ?b{n} ?c{n} . " for n in range(12)) + "}"
        program = "from unodc_graph.cli.main import main; main()"
        command = [sys.executable, "-c", program, "query", "-e", endless, "--state", str(state)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as process:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(3)
            os.killpg(process.pid, signal.SIGINT)
            _, error = process.communicate(timeout=10)
        assert error.strip() == b""
        assert process.returncode == INTERRUPTED

    def test_a_reader_that_leaves_early_is_no_error(self, project: Path, tmp_path: Path) -> None:
        state = tmp_path / "var"
        assert self.call("build", "--project", project, "--state", state).returncode == 0
        program = "from unodc_graph.cli.main import main; main()"
        command = [sys.executable, "-c", program, "export", "--format", "nquads", "--state", str(state)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.close()
            _, error = process.communicate(timeout=120)
        assert error == b""
        assert process.returncode == READER_LEFT
