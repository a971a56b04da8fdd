"""Which statements lead to other datasets, and to which dataset or vocabulary an IRI belongs."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from unodc_graph.namespace import BASE, ONTOLOGY, PREFIXES
from unodc_graph.store.term import NamedNode, Term

LINKS: Final = frozenset(
    [f"{PREFIXES['schema']}sameAs", f"{ONTOLOGY}alignedTarget", f"{ONTOLOGY}contributesTo"]
    + [f"{PREFIXES['skos']}{name}Match" for name in ("exact", "close", "broad", "narrow", "related")]
)
"""Properties that lead from a thing of ours to one in another dataset."""

TARGETS: Final = MappingProxyType(
    {
        "http://metadata.un.org/sdg/": "Sustainable Development Goals",
        "http://metadata.un.org/thesaurus/": "UNBIS Thesaurus",
        "http://www.wikidata.org/entity/": "Wikidata",
        "https://ror.org/": "Research Organization Registry",
        "https://sws.geonames.org/": "GeoNames",
    }
)
"""Datasets that are linked to, by what their IRIs begin with, and their names."""


def space_of(iri: str) -> str:
    """Return what the IRIs of the dataset or vocabulary begin with to which `iri` belongs."""
    known = max((target for target in TARGETS if iri.startswith(target)), key=len, default=None)
    end = max(iri.rfind("#"), iri.rfind("/"))
    return known or iri[: (end if end >= 0 else iri.rfind(":")) + 1]  # urn:isbn:1 has neither


def link(predicate: str, value: Term) -> tuple[str, str] | None:
    """Return property and target dataset of a statement that leads to another dataset; None for any other."""
    if predicate in LINKS and isinstance(value, NamedNode) and not value.value.startswith(BASE):
        return predicate, space_of(value.value)
    return None
