"""Statements and axioms in words, by the labels of the things and terms in them."""

from __future__ import annotations

from typing import Final

from unodc_graph.inference.fact import Facts
from unodc_graph.inference.rule import TYPE, Fact, Pattern, Rule
from unodc_graph.namespace import compact
from unodc_graph.naming import name_of
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Term

_VOWELS: Final = "aeiouAEIOU"
_CONSONANT_SOUND: Final = ("uni", "Uni", "UN", "use", "eu")


class Wording:
    """Words for what a set of facts holds, labels included."""

    def __init__(self, facts: Facts) -> None:
        """Take the facts to find labels in."""
        self._facts = facts

    def label(self, term: Term) -> str:
        """Return the name of a term, or else its prefixed name; of a literal its text."""
        if isinstance(term, Literal):
            return term.value
        if not isinstance(term, NamedNode | BlankNode):
            return str(term)
        name = name_of(lambda name: (value for _, _, value in self._facts.match(term, name, None)))
        return name or (compact(term.value) if isinstance(term, NamedNode) else str(term))

    def statement(self, fact: Fact) -> str:
        """Return `fact` as a short sentence."""
        subject, predicate, value = fact
        if predicate == TYPE:
            return f"{self.label(subject)} is {self._one(value)}"
        return f"{self.label(subject)} — {self.label(predicate)} — {self.label(value)}"

    def rule(self, rule: Rule) -> str:
        """Return what `rule` takes from its axiom, as the second half of a sentence with "because"."""
        head, first = rule.head, rule.body[0]
        of_type = head.predicate == TYPE
        if rule.axiom.kind in {"subproperty", "equivalent property"}:
            return f"{self._quoted(first)} is a kind of {self._quoted(head)}"
        if rule.axiom.kind == "inverse":
            return f"{self._quoted(head)} is {self._quoted(first)} seen from the other end"
        if rule.axiom.kind == "symmetric":
            return f"{self._quoted(head)} holds in both directions"
        if rule.axiom.kind in {"transitive", "property chain"}:
            chain = ", then ".join(self._quoted(pattern) for pattern in rule.body)
            return f"{chain}, amounts to {self._quoted(head)}"
        if rule.axiom.kind == "range" and of_type and head.subject == first.object:
            return f"whatever {self._quoted(first)} leads to {self._said(head)}"
        conditions = " and ".join(
            self._said(pattern, rule) for pattern in rule.body if pattern.subject == first.subject
        )
        if len(rule.body) == 1 and not isinstance(first.object, int) and first.predicate == TYPE:
            return f"every {self.label(first.object)} {self._said(head)}"
        return f"whatever {conditions} {self._said(head)}"

    def _said(self, pattern: Pattern, rule: Rule | None = None) -> str:
        """Return what `pattern` says of its subject; what else `rule` asks of the object with it."""
        value = pattern.object
        if pattern.predicate == TYPE and not isinstance(value, int):
            return f"is {self._one(value)}"
        if not isinstance(value, int):
            return f"has {self._quoted(pattern)} {self.label(value)}"
        kinds = [p.object for p in rule.body if p.subject == value and p.predicate == TYPE] if rule else []
        named = [self._one(kind) for kind in kinds if not isinstance(kind, int)]
        return f"has {self._quoted(pattern)} {' and '.join(named)}".rstrip()

    def _quoted(self, pattern: Pattern) -> str:
        return f"“{self.label(pattern.predicate)}”"

    def _one(self, kind: Term) -> str:
        label = self.label(kind)
        vowel = label[:1] in _VOWELS and not label.startswith(_CONSONANT_SOUND)
        return f"{'an' if vowel else 'a'} {label}"
