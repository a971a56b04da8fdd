"""Triple terms and directions (RDF 1.2), known to the engine and not to the graph.

They are answered or refused, and never a 500.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.server.conftest import E, Server, running
from tests.server.writing import Curator, curator

TERM = "<<( <a:a> <a:b> <a:c> )>>"
CONSTRUCT = f"CONSTRUCT {{ <a:a> <a:b> {TERM} }} {{}}"


@pytest.fixture(scope="module")
def anna(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Curator]:
    folder = tmp_path_factory.mktemp("terms")
    environment = {"TMPDIR": str(folder)}
    with running(folder / "unused", "--blank", "--workers", "2", environment=environment) as server:
        (server.state,) = folder.glob("unodc-kg-blank-*")
        yield curator(server, "anna")


def test_a_triple_term_in_a_format_that_has_none_is_406(server: Server) -> None:
    reply = server.query(CONSTRUCT, format="jsonld")
    assert reply.status == 406
    assert "text/turtle" in reply.json()["detail"]
    assert server.query(CONSTRUCT, format="turtle").status == 200


@pytest.mark.parametrize("name", ["json", "csv", "tsv", "xml"])
def test_a_triple_term_about_a_literal_is_400(server: Server, name: str) -> None:
    query = f"SELECT * {{ <{E}a> <{E}label> ?s . ?o <a:x> <<( ?s <a:b> ?s )>> }}"
    reply = server.query(query, format=name)
    assert reply.status == 400
    assert "triple term" in reply.json()["detail"]


@pytest.mark.parametrize(
    "update",
    [
        f"INSERT DATA {{ GRAPH <a:g> {{ <a:a> <a:b> {TERM} }} }}",
        f"INSERT {{ GRAPH <a:g> {{ <a:a> <a:b> {TERM} }} }} WHERE {{}}",
        "INSERT { GRAPH <a:g> { ?o <a:p> 1 } } WHERE { VALUES ?s { 'x' } ?o <a:x> <<( ?s <a:b> ?s )>> }",
        "INSERT DATA { GRAPH <a:g> { << <a:a> <a:b> <a:c> >> <a:p> <a:o> } }",
        "INSERT DATA { GRAPH <a:g> { <a:a> <a:b> <a:c> ~ <a:r> {| <a:p> <a:o> |} } }",
        "INSERT DATA { GRAPH <a:g> { <a:a> <a:b> 'x'@en--ltr } }",
        "INSERT { GRAPH <a:g> { <a:a> <a:b> ?o } } WHERE { BIND(STRLANGDIR('x', 'en', 'rtl') AS ?o) }",
    ],
)
def test_an_update_that_adds_what_rdf_1_1_lacks_is_400_and_changes_nothing(
    anna: Curator, update: str
) -> None:
    before = anna.digest()
    assert anna.update(update).status == 400
    assert anna.digest() == before


@pytest.mark.parametrize(
    ("kind", "text"),
    [("application/trig", b"_:g { <a:a> <a:b> <a:c> }"), ("application/n-quads", b"<a:a> <a:b> <a:c> _:g .")],
)
def test_a_graph_named_by_a_blank_node_is_400(anna: Curator, kind: str, text: bytes) -> None:
    reply = anna.send("POST", "/store", text, kind)
    assert reply.status == 400
    assert reply.json()["type"].endswith("/problems/document-unreadable")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/turtle", "<a:a> <a:b> 'x'@en--ltr ."),
        (
            "application/ld+json",
            '{"@context": {"@version": 1.1}, "@id": "a:a", '
            '"a:b": {"@value": "x", "@language": "en", "@direction": "rtl"}}',
        ),
    ],
)
def test_a_document_with_a_direction_of_writing_is_400(anna: Curator, kind: str, text: str) -> None:
    before = anna.digest()
    reply = anna.send("PUT", "/store?graph=a:g", text.encode(), kind)
    assert reply.status == 400
    assert "direction of writing" in reply.json()["detail"]
    assert anna.digest() == before
