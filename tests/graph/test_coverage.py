"""Coverage: what accounts for a number, a name or a passage, and what is said where nothing does."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.graph.coverage_case import Case, figure

from unodc_graph import namespace
from unodc_graph.coverage.report import Means


@pytest.mark.parametrize(
    ("text", "own", "accounts"),
    [
        ("There were 200.", figure("unodc:value 200"), [("200", Means.FIGURE)]),
        ("There were nine.", figure("unodc:value 9"), [("nine", Means.FIGURE)]),
        ("Some 3.5 million went.", figure("unodc:value 3500000"), [("3.5 million", Means.FIGURE)]),
        ("For 90% it did.", figure("unodc:value 0.9"), [("90%", Means.FIGURE)]),
        ("Half did it.", figure("unodc:value 0.5"), [("Half", Means.FIGURE)]),
        ("More than 330 came.", figure("unodc:lowerBound 330"), [("330", Means.FIGURE)]),
        (
            "From 5,000-60,000 each.",
            figure("unodc:lowerBound 5000 ; unodc:upperBound 60000"),
            [("5,000", Means.FIGURE), ("60,000", Means.FIGURE)],
        ),
        ("It gave (52/86) and more.", figure("unodc:value 52"), [("52", Means.FIGURE), ("86", None)]),
        ("There were 201.", figure("unodc:value 200"), [("201", None)]),
        ("For 90% it did.", figure("unodc:value 90"), [("90%", None)]),
        ("There were 200.", "figure:a unodc:asStated '200' .", [("200", None)]),
        ("For nine it did.", "activity:training unodc:theme theme:covid-19 .", [("nine", None)]),
    ],
)
def test_a_figure_of_equal_value_accounts_for_a_number(
    folder: Path, text: str, own: str, accounts: list[tuple[str, Means | None]]
) -> None:
    assert Case(folder, text, own).accounts() == accounts


def test_one_figure_accounts_for_one_number_only(folder: Path) -> None:
    text = "It held two courses for two courts."
    one, two = figure("unodc:value 2"), figure("unodc:value 2", "unodc:value 2")
    assert Case(folder, text, one).accounts() == [("two", Means.FIGURE), ("two", None)]
    assert Case(folder, text, two).accounts() == [("two", Means.FIGURE), ("two", Means.FIGURE)]


def test_an_exact_figure_is_no_two_figures(folder: Path) -> None:
    exact = figure("unodc:value 2 ; unodc:lowerBound 2 ; unodc:upperBound 2")
    assert Case(folder, "It held two for two.", exact).accounts() == [("two", Means.FIGURE), ("two", None)]


@pytest.mark.parametrize(
    ("text", "own", "accounts"),
    [
        (
            "It was on 13 July 2021.",
            'activity:training unodc:beginDate "2021-07-13"^^xsd:date .',
            [("13", Means.DATE), ("2021", Means.DATE)],
        ),
        (
            "It was on 13 July 2021.",
            'activity:training unodc:beginDate "2021-07-12"^^xsd:date .',
            [("13", None), ("2021", Means.DATE)],
        ),
        (
            "It comes in the first half of 2018.",
            'publication:toolkit unodc:expectedBegin "2018-01-01"^^xsd:date ; '
            'unodc:expectedEnd "2018-06-30"^^xsd:date .',
            [("first", Means.DATE), ("half", Means.DATE), ("2018", Means.DATE)],
        ),
        (
            "It comes in the first half of 2018.",
            'publication:toolkit unodc:expectedBegin "2018-01-01"^^xsd:date ; '
            'unodc:expectedEnd "2018-12-31"^^xsd:date .',
            [("first", None), ("half", None), ("2018", Means.DATE)],
        ),
        ("Published (2014).", "publication:toolkit unodc:publicationYear 2014 .", [("2014", Means.CODE)]),
        ("Published (2014).", "publication:toolkit unodc:publicationYear 2015 .", [("2014", None)]),
    ],
)
def test_a_date_or_year_of_the_passage_accounts_for_its_numbers(
    folder: Path, text: str, own: str, accounts: list[tuple[str, Means | None]]
) -> None:
    assert Case(folder, text, own).accounts() == accounts


def test_the_reporting_period_of_the_passage_accounts_for_its_year(folder: Path) -> None:
    sources = (
        "<PASSAGE> unodc:reportingPeriod period:2017 . "
        'period:2017 unodc:beginDate "2017-01-01"^^xsd:date ; unodc:endDate "2017-12-31"^^xsd:date .'
    )
    own = "activity:training a unodc:Training ."
    assert Case(folder, "In 2017 it grew.", own, sources=sources).accounts() == [("2017", Means.DATE)]
    assert Case(folder, "In 2017 it grew.", own).accounts() == [("2017", None)]


@pytest.mark.parametrize(
    ("text", "own", "accounts"),
    [
        (
            "It adopted resolution (65/229).",
            "activity:training unodc:basedOn instrument:a-res-65-229 .",
            [("65", Means.SYMBOL), ("229", Means.SYMBOL)],
        ),
        (
            "As in A/Res/65/229.",
            "activity:training unodc:basedOn instrument:a-res-65-229 .",
            [("65", Means.SYMBOL), ("229", Means.SYMBOL)],
        ),
        (
            "It follows 1325 (2000).",
            "activity:training unodc:basedOn instrument:s-res-1325 .",
            [("1325", Means.SYMBOL), ("2000", Means.SYMBOL)],
        ),
        ("It has 29 parts.", "activity:training unodc:basedOn instrument:a-res-65-229 .", [("29", None)]),
        ("A fourth round began.", "programme:round-4 unodc:status status:x .", [("fourth", Means.TITLE)]),
        ("A third round began.", "programme:round-4 unodc:status status:x .", [("third", None)]),
        ("During COVID-19.", "activity:training unodc:theme theme:covid-19 .", [("19", Means.TITLE)]),
        (
            "A first-ever plan.",
            "publication:toolkit unodc:qualifier qualifier:first .",
            [("first", Means.TITLE)],
        ),
        (
            "The 30th Session.",
            'activity:training skos:altLabel "30th Session"@en .',
            [("30th", Means.TITLE)],
        ),
        (
            "At Room 613.",
            'body:unodc unodc:postalAddress "Room 613" .',
            [("613", Means.TITLE)],
        ),
        ("For nine it did.", 'activity:training rdfs:label "Training of nine judges"@en .', [("nine", None)]),
        (
            "For nine it did.",
            'activity:training dcterms:description "Nine were trained."@en .',
            [("nine", None)],
        ),
    ],
)
def test_a_symbol_or_name_in_the_passages_graph_accounts_for_its_numbers(
    folder: Path, text: str, own: str, accounts: list[tuple[str, Means | None]]
) -> None:
    assert Case(folder, text, own).accounts() == accounts


def test_the_curators_label_of_a_passage_accounts_for_nothing(folder: Path) -> None:
    sources = '<PASSAGE> rdfs:label "Nine judges trained"@en .'
    case = Case(folder, "For nine it did.", "<PASSAGE> unodc:mentions body:unodc .", sources=sources)
    assert case.accounts() == [("nine", None)]


def test_a_list_mark_needs_an_exception(folder: Path) -> None:
    text = "It has (i) and (ii)."
    listed = (("number", "(i)", "list-mark"),)
    accounts = Case(folder, text, figure("unodc:value 1", "unodc:value 2"), listed=listed).accounts()
    assert accounts == [("(i)", Means.LISTED), ("(ii)", None)]


@pytest.mark.parametrize(
    ("text", "own", "context", "accounts"),
    [
        ("It was in Mali.", "activity:training unodc:place place:mli .", "", [("Mali", Means.USED)]),
        ("UNODC did it.", "<PASSAGE> unodc:mentions body:unodc .", "", [("UNODC", Means.USED)]),
        ("In Mali it was.", "", "activity:training unodc:place place:mli .", [("Mali", Means.CONTEXT)]),
        ("In Mali it was.", "activity:training a unodc:Training .", "", [("Mali", None)]),
        ("As in CEDAW.", "<PASSAGE> unodc:mentions body:committee .", "", [("CEDAW", Means.USED)]),
        ("As in CEDAW.", "<PASSAGE> unodc:mentions instrument:convention .", "", [("CEDAW", Means.USED)]),
        ("As in CEDAW.", "<PASSAGE> unodc:mentions body:unodc .", "", [("CEDAW", None)]),
        (
            "The CECAW met.",
            'body:committee unodc:sourceSpelling "CECAW" .',
            "",
            [("CECAW", Means.USED)],
        ),
    ],
)
def test_a_name_is_accounted_for_by_its_use_in_the_passages_graphs(
    folder: Path, text: str, own: str, context: str, accounts: list[tuple[str, Means | None]]
) -> None:
    assert Case(folder, text, own, context).accounts() == accounts


def test_what_is_missing_is_said_with_its_passage_position_and_remedy(folder: Path) -> None:
    case = Case(folder, "In Mali, CEDAW held nine.", "activity:training a unodc:Training .")
    findings = case.measure().findings
    assert [(finding.rule, finding.message, finding.advice) for finding in findings] == [
        ("name", "the name 'Mali' at 3 is in no statement of the passage", "use or mention place:mli"),
        (
            "name",
            "the name 'CEDAW' at 9 is in no statement of the passage",
            "use or mention instrument:convention or body:committee",
        ),
        (
            "number",
            "the number 'nine' at 20 is in no fact of the passage",
            "state the figure, date, symbol or title it belongs to",
        ),
    ]
    assert {finding.thing for finding in findings} == {namespace.passage(case.slug)}


@pytest.mark.parametrize(
    ("own", "sources", "message"),
    [
        ("", "", "states nothing, and no reason is given"),
        ("<PASSAGE> unodc:mentions body:unodc .", "", "states nothing, and no reason is given"),
        ("", "<PASSAGE> unodc:withoutFactsBecause 'heading' .", None),
        ("<PASSAGE> unodc:mentions body:unodc .", "<PASSAGE> unodc:withoutFactsBecause 'framing' .", None),
        ("activity:training a unodc:Training .", "", None),
        ("", "<PASSAGE> unodc:withoutFactsBecause 'dull' .", "unknown reason 'dull' for stating nothing"),
        (
            "activity:training a unodc:Training .",
            "<PASSAGE> unodc:withoutFactsBecause 'framing' .",
            "is marked as without facts (framing) but states 1",
        ),
    ],
)
def test_a_passage_states_something_or_says_why_not(
    folder: Path, own: str, sources: str, message: str | None
) -> None:
    findings = Case(folder, "It began.", own, sources=sources).measure().findings
    assert [finding.message for finding in findings] == ([message] if message else [])
