"""Results of queries as the suites write them and as a server sends them, and when two are the same.

Read here by other means than the engine writes them with: `json`, `xml.etree` and `csv` of the standard
library; the terms of TSV, which are those of Turtle, by a Turtle parser.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree import ElementTree

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse
from tests.server.conformance.manifest import RDF

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XSD = "http://www.w3.org/2001/XMLSchema#"
XML = "{http://www.w3.org/2005/sparql-results#}"

Term = NamedNode | BlankNode | Literal | Triple | str
"""A term; a text where the format, CSV, keeps no more than that."""

Row = dict[str, Term]

GRAPH_FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".rdf": RdfFormat.RDF_XML,
    ".nt": RdfFormat.N_TRIPLES,
}


@dataclass(frozen=True)
class Table:
    """The answer of a SELECT. `ordered`: the order of its rows is part of it."""

    variables: frozenset[str]
    rows: tuple[Row, ...]
    ordered: bool = False


Result = bool | Table | frozenset[Triple]


def read(content: bytes, suffix: str, base: str) -> Result:
    """Return what a file of results or an answer says; `suffix` names the format, `base` resolves addresses.

    Raises ValueError where it is not in order.
    """
    readers: dict[str, Callable[[bytes], Result]] = {
        ".srj": _read_json,
        ".srx": _read_xml,
        ".csv": _read_csv,
        ".tsv": _read_tsv,
    }
    if suffix in readers:
        return readers[suffix](content)
    quads = list(parse(content, format=GRAPH_FORMATS[suffix], base_iri=base))
    if any(quad.object == NamedNode(RS + "ResultSet") for quad in quads):
        return _from_vocabulary(quads)
    return frozenset(quad.triple for quad in quads)


def difference(expected: Result, actual: Result, lax: bool = False) -> str | None:
    """Return what is different, or None where both say the same, blank nodes apart from their labels.

    `lax` lets duplicates be left out. Order counts where `expected` says so.
    """
    if isinstance(expected, bool) or isinstance(actual, bool):
        return None if expected is actual else f"expected {expected}, got {actual}"
    if isinstance(expected, frozenset) or isinstance(actual, frozenset):
        if not (isinstance(expected, frozenset) and isinstance(actual, frozenset)):
            return "one is a graph, the other is not"
        return _differing_rows([_triple(t) for t in expected], [_triple(t) for t in actual])
    if expected.variables != actual.variables:
        return f"expected the variables {sorted(expected.variables)}, got {sorted(actual.variables)}"
    left, right = [_cells(row) for row in expected.rows], [_cells(row) for row in actual.rows]
    if lax:
        if len(right) > len(left):
            return f"expected {len(left)} rows at most, got {len(right)}"
        left, right = _once(left), _once(right)
    if expected.ordered:
        left = [(("", Literal(str(place))), *row) for place, row in enumerate(left)]
        right = [(("", Literal(str(place))), *row) for place, row in enumerate(right)]
    return _differing_rows(left, right)


_Cells = tuple[tuple[str, Term], ...]


def _cells(row: Row) -> _Cells:
    return tuple(sorted(((name, _canonical(term)) for name, term in row.items()), key=lambda cell: cell[0]))


def _triple(triple: Triple) -> _Cells:
    return (("s", triple.subject), ("p", triple.predicate), ("o", _canonical(triple.object)))


def _canonical(term: Term) -> Term:
    """Return a value in one form: results may be written in any lexical form of their datatype."""
    if isinstance(term, str):
        with suppress(ValueError):
            return str(float(term))
    if not isinstance(term, Literal):
        return term
    kind, value = term.datatype.value.removeprefix(XSD), term.value
    with suppress(ValueError, InvalidOperation):
        if kind in ("double", "float"):
            value = str(float(value) + 0)
        elif kind in ("integer", "decimal"):
            value = str(Decimal(value).normalize() + 0)
        elif kind == "boolean":
            value = {"1": "true", "0": "false"}.get(value, value)
        elif kind in ("date", "dateTime", "time"):
            value = re.sub(r"[+-]00:00$", "Z", value)
        return Literal(value, datatype=term.datatype) if kind != term.datatype.value else term
    return term


def _once(rows: Sequence[_Cells]) -> list[_Cells]:
    return list(dict.fromkeys(rows))


def _differing_rows(expected: Sequence[_Cells], actual: Sequence[_Cells]) -> str | None:
    """Compare as bags, blank nodes by a one-to-one renaming that is searched for."""
    missing, extra = _without_common(expected, actual)
    if len(expected) != len(actual) or any(not _blank(row) for row in (*missing, *extra)):
        return f"missing: {_shown(missing)}; too many: {_shown(extra)}"
    left = [row for row in expected if _blank(row)]
    right = [row for row in actual if _blank(row)]
    if _renaming(left, right, {}, {}):
        return None
    return f"no renaming of blank nodes makes {_shown(right)} of {_shown(left)}"


def _without_common(one: Sequence[_Cells], other: Sequence[_Cells]) -> tuple[list[_Cells], list[_Cells]]:
    """Return what each has and the other has not; rows with blank nodes count as nobody else's."""
    left, right = Counter(one), Counter(other)
    common = Counter({row: count for row, count in (left & right).items() if not _blank(row)})
    return list((left - common).elements()), list((right - common).elements())


def _renaming(
    left: list[_Cells], right: list[_Cells], forth: dict[Term, Term], back: dict[Term, Term]
) -> bool:
    """Search for a renaming of the blank nodes of `left` that makes it `right`."""
    if not left:
        return True
    first, rest = left[0], left[1:]
    for place, candidate in enumerate(right):
        wider, wider_back = dict(forth), dict(back)
        if _matches(first, candidate, wider, wider_back) and _renaming(
            rest, right[:place] + right[place + 1 :], wider, wider_back
        ):
            return True
    return False


def _matches(left: _Cells, right: _Cells, forth: dict[Term, Term], back: dict[Term, Term]) -> bool:
    if [name for name, _ in left] != [name for name, _ in right]:
        return False
    for (_, one), (_, other) in zip(left, right, strict=True):
        if _is_blank(one) != _is_blank(other):
            return False
        if not _is_blank(one):
            if one != other:
                return False
        elif forth.setdefault(one, other) != other or back.setdefault(other, one) != one:
            return False
    return True


def _is_blank(term: Term) -> bool:
    return isinstance(term, BlankNode) or (isinstance(term, str) and term.startswith("_:"))


def _blank(row: _Cells) -> bool:
    return any(_is_blank(term) for _, term in row)


def _shown(rows: Sequence[_Cells]) -> str:
    return "; ".join(" ".join(f"{name}={term}" for name, term in row) for row in rows[:8])


def _read_json(content: bytes) -> Result:
    document: Any = json.loads(content)
    if "boolean" in document:
        return bool(document["boolean"])
    rows = tuple(
        {name: _json_term(term) for name, term in binding.items()}
        for binding in document["results"]["bindings"]
    )
    return Table(frozenset(document["head"]["vars"]), rows)


def _json_term(term: dict[str, str]) -> Term:
    if term["type"] == "uri":
        return NamedNode(term["value"])
    if term["type"] == "bnode":
        return BlankNode(term["value"])
    assert term["type"] in ("literal", "typed-literal"), term
    return _literal(term["value"], term.get("xml:lang"), term.get("datatype"))


def _literal(value: str, language: str | None, datatype: str | None) -> Literal:
    if language:
        return Literal(value, language=language.lower())
    return Literal(value, datatype=NamedNode(datatype)) if datatype else Literal(value)


def _read_xml(content: bytes) -> Result:
    document = ElementTree.fromstring(content)
    boolean = document.find(f"{XML}boolean")
    if boolean is not None:
        return (boolean.text or "").strip() == "true"
    variables = frozenset(str(found.get("name")) for found in document.iter(f"{XML}variable"))
    results = document.find(f"{XML}results")
    assert results is not None
    rows = tuple(
        {str(binding.get("name")): _xml_term(binding[0]) for binding in found}
        for found in results.iter(f"{XML}result")
    )
    return Table(variables, rows)


def _xml_term(element: ElementTree.Element) -> Term:
    text = element.text or ""
    if element.tag == f"{XML}uri":
        return NamedNode(text)
    if element.tag == f"{XML}bnode":
        return BlankNode(text)
    assert element.tag == f"{XML}literal", element.tag
    language = element.get("{http://www.w3.org/XML/1998/namespace}lang")
    return _literal(text, language, element.get("datatype"))


def _read_csv(content: bytes) -> Result:
    """Read CSV (SPARQL 1.1 Query Results CSV §3): values only; an unbound variable is an empty field."""
    header, *lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    rows: list[Row] = [
        {name: value for name, value in zip(header, line, strict=True) if value} for line in lines
    ]
    return Table(frozenset(header), tuple(rows))


def _read_tsv(content: bytes) -> Result:
    """Read TSV (SPARQL 1.1 Query Results TSV §4): terms as in Turtle; an unbound variable is empty."""
    header, *lines = content.decode("utf-8").removesuffix("\n").split("\n")
    names = header.split("\t")
    assert all(name.startswith("?") for name in names), header
    rows = tuple(
        {name[1:]: _turtle_term(cell) for name, cell in zip(names, line.split("\t"), strict=True) if cell}
        for line in lines
    )
    return Table(frozenset(name[1:] for name in names), rows)


def _turtle_term(text: str) -> Term:
    (quad,) = parse(f"<a:s> <a:p> {text} .", format=RdfFormat.TURTLE)
    term: Term = quad.object
    return term


def _from_vocabulary(quads: Sequence[Quad]) -> Result:
    """Read a result written in the suites' vocabulary of result sets."""
    store = Store()
    store.extend(quads)

    def objects(subject: Any, name: str) -> list[Any]:
        return [quad.object for quad in store.quads_for_pattern(subject, NamedNode(RS + name), None)]

    (top,) = {
        q.subject for q in store.quads_for_pattern(None, NamedNode(RDF + "type"), NamedNode(RS + "ResultSet"))
    }
    booleans = objects(top, "boolean")
    if booleans:
        return bool(booleans[0].value == "true")
    variables = frozenset(found.value for found in objects(top, "resultVariable"))
    solutions = objects(top, "solution")
    ordered = any(objects(solution, "index") for solution in solutions)
    if ordered:
        solutions.sort(key=lambda solution: int(objects(solution, "index")[0].value))
    rows = tuple(
        {objects(b, "variable")[0].value: objects(b, "value")[0] for b in objects(solution, "binding")}
        for solution in solutions
    )
    return Table(variables, rows, ordered)
