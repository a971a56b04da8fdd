"""The list of exceptions: what a line excuses, that it is needed, and what it may say."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Dataset, URIRef
from tests.graph.coverage_case import Case, figure

from unodc_graph import namespace
from unodc_graph.coverage.listing import REASONS, ItemKind, read_listed
from unodc_graph.coverage.measure import measure
from unodc_graph.coverage.record import WITHOUT_FACTS_REASONS
from unodc_graph.coverage.report import Means
from unodc_graph.errors import UnreadableFile
from unodc_graph.register import read_documents, register_turtle


def test_a_listed_number_or_name_is_accounted_for_and_counted(folder: Path) -> None:
    text = "UNODC shows zero tolerance in Mali."
    listed = (("number", "zero tolerance", "idiom"), ("name", "Mali", "other-sense"))
    coverage = Case(folder, text, "<PASSAGE> unodc:mentions body:unodc .", listed=listed).measure()
    assert coverage.tally().listed == 2
    assert coverage.tally().listed_share == pytest.approx(2 / 3)
    assert coverage.tally(ItemKind.NAME).total == 2
    assert [finding.rule for finding in coverage.findings] == ["without-facts"]


def test_neighbouring_words_say_which_of_two_equal_numbers_is_listed(folder: Path) -> None:
    text = "It held one course in a one-stop centre."
    case = Case(
        folder, text, "activity:training a unodc:Training .", listed=(("number", "one-stop", "idiom"),)
    )
    assert case.accounts() == [("one", None), ("one", Means.LISTED)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (("number", "200", "idiom"), "'200' needs no exception"),
        (("number", "nine", "idiom"), "does not hold 'nine'"),
        (("number", "20", "idiom"), "does not hold '20'"),
        (("number", "00", "idiom"), "does not hold '00'"),
        (("name", "200", "other-sense"), "'200' needs no exception"),
    ],
)
def test_an_exception_that_nothing_needs_is_a_finding(
    folder: Path, line: tuple[str, str, str], message: str
) -> None:
    findings = Case(folder, "There were 200.", figure("unodc:value 200"), listed=(line,)).measure().findings
    assert [(finding.rule, finding.line) for finding in findings] == [("exception", 2)]
    assert message in findings[0].message


def test_an_exception_given_twice_is_a_finding(folder: Path) -> None:
    line = ("number", "nine", "idiom")
    case = Case(folder, "It held nine.", "activity:training a unodc:Training .", listed=(line, line))
    assert [(finding.rule, finding.line) for finding in case.measure().findings] == [("exception", 3)]


def test_the_list_is_read_and_wrong_lines_are_findings(folder: Path, tmp_path: Path) -> None:
    case = Case(folder, "It held nine.", "activity:training a unodc:Training .")
    table = tmp_path / "coverage.csv"
    table.write_text(
        "passage,kind,text,reason\n"
        f"{case.slug},number,nine,idiom\n"
        f"{case.slug},word,nine,idiom\n"
        f"{case.slug},name,nine,list-mark\n"
        f"{case.slug},number,one two three four five six,idiom\n"
        "000000000000,number,nine,idiom\n",
        encoding="utf-8",
    )
    listed = read_listed(table)
    assert [line.line for line in listed] == [2, 3, 4, 5, 6]
    case.measure()
    documents = read_documents(folder)
    dataset = Dataset()
    dataset.graph(URIRef(namespace.SOURCES_GRAPH)).parse(data=register_turtle(documents, {}), format="turtle")
    findings = [
        finding for finding in measure(documents, dataset, listed).findings if finding.rule == "exception"
    ]
    assert [finding.line for finding in findings] == [3, 4, 5, 6]
    assert "unknown kind 'word'; allowed: number, name" in findings[0].message
    assert "unknown reason 'list-mark' for a name; allowed: other-sense, part-of-name" in findings[1].message
    assert "at most five words" in findings[2].message
    assert "no passage '000000000000'" in findings[3].message


def test_a_list_with_other_columns_or_bytes_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "coverage.csv"
    assert read_listed(table) == ()
    table.write_text("passage,text\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="passage,kind,text,reason"):
        read_listed(table)
    table.write_bytes(b"passage,kind,text,reason\nx,number,\xe9,idiom\n")
    with pytest.raises(UnreadableFile, match="UTF-8"):
        read_listed(table)


def test_a_number_said_in_words_is_excused_by_a_line_of_the_list(folder: Path) -> None:
    own = 'figure:a unodc:value 1 ; unodc:asStated "yearly campaign" . '
    listed = (("number", "yearly", "said-in-words"),)
    assert Case(folder, "A yearly campaign.", own, listed=listed).measure().findings == ()
    other = own + 'figure:b unodc:value 7 ; unodc:asStated "campaign" . '
    (found,) = Case(folder, "A yearly campaign.", other, listed=listed).measure().findings
    assert "does not print 7" in found.message
    (found,) = (
        Case(folder, "A yearly campaign.", "activity:training unodc:place place:mli .", "", "", listed)
        .measure()
        .findings
    )
    assert "'yearly' needs no exception" in found.message


def test_said_in_words_excuses_no_number_that_is_printed(folder: Path) -> None:
    listed = (("number", "nine", "said-in-words"),)
    rules = {f.rule for f in Case(folder, "There were nine.", figure(), listed=listed).measure().findings}
    assert rules == {"number", "exception"}


def test_every_reason_is_explained_to_curators() -> None:
    guide = (Path(__file__).resolve().parents[2] / "graph" / "README.md").read_text(encoding="utf-8")
    assert len(REASONS) == 7
    for kind, reason in REASONS:
        assert f"| {kind} | `{reason}` |" in guide
    for reason in WITHOUT_FACTS_REASONS:
        assert f"`{reason}`" in guide
