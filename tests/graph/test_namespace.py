"""Addresses: what is ours, of which kind, and how it is shortened."""

from __future__ import annotations

import pytest

from unodc_graph import namespace


def test_every_kind_has_a_prefix() -> None:
    assert len(namespace.KINDS) == 21
    addresses = set(namespace.PREFIXES.values())
    assert {f"{namespace.ID}{kind}/" for kind in namespace.KINDS} < addresses


def test_every_prefix_stands_for_an_address_of_its_own() -> None:
    assert len(set(namespace.PREFIXES.values())) == len(namespace.PREFIXES)
    assert all(address.endswith(("/", "#")) for address in namespace.PREFIXES.values())


@pytest.mark.parametrize(
    ("iri", "kind"),
    [
        (f"{namespace.ID}org/un-women", "org"),
        (f"{namespace.ID}component-kind/pilot-country", "component-kind"),
        (f"{namespace.ID}org/", None),
        (f"{namespace.ID}org", None),
        (f"{namespace.ID}person/someone", None),
        (f"{namespace.ONTOLOGY}Activity", None),
        ("https://www.unodc.org/id/org/x", None),
    ],
)
def test_kind_is_read_from_the_address(iri: str, kind: str | None) -> None:
    assert namespace.kind(iri) == kind


@pytest.mark.parametrize(
    ("graph", "passage"),
    [
        (f"{namespace.ID}passage/427c81fe06e8", f"{namespace.ID}passage/427c81fe06e8"),
        (f"{namespace.ID}passage/427c81fe06e8/context", f"{namespace.ID}passage/427c81fe06e8"),
        (f"{namespace.ID}passage/427c81fe06e8/other", None),
        (f"{namespace.ID}passage/427C81FE06E8", None),
        (namespace.SOURCES_GRAPH, None),
    ],
)
def test_a_passage_and_its_context_give_the_passage_as_evidence(graph: str, passage: str | None) -> None:
    assert namespace.passage_of_graph(graph) == passage


@pytest.mark.parametrize("key", ["", "427c81fe06e", "427c81fe06e8a", "427C81FE06E8", "zzzzzzzzzzzz"])
def test_a_passage_has_twelve_hexadecimal_digits(key: str) -> None:
    with pytest.raises(ValueError, match="12 lower-case"):
        namespace.passage(key)


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        (f"{namespace.ONTOLOGY}Activity", "unodc:Activity"),
        (f"{namespace.ID}org/un-women", "body:un-women"),
        ("http://metadata.un.org/sdg/5.2", "sdg:5.2"),
        (f"{namespace.ID}passage/427c81fe06e8/context", f"{namespace.ID}passage/427c81fe06e8/context"),
        (namespace.ONTOLOGY, namespace.ONTOLOGY),
        ("https://elsewhere.org/x", "https://elsewhere.org/x"),
    ],
)
def test_an_address_is_shortened_only_where_turtle_allows_it(iri: str, name: str) -> None:
    assert namespace.compact(iri) == name


def test_what_was_shortened_is_expanded_again() -> None:
    for prefix, address in namespace.PREFIXES.items():
        assert namespace.expand(namespace.compact(f"{address}x")) == f"{address}x", prefix
    assert namespace.expand("unknown:x") is None


@pytest.mark.parametrize(
    ("written", "short"),
    [
        (f"<{namespace.ID}org/un-women>", "body:un-women"),
        ('"13"^^<http://www.w3.org/2001/XMLSchema#integer>', '"13"^^xsd:integer'),
        ('"<http://www.w3.org/2001/XMLSchema#a>"', '"<http://www.w3.org/2001/XMLSchema#a>"'),
        ('"text"@en', '"text"@en'),
        ("<https://elsewhere.org/x>", "https://elsewhere.org/x"),
    ],
)
def test_a_term_is_shortened_for_readers(written: str, short: str) -> None:
    assert namespace.compact_term(written) == short
