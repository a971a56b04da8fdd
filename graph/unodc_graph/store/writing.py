"""RDF/XML by the engine's serialiser, which knows how to make element names of property IRIs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Quad, RdfFormat, serialize

from unodc_graph.namespace import PREFIXES


def rdfxml(quads: Iterable[Quad]) -> Iterator[str]:
    """Yield the triples of `quads` as an RDF/XML document, sorted."""
    triples = sorted({quad.triple for quad in quads}, key=str)
    document = serialize(triples, format=RdfFormat.RDF_XML, prefixes=dict(PREFIXES))
    yield (document or b"").decode("utf-8")
