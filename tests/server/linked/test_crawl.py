"""server/README.md, D11: every IRI minted under the base answers, its document with a label and the evidence.

Every IRI is asked for in one of the four formats, in turn; with UNODC_KG_CRAWL=full in all four.
"""

from __future__ import annotations

import os
from collections import Counter

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from tests.server.linked.test_dereference import FORMATS

from unodc_graph.namespace import BASE, ID, ONTOLOGY, PREFIXES, STATED_KINDS, kind
from unodc_graph.store.generation import Generation

SUFFIXES = ("ttl", "nt", "rdf", "jsonld")
NAMES = tuple(
    f"{PREFIXES[p]}{n}" for p, n in (("rdfs", "label"), ("skos", "prefLabel"), ("dcterms", "title"))
)
EVIDENCED_BY = f"{ONTOLOGY}evidencedBy"
OWN_NAME = frozenset({"occurrence"})
"""Kinds whose things have no name of their own, but whose documents name what they are part of."""


def minted(generation: Generation) -> list[str]:
    """Return every IRI under the base, without fragments, since those are never sent."""
    found = set()
    for quad in generation.open().quads_for_pattern(None, None, None, None):
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, pyoxigraph.NamedNode) and term.value.startswith(BASE):
                found.add(term.value.partition("#")[0])
    return sorted(found)


def test_D11_every_iri_answers_with_label_and_evidence(client: FlaskClient, generation: Generation) -> None:
    iris = minted(generation)
    kinds = Counter(kind(iri) or iri[len(BASE) :].partition("/")[0] for iri in iris)
    assert len(iris) > 900
    assert kinds["programme"] > 15
    assert kinds["passage"] > 100
    full = os.environ.get("UNODC_KG_CRAWL") == "full"
    wrong: list[str] = []
    for number, iri in enumerate(iris):
        things = iri.startswith((ID, f"{BASE}graph/"))
        for suffix in SUFFIXES if full else (SUFFIXES[number % len(SUFFIXES)],):
            wrong += check_thing(client, iri, suffix) if things else check_other(client, iri)
    assert wrong == []


def check_thing(client: FlaskClient, iri: str, suffix: str) -> list[str]:
    answer = client.get(f"/{iri[len(BASE) :]}")
    if answer.status_code != 303:
        return [f"{iri}: {answer.status_code}"]
    document = client.get(f"{answer.headers['Location']}.{suffix}")
    if document.status_code != 200:
        return [f"{iri}.{suffix}: {document.status_code}"]
    quads = list(pyoxigraph.parse(document.data, format=FORMATS[suffix]))
    values = {q.predicate.value: q.object for q in quads if getattr(q.subject, "value", "") == iri}
    wrong = []
    own = kind(iri) not in OWN_NAME and not iri.endswith("/context")
    named = values if own else {q.predicate.value for q in quads}
    if not any(name in named for name in NAMES):
        wrong.append(f"{iri}.{suffix}: no label")
    if (
        kind(iri) in STATED_KINDS
        and EVIDENCED_BY not in values
        and f"{PREFIXES['dcterms']}source" not in values
    ):
        wrong.append(f"{iri}.{suffix}: no evidence")
    if EVIDENCED_BY in values and not any(q.predicate.value == f"{PREFIXES['oa']}start" for q in quads):
        wrong.append(f"{iri}.{suffix}: no position of its evidence")
    return wrong


def check_other(client: FlaskClient, iri: str) -> list[str]:
    """A page that is no document about a thing: the ontology, an example query, the endpoint, a dump."""
    answer = client.get(f"/{iri[len(BASE) :]}")
    return [] if answer.status_code in (200, 302) else [f"{iri}: {answer.status_code}"]


@pytest.mark.parametrize("what", ["/sitemap.xml", "/.well-known/void"])
def test_D11_the_lists_of_things_name_only_what_answers(client: FlaskClient, what: str) -> None:
    text = client.get(what).text
    if what == "/sitemap.xml":
        paths = [part.partition("</loc>")[0] for part in text.split("<loc>http://localhost")[1:]]
        assert len(paths) > 700
    else:
        quads = pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.TURTLE)
        wanted = f"{PREFIXES['void']}exampleResource"
        paths = [f"/{q.object.value[len(BASE) :]}" for q in quads if q.predicate.value == wanted]
        assert len(paths) > 10
    for path in paths[:: 1 if len(paths) < 50 else 40]:
        assert client.get(path).status_code in (200, 303), path
