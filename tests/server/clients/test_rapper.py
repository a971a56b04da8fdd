"""Raptor, which is strict: every dump, and a sample of documents and descriptions in each format it reads.

It may say nothing but how many triples it found, and these are as many as there are. The rows are D3, V1 to
V3 and F4 of server/README.md.
"""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from tests.server.conftest import Reply, Server

from unodc_graph.store.generation import GenerationFolder

TRIPLES = {"ttl": "turtle", "nt": "ntriples", "rdf": "rdfxml"}
QUADS = {"trig": "trig", "nq": "nquads"}
"""The suffixes of what raptor reads, and what it calls the formats; JSON-LD is not among them."""

DOCUMENTS = (
    "programme/haya",
    "activity/kgz-police-prosecutor-training",
    "org/unodc",
    "org/unodc?page=2",
    "place/kgz",
    "figure/kgz-police-trained",
    "instrument/a-res-65-229",
    "provision/statcom-2019-request",
    "publication/thematic-paper-tip-conflict",
    "output/namibia-gbv-database",
    "period/trust-fund-grants",
    "group/women-and-girls",
    "measure/persons-trained",
    "document/000",
    "passage/ab474c640cc3",
    "passage/ab474c640cc3/context",
    "occurrence/000-4349",
    "theme/femicide",
    "scheme/theme",
    "graph/reference",
)
DESCRIPTIONS = ("ontology", "shapes", ".well-known/void", "catalog", ".well-known/sparql-examples/", "sparql")


@pytest.fixture(scope="module")
def rapper() -> str:
    """The program; Debian has it in raptor2-utils."""
    found = shutil.which("rapper")
    if found is None:
        pytest.skip("raptor is not tested: rapper is not installed")
    return found


def count(rapper: str, parser: str, source: str, body: bytes | None = None, base: str | None = None) -> int:
    """Return how many triples raptor finds. Fails where it says anything else."""
    command = [
        rapper,
        "-c",
        *(["-g"] if parser == "guess" else ["-i", parser]),
        source,
        *([base] if base else []),
    ]
    done = subprocess.run(command, input=body, capture_output=True, timeout=60)
    said = done.stderr.decode()
    rest = re.sub(
        r"rapper: (Parsing (?:URI|file) .*|Guessed parser name .*|Parsing returned \d+ triples?)\n", "", said
    )
    assert (done.returncode, rest, done.stdout) == (0, "", b""), said
    found = re.search(r"returned (\d+) triple", said)
    assert found is not None, said
    return int(found[1])


def lines(reply: Reply) -> int:
    """Return how many statements an answer in N-Triples or N-Quads has."""
    assert reply.status == 200
    return len(reply.body.splitlines())


@pytest.mark.parametrize("document", DOCUMENTS)
def test_D3_raptor_reads_every_format_of_a_document(endpoint: Server, rapper: str, document: str) -> None:
    path, _, query = document.partition("?")

    def address(suffix: str) -> str:
        return f"/doc/{path}.{suffix}" + (f"?{query}" if query else "")

    for suffixes, plain in ((TRIPLES, "nt"), (QUADS, "nq")):
        there = lines(endpoint.get(address(plain)))
        assert there > 5
        for suffix, parser in suffixes.items():
            reply = endpoint.get(address(suffix))
            base = f"{endpoint.origin}{address(suffix)}"
            assert count(rapper, parser, "-", reply.body, base) == there, suffix


@pytest.mark.parametrize("path", DESCRIPTIONS)
def test_V1_V2_V3_V10_D4_raptor_reads_every_format_of_a_description(
    endpoint: Server, rapper: str, path: str
) -> None:
    there = lines(endpoint.get(f"/{path}?format=ntriples"))
    assert there > 50
    for parser in TRIPLES.values():
        reply = endpoint.get(f"/{path}?format={parser}")
        assert count(rapper, parser, "-", reply.body, f"{endpoint.origin}/{path}") == there, parser


@pytest.mark.parametrize("path", ["id/programme/haya", "id/theme/femicide", "ontology", ".well-known/void"])
def test_D1_raptor_follows_an_address_and_guesses_the_format(
    endpoint: Server, rapper: str, path: str
) -> None:
    document = path.replace("id/", "doc/")
    there = lines(endpoint.get(f"/{document}", Accept="application/n-triples"))
    assert count(rapper, "guess", f"{endpoint.origin}/{path}") == there


@pytest.mark.parametrize("suffix", [*TRIPLES, *QUADS])
def test_F4_raptor_reads_every_dump(endpoint: Server, rapper: str, suffix: str) -> None:
    held = GenerationFolder(endpoint.state).current().metadata
    there = held.quads if suffix in QUADS else held.triples
    address = f"{endpoint.origin}/dumps/latest/unodc-kg.{suffix}"
    assert count(rapper, (TRIPLES | QUADS)[suffix], address) == there


def test_F3_raptor_reads_what_follows(endpoint: Server, rapper: str) -> None:
    held = GenerationFolder(endpoint.state).current().metadata
    address = f"{endpoint.origin}/dumps/latest/unodc-kg-inferred.nt"
    assert count(rapper, "ntriples", address) == held.inferred
