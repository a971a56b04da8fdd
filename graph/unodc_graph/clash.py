"""Names the parts of a contradiction: each axiom and fact with a label, and where it is stated.

Two values of one property in one file are both found at the first, for positions know no literals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from unodc_graph.dataset import Dataset, Place
from unodc_graph.inference.term import parse_term
from unodc_graph.namespace import PREFIXES, expand
from unodc_graph.store.term import NamedNode

_NAME: Final = re.compile(r"[a-z-]+:[A-Za-z0-9_.-]*[A-Za-z0-9_-]")
_MEMBER: Final = re.compile(r"ClassAssertion\((\S+) (\S+)\)\Z")
_VALUE: Final = re.compile(r"(?:Object|Data)PropertyAssertion\((\S+) (\S+) (.+)\)\Z", re.DOTALL)
_AXIOM_OF: Final = {
    "SubClassOf": f"{PREFIXES['rdfs']}subClassOf",
    "SubObjectPropertyOf": f"{PREFIXES['rdfs']}subPropertyOf",
    "ObjectPropertyRange": f"{PREFIXES['rdfs']}range",
    "DataPropertyRange": f"{PREFIXES['rdfs']}range",
    "ObjectPropertyDomain": f"{PREFIXES['rdfs']}domain",
    "DataPropertyDomain": f"{PREFIXES['rdfs']}domain",
}


def named(axiom: str, dataset: Dataset, labels: Mapping[str, str]) -> str:
    """Return `axiom`, in functional syntax with prefixed names, with its label and where it stands."""
    subject, place = _stated(axiom, dataset)
    label = f"“{labels[subject]}”" if subject is not None and subject in labels else ""
    line = f":{place.line}" if place and place.line else ""
    where = f"{place.file}{line}" if place else ""
    told = ", ".join(part for part in (label, where) if part)
    return f"{axiom} ({told})" if told else axiom


def _stated(axiom: str, dataset: Dataset) -> tuple[str | None, Place | None]:
    """Return the IRI of what `axiom` is said of, and where."""
    member, value = _MEMBER.match(axiom), _VALUE.match(axiom)
    if member:
        return _fact(dataset, member[2], "a", member[1])
    if value:
        return _fact(dataset, value[2], value[1], value[3])
    named = terms(axiom)
    predicate = _AXIOM_OF.get(axiom.partition("(")[0])
    for subject in named:
        place = dataset.place(subject, predicate, named[-1] if predicate and len(named) == 2 else None)
        if place is not None:
            return subject, place
    return None, None


def _fact(dataset: Dataset, *names: str) -> tuple[str | None, Place | None]:
    """Return the subject of a fact and the place of the statement in the first graph that makes it."""
    subject, predicate, value = map(parse_term, names)
    graphs = sorted(
        quad.graph_name.value
        for quad in dataset.written
        if quad.predicate == predicate and quad.subject == subject and quad.object == value
        if isinstance(quad.graph_name, NamedNode)
    )
    if not graphs or not isinstance(subject, NamedNode) or not isinstance(predicate, NamedNode):
        return subject.value, None
    iri = value.value if isinstance(value, NamedNode) else None
    return subject.value, dataset.place(subject.value, predicate.value, iri, graphs[0])


def terms(axiom: str) -> list[str]:
    """Return the IRIs of the prefixed names in `axiom`, those whose prefix is ours."""
    return [iri for name in _NAME.findall(axiom) if (iri := expand(name)) is not None]
