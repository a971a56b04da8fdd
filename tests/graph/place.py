"""A small project that is built, and what is done to it by commands."""

from __future__ import annotations

from pathlib import Path

from tests.graph.small_project import small_project

from unodc_graph.build import build
from unodc_graph.cli.main import run
from unodc_graph.commit.derived import asserted
from unodc_graph.location import Rooms
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.term import Quad

FACTS = Path("graph") / "facts" / "passages" / "000.trig"
COURSE = """
@prefix activity: <https://w3id.org/unodc-kg/id/activity/> .
@prefix graph: <https://w3id.org/unodc-kg/graph/> .
@prefix passage: <https://w3id.org/unodc-kg/id/passage/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix theme: <https://w3id.org/unodc-kg/id/theme/> .
@prefix unodc: <https://w3id.org/unodc-kg/ontology#> .
passage:aaaaaaaaaaaa {{ activity:{name} a unodc:Training{theme} . }}
graph:catalogue {{ activity:{name} rdfs:label "{label}"@en . }}
"""


class Place:
    """A small project, built, and what is done to it by commands."""

    def __init__(self, folder: Path, built: bool = False) -> None:
        self.project, self.state, self._folder = folder / "project", folder / "state", folder
        self.rooms = Rooms.under(self.project)
        if not built:
            build(small_project(self.project), self.state)

    def run(self, name: str, *arguments: str) -> int:
        options = ["--state", str(self.state)]
        if name in ("add", "restore", "release", "build"):
            options += ["--project", str(self.project)]
        return run([name, *arguments, *options])

    def add(self, name: str, theme: str = " ; unodc:theme theme:justice") -> int:
        file = self._folder / f"{name}.trig"
        file.write_text(COURSE.format(name=name, theme=theme, label=f"Course {name}"), encoding="utf-8")
        return self.run("add", str(file), "--yes", "--message", f"Add {name}")

    @property
    def folder(self) -> GenerationFolder:
        return GenerationFolder(self.state)

    def quads(self) -> set[Quad]:
        return set(asserted(self.folder.current().open()))
