"""The W3C suites on disk: from manifests to cases, each with its files and what is expected of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple

BASE = "https://w3c.github.io/rdf-tests/sparql/"
"""Where the suites are published: what relative addresses in manifests, data and queries resolve against."""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"

QUERY_MANIFESTS = (
    "sparql10/manifest.ttl",
    "sparql11/manifest-sparql11-query.ttl",
    "sparql11/manifest-sparql11-results.ttl",
)
"""Query evaluation, syntax and results formats, for 1.0 and 1.1; federation and entailment are apart."""

_Node = NamedNode | BlankNode | Literal | Triple


def suites() -> Path | None:
    """Return the folder that holds `sparql10` and `sparql11`, or None where there is no copy.

    The variable RDF_TESTS names a checkout of w3c/rdf-tests; without it the copy beside the project is used.
    """
    named = os.environ.get("RDF_TESTS")
    beside = Path(__file__).parents[4] / "shared" / "w3c"
    for folder in (Path(named) / "sparql", Path(named)) if named else (beside / "sparql",):
        if (folder / "sparql11").is_dir():
            return folder
    return None


@dataclass(frozen=True)
class Dataset:
    """Files to serve: those of the default graph, and those of named graphs under their own addresses."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """A query test. `kind` is the local name of its type; addresses are below BASE."""

    iri: str
    kind: str
    query: str
    dataset: Dataset
    result: str | None
    lax: bool
    """Duplicates may be left out of the answer (REDUCED)."""


class Manifest:
    """One manifest, read."""

    def __init__(self, root: Path, address: str) -> None:
        """Read the manifest at `address` below BASE."""
        self._store = Store()
        self._store.load(file_of(root, address).read_bytes(), format=RdfFormat.TURTLE, base_iri=address)

    def objects(self, subject: _Node, predicate: str) -> list[_Node]:
        """Return the objects of `subject` and `predicate`."""
        assert isinstance(subject, NamedNode | BlankNode)
        found = self._store.quads_for_pattern(subject, NamedNode(predicate), None)
        return [quad.object for quad in found]

    def one(self, subject: _Node, predicate: str) -> _Node | None:
        """Return the object of `subject` and `predicate`, if there is one."""
        return next(iter(self.objects(subject, predicate)), None)

    def listed(self, predicate: str, subject: _Node | None = None) -> Iterator[_Node]:
        """Return the members of the lists that `predicate` leads to."""
        heads = (
            self.objects(subject, predicate)
            if subject is not None
            else [quad.object for quad in self._store.quads_for_pattern(None, NamedNode(predicate), None)]
        )
        for head in heads:
            node: _Node | None = head
            while node is not None and node != NamedNode(RDF + "nil"):
                member = self.one(node, RDF + "first")
                assert member is not None
                yield member
                node = self.one(node, RDF + "rest")


def file_of(root: Path, address: str) -> Path:
    """Return the file published at `address`."""
    assert address.startswith(BASE), address
    return root / address.removeprefix(BASE)


def cases(root: Path) -> list[Case]:
    """Return every query test, those over the same data next to each other."""
    found = [case for name in QUERY_MANIFESTS for case in _cases(root, BASE + name)]
    return sorted(found, key=lambda case: (case.dataset.default, case.dataset.named, case.query))


def _cases(root: Path, address: str) -> Iterator[Case]:
    manifest = Manifest(root, address)
    for included in manifest.listed(MF + "include"):
        yield from _cases(root, _value(included))
    for entry in manifest.listed(MF + "entries"):
        kind = _value(manifest.one(entry, RDF + "type")).removeprefix(MF)
        action, result = manifest.one(entry, MF + "action"), manifest.one(entry, MF + "result")
        assert action is not None
        yield Case(
            iri=_value(entry),
            kind=kind,
            query=_value(manifest.one(action, QT + "query") or action),
            dataset=_dataset(manifest, action) if isinstance(action, BlankNode) else Dataset(),
            result=_value(result)
            if result is not None and kind.endswith(("EvaluationTest", "FormatTest"))
            else None,
            lax=manifest.one(entry, MF + "resultCardinality") == NamedNode(MF + "LaxCardinality"),
        )


def _dataset(manifest: Manifest, action: BlankNode) -> Dataset:
    default = tuple(_value(node) for node in manifest.objects(action, QT + "data"))
    named = tuple(_value(node) for node in manifest.objects(action, QT + "graphData"))
    return Dataset(tuple(sorted(default)), tuple(sorted(named)))


def _value(node: _Node | None) -> str:
    assert isinstance(node, NamedNode), node
    return node.value
