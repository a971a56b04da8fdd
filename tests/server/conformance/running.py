"""A query test run in two ways: over HTTP against a running server, and by the engine alone.

The server is `unodc-kg serve --blank`. The dataset of each test is published as the next generation in its
state folder, as `unodc-kg build` publishes one, so that no test of queries rests on updates being right.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QueryTriples,
    Store,
    parse,
)
from tests.server.conformance.manifest import Case, Dataset, file_of
from tests.server.conformance.result import GRAPH_FORMATS, Result, Table, difference, read
from tests.server.conftest import Server

from unodc_graph.store.canonical import lines, state_digest
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.scan import scan, tokens

_ACCEPTED = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
}
"""Results are asked for in the format that the expected ones are written in."""

_GRAPH_SUFFIX = {"text/turtle": ".ttl", "application/rdf+xml": ".rdf"}
_RESULT_SUFFIX = {media_type: suffix for suffix, media_type in _ACCEPTED.items()}


@dataclass
class Runner:
    """Runs cases; what it found out is kept, so that none runs twice in the same way."""

    root: Path
    server: Server
    _served: Dataset | None = None
    _over_http: dict[str, str | None] = field(default_factory=dict)
    _in_engine: dict[str, str | None] = field(default_factory=dict)

    def over_http(self, case: Case) -> str | None:
        """Return what is wrong with the server's answer, or None when it is right."""
        if case.iri not in self._over_http:
            self._over_http[case.iri] = self._ask(case)
        return self._over_http[case.iri]

    def in_engine(self, case: Case) -> str | None:
        """Return what is wrong with the engine's own answer, or None when it is right."""
        if case.iri not in self._in_engine:
            self._in_engine[case.iri] = self._evaluate(case)
        return self._in_engine[case.iri]

    def _ask(self, case: Case) -> str | None:
        text = self._text(case)
        if case.result is None:
            self._serve(Dataset())
            reply = self.server.post(text, "application/sparql-query")
            expected = 400 if case.kind.startswith("Negative") else 200
            return None if reply.status == expected else f"{reply.status} {reply.body[:500]!r}"
        self._serve(self._dataset(case))
        suffix = Path(case.result).suffix
        accept = _ACCEPTED.get(suffix, "text/turtle, application/sparql-results+json")
        query = _with_base(text.decode("utf-8"), case.query).encode()
        reply = self.server.post(query, "application/sparql-query", Accept=accept)
        if reply.status != 200:
            return f"{reply.status} {reply.body[:500]!r}"
        actual = read(reply.body, (_RESULT_SUFFIX | _GRAPH_SUFFIX)[reply.type], case.query)
        return difference(self._expected(case), actual, case.lax)

    def _evaluate(self, case: Case) -> str | None:
        store = Store()
        text = self._text(case).decode("utf-8")
        if case.result is not None:
            store.extend(self._quads(self._dataset(case)))
        try:
            results = store.query(text, base_iri=case.query)
        except (SyntaxError, ValueError) as error:
            return None if case.kind.startswith("Negative") else f"{error}"
        except RuntimeError as error:
            # A function the engine does not know: the text was read, which is all a test of syntax asks.
            read_only = case.result is None and "custom function" in str(error)
            return None if read_only else f"{error}"
        if case.result is None:
            return "was accepted" if case.kind.startswith("Negative") else None
        suffix = Path(case.result).suffix
        if isinstance(results, QueryTriples):
            actual: Result = frozenset(results)
        elif isinstance(results, QueryBoolean):
            actual = bool(results)
        else:
            suffix = suffix if suffix in _ACCEPTED else ".srj"
            format_ = QueryResultsFormat.from_extension(suffix[1:])
            assert format_ is not None
            written = results.serialize(format=format_)
            assert written is not None
            actual = read(written, suffix, case.query)
        return difference(self._expected(case), actual, case.lax)

    def _text(self, case: Case) -> bytes:
        return file_of(self.root, case.query).read_bytes()

    def _expected(self, case: Case) -> Result:
        assert case.result is not None
        content = file_of(self.root, case.result).read_bytes()
        expected = read(content, Path(case.result).suffix, case.result)
        if isinstance(expected, Table) and not expected.ordered and _is_ordered(self._text(case).decode()):
            return replace(expected, ordered=True)
        return expected

    def _dataset(self, case: Case) -> Dataset:
        """Return the data of a case; where the query names it, its FROM clauses are the data (1.0 §8.2)."""
        if case.dataset != Dataset():
            return case.dataset
        found = scan(self._text(case).decode("utf-8"), case.query)
        return Dataset(named=tuple(sorted({*found.from_graphs, *found.from_named})))

    def _quads(self, dataset: Dataset) -> list[Quad]:
        quads = []
        graphs: list[tuple[str, NamedNode | DefaultGraph]] = [
            *((address, DefaultGraph()) for address in dataset.default),
            *((address, NamedNode(address)) for address in dataset.named),
        ]
        for address, graph in graphs:
            file = file_of(self.root, address)
            for quad in parse(
                file.read_bytes(),
                format=GRAPH_FORMATS[file.suffix],
                base_iri=address,
                rename_blank_nodes=True,
            ):
                quads.append(Quad(quad.subject, quad.predicate, quad.object, graph))
        return quads

    def _serve(self, dataset: Dataset) -> None:
        if dataset == self._served:
            return
        quads = self._quads(dataset)
        count = len({quad for quad in quads if isinstance(quad.graph_name, DefaultGraph)})
        digest = state_digest(lines(quads))
        metadata = Metadata(
            0, "2026-01-02T03:04:05+00:00", None, len(quads), count, 0, len(dataset.named), digest, "", "test"
        )
        folder = GenerationFolder(self.server.state)
        with folder.writing():
            folder.publish(quads, metadata)
        self._served = dataset


def _with_base(text: str, address: str) -> str:
    """Return a query that resolves its addresses against its own, where it has any to resolve.

    A client cannot give a base beside a query, and the server's own, its endpoint, is not that of the suite.
    """
    relative = any(token.kind == "iri" and ":" not in token.text for token in tokens(text))
    return f"BASE <{address}>\n{text}" if relative else text


def _is_ordered(text: str) -> bool:
    """Say whether the query as a whole, and not only one inside it, has ORDER BY."""
    depth = 0
    for token in tokens(text):
        if token.kind == "other":
            depth += (token.text == "{") - (token.text == "}")
        elif depth == 0 and token.kind == "word" and token.text.lower() == "order":
            return True
    return False
