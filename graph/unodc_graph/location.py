"""Where the data rooms are: ontology, facts and queries, in a source checkout or inside the wheel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rooms:
    """The folders that hold data rather than code."""

    ontology: Path
    facts: Path
    queries: Path

    @classmethod
    def under(cls, root: Path) -> Rooms:
        """Return the rooms of a folder laid out like the project: `ontology/`, `graph/facts/`, `queries/`."""
        return cls(root / "ontology", root / "graph" / "facts", root / "queries")

    @property
    def schemes(self) -> Path:
        """The folder of SKOS concept schemes, one Turtle file each."""
        return self.ontology / "schemes"

    @property
    def shapes(self) -> Path:
        """The folder of SHACL shapes."""
        return self.ontology / "shapes"

    @property
    def hygiene(self) -> Path:
        """The folder of queries that must return nothing."""
        return self.queries / "hygiene"

    @property
    def competency(self) -> Path:
        """The folder of questions that people ask, which the graph carries as examples."""
        return self.queries / "competency"


def from_here(path: Path) -> Path:
    """Return `path` as seen from the working folder if it lies within."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def rooms() -> Rooms:
    """Return the data rooms that belong to the installed package.

    A wheel carries them under `unodc_graph/_data`; an editable install finds them in the checkout.
    """
    package = Path(__file__).resolve().parent
    shipped = package / "_data"
    return Rooms.under(shipped if shipped.is_dir() else package.parents[1])
