"""Changes over HTTP, refused or made: server/README.md, P15, P17, R5, K5, W1, W3 to W7."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from rdflib import RDF, SH, Graph
from tests.ontology.shapes.test_failing import FAILING, expected, named, short_component
from tests.server.conftest import Reply, Server, running
from tests.server.writing import (
    MINE,
    PASSAGE,
    PREFIXES,
    THEME,
    Curator,
    activity,
    curator,
    publish_invented,
    quads,
    serving_invented,
)

from unodc_graph.commit.derived import asserted
from unodc_graph.commit.patch import read_patch
from unodc_graph.namespace import BASE, GRAPH, INFERRED_GRAPH, SHAPES
from unodc_graph.store.canonical import state_digest
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.parsing import parse_file
from unodc_graph.store.term import DefaultGraph, NamedNode

ONLY_WARNED = {"Described-description--missing"}
"""Failing files of shapes whose severity is a warning."""


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_invented(tmp_path_factory.mktemp("writes"), workers=2) as server:
        yield server


@pytest.fixture(scope="module")
def anna(kg: Server) -> Curator:
    return curator(kg, "anna")


@pytest.fixture(scope="module")
def editor(kg: Server) -> Curator:
    """Return somebody who may write any graph: ontology, schemes, reference, and what has no place."""
    return curator(kg, "editor", (BASE, "urn:"))


@pytest.mark.parametrize(
    ("graph", "statement"),
    [
        (f"{GRAPH}catalogue", f"place:pse unodc:evidencedBy <{MINE}>"),
        (f"{GRAPH}sources", f"<{MINE}> unodc:evidencedBy <{MINE}>"),
        (MINE, f"activity:unheard-of unodc:evidencedBy <{MINE}>"),
        (f"{GRAPH}reference", f"place:pse unodc:evidencedBy <{MINE}>"),
    ],
)
def test_evidence_that_somebody_writes_is_422_in_whatever_graph(
    kg: Server, anna: Curator, graph: str, statement: str
) -> None:
    writer = curator(kg, f"forger-{graph.rpartition('/')[2]}", (graph,))
    before = anna.digest()
    reply = writer.update(
        f"{PREFIXES} PREFIX place: <https://w3id.org/unodc-kg/id/place/> "
        f"INSERT DATA {{ GRAPH <{graph}> {{ {statement} }} }}"
    )
    assert reply.status == 422, reply.body
    assert "evidence-by-hand" in {finding["rule"] for finding in reply.json()["findings"]}
    assert anna.digest() == before


def test_evidence_that_follows_may_be_sent_back(anna: Curator) -> None:
    stated = f"{PREFIXES} INSERT DATA {{ {quads('sent-back')} "
    given = f"GRAPH passage:{PASSAGE} {{ activity:sent-back unodc:evidencedBy passage:{PASSAGE} }} }}"
    assert anna.update(stated + given).status == 200


def test_a_blank_node_that_breaks_a_rule_of_values_is_422(anna: Curator) -> None:
    """The validator writes its own message about the node, for which it looks it up by graph."""
    reply = anna.update(
        f"{PREFIXES} INSERT DATA {{ GRAPH passage:{PASSAGE} {{ _:b a unodc:ServicePackage }} }}"
    )
    assert reply.status == 422
    assert "blank-node" in {finding["rule"] for finding in reply.json()["findings"]}


@pytest.mark.parametrize("name", ["urn:x:evil", f"{GRAPH}evil", f"{BASE}id/passage/ffffffffffff"])
def test_an_empty_graph_that_no_rule_knows_is_422(kg: Server, name: str) -> None:
    editor = curator(kg, f"creator-{name.rpartition('/')[2].replace(':', '.')}", (BASE, "urn:"))
    before = GenerationFolder(kg.state).current_number()
    for reply in (
        editor.update(f"CREATE GRAPH <{name}>"),
        editor.send("PUT", f"/store?graph={name}", b"", "text/turtle"),
    ):
        assert reply.status == 422, reply.body
        assert [finding["rule"] for finding in reply.json()["findings"]] == ["unregistered-graph"]
    assert GenerationFolder(kg.state).current_number() == before


def test_a_graph_that_a_blank_node_would_name_is_400(kg: Server, anna: Curator) -> None:
    """Nobody could ask for it, nor any rule say anything of it."""
    before = anna.digest()
    text = "INSERT { GRAPH ?g { <urn:a> <urn:b> 1 } } WHERE { BIND(BNODE() AS ?g) }"
    assert anna.update(text).status == 400
    assert curator(kg, "nameless", (BASE, "urn:")).update(text).status == 400
    assert anna.digest() == before


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_P15_an_update_by_url_is_400(kg: Server, method: str) -> None:
    assert kg.request(method, "/update?update=CLEAR%20ALL").status == 400
    assert kg.request("GET", "/update").status == 405


def test_E415_an_update_in_another_charset_is_told_which_types_are_taken(anna: Curator) -> None:
    reply = anna.send("POST", "/update", b"CLEAR ALL", "application/sparql-update; charset=utf-16")
    assert reply.status == 415
    assert reply.json()["accepted"][0] == "application/sparql-update; charset=utf-8"


def test_R5_no_other_site_may_send_changes(kg: Server) -> None:
    for method, path in (
        ("POST", "/update"),
        ("PUT", "/store?graph=urn:g"),
        ("DELETE", "/store?graph=urn:g"),
    ):
        reply = kg.request(method, path, headers={"Origin": "http://elsewhere.test"})
        assert reply.status == 401
        assert "Access-Control-Allow-Origin" not in reply.headers
        assert reply.headers["Cache-Control"] == "no-store"
    assert kg.get("/store?default").headers["Access-Control-Allow-Origin"] == "*"


def test_W5_a_setting_requires_the_condition(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    publish_invented(state, tmp_path / "project")
    with running(state, "--workers", "1", environment={"UNODC_KG_REQUIRE_IF_MATCH": "true"}) as server:
        careful = curator(server, "careful")
        tag = careful.update(activity("one"), "?dry-run=true", If_Match="*").headers["ETag"]
        assert careful.update(activity("one")).status == 428
        assert careful.update(activity("one"), If_Match=tag).status == 200


def test_P17_graphs_of_the_request_and_of_the_text_at_once_are_400(anna: Curator) -> None:
    for text in (
        "INSERT {?s ?p 1} USING <urn:a> WHERE {?s ?p ?o}",
        "WITH <urn:a> DELETE {?s ?p 1} WHERE {?s ?p ?o}",
    ):
        assert anna.update(text, "?using-graph-uri=urn:b").status == 400


def test_W3_an_accepted_change_is_seen_recorded_and_counted(kg: Server, anna: Curator) -> None:
    reply = anna.update(activity("accepted"), "?message=A%20first%20course")
    assert reply.status == 200, reply.body
    number = reply.json()["version"]
    assert reply.headers["Dataset-Version"] == str(number)
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Warning-Count"].isdecimal()
    assert "Access-Control-Allow-Origin" not in reply.headers
    evidence = f"ASK {{ <https://w3id.org/unodc-kg/id/activity/accepted> unodc:evidencedBy <{MINE}> }}"
    assert kg.query(PREFIXES + evidence).json()["boolean"]
    asked = """PREFIX prov: <http://www.w3.org/ns/prov#> ASK { GRAPH graph:history {
        ?c prov:wasAssociatedWith/rdfs:label "anna" ; rdfs:comment "A first course" ; prov:used ?r } }"""
    assert kg.query(PREFIXES + asked).json()["boolean"]
    commit = kg.get("/history").json()["commits"][0]
    assert (commit["number"], commit["author"], commit["message"]) == (number, "anna", "A first course")
    parent, delta = read_patch(kg.state / "history" / f"{number:06d}.rdfp.gz")
    assert parent == number - 1
    assert len(delta.added) == commit["added"]
    patch = kg.get(f"/history/{number}").body.decode()
    assert patch.count("\nA ") == commit["added"]


def test_W3_a_message_may_come_as_a_header_and_the_record_tells_request_and_rules(
    kg: Server, anna: Curator
) -> None:
    text = activity("by-header")
    assert anna.update(text, Commit_Message="Heard of later").status == 200
    commit = kg.get("/history").json()["commits"][0]
    assert (commit["message"], commit["outcome"]) == ("Heard of later", "published")
    assert commit["request"] == hashlib.sha256(text.encode()).hexdigest()
    assert commit["shapes"] == GenerationFolder(kg.state).current().metadata.shapes
    assert datetime.fromisoformat(commit["time"]).tzinfo is not None
    for number, sent in enumerate(("Zürich", "Zürich".encode().decode("latin-1"))):  # Latin-1, and UTF-8
        assert anna.update(activity(f"by-header-{number}"), Commit_Message=sent).status == 200
        assert kg.get("/history").json()["commits"][0]["message"] == "Zürich"
    bare = kg.query(
        """PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?c {
        GRAPH <https://w3id.org/unodc-kg/graph/history> { ?c a prov:Activity
            FILTER (!EXISTS { ?c prov:endedAtTime ?t } || !EXISTS { ?c prov:wasAssociatedWith ?a }
                || !EXISTS { ?e prov:wasGeneratedBy ?c ; prov:wasDerivedFrom ?p }) } }"""
    )
    assert bare.json()["results"]["bindings"] == []


def test_W3_counts_and_digest_are_kept_up(kg: Server, anna: Curator) -> None:
    assert anna.update(activity("counted")).status == 200
    generation = GenerationFolder(kg.state).current()
    store, metadata = generation.open(), generation.metadata
    quads = list(asserted(store))
    assert metadata.quads == len(quads)
    assert metadata.state_digest == state_digest(f"{quad} ." for quad in quads)
    default = {quad.triple for quad in store.quads_for_pattern(None, None, None, DefaultGraph())}
    assert default == {quad.triple for quad in quads}
    assert metadata.triples == len(default)
    inferred = list(store.quads_for_pattern(None, None, None, NamedNode(INFERRED_GRAPH)))
    assert metadata.inferred == len(inferred)
    assert not {quad.triple for quad in inferred} & default


def test_W3_what_the_checks_refuse_is_422_in_words(anna: Curator) -> None:
    before = anna.digest()
    reply = anna.update(activity("nameless").replace('rdfs:label "Course nameless"@en ;', ""))
    assert reply.status == 422
    document = reply.json()
    assert document["total"] == len(document["findings"]) >= 1
    assert all(finding["message"] for finding in document["findings"])
    assert anna.digest() == before


def test_W4_a_dry_run_shows_report_and_difference_and_changes_nothing(kg: Server, anna: Curator) -> None:
    before, version = anna.digest(), GenerationFolder(kg.state).current_number()
    for parameters, prefer in (("?dry-run=true", ""), ("", "handling=strict, return=representation")):
        document = anna.update(activity("tried"), parameters, Prefer=prefer).json()
        assert document["conforms"] is True
        assert document["added"] == len(document["difference"]) > 0
    bad = anna.update(activity("tried", theme=""), "?dry-run=true")
    assert (bad.status, bad.json()["conforms"]) == (200, False)
    assert (anna.digest(), GenerationFolder(kg.state).current_number()) == (before, version)
    assert anna.update("ASK {}", "?dry-run=perhaps").status == 400


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dryrun", "Did you mean `dry-run`?"),
        ("dry_run", "Did you mean `dry-run`?"),
        ("Dry-Run", "Did you mean `dry-run`?"),
        ("mesage", "Did you mean `message`?"),
        ("unheard", "`report-limit`"),
    ],
)
def test_W4_an_unknown_parameter_is_400_and_changes_nothing(anna: Curator, name: str, said: str) -> None:
    before = anna.digest()
    turtle, trig = b"<urn:a> <urn:b> 1 .", quads("unasked").encode()
    form = urlencode({"update": activity("unasked"), name: "true"}).encode()
    for reply in (
        anna.update(activity("unasked"), f"?{name}=true"),
        anna.send("POST", "/update", form, "application/x-www-form-urlencoded"),
        anna.send("PUT", f"/store?graph={MINE}&{name}=true", turtle, "text/turtle"),
        anna.send("POST", f"/store/new?{name}=true", turtle, "text/turtle"),
        anna.send("POST", f"/store?{name}=true", trig, "application/trig"),
        anna.send("DELETE", f"/store?graph={MINE}&{name}=true"),
    ):
        assert reply.status == 400, reply.body
        assert f"`{name}`" in reply.json()["detail"]
        assert said.rstrip("?") in reply.json()["hint"] or "form" in reply.json()["detail"]
    assert anna.digest() == before


@pytest.mark.parametrize("parameters", ["?dry-run", "?dry-run=", "?dry-run=false&dry-run=true"])
def test_W4_a_dry_run_that_is_not_clear_is_400(anna: Curator, parameters: str) -> None:
    before = anna.digest()
    assert anna.update(activity("unclear"), parameters).status == 400
    assert anna.digest() == before


def test_W4_the_parameters_of_an_update_belong_in_the_url(anna: Curator) -> None:
    before = anna.digest()
    form = urlencode({"update": activity("formed"), "dry-run": "true"}).encode()
    reply = anna.send("POST", "/update", form, "application/x-www-form-urlencoded")
    assert (reply.status, anna.digest()) == (400, before)
    assert "Did you mean `dry-run`, in the URL?" in reply.json()["hint"]
    reply = anna.send(
        "POST", "/update?dry-run=true", form.partition(b"&")[0], "application/x-www-form-urlencoded"
    )
    assert (reply.status, anna.digest()) == (200, before)


def test_W4_all_parameters_that_are_described_are_known(kg: Server, anna: Curator) -> None:
    """A change with each of those that the OpenAPI document lists fails, if at all, for another reason."""
    values = {"dry-run": "true", "message": "m", "report-offset": "0", "report-limit": "1"}
    values |= dict.fromkeys(("graph", "using-graph-uri", "using-named-graph-uri"), "urn:a")
    paths, asked = kg.get("/openapi.json").json()["paths"], 0
    for path, method in (("/update", "post"), ("/store", "put"), ("/store", "post"), ("/store", "delete")):
        for parameter in paths[path][method]["parameters"]:
            if parameter["in"] == "query":
                name = parameter["name"]
                reply = anna.send(
                    method.upper(), f"{path}?{name}={values.get(name, '')}", b"", "application/trig"
                )
                assert "is no parameter" not in reply.body.decode(), (path, name)
                asked += 1
    assert asked == 24


@pytest.mark.parametrize("sent", ["Basic YTpi", "Token", "bearer"])
def test_a_token_without_the_word_bearer_is_told_so(kg: Server, sent: str) -> None:
    reply = kg.request("POST", "/update", b"", {"Authorization": sent})
    assert reply.status == 401
    assert "does not hold the word `Bearer`" in reply.json()["detail"]
    assert "`Authorization: Bearer …`" in reply.json()["detail"]


def test_a_failed_condition_gives_the_current_tag(anna: Curator) -> None:
    tag = anna.update("DELETE DATA {}").headers["ETag"]
    for reply in (
        anna.update(activity("never"), If_Match='"v0-gone"'),
        anna.send("PUT", f"/store?graph={MINE}", b"", "text/turtle", If_None_Match="*"),
    ):
        assert (reply.status, reply.headers["ETag"]) == (412, tag)
        assert f"`{tag}`" in reply.json()["detail"]


def test_what_clears_all_graphs_is_told_that_some_are_derived(anna: Curator) -> None:
    reply = anna.update("CLEAR ALL")
    assert reply.status == 403
    assert reply.json()["detail"].startswith(
        "This would also change graphs that are derived, written by nobody"
    )


def test_a_refusal_counts_what_blocks_apart_and_says_how_many_more(anna: Curator) -> None:
    wrong = " ".join(quads(f"wrong-{number}", "") for number in range(4))
    document = anna.update(f"{PREFIXES} INSERT DATA {{ {wrong} }}").json()
    severities = [finding["severity"] for finding in document["findings"]]
    blocking = severities.count("violation")
    assert document["detail"].startswith(f"{blocking} findings block")
    assert document["detail"].endswith(f"And {document['total'] - 3} more.")
    one = activity("warned", "").replace(
        'dcterms:description "A course that was', 'rdfs:comment "A course that was'
    )
    document = anna.update(one).json()
    severities = [finding["severity"].lower() for finding in document["findings"]]
    assert severities.count("warning") == 1
    assert ", 1 is a warning. " in document["detail"]


def test_W5_a_change_of_a_state_that_is_gone_is_412(kg: Server, anna: Curator) -> None:
    tag = anna.update(activity("first")).headers["ETag"]
    assert anna.update(activity("second"), If_Match=tag).status == 200
    before = anna.digest()
    assert anna.update(activity("third"), If_Match=tag).status == 412
    held = kg.get(f"/store?graph={MINE}", Accept="text/turtle").headers["ETag"]
    assert anna.update(activity("fourth")).status == 200
    reply = anna.send("DELETE", f"/store?graph={MINE}", If_Match=held)
    assert reply.status == 412
    assert anna.send("PUT", f"/store?graph={MINE}", b"", "text/turtle", If_None_Match="*").status == 412
    assert anna.digest() != before


def test_W5_a_graph_that_was_read_can_be_put_back_on_condition(kg: Server, anna: Curator) -> None:
    got = kg.get(f"/store?graph={MINE}", Accept="text/turtle", Accept_Encoding="gzip")
    tag = got.headers["ETag"]
    plain = kg.get(f"/store?graph={MINE}", Accept="text/turtle").body
    before = anna.digest()
    reply = anna.send("PUT", f"/store?graph={MINE}", plain, "text/turtle", If_Match=tag)
    assert reply.status == 204, reply.body
    assert anna.digest() == before


def test_W6_nothing_of_ten_operations_is_in_when_the_last_breaks_a_shape(kg: Server, anna: Curator) -> None:
    before = anna.digest()
    parts = [quads(f"part-{number}", "" if number == 9 else THEME) for number in range(10)]
    text = PREFIXES + " ;\n".join(f"INSERT DATA {{ {part} }}" for part in parts)
    assert anna.update(text).status == 422
    assert anna.digest() == before
    assert not kg.query("ASK { <https://w3id.org/unodc-kg/id/activity/part-0> ?p ?o }").json()["boolean"]


def test_B3_the_default_graph_and_what_is_derived_are_refused(anna: Curator) -> None:
    before = anna.digest()
    for text, kind in (
        ("INSERT DATA { <urn:a> <urn:b> 1 }", "default-graph-derived"),
        ("CLEAR ALL", "graph-derived"),
        ("CLEAR GRAPH <https://w3id.org/unodc-kg/graph/inferred>", "graph-derived"),
        (
            "INSERT DATA { GRAPH <https://w3id.org/unodc-kg/graph/history> { <urn:a> <urn:b> 1 } }",
            "graph-derived",
        ),
        ("INSERT { GRAPH ?g { <urn:a> <urn:b> 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }", "graph-derived"),
    ):
        reply = anna.update(text)
        assert (reply.status, reply.json()["type"].rpartition("/")[2]) == (403, kind), text
    assert anna.send("PUT", "/store?default", b"", "text/turtle").status == 403
    assert anna.digest() == before


def test_W7_a_warning_does_not_block_and_is_counted(kg: Server, anna: Curator) -> None:
    stated = f"GRAPH passage:{PASSAGE} {{ activity:plain {THEME} a unodc:Training . }}"
    label = 'GRAPH graph:catalogue { activity:plain rdfs:label "Course without a description"@en . }'
    reply = anna.update(f"{PREFIXES} INSERT DATA {{ {stated} {label} }}")
    assert reply.status == 200, reply.body
    assert int(reply.headers["Warning-Count"]) == len(reply.json()["warnings"]) == 1
    assert kg.get("/history").json()["commits"][0]["outcome"] == "published with 1 warning"


def test_W7_a_long_report_comes_in_pages(anna: Curator) -> None:
    text = PREFIXES + "INSERT DATA {" + "".join(quads(f"bad-{number}", "") for number in range(5)) + "}"
    first = anna.update(text, "?report-limit=3").json()
    assert (len(first["findings"]), first["total"] >= 5) == (3, True)
    second = anna.update(text, f"?{first['next']}").json()
    assert second["findings"][0] not in first["findings"]
    assert anna.update(text, "?report-limit=many").status == 400


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
        ("text/turtle;q=0.9, application/problem+json;q=0.8", "turtle"),
    ],
)
def test_E422_a_report_comes_in_the_rdf_that_is_accepted(anna: Curator, accept: str, kind: str) -> None:
    reply = anna.update(activity("refused", theme=""), Accept=accept)
    assert reply.status == 422
    assert reply.type == accept.partition(";")[0]
    graph = Graph().parse(data=reply.body, format=kind)
    assert len(list(graph.subjects(RDF.type, SH.ValidationResult))) >= 1
    for words in ("*/*", "text/turtle;q=0.5, application/problem+json"):
        assert anna.update(activity("refused", theme=""), Accept=words).type == "application/problem+json"


@pytest.mark.parametrize("path", FAILING, ids=lambda path: path.stem)
def test_each_failing_file_is_422_and_named_exactly(editor: Curator, path: Path) -> None:
    before = editor.digest()
    quads = parse_file(path, "urn:none").quads
    text = "INSERT DATA { " + "\n".join(f"GRAPH {q.graph_name} {{ {q.triple} }}" for q in quads) + " }"
    wanted = {(row.thing, row.shape, row.component) for row in expected(path)}
    document = "".join(f"{quad} .\n" for quad in quads).encode()
    trial, status = ("?dry-run=true", 200) if path.stem in ONLY_WARNED else ("", 422)
    replies = (
        editor.update(text, trial, Accept="text/turtle"),
        editor.send(
            "POST", f"/store{trial}", document, "application/n-quads", Accept="application/n-triples"
        ),
    )
    for reply, kind in zip(replies, ("turtle", "nt"), strict=True):
        assert reply.status == status, reply.body
        assert _broken(reply, kind) == wanted
    assert editor.digest() == before


def _broken(reply: Reply, kind: str) -> set[tuple[str, str, str]]:
    """Return thing, shape and component of each result that a shape gave."""
    graph = Graph().parse(data=reply.body, format=kind)
    found = set()
    for result in graph.subjects(RDF.type, SH.ValidationResult):
        shape, thing = graph.value(result, SH.sourceShape), graph.value(result, SH.focusNode)
        component = graph.value(result, SH.sourceConstraintComponent)
        assert component is not None
        if str(shape).startswith(SHAPES):
            found.add((named(str(thing)), named(str(shape)), short_component(component)))
    return found


def test_two_writers_at_once_are_one_after_the_other(kg: Server, anna: Curator) -> None:
    tag = anna.update("CLEAR SILENT GRAPH <urn:none>").headers["ETag"]
    start = GenerationFolder(kg.state).current_number()

    def write(number: int) -> int:
        condition = {"If_Match": tag} if number % 2 else {}
        return anna.update(activity(f"both-{number}"), **condition).status

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(write, range(6)))
    assert set(statuses) <= {200, 412}
    assert statuses[0::2] == [200, 200, 200]
    assert GenerationFolder(kg.state).current_number() == start + statuses.count(200)
