"""Coverage: what accounts for a number or a name, what is a finding, and what the list of exceptions may say.

Each case is a small document, registered as any other, and a few facts about it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from rdflib import Dataset, URIRef
from rich.console import Console

from unodc_graph import namespace
from unodc_graph.coverage.listing import REASONS, ItemKind, Listed, read_listed
from unodc_graph.coverage.measure import measure
from unodc_graph.coverage.record import WITHOUT_FACTS_REASONS
from unodc_graph.coverage.rendering import show, to_json
from unodc_graph.coverage.report import Coverage, Means
from unodc_graph.errors import UnreadableFile
from unodc_graph.passage import text_hash
from unodc_graph.register import read_documents, register_turtle

PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in namespace.PREFIXES.items())
REFERENCE = """
place:mli a unodc:CountryOrArea ; rdfs:label "Mali"@en .
body:unodc a unodc:UNEntity ; rdfs:label "Office of Drugs"@en ; skos:altLabel "UNODC"@en .
body:committee a unodc:TreatyBody ; rdfs:label "Committee"@en ; skos:altLabel "CEDAW"@en .
instrument:convention a unodc:Treaty ; rdfs:label "Convention"@en ; skos:altLabel "CEDAW"@en .
instrument:a-res-65-229 a unodc:Resolution ; rdfs:label "Rules"@en ; unodc:symbol "A/RES/65/229" .
instrument:s-res-1325 a unodc:Resolution ; rdfs:label "Women, peace"@en ; unodc:symbol "S/RES/1325 (2000)" .
programme:fund a unodc:TrustFund ; rdfs:label "Trust Fund"@en .
programme:round-4 a unodc:FundingRound ; rdfs:label "Fourth grant round"@en .
publication:toolkit a unodc:Toolkit ; rdfs:label "Women's Toolkit"@en .
theme:covid-19 a skos:Concept ; skos:prefLabel "COVID-19 pandemic"@en .
qualifier:first a skos:Concept ; skos:prefLabel "first of its kind"@en .
activity:training a unodc:Training ; rdfs:label "Training of nine judges"@en .
figure:a a unodc:Figure .
figure:b a unodc:Figure .
"""


@dataclass
class Case:
    """A folder with one document of one passage, and what the graph holds about it."""

    folder: Path
    text: str
    own: str = ""
    context: str = ""
    sources: str = ""
    listed: tuple[tuple[str, str, str], ...] = ()

    @property
    def slug(self) -> str:
        return text_hash(self.text)[:12]

    def measure(self) -> Coverage:
        (self.folder / "001_page.txt").write_text(self.text, encoding="utf-8")
        documents = read_documents(self.folder)
        passage = namespace.passage(self.slug)
        graphs = {
            namespace.REFERENCE_GRAPH: REFERENCE,
            namespace.SOURCES_GRAPH: self.sources.replace("PASSAGE", passage),
            passage: self.own.replace("PASSAGE", passage),
            f"{passage}/context": self.context,
        }
        dataset = Dataset()
        for iri, turtle in graphs.items():
            dataset.graph(URIRef(iri)).parse(data=PREFIXES + turtle, format="turtle")
        register = register_turtle(documents, {})
        dataset.graph(URIRef(namespace.SOURCES_GRAPH)).parse(data=register, format="turtle")
        lines = [
            Listed(number, self.slug, kind, text, reason, None)
            for number, (kind, text, reason) in enumerate(self.listed, 2)
        ]
        return measure(documents, dataset, lines)

    def accounts(self) -> list[tuple[str, Means | None]]:
        (passage,) = self.measure().passages
        return [(item.text, item.account.means if item.account else None) for item in passage.items]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    return documents


def figure(*bounds: str) -> str:
    lines = "".join(f"figure:{'ab'[place]} {statement} . " for place, statement in enumerate(bounds))
    return f"activity:training unodc:place place:mli . {lines}"


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


def test_findings_come_before_the_long_lists(folder: Path) -> None:
    listed = (("number", "zero tolerance", "idiom"),)
    case = Case(folder, "The zero tolerance of 200.", figure(), listed=listed)
    shown = StringIO()
    show(case.measure(), Console(file=shown, width=200))
    text = shown.getvalue()
    assert text.index("the number '200'") < text.index("listed with a reason")
    assert text.rstrip().endswith("1 finding")


def test_every_reason_is_explained_to_curators() -> None:
    guide = (Path(__file__).resolve().parents[2] / "graph" / "README.md").read_text(encoding="utf-8")
    assert len(REASONS) == 7
    for kind, reason in REASONS:
        assert f"| {kind} | `{reason}` |" in guide
    for reason in WITHOUT_FACTS_REASONS:
        assert f"`{reason}`" in guide


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
