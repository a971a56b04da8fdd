"""Which graphs a token may write that was made without naming any (MODEL.md, decision 3).

The closed list itself is held by the hygiene rule `unregistered-graph`, which the gate asks of each graph
that a change touches; the graphs that the software keeps are refused before anything is applied.
"""

from __future__ import annotations

from typing import Final

from unodc_graph.namespace import CATALOGUE_GRAPH, ID, SOURCES_GRAPH

CURATED_GRAPHS: Final = (f"{ID}passage/", SOURCES_GRAPH, CATALOGUE_GRAPH)
"""Beginnings of the IRIs of graphs that curators write: passages with their contexts, sources, catalogue.

`graph/ontology`, `graph/schemes` and `graph/reference` are left out: much rests on them, so a token for
them names them.
"""
