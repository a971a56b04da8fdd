"""Evaluation: one query over one generation, serialised as it is evaluated, whole or not at all.

Rows and bytes are counted while the answer is written, so that a limit stops it half-way and nobody is
given half an answer. What this module does is done in a process that can be killed, when a client asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)
from pyoxigraph import Store as Store  # for those who hold one and may not import the engine

from unodc_graph.errors import (
    CorruptState,
    GraphError,
    QueryOutOfMemory,
    QuerySyntaxError,
    UnknownFormat,
)
from unodc_graph.namespace import INFERRED_GRAPH, PREFIXES
from unodc_graph.store.durability import is_damage, is_full, one_line
from unodc_graph.store.function import with_unknown_functions
from unodc_graph.store.incoming import with_incoming
from unodc_graph.store.limit import CountedOutput, CountedTriples, Limits, Output
from unodc_graph.store.row import row_counter
from unodc_graph.store.scan import Scan
from unodc_graph.store.syntax import impossible_triple, syntax_error

RESULT_TYPES: Final = MappingProxyType(
    {
        "application/sparql-results+json": QueryResultsFormat.JSON,
        "application/sparql-results+xml": QueryResultsFormat.XML,
        "text/csv": QueryResultsFormat.CSV,
        "text/tab-separated-values": QueryResultsFormat.TSV,
    }
)
"""Media types of SELECT and ASK answers."""

GRAPH_TYPES: Final = MappingProxyType(
    {
        "text/turtle": RdfFormat.TURTLE,
        "application/n-triples": RdfFormat.N_TRIPLES,
        "application/rdf+xml": RdfFormat.RDF_XML,
        "application/ld+json": RdfFormat.JSON_LD,
        "application/n-quads": RdfFormat.N_QUADS,
        "application/trig": RdfFormat.TRIG,
    }
)
"""Media types of CONSTRUCT and DESCRIBE answers."""

_NO_TRIPLE_TERMS: Final = "does not support RDF 1.2"
_FOR_TRIPLE_TERMS: Final = [known for known in GRAPH_TYPES if known != "application/ld+json"]

_Graph = NamedNode | BlankNode | DefaultGraph


@dataclass(frozen=True)
class Evaluation:
    """A query to evaluate.

    `scan` is what the scan of `query` gave. `default_graphs` and `named_graphs` are IRIs given beside the
    query (SPARQL 1.1 Protocol §2.1.4), which override its FROM; both None when none was given. `inferred`
    adds the inferred triples to the default graph where the query names no other. `media_type` is one of
    RESULT_TYPES or GRAPH_TYPES, according to the query's form. `incoming` adds to the answer of a DESCRIBE
    the triples of the default graph whose object is something described.
    """

    query: str
    scan: Scan
    media_type: str
    base_iri: str | None = None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    inferred: bool = True
    incoming: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Outcome:
    """A whole answer: rows of a SELECT, triples of a graph, or None for ASK; size in bytes."""

    rows: int | None
    octets: int


@dataclass(eq=False)
class FormUnclear(GraphError):
    """The engine took the text for another form of query than the scan did."""

    form: str

    def __str__(self) -> str:
        """Return what to do."""
        return f"the query cannot be told to be a {self.form}: put spaces around its keywords"


@dataclass(eq=False)
class SpoolFull(GraphError):
    """There is no room on disk for an answer."""

    def __str__(self) -> str:
        """Return what to do."""
        return "there is no room on disk for the answer: try again later, or ask for less"


@dataclass(eq=False)
class ServiceFailed(GraphError):
    """A service that the query asks, and may ask, gave no answer that could be used."""

    def __str__(self) -> str:
        """Return what can be the reason; what the service said is not passed on."""
        return "the service asked did not answer, sent elsewhere, or answered something that is no result"


def evaluate(store: Store, evaluation: Evaluation, output: Output) -> Outcome:
    """Write the answer of `evaluation` over `store` to `output` and return its measure.

    Raises QuerySyntaxError, ResultTooLarge, QueryOutOfMemory, FormUnclear, SpoolFull or ServiceFailed, and
    UnknownFormat for triple terms (RDF 1.2) in a format that has none. What was written before an error is no
    answer and must be thrown away.
    """
    counting = CountedOutput(output, evaluation.limits, row_counter(evaluation.media_type))
    try:
        results = _results(store, evaluation)
        if isinstance(results, QueryTriples):
            rows: int | None = _write_graph(_triples(results, store, evaluation), evaluation, counting)
        elif evaluation.media_type not in RESULT_TYPES:
            raise FormUnclear(evaluation.scan.form)
        else:
            # The stub asks for IO[bytes], of which the engine uses `write` alone.
            results.serialize(counting, format=RESULT_TYPES[evaluation.media_type])  # type: ignore[arg-type]
            rows = None if isinstance(results, QueryBoolean) else counting.rows
    except MemoryError:
        raise QueryOutOfMemory(0) from None
    except OSError as error:
        if is_full(error):
            raise SpoolFull from None
        if error.errno is None and evaluation.scan.reaches_out:
            raise ServiceFailed from None  # the engine follows no redirect: one is an error as any other
        if _NO_TRIPLE_TERMS in str(error):
            raise UnknownFormat(evaluation.media_type, tuple(_FOR_TRIPLE_TERMS)) from None
        if is_damage(error):
            raise _unreadable(error) from None
        raise
    except RuntimeError as error:
        if evaluation.scan.reaches_out:
            raise ServiceFailed from None  # what came is no result
        if is_damage(error):
            raise _unreadable(error) from None
        raise impossible_triple(str(error)) or error from None
    return Outcome(rows, counting.octets)


def _unreadable(error: Exception) -> CorruptState:
    return CorruptState(Path("store"), f"the engine cannot read it ({one_line(error)})")


def _results(store: Store, evaluation: Evaluation) -> QuerySolutions | QueryBoolean | QueryTriples:
    source, default, named = _dataset(store, evaluation)
    try:
        return with_unknown_functions(
            lambda functions: source.query(
                evaluation.query,
                base_iri=evaluation.base_iri,
                default_graph=default,
                named_graphs=named,
                custom_functions=functions,
            )
        )
    except SyntaxError as error:
        raise syntax_error(evaluation.query, str(error), evaluation.base_iri) from None


def _dataset(
    store: Store, evaluation: Evaluation
) -> tuple[Store, list[_Graph] | None, list[NamedNode | BlankNode] | None]:
    """Return the store to ask, its default graphs and its named graphs; None leaves them to the query."""
    default, named, scan = evaluation.default_graphs, evaluation.named_graphs, evaluation.scan
    if default is None and named is None:
        if not scan.dataset_clause:
            # Inferred triples are disjoint from asserted ones, so that the engine may chain the two graphs.
            both: list[_Graph] = [DefaultGraph(), NamedNode(INFERRED_GRAPH)]
            return store, both if evaluation.inferred else None, None
        if len(scan.from_graphs) < 2:
            return store, None, None
        default, named = scan.from_graphs, scan.from_named
    graphs: list[_Graph] = [_node(iri) for iri in default or ()]
    names: list[NamedNode | BlankNode] = [_node(iri) for iri in named or ()]
    if len(graphs) < 2:
        return store, graphs, names
    # The engine chains listed graphs without removing what two of them share; an RDF merge has it once.
    merged = Store()
    for graph in graphs:
        merged.extend(
            Quad(quad.subject, quad.predicate, quad.object)
            for quad in store.quads_for_pattern(None, None, None, graph)
        )
    for name in names:
        merged.extend(store.quads_for_pattern(None, None, None, name))
    return merged, [DefaultGraph()], names


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError:
        raise QuerySyntaxError(None, None, iri[:80], "an absolute IRI to name each graph") from None


def _triples(results: QueryTriples, store: Store, evaluation: Evaluation) -> Iterable[Triple]:
    if not evaluation.incoming or evaluation.scan.form != "describe":
        return results
    source, default, _ = _dataset(store, evaluation)
    stated = [_node(iri) for iri in evaluation.scan.from_graphs]
    return with_incoming(results, source, default or stated or [DefaultGraph()])


def _write_graph(results: Iterable[Triple], evaluation: Evaluation, output: CountedOutput) -> int:
    format_ = GRAPH_TYPES.get(evaluation.media_type)
    if format_ is None:
        raise FormUnclear(evaluation.scan.form)
    counter = CountedTriples(results, evaluation.limits.rows)
    # As above: `output` has `write`, which is all the engine uses.
    serialize(counter, output, format=format_, prefixes=dict(PREFIXES))  # type: ignore[arg-type]
    return counter.count
