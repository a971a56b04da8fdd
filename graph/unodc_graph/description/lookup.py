"""The triples of a generation as one graph to look things up in, with what follows or without."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from unodc_graph.description.neighbourhood import TYPE
from unodc_graph.namespace import ID, INFERRED_GRAPH, PREFIXES
from unodc_graph.naming import description_of, name_of
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Term

SUBCLASS_OF = NamedNode(f"{PREFIXES['rdfs']}subClassOf")


class Lookup:
    """What a query sees without GRAPH, by patterns (ontology/README.md, each triple counts once)."""

    def __init__(self, store: Store, inferred: bool) -> None:
        """Take an open store; `inferred` says whether what follows counts."""
        self._store = store
        self._graphs: list[DefaultGraph | NamedNode] = [DefaultGraph()]
        if inferred:
            self._graphs.append(NamedNode(INFERRED_GRAPH))
        self.label = lru_cache(maxsize=65_536)(self._label)

    def objects(self, subject: NamedNode, predicate: NamedNode) -> list[Term]:
        """Return the values of `predicate` for `subject`, sorted."""
        found = {
            quad.object
            for graph in self._graphs
            for quad in self._store.quads_for_pattern(subject, predicate, None, graph)
        }
        return sorted(found, key=str)

    def links(self, subject: NamedNode, predicate: str) -> list[NamedNode]:
        """Return those values of `predicate` that are IRIs, in the order of the IRIs."""
        found = self.objects(subject, NamedNode(predicate))
        return sorted((term for term in found if isinstance(term, NamedNode)), key=lambda term: term.value)

    def texts(self, subject: NamedNode, predicate: str) -> list[str]:
        """Return the lexical forms of those values of `predicate` that are literals, sorted."""
        found = self.objects(subject, NamedNode(predicate))
        return sorted({term.value for term in found if isinstance(term, Literal)})

    def text(self, subject: NamedNode, predicate: str) -> str:
        """Return one of the literals, an English one if there is any, or an empty string."""
        literals = [term for term in self.objects(subject, NamedNode(predicate)) if isinstance(term, Literal)]
        return min(literals, key=lambda term: (term.language != "en", term.value)).value if literals else ""

    def description(self, thing: NamedNode) -> str:
        """Return what describes `thing`, or an empty string."""
        return description_of(lambda name: self.objects(thing, name))

    def subjects(self, predicate: NamedNode, obj: Term) -> list[NamedNode]:
        """Return the things of which `predicate` gives `obj`."""
        return [
            quad.subject
            for graph in self._graphs
            for quad in self._store.quads_for_pattern(None, predicate, obj, graph)
            if isinstance(quad.subject, NamedNode)
        ]

    def things(self, classes: Iterable[str]) -> list[NamedNode]:
        """Return the things of ours that are in one of `classes`, or below, in the order of their IRIs."""
        found = {
            thing
            for class_ in self.below(classes)
            for thing in self.subjects(TYPE, class_)
            if thing.value.startswith(ID)
        }
        return sorted(found, key=lambda thing: thing.value)

    def below(self, classes: Iterable[str]) -> set[NamedNode]:
        """Return `classes` and every class below one of them."""
        found: set[NamedNode] = set()
        ahead = [NamedNode(iri) for iri in classes]
        while ahead:
            class_ = ahead.pop()
            if class_ not in found:
                found.add(class_)
                ahead += self.subjects(SUBCLASS_OF, class_)
        return found

    def _label(self, thing: NamedNode) -> str:
        """Return what `thing` is called, or an empty string."""
        return name_of(lambda name: self.objects(thing, name))
