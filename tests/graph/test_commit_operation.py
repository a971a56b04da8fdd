"""Which graphs an update can write, read from its text; where in doubt, every one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unodc_graph.commit.delta import difference
from unodc_graph.commit.operation import read
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Quad

BOUNDED = {
    "INSERT DATA { <urn:s> <urn:p> 1 }": {None},
    "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }": {"urn:g"},
    "PREFIX e: <urn:> INSERT DATA { GRAPH e:g { e:s e:p '}' . } . e:s e:p 1 }": {"urn:g", None},
    "DELETE DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } } ;": {"urn:g"},
    "WITH <urn:w> DELETE { ?s ?p ?o } INSERT { GRAPH <urn:g> { ?s ?p 2 } } WHERE { ?s ?p ?o }": {
        "urn:w",
        "urn:g",
    },
    "INSERT { ?s ?p 1 } USING <urn:u> WHERE { GRAPH ?g { ?s ?p ?o FILTER(?o < 3 && '{' != ?o) } }": {None},
    "DELETE WHERE { GRAPH <urn:g> { ?s ?p ?o } }": {"urn:g"},
    "clear silent graph <urn:g> ; DROP DEFAULT ; CREATE GRAPH <urn:h>": {"urn:g", None, "urn:h"},
    "COPY <urn:a> TO <urn:b> ; ADD DEFAULT TO GRAPH <urn:c>": {"urn:b", "urn:c"},
    "MOVE GRAPH <urn:a> TO DEFAULT": {"urn:a", None},
    "LOAD SILENT <http://elsewhere.test/> INTO GRAPH <urn:g>": set(),
    "": set(),
}
UNBOUNDED = (
    "INSERT { GRAPH ?g { ?s ?p 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }",
    "CLEAR ALL",
    "DROP NAMED",
    "INSERT DATA { GRAPH <relative> { <urn:s> <urn:p> 1 } }",
    "INSERT DATA { GRAPH <http://e/a/../b> { <urn:s> <urn:p> 1 } }",
    r"INSERT DATA { GRAPH <urn:\u0067> { <urn:s> <urn:p> 1 } }",
    "PREFIX ex: <urn:> INSERT DATA {GRAPHex:g {ex:s ex:p 1}}",
    "INSERT DATA { GRAPH unknown:g { <urn:s> <urn:p> 1 } }",
    "INSERTDATA{<urn:s><urn:p>1}",
    "DELETE { <urn:s> <urn:p> 1 } WHERE { BIND(<<(<urn:s> <urn:p> 1)>><'>' AS ?z) } ; "
    "INSERT DATA { GRAPH <urn:h> { <urn:s> <urn:p> 1 } } ; INSERT {} WHERE { BIND('x' AS ?q) }",
    "DELETE { <urn:s> <urn:p> 1 } WHERE { <<'>' <urn:p> ?o>> ?q ?r } ; DROP GRAPH <urn:h> ; "
    "INSERT {} WHERE { BIND('x' AS ?q) }",
    "nonsense",
)


@pytest.mark.parametrize("text", BOUNDED)
def test_the_graphs_of_a_plain_update_are_known(text: str) -> None:
    operations = read(text)
    assert operations.known
    assert operations.graphs == BOUNDED[text]


@pytest.mark.parametrize("text", UNBOUNDED)
def test_in_doubt_every_graph_is_looked_at(text: str) -> None:
    assert read(text).graphs is None


def test_load_silent_is_taken_out_and_the_rest_stays() -> None:
    text = "LOAD SILENT <http://elsewhere.test/> INTO GRAPH <urn:g> ; INSERT DATA { <urn:s> <urn:p> 1 }"
    assert "LOAD" not in read(text).rewritten(text, (), ())
    store = Store()
    store.update(read(text).rewritten(text, (), ()))
    assert len(store) == 1


def test_graphs_of_the_request_become_the_dataset_of_each_pattern() -> None:
    text = (
        "DELETE WHERE { ?s <urn:p> ?o } ; INSERT { <urn:x> <urn:y> ?o } WHERE { GRAPH <urn:h> { ?s ?p ?o } }"
    )
    store = Store()
    store.extend(_quads())
    store.update(read(text).rewritten(text, ("urn:g",), ("urn:h",)))
    values = {quad.object.value for quad in store.quads_for_pattern(NamedNode("urn:x"), None, None)}
    assert values == {"in h"}


def _quads() -> list[Quad]:
    s, p = NamedNode("urn:s"), NamedNode("urn:p")
    graphs = (DefaultGraph(), NamedNode("urn:g"), NamedNode("urn:h"))
    return [Quad(s, p, Literal(f"in {str(graph)[5:-1] or 'default'}"), graph) for graph in graphs]


_TERM = st.sampled_from(["<urn:s>", "<urn:g>", "e:g", "e:h", "1", "'} GRAPH {'", "true"])
_GRAPH = st.sampled_from(["<urn:g>", "<urn:h>", "e:g", "e:new"])
_TRIPLE = st.tuples(st.sampled_from(["<urn:s>", "e:g"]), st.sampled_from(["<urn:p>", "e:p"]), _TERM).map(
    " ".join
)
_BLOCK = st.one_of(_TRIPLE, st.tuples(_GRAPH, _TRIPLE).map(lambda part: f"GRAPH {part[0]} {{ {part[1]} }}"))
_QUADS = st.lists(_BLOCK, min_size=1, max_size=3).map(" . ".join)
_OPERATION = st.one_of(
    _QUADS.map("INSERT DATA {{ {} }}".format),
    _QUADS.map("DELETE DATA {{ {} }}".format),
    _QUADS.map("DELETE WHERE {{ {} }}".format),
    st.tuples(st.sampled_from(["", "WITH <urn:g> ", "WITH e:new "]), _QUADS, _QUADS).map(
        lambda p: f"{p[0]}DELETE {{ {p[1]} }} INSERT {{ {p[2]} }} WHERE {{ ?s ?p ?o }}"
    ),
    st.sampled_from(
        ["INSERT { GRAPH ?g { ?s ?p 7 } } WHERE { GRAPH ?g { ?s ?p ?o } }", "CLEAR NAMED", "DROP ALL"]
    ),
    st.tuples(
        st.sampled_from(["CLEAR SILENT GRAPH", "DROP SILENT GRAPH", "CREATE SILENT GRAPH"]), _GRAPH
    ).map(" ".join),
    st.tuples(st.sampled_from(["COPY", "MOVE", "ADD"]), _GRAPH, _GRAPH).map(
        lambda p: f"{p[0]} SILENT {p[1]} TO {p[2]}"
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_OPERATION, min_size=1, max_size=4).map(" ;\n".join))
def test_nothing_changes_outside_the_graphs_that_were_read(text: str) -> None:
    text = f"PREFIX e: <urn:>\n{text}"
    parent, clone = Store(), Store()
    parent.extend(_quads())
    clone.extend(_quads())
    clone.update(text)
    operations = read(text)
    assert operations.known
    assert difference(parent, clone, operations.graphs) == difference(parent, clone, None)
