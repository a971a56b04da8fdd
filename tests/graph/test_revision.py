"""A revised file states what is wanted, and nothing that a curator wrote beside the change is touched."""

from __future__ import annotations

from collections import Counter
from difflib import unified_diff
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.graph.awkward_source import ADDED, EX, OTHER, PASSAGE, documents, iri, quad

from unodc_graph.commit.revision import revise
from unodc_graph.location import rooms
from unodc_graph.namespace import CATALOGUE_GRAPH, ID, PREFIXES, SOURCES_GRAPH, UNPLACED_GRAPH
from unodc_graph.source import NotTakenApart, take_apart, without_blank_nodes
from unodc_graph.store.canonical import with_canonical_labels
from unodc_graph.store.parsing import ParsedFile, parse_file, parse_text
from unodc_graph.store.term import Literal, NamedNode, Quad
from unodc_graph.terminal import terminals

REAL: Final = parse_file(rooms().facts / "passages" / "000.trig", UNPLACED_GRAPH)


def comments(text: str) -> Counter[str]:
    return Counter(found.text for found in terminals(text, comments=True) if found.kind == "comment")


def check(file: ParsedFile, wanted: set[Quad]) -> str:
    """Revise `file`, see that it then states `wanted` and has lost no comment, and return its text."""
    text = revise(file, wanted)
    assert with_canonical_labels(parse_text(file.path, text, file.graph).quads) == with_canonical_labels(
        wanted
    )
    assert comments(file.text) <= comments(text)
    if file.text.count("\n") == file.text.count("\r\n"):
        assert text.count("\n") == text.count("\r\n")
    return text


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents(), ADDED, st.data())
def test_what_changes_is_rewritten_and_nothing_else(
    document: tuple[str, str, list[tuple[str, str]]], added: list[Quad], data: st.DataObject
) -> None:
    text, prologue, known = document
    path = Path("awkward.trig")
    if not known and SOURCES_GRAPH not in text:
        return
    file = parse_text(path, text, UNPLACED_GRAPH)
    plain = sorted(without_blank_nodes(file.quads), key=str)
    taken = set(data.draw(st.lists(st.sampled_from(plain), max_size=4))) if plain else set()
    wanted = (set(file.quads) - taken) | set(added)
    if not wanted:
        return
    revised = check(file, wanted)
    if wanted == set(file.quads):
        assert revised == text
    changed = wanted ^ set(file.quads)
    grown = {(found.graph_name, found.subject) for found in changed & wanted}
    at = 0
    for own, head in known:
        alone = f"{prologue}\n{head}\n{own}\n" + ("}" if head else "")
        quads = parse_text(path, alone, UNPLACED_GRAPH).quads
        heads = {f"<{PASSAGE}> ex:p ex:o"} if SOURCES_GRAPH in head else set()
        its = [one for one in quads if not heads or one.subject != NamedNode(PASSAGE)]
        if not any(one in changed or (one.graph_name, one.subject) in grown for one in its):
            assert own.rstrip() in revised[at:]
            at = revised.index(own.rstrip(), at) + len(own.rstrip())


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(sorted(REAL.quads, key=str)), max_size=6), ADDED)
def test_in_a_real_file_every_other_line_stays_in_its_place(taken: list[Quad], added: list[Quad]) -> None:
    wanted = (set(REAL.quads) - set(taken)) | set(added)
    text = check(REAL, wanted)
    places = {(found.graph_name, found.subject) for found in wanted ^ set(REAL.quads)}
    touched: set[int] = set()
    for block in take_apart(REAL).blocks:
        spans = [(block.start, block.end)] if not any(s.quads & wanted for s in block.statements) else []
        for statement in block.statements:
            if any((found.graph_name, found.subject) in places for found in statement.quads):
                spans.append((statement.start, statement.end))
        for start, end in spans:
            touched |= set(range(REAL.text.count("\n", 0, start), REAL.text.count("\n", 0, end) + 1))
    rows = iter(text.split("\n"))
    for number, row in enumerate(REAL.text.split("\n")):
        assert number in touched or not row or row in rows, row


def test_a_file_that_states_what_is_wanted_stays_as_it_is() -> None:
    assert revise(REAL, reversed(REAL.quads)) is REAL.text


def test_one_more_name_changes_the_lines_of_one_statement_only() -> None:
    new = Quad(
        iri("programme:unite"), iri("skos:altLabel"), Literal("UNiTE"), NamedNode(f"{ID}passage/924647526a0c")
    )
    text = check(REAL, {*REAL.quads, new})
    rows = list(unified_diff(REAL.text.splitlines(), text.splitlines(), lineterm="", n=0))[2:]
    assert sum(row.startswith("@@") for row in rows) <= 2
    start = REAL.text.index("    programme:unite skos:altLabel")
    former = REAL.text[start : REAL.text.index(" .\n", start)].splitlines()
    assert all(row[1:].removesuffix(" .") in former for row in rows if row.startswith("-"))


SMALL: Final = f"""\
# A head.

@prefix graph: <{PREFIXES["graph"]}> .
@prefix passage: <{PREFIXES["passage"]}> .
@prefix unodc: <{PREFIXES["unodc"]}> .

# --- {"a" * 12} · The first

passage:{"a" * 12} {{
    # who
    <{EX}x> unodc:mentions <{EX}y> . # why

    <{EX}z> unodc:mentions <{EX}y>
}}

graph:catalogue {{
    <{EX}x> unodc:note "x" .
}}

# --- {"c" * 12} · The third

passage:{"c" * 12} {{
    <{EX}x> unodc:mentions <{EX}z> .
}}
"""


def small(*added: Quad, without: str = "", order: dict[str, int] | None = None, text: str = SMALL) -> str:
    file = parse_text(Path("small.trig"), text, UNPLACED_GRAPH)
    kept = {found for found in file.quads if not without or without not in str(found)}
    return revise(file, kept | set(added), order)


def test_a_new_subject_stands_at_the_end_of_what_its_passage_has_of_the_graph() -> None:
    text = small(
        quad(PASSAGE, "activity:new", "unodc:mentions", iri("y")),
        quad(CATALOGUE_GRAPH, "activity:new", "rdfs:label", "New"),
    )
    assert f"    <{EX}z> unodc:mentions <{EX}y> .\n\n    activity:new unodc:mentions <{EX}y> .\n}}\n" in text
    assert f'    <{EX}x> unodc:note "x" .\n\n    activity:new rdfs:label "New"@en .\n}}\n' in text
    assert text.startswith(f"# A head.\n\n@prefix activity: <{PREFIXES['activity']}> .\n@prefix graph:")
    assert "passage/> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n@prefix unodc:" in text
    assert "skos:" not in text


def test_a_new_graph_stands_with_the_others_of_its_passage() -> None:
    text = small(
        quad(SOURCES_GRAPH, f"passage:{'a' * 12}", "unodc:note", "a"),
        quad(f"{PASSAGE}/context", "x", "unodc:note", "b"),
        quad(CATALOGUE_GRAPH, f"passage:{'c' * 12}", "unodc:note", "c"),
    )
    heads = [row for row in text.splitlines() if row.startswith("# ---") or row.endswith("{")]
    assert heads == [
        f"# --- {'a' * 12} · The first",
        "graph:sources {",
        f"passage:{'a' * 12} {{",
        f"<{PASSAGE}/context> {{",
        "graph:catalogue {",
        f"# --- {'c' * 12} · The third",
        f"passage:{'c' * 12} {{",
        "graph:catalogue {",
    ]


@pytest.mark.parametrize("numbers", [("", ""), ("a", "b", "c"), ("b", "a", "c")])
def test_a_new_passage_has_a_header_and_goes_where_the_text_has_it(numbers: tuple[str, ...]) -> None:
    order = {f"{ID}passage/{letter * 12}": number for number, letter in enumerate(numbers) if letter}
    text = small(
        quad(OTHER, "x", "unodc:mentions", iri("y")),
        quad(SOURCES_GRAPH, f"passage:{'b' * 12}", "rdfs:label", "The\nsecond"),
        order=order,
    )
    section = f"\n# --- {'b' * 12} · The second\n\ngraph:sources {{\n    passage:{'b' * 12} rdfs:label"
    assert section in text
    headers = [row[6] for row in text.splitlines() if row.startswith("# ---")]
    assert headers == (["a", "b", "c"] if numbers[0] == "a" else ["a", "c", "b"])


def test_an_emptied_graph_loses_its_braces_and_no_comment() -> None:
    gone = small(without=f" <{PASSAGE}>")
    assert f"# --- {'a' * 12} · The first\n\n# who\n# why\n\ngraph:catalogue {{\n" in gone
    back = small(quad(PASSAGE, "x", "unodc:mentions", iri("y")), text=gone)
    assert back.count("# ---") == 2
    assert back.index(f"passage:{'a' * 12} {{") < back.index("graph:catalogue {")


def test_a_statement_taken_out_leaves_neither_gap_nor_line() -> None:
    assert small(without=f"{EX}z> <{ID[:-3]}ontology#mentions") == SMALL.replace(
        f"\n\n    <{EX}z> unodc:mentions <{EX}y>\n", "\n"
    )


def test_of_two_statements_about_a_subject_the_one_that_says_the_like_grows() -> None:
    text = f"@prefix ex: <{EX}> .\nex:a ex:p 1 .\nex:a ex:q 2 .\n"
    file = parse_text(Path("two.ttl"), text, CATALOGUE_GRAPH)
    new = Quad(iri("a"), iri("p"), Literal(3), NamedNode(CATALOGUE_GRAPH))
    assert revise(file, {*file.quads, new}).endswith(f"\n<{EX}a> <{EX}p> 1 , 3 .\nex:a ex:q 2 .\n")


def test_a_file_without_prefixes_gets_them_below_its_head() -> None:
    file = parse_text(Path("bare.ttl"), f"# Head\n\n<{EX}a> <{EX}p> 1 .", CATALOGUE_GRAPH)
    text = revise(file, {*file.quads, quad(CATALOGUE_GRAPH, "b", "rdfs:label", "B")})
    prefix = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    assert text == f'# Head\n\n{prefix}\n\n<{EX}a> <{EX}p> 1 .\n\n<{EX}b> rdfs:label "B"@en .\n'


@pytest.mark.parametrize(
    ("text", "taken", "reason"),
    [
        ("ex:a ex:p 1 ; ex:q _:x . _:x ex:p 2 .", "1", "names a blank node"),
        ("ex:a ex:p [ ex:q 1 ] .", "1", "about a blank node"),
        (f"@prefix rdfs: <{EX}> . ex:a ex:p 1 , 2 .", "1", "the prefix rdfs: a meaning of its own"),
    ],
)
def test_what_goes_beyond_statements_of_named_things_is_left_to_others(
    text: str, taken: str, reason: str
) -> None:
    file = parse_text(Path("odd.trig"), f"@prefix ex: <{EX}> . {text}", UNPLACED_GRAPH)
    kept = {found for found in file.quads if f'"{taken}"' not in str(found)}
    with pytest.raises(NotTakenApart, match=reason):
        revise(file, kept | {quad(UNPLACED_GRAPH, "a", "rdfs:label", "A")})
