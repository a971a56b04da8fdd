"""What a commit keeps up: evidence, default graph, what is inferred, description, counts, state digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from unodc_graph import namespace
from unodc_graph.commit.apply import Clone
from unodc_graph.commit.delta import Delta, graph_name
from unodc_graph.commit.record import Record, provenance
from unodc_graph.dataset import EVIDENCED_BY, evidence
from unodc_graph.description.metadata import count, moved, renewed, state_of
from unodc_graph.description.statistics import Statistics
from unodc_graph.description.upkeep import Shift, shifted
from unodc_graph.description.void import GRAPHS
from unodc_graph.finding import Finding
from unodc_graph.inference.change import FactChange
from unodc_graph.inference.rule import Fact
from unodc_graph.inference.upkeep import fact_of, keep_up
from unodc_graph.store.canonical import shifted_state_digest
from unodc_graph.store.evaluation import Store
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import NamedNode, Quad


def with_evidence(clone: Clone, delta: Delta) -> tuple[Delta, tuple[Finding, ...]]:
    """Make `unodc:evidencedBy` follow from where statements stand, in every named graph that changed.

    Returns the delta with what was added and removed for it, and a finding for each such statement that
    somebody wrote and that does not follow.
    """
    added, removed = set(delta.added), set(delta.removed)
    findings = []
    for name in sorted(name for name in delta.graphs if name):
        spoken, held = _evidence_in(clone.store, name)
        wanted = set(evidence(spoken))
        for quad in wanted - held:
            clone.store.add(quad)
            (removed.discard if quad in removed else added.add)(quad)
        for quad in held - wanted:
            if quad in delta.added:
                findings.append(_by_hand(quad, name))
            clone.store.remove(quad)
            (added.discard if quad in added else removed.add)(quad)
        if held and not spoken and namespace.passage_of_graph(name):
            clone.store.remove_graph(NamedNode(name))
    return _with_graphs(clone, delta, frozenset(added), frozenset(removed)), tuple(findings)


def _evidence_in(store: Store, name: str) -> tuple[set[Quad], set[Quad]]:
    """Return what the graph `name` says that evidence follows from, and the evidence that stands in it.

    From what is not in a passage's graph no evidence follows, so that such a graph is not read through.
    """
    graph = NamedNode(name)
    held = set(store.quads_for_pattern(None, EVIDENCED_BY, None, graph))
    if namespace.passage_of_graph(name) is None:
        return set(), held
    return set(store.quads_for_pattern(None, None, None, graph)) - held, held


def _with_graphs(clone: Clone, delta: Delta, added: frozenset[Quad], removed: frozenset[Quad]) -> Delta:
    names = {name for name in delta.graphs if name is not None}
    before = {name for name in names if clone.parent.contains_named_graph(NamedNode(name))}
    after = {name for name in names if clone.store.contains_named_graph(NamedNode(name))}
    return Delta(added, removed, frozenset(after - before), frozenset(before - after))


def _by_hand(quad: Quad, graph: str) -> Finding:
    return Finding(
        rule="evidence-by-hand",
        message="unodc:evidencedBy is written by hand, and does not follow from where the statement stands.",
        advice="Leave it out: each thing that a passage's graph speaks of gets it by itself.",
        thing=quad.subject.value if isinstance(quad.subject, NamedNode) else None,
        path=quad.predicate.value,
        value=str(quad.object),
        graph=graph,
    )


def keep_default_graph(clone: Clone, delta: Delta) -> tuple[frozenset[Fact], frozenset[Fact]]:
    """Make the default graph hold each asserted triple once; return the triples that it gained and lost."""
    gained: set[Fact] = set()
    lost: set[Fact] = set()
    for quad in delta.removed:
        same = clone.store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        if not any(map(is_asserted, same)):
            clone.store.remove(in_default(quad))
            lost.add(fact_of(quad))
    for quad in delta.added:
        triple = in_default(quad)
        if triple not in clone.store:
            clone.store.add(triple)
            (lost.discard if fact_of(quad) in lost else gained.add)(fact_of(quad))
    return frozenset(gained), frozenset(lost)


def keep_inferred(clone: Clone, gained: frozenset[Fact], lost: frozenset[Fact]) -> FactChange:
    """Bring `graph/inferred` up to date with the default graph; return what changed in it."""
    return keep_up(clone.store, gained, lost)


def is_described(store: Store) -> bool:
    """Say whether `graph/metadata` of `store` holds anything."""
    graph = NamedNode(namespace.METADATA_GRAPH)
    return next(store.quads_for_pattern(None, None, None, graph), None) is not None


def keep_description(
    clone: Clone,
    known: Statistics | None,
    before: Metadata,
    after: Metadata,
    shift: Shift,
    counted: Statistics | None = None,
) -> Statistics | None:
    """Make `graph/metadata` describe what the clone holds, and return the counts that it rests on.

    `known` are the counts on record of the parent, which its description rests on, and `shift` is what
    happened to its triples. Counts that are missing, or were made by another version of the software, are of
    no use: then `counted` stands for them, or without it everything is counted anew. Where the parent has no
    description, as a graph that `build` never made, none begins.
    """
    if not is_described(clone.store):
        return None
    if known is not None and counted is None and before.version == after.version:
        counts = shifted(known, clone.parent, clone.store, shift)
        lost, gained = moved(state_of(before), known, state_of(after), counts)
    else:
        counts = count(clone.store) if counted is None else shifted(counted, clone.parent, clone.store, shift)
        graph = NamedNode(namespace.METADATA_GRAPH)
        held = set(clone.store.quads_for_pattern(None, None, None, graph))
        fresh = renewed(held, state_of(after), counts)
        lost, gained = held - fresh, fresh - held
    for quad in lost:
        clone.store.remove(quad)
    clone.store.extend(gained)
    return counts


def add_history(clone: Clone, record: Record) -> int:
    """Add `record` to `graph/history`; return by how many triples that grew."""
    fresh = {quad for quad in provenance(record) if quad not in clone.store}
    clone.store.extend(fresh)
    return len(fresh)


def growth(delta: Delta) -> Counter[str]:
    """Return by how many quads each of the named graphs that are described grew; below zero, shrank."""
    found = Counter(graph_name(quad) or "" for quad in delta.added)
    found.subtract(graph_name(quad) or "" for quad in delta.removed)
    return Counter({name: number for name, number in found.items() if name in GRAPHS})


def next_metadata(clone: Clone, parent: Metadata, delta: Delta) -> Metadata:
    """Return what the metadata of the clone is by the delta: counts of quads and graphs, state digest."""
    names = [name for name in delta.graphs if name is not None]
    graphs = sum(_holds(clone.store, name) - _holds(clone.parent, name) for name in names)
    return replace(
        parent,
        quads=parent.quads + len(delta.added) - len(delta.removed),
        graphs=parent.graphs + graphs,
        state_digest=shifted_state_digest(parent.state_digest, _lines(delta.added), _lines(delta.removed)),
        canonical_digest="",
    )


def is_asserted(quad: Quad) -> bool:
    """Say whether `quad` stands in a graph that people write."""
    name = graph_name(quad)
    return name is not None and name not in namespace.DERIVED_GRAPHS


def asserted(store: Store) -> Iterator[Quad]:
    """Yield the asserted quads of `store`."""
    return (quad for quad in store if is_asserted(quad))


def _lines(quads: Iterable[Quad]) -> list[str]:
    return [f"{quad} ." for quad in quads]


def _holds(store: Store, name: str) -> int:
    return int(next(store.quads_for_pattern(None, None, None, NamedNode(name)), None) is not None)


def in_default(quad: Quad) -> Quad:
    """Return `quad` as it stands in the default graph."""
    return Quad(quad.subject, quad.predicate, quad.object)
