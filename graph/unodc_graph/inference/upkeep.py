"""Keeps the inferred triples of a store in step with what it asserts."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from unodc_graph.inference.change import FactChange, change
from unodc_graph.inference.closure import closure
from unodc_graph.inference.fact import ASSERTED, INFERRED, StoreFacts
from unodc_graph.inference.rule import TYPE, Fact, Rules, rules
from unodc_graph.namespace import ONTOLOGY_GRAPH, PREFIXES
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import NamedNode, Quad

LARGEST_CHANGE: Final = 5_000
"""Triples added and removed together, beyond which everything is computed anew: that is then quicker."""

_AXIOM: Final = (
    PREFIXES["owl"],
    *(f"{PREFIXES['rdfs']}{name}" for name in ("subClassOf", "subPropertyOf", "domain", "range")),
    *(f"{PREFIXES['rdf']}{name}" for name in ("first", "rest")),
)
"""The beginnings of the predicates of axioms."""


def keep_up(store: Store, added: Collection[Fact], removed: Collection[Fact]) -> FactChange:
    """Bring the inferred triples of `store`, open for writing, up to date, and return what changed in them.

    `added` and `removed` are the triples that its default graph, already changed, gained and lost. A change
    of axioms, or of more than LARGEST_CHANGE triples, has all of it computed. Raises UnsupportedAxiom.
    """
    known = _rules(frozenset(store.quads_for_pattern(None, None, None, NamedNode(ONTOLOGY_GRAPH))))
    if len(added) + len(removed) > LARGEST_CHANGE or any(map(_is_axiom, (*added, *removed))):
        after = frozenset(closure(store.quads_for_pattern(None, None, None, ASSERTED), known))
        before = frozenset(map(fact_of, store.quads_for_pattern(None, None, None, INFERRED)))
        found = FactChange(after - before, before - after)
    else:
        found = change(StoreFacts(store, ASSERTED), StoreFacts(store, INFERRED), added, removed, known)
    for fact in found.removed:
        store.remove(Quad(*fact, INFERRED))
    store.extend(Quad(*fact, INFERRED) for fact in found.added)
    return found


@lru_cache(maxsize=1)
def _rules(ontology: frozenset[Quad]) -> Rules:
    """Return the rules for the axioms of `ontology`, which is the same from commit to commit as a rule."""
    return rules(ontology)


def fact_of(quad: Quad) -> Fact:
    """Return the triple of `quad`, whatever graph it stands in; no triple term is asserted or inferred."""
    return quad.subject, quad.predicate, quad.object  # type: ignore[return-value]  # triple terms are refused


def _is_axiom(fact: Fact) -> bool:
    """Whether `fact` is, or is part of, an axiom from which rules are made."""
    _, predicate, value = fact
    declares = predicate == TYPE and isinstance(value, NamedNode) and value.value.startswith(PREFIXES["owl"])
    return declares or predicate.value.startswith(_AXIOM)
