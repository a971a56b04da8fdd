"""A change that is refused says what may be meant: an identifier with a slip, a name in place of a thing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.server.conftest import Reply, Server
from tests.server.writing import PASSAGE, PREFIXES, THEME, Curator, activity, curator, quads, serving_invented

from unodc_graph.location import rooms
from unodc_graph.namespace import PREFIXES as NAMESPACES

BODY = f"PREFIX body: <{NAMESPACES['body']}>"
FUNDED = "shapes#Involving-fundedBy"


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_invented(tmp_path_factory.mktemp("advice"), workers=1) as server:
        yield server


@pytest.fixture(scope="module")
def anna(kg: Server) -> Curator:
    return curator(kg, "anna")


def advice(reply: Reply, rule: str) -> str:
    """Return the advice of the one finding of `rule` in a refusal."""
    assert reply.status == 422, reply.body
    (found,) = [row for row in reply.json()["findings"] if row["rule"].endswith(rule)]
    return str(found["advice"])


def funded(name: str, funder: str) -> str:
    return f"{BODY} {activity(name, f'{THEME} unodc:fundedBy {funder} ;')}"


@pytest.mark.parametrize(
    ("funder", "meant"),
    [
        ("body:agnecy", "body:agency"),
        ("body:gov-landa", "body:gov-landia"),
        ('"Agency"', "body:agency"),
        ('"agency"', "body:agency"),
        ('"Government of Landia"@en', "body:gov-landia"),
        ('"The government of Landia"', "body:gov-landia"),
    ],
)
def test_a_refused_update_says_which_thing_may_be_meant(anna: Curator, funder: str, meant: str) -> None:
    told = advice(anna.update(funded("slip", funder)), FUNDED)
    assert f"Did you mean {meant}?" in told
    assert ("not a text in quotation marks" in told) == funder.startswith('"')
    assert "unodc:financedThrough" in told, "what the shape advises stands beside it"


def test_so_does_the_graph_store_and_a_trial(anna: Curator) -> None:
    known = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in NAMESPACES.items())
    stated = (
        'activity:slip a unodc:Training ; unodc:theme theme:gender-based-violence ; unodc:fundedBy "Agency" .'
    )
    graph = f"/store?graph={NAMESPACES['passage']}{PASSAGE}"
    told = advice(anna.send("POST", graph, (known + stated).encode(), "text/turtle"), FUNDED)
    assert "Did you mean body:agency?" in told
    trial = anna.update(funded("slip", '"Agency"'), "?dry-run=true").json()["findings"]
    assert any("Did you mean body:agency?" in row.get("advice", "") for row in trial)


def test_a_term_and_a_concept_with_a_slip_are_named(anna: Curator) -> None:
    reply = anna.update(f"{BODY} {activity('slip', f'{THEME} unodc:fundedBi body:agency ;')}")
    assert "Did you mean unodc:fundedBy?" in advice(reply, "undeclared-term")
    reply = anna.update(activity("slip", "unodc:theme theme:gender-based-violense ;"))
    assert "Did you mean theme:gender-based-violence?" in advice(reply, "shapes#Classified-theme")


def test_where_nothing_is_like_it_nothing_is_suggested(anna: Curator) -> None:
    for funder in ("body:wholly-different", '"Nobody that anybody knows"', '"x"', '"\\"\\\\"', '"a\\\\x"'):
        assert "Did you mean" not in advice(anna.update(funded("slip", funder)), FUNDED)


def test_of_many_findings_the_first_get_suggestions_and_all_are_told(anna: Curator) -> None:
    many = " ".join(quads(f"slip-{number}", f"{THEME} unodc:fundedBy body:agnecy ;") for number in range(30))
    reply = anna.update(f"{PREFIXES} {BODY} INSERT DATA {{ {many} }}", "?report-limit=100")
    found = [row.get("advice", "") for row in reply.json()["findings"]]
    assert reply.json()["total"] == len(found) >= 30
    assert 1 <= sum("Did you mean body:agency?" in row for row in found) <= 20


def test_what_a_shape_says_names_no_option_of_the_command() -> None:
    """Whoever writes over HTTP has no command; what the shapes say is read by both."""
    files = sorted(rooms().shapes.glob("*.ttl"))
    assert len(files) >= 10
    said = [line for file in files for line in file.read_text("utf-8").splitlines() if "sh:message" in line]
    assert len(said) >= 100
    assert not [line for line in said if " --" in line]
