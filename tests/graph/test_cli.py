"""The command line: what each command prints, its exit status, and that no traceback reaches a user."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.graph.calling import SELECT, Call, invoke

from unodc_graph.cli.main import DEFECT, group
from unodc_graph.export import FORMATS


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
        said = " ".join(result.stderr.split())
        assert "No such option '--folder'; allowed: --discard, --keep, --state, --project, --help" in said

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


class TestWithoutAGraph:
    @pytest.mark.parametrize("arguments", [("query", "-e", SELECT), ("export", "--format", "trig")])
    def test_it_says_what_to_run(self, tmp_path: Path, arguments: tuple[str, ...]) -> None:
        result = invoke(*arguments, "--state", tmp_path / "none")
        assert result.exit_code == 2
        assert result.stderr.endswith("run `unodc-kg build` first, or name another folder by --state\n")

    def test_nothing_is_added_and_no_folder_is_made(self, tmp_path: Path) -> None:
        file = tmp_path / "mine.ttl"
        file.write_text('<urn:x> <urn:y> "z" .', encoding="utf-8")
        result = invoke("add", file, "--yes", "--state", tmp_path / "none")
        assert result.exit_code == 2
        assert result.stderr.endswith("run `unodc-kg build` first, or name another folder by --state\n")
        assert not (tmp_path / "none").exists()

    def test_a_token_is_made_and_told_to_be_for_a_folder_without_a_graph(
        self, call: Call, tmp_path: Path
    ) -> None:
        state = tmp_path / "none"
        result = invoke("token", "add", "anna", "--state", state)
        assert result.exit_code == 0
        assert f"There is no graph in {state} yet, which the token is for: did you mean" in result.stderr
        assert "--state" in result.stderr
        assert result.stdout.splitlines()[-1].startswith("unodckg_")
        assert call("build").exit_code == 0
        assert invoke("token", "add", "anna", "--state", tmp_path / "var").stderr == ""

    def test_tokens_that_are_not_there_are_said_to_be_none_and_no_folder_is_made(
        self, tmp_path: Path
    ) -> None:
        state = tmp_path / "none"
        listed, revoked = (invoke("token", *words, "--state", state) for words in (["list"], ["revoke", "x"]))
        assert (listed.exit_code, listed.stdout) == (0, "")
        assert listed.stderr == f"There are no tokens in {state}.\n"
        assert revoked.exit_code == 2
        assert f"there is no such token in {state}" in revoked.stderr
        assert not state.exists()


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
