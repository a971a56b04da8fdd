"""Readable Turtle and TriG: prefixed, sorted, and laid out so that a difference of two files shows facts.

Subjects stand in the order of their IRIs, `a` and the labels before other properties; what a document is
about can be put before them. A blank node that one statement points to is written inside that statement, a
list with round brackets. The same quads give the same bytes if blank nodes have canonical labels.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from unodc_graph.namespace import PREFIXES, compact
from unodc_graph.store.term import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Term, Triple

_RDF: Final = PREFIXES["rdf"]
_XSD: Final = PREFIXES["xsd"]
_WIDTH: Final = 100
_FIRST: Final = {f"{_RDF}type": 0, f"{PREFIXES['rdfs']}label": 1, f"{PREFIXES['skos']}prefLabel": 2}
_BARE: Final = {
    f"{_XSD}integer": re.compile(r"[+-]?[0-9]+\Z"),
    f"{_XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+\Z"),
    f"{_XSD}double": re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+\Z"),
    f"{_XSD}boolean": re.compile(r"(?:true|false)\Z"),
}

_Subject = NamedNode | BlankNode | Triple
_Statements = dict[str, list[Term]]


def turtle(quads: Iterable[Quad], first: str | None = None) -> Iterator[str]:
    """Yield the triples of `quads`, whatever graph they stand in, as pieces of a Turtle document.

    The subject with the IRI `first` comes before the others.
    """
    blocks = list(_Graph(quads, "").blocks(first))
    yield from _prologue(blocks)
    yield from blocks


def trig(quads: Iterable[Quad]) -> Iterator[str]:
    """Yield `quads` as pieces of a TriG document, the default graph first, then each graph by its IRI."""
    graphs: defaultdict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        graphs["" if isinstance(quad.graph_name, DefaultGraph) else str(quad.graph_name)].append(quad)
    pieces: list[str] = []
    for name in sorted(graphs):
        if not name:
            pieces += _Graph(graphs[name], "").blocks()
            continue
        pieces.append(f"\n{written(NamedNode(name[1:-1]))} {{\n")
        pieces += _Graph(graphs[name], "    ").blocks()
        pieces.append("}\n")
    yield from _prologue(pieces)
    yield from pieces


def statements(quads: Iterable[Quad], indent: str = "") -> Iterator[str]:
    """Yield the statement of each subject as in a document, its lines but the first indented by `indent`.

    The prefixes it may use are those of `namespace.PREFIXES`, which the document has to declare.
    """
    for block in _Graph(quads, indent).blocks():
        yield block[len(indent) + 1 : -1]


def _prologue(pieces: list[str]) -> Iterator[str]:
    """Yield the declarations of the prefixes that `pieces` may use; one too many does no harm."""
    text = "".join(pieces)
    for prefix, namespace in sorted(PREFIXES.items()):
        if f"{prefix}:" in text:
            yield f"@prefix {prefix}: <{namespace}> .\n"


class _Graph:
    """The statements of one graph, ready to be written."""

    def __init__(self, quads: Iterable[Quad], indent: str) -> None:
        self._indent = indent
        self._statements: defaultdict[_Subject, _Statements] = defaultdict(lambda: defaultdict(list))
        references: Counter[BlankNode] = Counter()
        for subject, predicate, obj in sorted({quad.triple for quad in quads}, key=str):
            self._statements[subject][predicate.value].append(obj)
            if isinstance(obj, BlankNode):
                references[obj] += 1
        nested = {node for node, count in references.items() if count == 1 and node in self._statements}
        roots = [subject for subject in self._statements if subject not in nested]
        self._nested = self._reachable(roots, nested)
        self._anonymous = {node for node in roots if isinstance(node, BlankNode) and node not in references}

    def _reachable(self, roots: Iterable[_Subject], nested: set[BlankNode]) -> set[BlankNode]:
        """Return those of `nested` that some root leads to; blank nodes in a circle keep their labels."""
        found: set[BlankNode] = set()
        ahead: list[_Subject] = list(roots)
        while ahead:
            for objects in self._statements[ahead.pop()].values():
                for obj in objects:
                    if isinstance(obj, BlankNode) and obj in nested and obj not in found:
                        found.add(obj)
                        ahead.append(obj)
        return found

    def blocks(self, first: str | None = None) -> Iterator[str]:
        """Yield a block for each subject that is not written inside another, that of `first` before all."""

        def place(node: _Subject) -> tuple[bool, bool, str]:
            name = str(node).strip("<>")
            return name != first, isinstance(node, BlankNode), name

        roots = [subject for subject in self._statements if subject not in self._nested]
        for subject in sorted(roots, key=place):
            name = "[]" if subject in self._anonymous else self._term(subject, self._indent)
            yield f"\n{self._indent}{name} {self._properties(subject, self._indent)} .\n"

    def _properties(self, subject: _Subject, indent: str) -> str:
        deeper = indent + "    "
        statements = self._statements[subject]
        order = sorted(statements, key=lambda iri: (_FIRST.get(iri, len(_FIRST)), compact(iri)))
        return f" ;\n{deeper}".join(self._property(iri, statements[iri], deeper) for iri in order)

    def _property(self, iri: str, objects: list[Term], indent: str) -> str:
        name = "a" if iri == f"{_RDF}type" else written(NamedNode(iri))
        terms = sorted(self._term(obj, indent) for obj in objects)
        line = f"{name} {' , '.join(terms)}"
        if len(terms) == 1 or ("\n" not in line and len(indent) + len(line) <= _WIDTH):
            return line
        deeper = indent + "    "
        return f"{name}\n{deeper}" + f" ,\n{deeper}".join(terms)

    def _term(self, term: Term, indent: str) -> str:
        if isinstance(term, NamedNode):
            return written(term)
        if isinstance(term, Literal):
            return _literal(term)
        if not isinstance(term, BlankNode) or term not in self._nested:
            return str(term)
        members = self._list(term)
        if members is not None:
            return f"( {' '.join(self._term(member, indent) for member in members)} )"
        deeper = indent + "    "
        return f"[\n{deeper}{self._properties(term, indent)}\n{indent}]"

    def _list(self, node: BlankNode) -> list[Term] | None:
        """Return the members of the list that begins at `node`, or None when it is no whole list."""
        members: list[Term] = []
        cell: Term = node
        while cell != NamedNode(f"{_RDF}nil"):
            if not isinstance(cell, BlankNode) or cell not in self._nested:
                return None
            statements = self._statements[cell]
            first, rest = statements.get(f"{_RDF}first", []), statements.get(f"{_RDF}rest", [])
            if len(statements) != 2 or len(first) != 1 or len(rest) != 1:
                return None
            members.append(first[0])
            cell = rest[0]
        return members


def written(iri: NamedNode) -> str:
    """Return `iri` as a document has it: a prefixed name where one of our prefixes fits, else in full."""
    short = compact(iri.value)
    return str(iri) if short == iri.value else short


def _literal(literal: Literal) -> str:
    datatype = literal.datatype.value
    bare = _BARE.get(datatype)
    if bare is not None and bare.match(literal.value):
        return literal.value
    text = str(literal)
    mark = f"^^{literal.datatype}"
    return f"{text.removesuffix(mark)}^^{written(literal.datatype)}" if text.endswith(mark) else text
