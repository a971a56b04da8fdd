"""Source files that are hard to take apart, made of invented statements, and statements to add to them."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from unodc_graph.namespace import CATALOGUE_GRAPH, ID, PREFIXES, SOURCES_GRAPH, UNPLACED_GRAPH, expand
from unodc_graph.store.term import Literal, NamedNode, Quad

EX: Final = "http://example.org/"
PASSAGE: Final = f"{ID}passage/{'a' * 12}"
OTHER: Final = f"{ID}passage/{'b' * 12}"

PROLOGUES: Final = (
    f"# Head\n\n@prefix ex: <{EX}> .\n@prefix theme: <{PREFIXES['theme']}> . # theme\n@base <{EX}> .\n",
    f"PREFIX ex: <{EX}>\nbase <{EX}base/>\n\n",
    f"@base <{EX}> . prefix ex: <#> @prefix ex: <{EX}> .",
)
STATEMENTS: Final = (
    'ex:a ex:p "one" .',
    'ex:a a ex:C ; ex:p """two # no comment\n. } { ; "quoted"\n""" ; .',
    "ex:b ex:p 'x' , 1.5 , true ; # within { b\n   ex:q ex:c .",
    "<rel> ex:p <other#part> , <\\u0061> .",
    'ex:dot.ted ex:p "a \\" # . }"@en-GB ;; ex:q 1 .',
    'ex:b ex:p "z" ; ex:r [ ex:p "in" ; ex:q ( 1 [] ) ] .',
    "ex:a ex:list ( 1 2 ) , ex:c .",
    '[ ex:p "anonymous" ] ex:q ex:c .',
    "_:x ex:p _:y .",
    "ex:n ex:p 5.",
    "ex:c\n# before . the predicate\n  a # after it\n\n  ex:C , ex:D\n.",
    "ex:e ex:p '''it's ''x'' # '''^^ex:T , \"\" .",
)
BETWEEN: Final = ("\n", "\n\n", " ", "  # after it }\n", '\n# between { } . ; "\n\n    ', "\n    ")
GRAPHS: Final = (
    "",
    "{",
    "ex:g {",
    "GRAPH ex:g{",
    f"<{PASSAGE}>\n{{ # opened",
    f"# --- {'b' * 12} · Another\n<{OTHER}> {{",
    f"<{CATALOGUE_GRAPH}> {{\n",
    f"<{SOURCES_GRAPH}> {{\n    <{PASSAGE}> ex:p ex:o .",
)


def iri(name: str) -> NamedNode:
    return NamedNode(expand(name) or f"{EX}{name}")


def quad(graph: str, subject: str, predicate: str, value: str | NamedNode) -> Quad:
    found = value if isinstance(value, NamedNode) else Literal(value, language="en")
    return Quad(iri(subject), iri(predicate), found, NamedNode(graph))


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str, list[tuple[str, str]]]:
    """Return a text, its prologue, and each statement as it stands there with the head of its graph."""
    prologue, pieces = draw(st.sampled_from(PROLOGUES)), []
    ends = "\r\n" if draw(st.booleans()) else "\n"
    known: list[tuple[str, str]] = []
    for head in draw(st.lists(st.sampled_from(GRAPHS), min_size=1, max_size=4)):
        pieces.append(f"\n{head}\n")
        chosen = draw(st.lists(st.sampled_from(STATEMENTS), min_size=0 if head else 1, max_size=4))
        if head and chosen and draw(st.booleans()):
            chosen[-1] = chosen[-1].removesuffix(".")
        for own in chosen:
            known.append((own, head))
            pieces += [own, draw(st.sampled_from(BETWEEN))]
        if head:
            pieces.append("} # closed")
    text = "".join((prologue, *pieces, draw(st.sampled_from(("", "\n", "\n# the end"))))).replace("\n", ends)
    return text, prologue, [(own.replace("\n", ends), head) for own, head in known]


WORDS: Final = st.sampled_from(
    ("plain", 'a "quoted" word', "# no comment\n}", "two\r\nlines .", "\\", "é \U0001f600")
)
ADDED: Final = st.lists(
    st.builds(
        quad,
        st.sampled_from(
            (f"{EX}g", PASSAGE, OTHER, f"{OTHER}/context", CATALOGUE_GRAPH, SOURCES_GRAPH, UNPLACED_GRAPH)
        ),
        st.sampled_from(
            ("a", "b", "rel", "base/rel", "new", "activity:new", f"passage:{'b' * 12}", "period:new")
        ),
        st.sampled_from(("p", "rdf:type", "rdfs:label", "skos:altLabel", "unodc:theme")),
        st.one_of(WORDS, st.sampled_from((iri("c"), iri("theme:justice")))),
    ),
    max_size=5,
)
