"""Changes a blank server, and reads all of it back, over HTTP alone."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, parse
from tests.server.conftest import Reply, Server

_UPDATE = "application/sparql-update"


class Writer:
    """Changes a blank server, and reads all of it back, over HTTP alone."""

    def __init__(self, server: Server, token: str) -> None:
        self._server = server
        self.headers = {"Authorization": f"Bearer {token}"}

    def update(self, text: bytes, path: str = "/update") -> Reply:
        return self._server.request("POST", path, text, self.headers | {"Content-Type": _UPDATE})

    def fill(self, quads: list[Quad]) -> None:
        """Make the server hold `quads` and nothing else."""
        lines = []
        for quad in quads:
            named = isinstance(quad.graph_name, NamedNode)
            lines.append(f"GRAPH {quad.graph_name} {{ {quad.triple} }}" if named else f"{quad.triple} .")
        text = "DROP ALL ; INSERT DATA { " + "\n".join(lines) + " }"
        reply = self.update(text.encode())
        assert reply.status == 200, reply.body

    def state(self) -> list[str]:
        names = self._server.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").json()["results"][
            "bindings"
        ]
        quads = []
        for name in [None, *(row["g"]["value"] for row in names)]:
            target = "default" if name is None else f"graph={quote(name, safe='')}"
            reply = self._server.get(f"/store?{target}", Accept="application/n-triples")
            assert reply.status == 200, reply.body
            for quad in parse(reply.body, RdfFormat.N_TRIPLES, rename_blank_nodes=True):
                graph = NamedNode(name) if name is not None else quad.graph_name
                quads.append(Quad(quad.subject, quad.predicate, quad.object, graph))
        return canonical(quads)


def canonical(quads: Iterable[Quad]) -> list[str]:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))
