"""The IRIs of the project: base, prefixes, and the closed lists of kinds of things and of own graphs.

The lists are closed on purpose (ontology/README.md, closed lists): a new kind or graph is a new line here and
in the ontology's README, and a hygiene query refuses whatever is in neither.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BASE: Final = "https://w3id.org/unodc-kg/"
ONTOLOGY: Final = f"{BASE}ontology#"
ONTOLOGY_DOCUMENT: Final = f"{BASE}ontology"
SHAPES: Final = f"{BASE}shapes#"
GRAPH: Final = f"{BASE}graph/"
ID: Final = f"{BASE}id/"

ONTOLOGY_GRAPH: Final = f"{GRAPH}ontology"
SCHEMES_GRAPH: Final = f"{GRAPH}schemes"
REFERENCE_GRAPH: Final = f"{GRAPH}reference"
SOURCES_GRAPH: Final = f"{GRAPH}sources"
CATALOGUE_GRAPH: Final = f"{GRAPH}catalogue"
INFERRED_GRAPH: Final = f"{GRAPH}inferred"
HISTORY_GRAPH: Final = f"{GRAPH}history"
METADATA_GRAPH: Final = f"{GRAPH}metadata"
UNPLACED_GRAPH: Final = f"{GRAPH}unplaced"
"""Where the statements of a curator's Turtle file land when no passage was named; the checks refuse it."""

AUTHORED_GRAPHS: Final = frozenset(
    {ONTOLOGY_GRAPH, SCHEMES_GRAPH, REFERENCE_GRAPH, SOURCES_GRAPH, CATALOGUE_GRAPH}
)
"""Own graphs that people write; passage and context graphs come on top."""

CURATED_GRAPHS: Final = frozenset({ONTOLOGY_GRAPH, SCHEMES_GRAPH, REFERENCE_GRAPH})
"""Own graphs that need no evidence: made by files of their own alone, or by a token that names them."""

WITHHELD_GRAPHS: Final = CURATED_GRAPHS | {SOURCES_GRAPH}
"""Own graphs that a token writes only if it names them: `graph/sources` says which passages there are."""

DERIVED_GRAPHS: Final = frozenset({INFERRED_GRAPH, HISTORY_GRAPH, METADATA_GRAPH})
"""Own graphs that the software writes and nobody else."""

STATED_KINDS: Final = frozenset(
    {"org", "programme", "activity", "publication", "output", "instrument", "provision", "place", "figure"}
)
"""Kinds of things a passage makes statements about; each gets `unodc:evidencedBy` from the passage."""

KINDS: Final = STATED_KINDS | frozenset(
    {
        "period",
        "document",
        "passage",
        "occurrence",
        "theme",
        "group",
        "measure",
        "qualifier",
        "status",
        "scope",
        "component-kind",
        "scheme",
    }
)
"""Every kind of thing that has an address under `id/`."""

PREFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unodc": ONTOLOGY,
        "graph": GRAPH,
        "body": f"{ID}org/",
        **{kind: f"{ID}{kind}/" for kind in sorted(KINDS - {"org"})},
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcterms": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "geo": "http://www.opengis.net/ont/geosparql#",
        "oa": "http://www.w3.org/ns/oa#",
        "org": "http://www.w3.org/ns/org#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "prov": "http://www.w3.org/ns/prov#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "http://schema.org/",
        "sdg": "http://metadata.un.org/sdg/",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "time": "http://www.w3.org/2006/time#",
        "unbis": "http://metadata.un.org/thesaurus/",
        "unit": "http://qudt.org/vocab/unit/",
        "vann": "http://purl.org/vocab/vann/",
        "void": "http://rdfs.org/ns/void#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
"""Prefix to namespace IRI, identical in every file of the project and in every export."""

_PASSAGE_KEY = re.compile(r"[0-9a-f]{12}\Z")
_LAST_IRI = re.compile(r"(?:(?<=\^\^)|\A)<([^<>]+)>\Z")
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")


def passage(key: str) -> str:
    """Return the IRI of the passage whose hash begins with `key`, twelve hexadecimal digits.

    Raises ValueError when `key` has another form.
    """
    if not _PASSAGE_KEY.match(key):
        raise ValueError(f"a passage is named by 12 lower-case hexadecimal digits, not by {key!r}")
    return f"{ID}passage/{key}"


def kind(iri: str) -> str | None:
    """Return the kind of the thing that `iri` names, or None when it is no thing of ours."""
    if not iri.startswith(ID):
        return None
    head, slash, key = iri[len(ID) :].partition("/")
    return head if slash and key and head in KINDS else None


def passage_of_graph(graph: str) -> str | None:
    """Return the passage that gives evidence for the statements in `graph`, an IRI, or None.

    A passage's graph has the IRI of the passage; its context graph has that IRI followed by `/context`.
    """
    subject = graph.removesuffix("/context")
    if not subject.startswith(f"{ID}passage/"):
        return None
    return subject if _PASSAGE_KEY.match(subject[len(f"{ID}passage/") :]) else None


def compact(iri: str) -> str:
    """Return `iri` as a prefixed name where one of our prefixes fits and Turtle allows it, else unchanged."""
    best = max(
        (prefix for prefix, namespace in PREFIXES.items() if iri.startswith(namespace)),
        key=lambda prefix: len(PREFIXES[prefix]),
        default=None,
    )
    if best is None:
        return iri
    local = iri[len(PREFIXES[best]) :]
    return f"{best}:{local}" if _LOCAL_NAME.match(local) else iri


def compact_term(written: str) -> str:
    """Return a term's N-Triples form with its IRI, or the IRI of its datatype, shortened where possible."""
    return _LAST_IRI.sub(lambda match: compact(match.group(1)), written)


def expand(name: str) -> str | None:
    """Return the IRI that the prefixed name `name` stands for, or None when its prefix is not ours."""
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else None
