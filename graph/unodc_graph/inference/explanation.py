"""Explanations: why a triple of a generation holds, down to what is asserted and where each of that stands.

Everything here is plain text and IRIs, so that it can cross from a worker to a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from unodc_graph import namespace
from unodc_graph.errors import GraphError
from unodc_graph.inference.fact import ASSERTED, StoreFacts
from unodc_graph.inference.proof import Derivation, Proof, prove
from unodc_graph.inference.rule import Fact, rules
from unodc_graph.inference.wording import Wording
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Term

DEFAULT_LIMIT: Final = 10
"""How many explanations are given unless more, or fewer, are asked for."""

_KINDS: Final = {
    namespace.REFERENCE_GRAPH: "reference",
    namespace.SCHEMES_GRAPH: "scheme",
    namespace.ONTOLOGY_GRAPH: "ontology",
    namespace.SOURCES_GRAPH: "sources",
    namespace.CATALOGUE_GRAPH: "catalogue",
}
_SOURCE: Final = NamedNode(f"{namespace.PREFIXES['dcterms']}source")
_IN_SCHEME: Final = NamedNode(f"{namespace.PREFIXES['skos']}inScheme")
_OCCURS_IN: Final = NamedNode(f"{namespace.ONTOLOGY}occursIn")


@dataclass(eq=False)
class StatementDoesNotHold(GraphError):
    """A triple is neither asserted nor follows. `statement` is it in words."""

    statement: str

    def __str__(self) -> str:
        """Return the statement and what to look at."""
        statement = " ".join(self.statement.split())
        return f"the graph does not say this, nor does it follow: {statement}; check the three terms"


@dataclass(frozen=True)
class Statement:
    """A triple: IRIs of subject and predicate, object as in N-Triples, all in words, the three labels."""

    subject: str
    predicate: str
    object: str
    words: str
    labels: tuple[str, str, str]


@dataclass(frozen=True)
class Standing:
    """Where an asserted triple stands.

    `kind` is passage, context (what a reader supplies to a passage), reference (a row of a table), scheme,
    ontology, sources or catalogue; `graph` the IRI of the graph; `label` names the passage, row or scheme in
    words; `source` is the row's source, the scheme's IRI, or those of the documents that print the passage.
    """

    kind: str
    graph: str
    label: str
    source: tuple[str, ...]


@dataclass(frozen=True)
class Premise:
    """An asserted triple that an explanation rests on, with every place at which it stands."""

    statement: Statement
    standings: tuple[Standing, ...]


@dataclass(frozen=True)
class AxiomUse:
    """The axiom of a step: its kind, what it says here in words, its functional syntax, the IRI it is of."""

    kind: str
    words: str
    text: str
    term: str | None


@dataclass(frozen=True)
class Step:
    """One inference: `conclusion` follows from `premises` by `axiom`."""

    conclusion: Statement
    axiom: AxiomUse
    premises: tuple[Statement, ...]


@dataclass(frozen=True)
class Explanation:
    """Asserted triples, none of which can be left out, and the steps from them, the last to the goal."""

    premises: tuple[Premise, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Explained:
    """A triple that holds.

    `standings` says where it is asserted, nowhere if it is inferred. `explanations` are the ways in which it
    follows from other triples, those with the fewest premises first; `complete` says that there are no more.
    """

    statement: Statement
    standings: tuple[Standing, ...]
    explanations: tuple[Explanation, ...]
    complete: bool

    @property
    def inferred(self) -> bool:
        """Whether it holds because it follows, and only so."""
        return not self.standings


class Explainer:
    """Explains the triples of one generation."""

    def __init__(self, store: Store) -> None:
        """Take the open store and make the rules of its ontology. Raises UnsupportedAxiom."""
        self._store = store
        self._facts = StoreFacts(store)
        self._asserted = StoreFacts(store, ASSERTED)
        ontology = NamedNode(namespace.ONTOLOGY_GRAPH)
        self._rules = rules(store.quads_for_pattern(None, None, None, ontology))
        self._wording = Wording(self._asserted)

    def explain(self, fact: Fact, limit: int = DEFAULT_LIMIT) -> Explained:
        """Return why `fact` holds, by at most `limit` explanations. Raises StatementDoesNotHold."""
        if fact not in self._facts:
            raise StatementDoesNotHold(self._wording.statement(fact))
        proofs = prove(fact, self._facts, self._asserted, self._rules, limit)
        return Explained(
            self._statement(fact),
            self._standings(fact),
            tuple(self._explanation(proof) for proof in proofs.found),
            proofs.complete,
        )

    def _explanation(self, proof: Proof) -> Explanation:
        return Explanation(
            tuple(Premise(self._statement(fact), self._standings(fact)) for fact in proof.asserted),
            tuple(self._step(step) for step in proof.steps),
        )

    def _step(self, step: Derivation) -> Step:
        axiom = step.rule.axiom
        use = AxiomUse(axiom.kind, self._wording.rule(step.rule), axiom.text, axiom.term)
        return Step(self._statement(step.conclusion), use, tuple(map(self._statement, step.premises)))

    def _statement(self, fact: Fact) -> Statement:
        subject, predicate, value = fact
        label = self._wording.label
        labels = (label(subject), label(predicate), label(value))
        return Statement(_name(subject), predicate.value, str(value), self._wording.statement(fact), labels)

    def _standings(self, fact: Fact) -> tuple[Standing, ...]:
        graphs = {quad.graph_name for quad in self._store.quads_for_pattern(*fact, None)}
        names = sorted(graph.value for graph in graphs if isinstance(graph, NamedNode))
        return tuple(self._standing(fact, name) for name in names if name not in namespace.DERIVED_GRAPHS)

    def _standing(self, fact: Fact, graph: str) -> Standing:
        passage = namespace.passage_of_graph(graph)
        if passage is not None:
            node = NamedNode(passage)
            kind = "passage" if passage == graph else "context"
            return Standing(kind, graph, self._wording.label(node), self._values(node, _OCCURS_IN))
        kind = _KINDS.get(graph, "graph")
        about = {"reference": _SOURCE, "scheme": _IN_SCHEME}.get(kind)
        label = {"reference": self._wording.label(fact[0])}.get(kind, kind)
        source = self._values(fact[0], about) if about is not None else ()
        if kind == "scheme":
            label = ", ".join(self._wording.label(NamedNode(iri)) for iri in source) or kind
        return Standing(kind, graph, label, source)

    def _values(self, subject: Term, predicate: NamedNode) -> tuple[str, ...]:
        if not isinstance(subject, NamedNode | BlankNode):
            return ()
        return tuple(sorted(_name(value) for _, _, value in self._asserted.match(subject, predicate, None)))


def _name(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
