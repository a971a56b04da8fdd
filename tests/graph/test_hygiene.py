"""Each hygiene rule has a file that breaks it, and finds in it what its header says and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from unodc_graph.dataset import assemble
from unodc_graph.errors import UnreadableFile
from unodc_graph.finding import Finding, Severity
from unodc_graph.hygiene import Rule, read_rules, run, run_over
from unodc_graph.location import Rooms, rooms
from unodc_graph.namespace import (
    AUTHORED_GRAPHS,
    KINDS,
    ONTOLOGY_GRAPH,
    PREFIXES,
    REFERENCE_GRAPH,
    SCHEMES_GRAPH,
    UNPLACED_GRAPH,
    expand,
)
from unodc_graph.store.parsing import parse_file

HERE = Path(__file__).parent
FILES = sorted((HERE / "hygiene").iterdir())
RULES = read_rules(rooms().hygiene)
SMALL = Rooms.under(HERE / "small")


def findings(*paths: Path) -> tuple[Finding, ...]:
    return run(assemble(SMALL, paths), RULES)


def test_every_rule_has_a_file_that_breaks_it() -> None:
    assert len(FILES) == len(RULES) == 14
    assert [file.stem for file in FILES] == sorted(rule.name for rule in RULES)


def test_every_rule_is_named_like_its_file() -> None:
    assert sorted(path.stem for path in rooms().hygiene.glob("*.rq")) == sorted(rule.name for rule in RULES)


def test_facts_in_order_break_no_rule() -> None:
    assert findings() == ()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_rule_finds_what_is_planted_and_no_other_rule_does(file: Path) -> None:
    header = dict(re.findall(r"^# (rule|finds): (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE))
    found = findings(file)
    own = [finding for finding in found if finding.rule == header["rule"]]
    assert len(own) == int(header["finds"]), [finding.message for finding in own]
    assert {finding.rule for finding in found} == {header["rule"]}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_says_how_to_mend_it(rule: Rule) -> None:
    assert rule.message.endswith(".")
    assert len(rule.advice.split()) > 5


def test_the_graphs_that_need_no_passage_are_those_that_people_write() -> None:
    """The rule's query lists them once more, since a query knows no Python."""
    (rule,) = (rule for rule in RULES if rule.name == "unregistered-graph")
    listed = re.search(r"\?graph NOT IN \(([^)]*)\)", rule.query)
    assert listed is not None
    assert {expand(name.strip()) for name in listed[1].split(",")} == AUTHORED_GRAPHS | {UNPLACED_GRAPH}


REFERENCE_ROWS = {
    "a name with its source": ('body:b a unodc:Organisation ; rdfs:label "B"@en ; dcterms:source "t" .', 0),
    "a relation between instruments": ("instrument:a unodc:supplements instrument:b .", 0),
    "a donor": ("programme:haya unodc:fundedBy body:b .", 1),
    "a partner and a place": ("programme:haya unodc:inPartnershipWith body:b ; unodc:place place:p .", 2),
    "a period": ('programme:haya unodc:beginDate "2019-01-01"^^xsd:date .', 1),
    "an activity, found once": ('activity:x a unodc:Training ; dcterms:source "my blog" .', 1),
    "a figure": ("figure:x a unodc:Figure ; unodc:value 12 .", 1),
}


@pytest.mark.parametrize("row", REFERENCE_ROWS)
def test_the_reference_tables_hold_names_and_never_what_needs_evidence(row: str, tmp_path: Path) -> None:
    text, expected = REFERENCE_ROWS[row]
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    (tmp_path / "table.ttl").write_text(prefixes + text, encoding="utf-8")
    quads = parse_file(tmp_path / "table.ttl", REFERENCE_GRAPH).quads
    found = [finding for finding in run_over(quads, RULES) if finding.rule == "misplaced-statement"]
    assert len(found) == expected
    assert all(finding.message.startswith("The graph graph:reference holds only names") for finding in found)


ONTOLOGY_AXIOMS = {
    "a class, its axiom and a stub": (
        'unodc:A a owl:Class ; rdfs:label "a"@en ; skos:definition "A."@en ; rdfs:subClassOf '
        "[ a owl:Restriction ; owl:onProperty unodc:adoptedByBody ; owl:hasValue body:b ] , "
        "org:Organization . "
        'org:Organization a owl:Class ; rdfs:label "organisation"@en .',
        0,
    ),
    "a programme's place": ("programme:haya unodc:operatesIn place:kgz .", 1),
    "a programme's type and label, found once": ('programme:haya a unodc:Programme ; rdfs:label "H"@en .', 1),
    "two places made one": ("place:kgz owl:sameAs place:kaz .", 1),
    "a value fixed to a place": (
        "[] a owl:Restriction ; owl:onProperty unodc:place ; owl:hasValue place:kgz .",
        1,
    ),
    "a list of places": ("unodc:A owl:oneOf ( place:kgz place:kaz ) .", 2),
    "a fact of a class": ("unodc:Programme unodc:fundedBy body:b .", 1),
    "a fact of a blank node": ("[] unodc:operatesIn place:kgz .", 1),
    "a thing of no class of OWL": ("unodc:A a unodc:Programme .", 1),
    "a rule for what others declare": ("foaf:page rdfs:range unodc:Programme .", 1),
}
SCHEMES = {
    "a concept": ('theme:a a skos:Concept ; skos:inScheme scheme:theme ; unodc:crsPurposeCode "15160" .', 0),
    "a match and a target": (
        "theme:a skos:exactMatch unbis:1 ; unodc:alignedTarget <http://metadata.un.org/sdg/5.2> .",
        0,
    ),
    "a programme's place": ("programme:haya unodc:operatesIn place:kgz .", 1),
    "a concept that funds": ("theme:a unodc:fundedBy body:b .", 1),
    "a concept of another class": ("theme:a a unodc:Programme .", 1),
    "a thing of elsewhere": ('<https://example.org/a> rdfs:label "A"@en .', 1),
}


@pytest.mark.parametrize(
    ("graph", "text", "expected"),
    [(ONTOLOGY_GRAPH, *row) for row in ONTOLOGY_AXIOMS.values()]
    + [(SCHEMES_GRAPH, *row) for row in SCHEMES.values()],
    ids=[*ONTOLOGY_AXIOMS, *(f"schemes: {name}" for name in SCHEMES)],
)
def test_ontology_and_schemes_say_nothing_of_the_things_that_need_evidence(
    graph: str, text: str, expected: int, tmp_path: Path
) -> None:
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    (tmp_path / "own.ttl").write_text(prefixes + text, encoding="utf-8")
    quads = parse_file(tmp_path / "own.ttl", graph).quads
    found = [finding for finding in run_over(quads, RULES) if finding.rule == "misplaced-statement"]
    assert len(found) == expected, [finding.message for finding in found]


def test_who_writes_a_graph_of_the_project_is_told_its_file_and_line() -> None:
    file = HERE / "hygiene" / "reserved-graph.trig"
    found = {finding.thing: finding for finding in findings(file)}
    ministry = found["https://w3id.org/unodc-kg/id/org/ministry"]
    lines = file.read_text(encoding="utf-8").splitlines()
    assert (ministry.file, ministry.line) == (
        file,
        next(n for n, t in enumerate(lines, 1) if "ministry" in t),
    )
    assert "graph/facts/reference" in ministry.advice


def test_a_project_writes_its_own_tables_terms_and_register() -> None:
    assert findings() == ()
    assert [f for f in run(assemble(rooms()), RULES) if f.severity == Severity.VIOLATION] == []


def test_a_finding_names_thing_property_value_and_graph() -> None:
    found = findings(HERE / "hygiene" / "undeclared-thing.trig")
    office = next(finding for finding in found if "ofice" in (finding.value or ""))
    assert office.thing == "https://w3id.org/unodc-kg/id/activity/workshop"
    assert office.path == "https://w3id.org/unodc-kg/ontology#implementedBy"
    assert office.value == "<https://w3id.org/unodc-kg/id/org/ofice>"
    assert office.graph == "https://w3id.org/unodc-kg/id/passage/aaaaaaaaaaaa"
    assert office.severity == Severity.VIOLATION
    assert office.message == "body:ofice is pointed to here, but nothing says what it is."


def test_a_capital_language_tag_is_found_in_every_format(tmp_path: Path) -> None:
    thing = "https://w3id.org/unodc-kg/id/org/office"
    label = "http://www.w3.org/2000/01/rdf-schema#comment"
    graph = "https://w3id.org/unodc-kg/graph/catalogue"
    texts = {
        "a.nq": f'<{thing}> <{label}> "x"@EN <{graph}> .\n',
        "a.nt": f'<{thing}> <{label}> "x"@EN .\n',
        "a.ttl": f'<{thing}> <{label}>\n "x"@EN .\n',
        "a.jsonld": f'{{"@id": "{thing}",\n "{label}": {{"@value": "x", "@language": "EN"}}}}',
        "a.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"\n'
        ' xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">\n'
        f'<rdf:Description rdf:about="{thing}"><rdfs:comment xml:lang="EN">x</rdfs:comment>'
        "</rdf:Description></rdf:RDF>",
    }
    lines = {}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        found = [f for f in findings(tmp_path / name) if f.rule == "literal-form"]
        assert len(found) == 1, name
        assert found[0].file == tmp_path / name
        lines[name] = found[0].line
    assert lines == {"a.nq": 1, "a.nt": 1, "a.ttl": 2, "a.jsonld": 2, "a.rdf": 3}


def test_the_address_rule_knows_every_kind() -> None:
    """The list of kinds stands twice, in the package and in the query; they must agree."""
    query = next(rule.query for rule in RULES if rule.name == "unknown-address")
    listed = re.search(r"\^id/\(([a-z|-]+)\)/", query)
    assert listed
    assert set(listed.group(1).split("|")) | {"passage", "occurrence"} == KINDS


def test_the_label_rule_knows_only_kinds_that_exist() -> None:
    query = next(rule.query for rule in RULES if rule.name == "duplicate-label")
    assert set(re.findall(r'"id/([a-z-]+)/"', query)) < KINDS


def test_a_rule_without_a_header_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.rq").write_text("# rule: own\nSELECT * { ?s ?p ?o }")
    with pytest.raises(UnreadableFile, match="severity"):
        read_rules(tmp_path)


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no hygiene query"):
        read_rules(tmp_path)
