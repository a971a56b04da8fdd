"""The scan: what it learns of a text, and that no text on which the bare engine connects passes it."""

from __future__ import annotations

import random

import pytest
from pyoxigraph import Store
from tests.trap import Trap

from unodc_graph.errors import QueryRefused
from unodc_graph.store.scan import scan

TEXTS = 20_000
"""How many texts the differential fuzz makes; the seed is fixed, so that a failure comes again."""


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "select"),
        ("select?x{}", "select"),
        ("SELECT*{}", "select"),
        ("ASK{}", "ask"),
        ("PREFIX ask: <http://x/> CONSTRUCT {} WHERE {}", "construct"),
        ("BASE <http://x/> PREFIX : <#> # SELECT\nDESCRIBE :a", "describe"),
        ("PREFIX e: <http://x/> DESCRIBEe:a", "describe"),
        ("VERSION '1.2' ASK {}", "ask"),
        ("INSERT DATA {}", "update"),
        ("WITH <http://x/> DELETE { ?s ?p ?o } WHERE {}", "update"),
        ("DROP ALL", "update"),
        ("", "unknown"),
        ("nonsense", "unknown"),
        ("\ufeffSELECT", "unknown"),
    ],
)
def test_the_form_is_known(text: str, form: str) -> None:
    assert scan(text).form == form


def test_graphs_of_from_are_resolved() -> None:
    found = scan(
        "BASE <http://b/x/> PREFIX e: <http://e/> SELECT * FROM <rel> FROM e:a\\-b FROM NAMED <http://n> {}"
    )
    assert found.from_graphs == ("http://b/x/rel", "http://e/a-b")
    assert found.from_named == ("http://n",)
    assert found.dataset_clause


@pytest.mark.parametrize("text", ["ASK FROMe:g {}", "PREFIX e: <http://e/> ASK FROM f:g {}"])
def test_graphs_that_cannot_be_told_are_left_to_the_engine(text: str) -> None:
    found = scan(text)
    assert found.dataset_clause
    assert found.from_graphs == ()


@pytest.mark.parametrize(
    ("text", "volatile"),
    [
        ("SELECT (NOW() AS ?x) {}", True),
        ("SELECT (struuid() AS ?x) {}", True),
        ("SELECT ?now { ?now <http://x/rand> 'uuid' } # bnode", False),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p [] }", False),
        ("CONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o }", True),
    ],
)
def test_what_differs_each_time_is_known(text: str, volatile: bool) -> None:
    assert scan(text).volatile is volatile


def test_a_refusal_says_where() -> None:
    with pytest.raises(QueryRefused) as caught:
        scan("ASK {\n  SERVICE <http://x> {} }")
    assert (caught.value.word, caught.value.line, caught.value.column) == ("SERVICE", 2, 3)


def test_listed_services_pass_and_no_others() -> None:
    allowed = frozenset({"http://ok.example/"})
    found = scan("ASK { SERVICE <http://ok.example/> {} }", None, allowed)
    assert found.reaches_out
    assert found.volatile
    assert not scan("ASK { ?service ?p 'SERVICE <http://ok.example/>' }", None, allowed).reaches_out
    prologue = "BASE <http://ok.example/> PREFIX o: <http://ok.example/> "
    for service in ("<http://ok.example/x>", "?x", "SILENT <http://ok.example/>", "o:", "<>", "</>"):
        with pytest.raises(QueryRefused):
            scan(f"{prologue} ASK {{ SERVICE {service} {{}} }}", None, allowed)
    with pytest.raises(QueryRefused):
        scan("LOAD <http://ok.example/>", None, allowed)


@pytest.mark.parametrize(
    "piece",
    ["-", '"\\"', "<", "a", "'", "(", "_:", "@a-", "?", "{", "<a#", "''' ", "\\", "%4", ":", "a:"],
)
def test_long_texts_are_scanned_to_their_end(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    try:
        assert scan(text).form in ("unknown", "ask")
    except QueryRefused as error:
        assert error.reason  # noqa: PT017  (either outcome is fine; what counts is that there is one)


@pytest.mark.parametrize(
    "body",
    [
        "?s t:p* t:.SERVICE<{trap}>{{}}",
        "?s ?p 'x'^^t:.SERVICE<{trap}>{{}}",
        "BIND(<<(t:a t:b t:c)>><'>' AS ?z) SERVICE<{trap}>{{}} BIND('x' AS ?q)",
        "BIND(<<(t:a t:b t:c)>> <'>' AS ?z) SERVICE<{trap}>{{}} BIND('x' AS ?q)",
        "<<'>' t:b t:c>> . SERVICE<{trap}>{{}} FILTER(1='')",
        "<<t:a#>'''\n t:b t:c>> . SERVICE<{trap}>{{}} #'''\n",
    ],
)
def test_nothing_hides_a_service(body: str) -> None:
    with pytest.raises(QueryRefused):
        scan(f"PREFIX t: <http://t> SELECT * {{ {body.format(trap='http://trap.test/')} }}")


@pytest.mark.parametrize(
    "body",
    [
        "<<?s ?p ?o>> ?q ?r",
        "<<<http://a#b> <http://p#q> 'x'>> ?q ?r",
        "?s ?p <<(<http://a#b> ?q 'x')>>",
        "FILTER(?a > <http://a#b>)",
        "?s t:a.b t:-",
    ],
)
def test_statements_about_statements_and_comparisons_pass(body: str) -> None:
    assert scan(f"PREFIX t: <http://t> SELECT * {{ {body} }}").form == "select"


def pieces(trap: str) -> list[str]:
    """What the fuzz puts together: keywords whole and torn, terminals that can hide them, and white space."""
    return [
        f"SERVICE<{trap}>{{?a ?b ?c}}",
        f"SERVICE <{trap}> {{ ?a ?b ?c }}",
        f"service SILENT<{trap}>{{}}",
        "SERVICEt:x{?a ?b ?c}",
        f"SER#\nVICE<{trap}>{{}}",
        f"\\u0053ERVICE<{trap}>{{}}",
        f"ſERVICE<{trap}>{{}}",
        "?s ?p ?o",
        "?s ?p ?o .",
        "?s ?p 1",
        "?s ?p 'x'",
        "?s ?p 'x'@en",
        '?s ?p "\\""',
        "?s ?p '''a'b'''",
        "?s ?p t:a\\#b",
        "?s ?p t:a\\'b",
        "?s ?p t:a%41",
        "?s ?p _:b",
        "?s t:p* t:.",
        "?s ?p 'x'^^t:",
        "BIND(<<(t:a t:b t:c)>><'>' AS ?z)",
        "BIND('x' AS ?q)",
        "<<'>' t:b t:c>>",
        "<<t:a#>'''\n t:b t:c>>",
        "?s t:p? ?o",
        "?s <rel#> ?o",
        "<http://x/\\u0041#a> ?p ?o",
        "FILTER(?a<?b)",
        "FILTER(?a<?b#>\n)",
        "FILTER(?a<?b&&?c>?d)",
        'FILTER(?a<?b#>"""\n)',
        "FILTER(?a<?b#>'''\n)",
        "FILTER(1<2)",
        "FILTER(?a<t:x#>\n)",
        "FILTER EXISTS{?s ?p ?o}",
        "BIND(?a<?b AS ?c)",
        "OPTIONAL{",
        "{",
        "}",
        "}",
        ".",
        ";",
        "#",
        '#"""',
        "#'''\n",
        "# SERVICE\n",
        '"""',
        "'''",
        '"',
        "'",
        "<",
        ">",
        "(",
        ")",
        " ",
        "\n",
        "\r",
        "\\",
        "VALUES ?x{1}",
        "LATERAL{",
        "UNION",
        "GRAPH ?g{",
        "MINUS{",
    ]


def test_no_text_on_which_the_bare_engine_connects_passes(trap: Trap) -> None:
    chance = random.Random(20261121)
    available = pieces(trap.address)
    store = Store()
    store.update("INSERT DATA { <http://s> <http://p> 1, 'x', 'x'@en . <http://t> <http://p> 2 }")
    connected = refused = 0
    for _ in range(TEXTS):
        count = chance.randint(0, 4)
        body = "".join(chance.choice((" ", "")) + chance.choice(available) for _ in range(count))
        if chance.random() < 0.7:
            body += f"SERVICE<{trap.address}>{{?a ?b ?c}}"
        body += "".join(chance.choice(("", " ", "\n", '#"""', "#'''", '"""', "}")) for _ in range(2))
        text = f"BASE <http://base/> PREFIX t: <{trap.address}> ASK {{ {body} }}"
        before = trap.visits
        reached = False
        try:
            store.query(text)
        except (SyntaxError, RuntimeError):
            pass  # no SPARQL, or a literal that became the subject of a triple term
        except OSError:
            reached = True  # the trap closes at once, which the engine reports
        try:
            scan(text)
            passed = True
        except QueryRefused:
            passed = False
        assert not (passed and (reached or trap.visits > before)), text
        connected += reached
        refused += not passed
    assert connected >= 300, "the fuzz made too few texts that the engine accepts"
    assert refused > connected
