"""Closure and explanations, measured: the real graph, and a million quads of the same shape.

    python -m tests.benchmarks.inference [--quads 1000000] [--beside]

To hold: the real graph's closure under 2 s, and 20 times as fast as owlrl in the same run; a million quads
under 60 s and 4 GB; the explanations of all inferred triples of the real graph with a median under 50 ms.
`--beside` gives reasonable the million quads too, which takes minutes and ten gigabytes. Times of closures
are processor time, terms of the store in and out; memory is the most that was resident at once.
"""

from __future__ import annotations

import argparse
import gc
import resource
import statistics
import time
from collections.abc import Callable
from tempfile import NamedTemporaryFile
from typing import Any

import owlrl
import reasonable

from unodc_graph import namespace
from unodc_graph.dataset import assemble
from unodc_graph.inference.change import change
from unodc_graph.inference.closure import closure
from unodc_graph.inference.explanation import Explainer
from unodc_graph.inference.fact import ASSERTED, INFERRED, StoreFacts
from unodc_graph.inference.rule import Rules, rules
from unodc_graph.location import rooms
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import NamedNode, Quad, Term, to_rdflib_graph

SHARED = {namespace.ONTOLOGY_GRAPH, namespace.SCHEMES_GRAPH, namespace.REFERENCE_GRAPH}
"""Graphs that a larger record would hold once: a million facts name the same countries and resolutions."""


def copies(asserted: list[Quad], size: int) -> list[Quad]:
    """Return `asserted` with as many renamed copies of what passages state as make `size` quads."""
    shared = [quad for quad in asserted if quad.graph_name.value in SHARED]
    stated = [quad for quad in asserted if quad.graph_name.value not in SHARED]
    kept = {term for quad in shared for term in (quad.subject, quad.object)}
    found, number = list(asserted), 0
    while len(found) < size:
        number += 1
        names: dict[Term, Term] = {}

        def renamed(term: Any, names: dict[Term, Term] = names, number: int = number) -> Any:
            if not isinstance(term, NamedNode) or term in kept or not term.value.startswith(namespace.ID):
                return term
            return names.setdefault(term, NamedNode(f"{term.value}-{number}"))

        found += [
            Quad(renamed(q.subject), q.predicate, renamed(q.object), renamed(q.graph_name)) for q in stated
        ]
    return found


def timed(action: Callable[[], Any]) -> tuple[Any, float]:
    """Return what `action` returns, and the processor seconds it took."""
    gc.collect()
    start = time.process_time()
    result = action()
    return result, time.process_time() - start


def gigabytes() -> float:
    """Return the most memory that was resident so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def real(asserted: list[Quad], known: Rules) -> None:
    """Measure the real graph, beside the other reasoners."""
    inferred, ours = timed(lambda: list(closure(asserted, known)))
    print(f"real graph: {len(asserted):,} quads, {len(inferred):,} inferred in {ours:.3f} s")
    graph = to_rdflib_graph(asserted)
    _, theirs = timed(lambda: owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph))
    print(f"owlrl: {theirs:.1f} s, {theirs / ours:.0f} times as long")
    graph = to_rdflib_graph(asserted)
    reasoner = reasonable.PyReasoner()
    _, theirs = timed(lambda: (reasoner.from_graph(graph), reasoner.reason()))
    print(f"reasonable, without the chains: {theirs:.2f} s")


def explanations(store: Store) -> None:
    """Measure one explanation of each inferred triple, all of its smallest proofs up to ten."""
    explainer, seconds, incomplete = Explainer(store), [], 0
    for quad in store.quads_for_pattern(None, None, None, INFERRED):
        start = time.perf_counter()
        explained = explainer.explain((quad.subject, quad.predicate, quad.object))  # type: ignore[arg-type]
        seconds.append(time.perf_counter() - start)
        assert explained.explanations
        incomplete += not explained.complete
    median, longest = statistics.median(seconds) * 1000, max(seconds) * 1000
    print(f"explanations: {len(seconds):,}, none missing; median {median:.2f} ms, longest {longest:.0f} ms;")
    print(f"  {incomplete} of them with more ways than the ten given")


def million(quads: list[Quad], known: Rules, beside: bool) -> None:
    """Measure a large graph of the same shape."""
    before = gigabytes()
    inferred, seconds = timed(lambda: sum(1 for _ in closure(quads, known)))
    after = gigabytes()
    print(f"{len(quads):,} quads: {inferred:,} inferred in {seconds:.1f} s")
    print(f"  {after:.2f} GB, of which {before:.2f} before it began")
    if beside:
        with NamedTemporaryFile("w", suffix=".ttl") as file:
            file.writelines(f"{triple} .\n" for triple in {str(quad.triple) for quad in quads})
            file.flush()
            reasoner = reasonable.PyReasoner()
            _, seconds = timed(lambda: (reasoner.load_file(file.name), reasoner.reason()))
        print(f"reasonable, without the chains: {seconds:.0f} s, {gigabytes():.2f} GB")


def commits(quads: list[Quad], known: Rules) -> None:
    """Measure the change that one activity makes: taken out of a store, and put in again."""
    store = filled(quads, known)
    activities = sorted({q.subject for q in quads if "/id/activity/" in str(q.subject)}, key=str)[:20]
    seconds = []
    for activity in activities:
        for quad in store.quads_for_pattern(activity, None, None, ASSERTED):
            store.remove(quad)
        facts = {(q.subject, q.predicate, q.object) for q in quads if q.subject == activity}
        asserted, inferred = StoreFacts(store, ASSERTED), StoreFacts(store, INFERRED)
        start = time.perf_counter()
        change(asserted, inferred, (), facts, known)
        seconds.append(time.perf_counter() - start)
        store.extend(Quad(*fact) for fact in facts)
    print(f"{len(quads):,} quads, one activity removed: median {statistics.median(seconds) * 1000:.1f} ms,")
    print(f"  longest {max(seconds) * 1000:.0f} ms")


def filled(quads: list[Quad], known: Rules) -> Store:
    """Return a store as a generation is laid out."""
    store = Store()
    store.bulk_extend(quads)
    store.bulk_extend(Quad(*quad.triple) for quad in quads)
    store.bulk_extend(Quad(*fact, INFERRED) for fact in closure(quads, known))
    return store


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="closure and explanations")
    parser.add_argument("--quads", type=int, default=1_000_000)
    parser.add_argument("--beside", action="store_true", help="give reasonable the large graph too")
    arguments = parser.parse_args()
    asserted = list(assemble(rooms()).asserted)
    known = rules(quad for quad in asserted if quad.graph_name.value == namespace.ONTOLOGY_GRAPH)
    real(asserted, known)
    explanations(filled(asserted, known))
    commits(asserted, known)
    commits(copies(asserted, arguments.quads // 10), known)
    million(copies(asserted, arguments.quads), known, arguments.beside)


if __name__ == "__main__":
    main()
