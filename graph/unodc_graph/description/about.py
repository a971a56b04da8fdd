"""What is the same in every description of the dataset: its address, title, licence and makers."""

from __future__ import annotations

from typing import Final

from unodc_graph.namespace import BASE, METADATA_GRAPH
from unodc_graph.store.metadata import Metadata

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


def version_of(metadata: Metadata) -> str:
    """Return the version of a state, the same in VoID, DCAT, releases, documents and pages."""
    return release_version(metadata.version, metadata.state_digest)


def release_version(software: str, state_digest: str) -> str:
    """Return the version of the software with the beginning of the state digest of the facts.

    The same facts under the same software have the same version on any machine.
    """
    return f"{software}+{state_digest[:12]}"
