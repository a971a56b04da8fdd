"""What is the same in every description of the dataset: its address, title, licence and makers."""

from __future__ import annotations

from typing import Final

from unodc_graph.namespace import BASE, METADATA_GRAPH

DATASET: Final = f"{METADATA_GRAPH}#dataset"
"""The IRI of the dataset; what belongs to its description has an IRI beside it."""

HOME: Final = BASE
TITLE: Final = "UNODC and violence against women: an unofficial knowledge graph"
DESCRIPTION: Final = (
    "Bodies, programmes, mandates, activities, publications, places and figures that five public documents "
    "of the United Nations Office on Drugs and Crime report, each statement with the passage that makes it. "
    "Neither made nor approved by the United Nations."
)
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
PUBLISHER: Final = "The UNODC knowledge graph contributors"
"""Who makes the dataset; the same words stand in pyproject.toml and in the ontology."""
