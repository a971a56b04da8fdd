"""server/README.md, D6 and D7: addresses that `graph/facts/moved.ttl` lists, from the file to the answer."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.graph.test_moved import MOVED
from tests.server.linked.conftest import asking

from unodc_graph.build import build
from unodc_graph.location import Rooms, rooms


def test_D6_D7_former_addresses_answer_as_the_file_says(tmp_path: Path) -> None:
    own, project = rooms(), tmp_path / "project"
    for folder in (own.facts, own.ontology, own.queries):
        shutil.copytree(folder, project / folder.relative_to(own.ontology.parent))
    (project / "graph" / "facts" / "moved.ttl").write_text(MOVED % "kgz", encoding="utf-8")
    build(Rooms.under(project), tmp_path / "state")
    with asking(tmp_path / "state") as client:
        renamed = client.get("/id/place/kirghizia")
        assert (renamed.status_code, renamed.headers["Location"]) == (301, "http://localhost/id/place/kgz")
        assert (
            client.get("/doc/place/kirghizia.nt").headers["Location"] == "http://localhost/doc/place/kgz.nt"
        )
        assert "isReplacedBy" in client.get("/doc/place/kgz.nt").text
        removed = client.get("/id/place/atlantis", follow_redirects=True)
        assert removed.status_code == 410
        assert "No document names it." in removed.text
        for listing in ("/search?q=atlantis", "/search?q=kirghizia", "/sitemap.xml"):
            assert "/doc/place/atlantis" not in client.get(listing).text
            assert "/doc/place/kirghizia" not in client.get(listing).text
