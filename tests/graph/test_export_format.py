"""Every format of the real graph, loaded by the engine, by rapper and as parts, is what it was made from."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse

from unodc_graph.errors import NotFound
from unodc_graph.export import FORMATS, Selection, export
from unodc_graph.namespace import DERIVED_GRAPHS, ID, INFERRED_GRAPH, REFERENCE_GRAPH
from unodc_graph.store.canonical import with_canonical_labels
from unodc_graph.store.generation import Generation
from unodc_graph.store.term import DefaultGraph, NamedNode, Quad

ENGINE = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}
WITH_GRAPHS = ("trig", "nquads", "jsonld")
THING = f"{ID}activity/kgz-police-prosecutor-training"
PASSAGE = f"{ID}passage/427c81fe06e8"


def written(generation: Generation, name: str, selection: Selection | None = None) -> bytes:
    output = io.BytesIO()
    export(generation, name, output, selection or Selection())
    return output.getvalue()


def loaded(content: bytes, name: str) -> list[Quad]:
    return with_canonical_labels(parse(content, ENGINE[name]))


def triples(quads: list[Quad]) -> list[Quad]:
    return with_canonical_labels(Quad(*quad.triple) for quad in quads)


@pytest.fixture(scope="module")
def store(built: Generation) -> Store:
    return built.open()


@pytest.fixture(scope="module")
def asserted(store: Store) -> list[Quad]:
    named = (quad for quad in store if isinstance(quad.graph_name, NamedNode))
    return with_canonical_labels(quad for quad in named if quad.graph_name.value not in DERIVED_GRAPHS)


def test_every_format_is_tried() -> None:
    assert set(ENGINE) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_the_engine_reads_what_was_exported(built: Generation, asserted: list[Quad], name: str) -> None:
    found = loaded(written(built, name), name)
    assert len(found) > 9000
    assert found == (asserted if name in WITH_GRAPHS else triples(asserted))


@pytest.mark.parametrize("name", FORMATS)
def test_what_follows_is_added_on_request(built: Generation, store: Store, name: str) -> None:
    follows = set(store.quads_for_pattern(None, None, None, NamedNode(INFERRED_GRAPH)))
    assert len(follows) > 1000
    without = loaded(written(built, name), name)
    found = loaded(written(built, name, Selection(inferred=True)), name)
    wanted = follows if name in WITH_GRAPHS else {Quad(*quad.triple) for quad in follows}
    assert {str(quad) for quad in found} == {str(quad) for quad in (*without, *wanted)}


@pytest.mark.parametrize("name", WITH_GRAPHS)
def test_without_evidence_each_triple_stands_once_in_no_graph(
    built: Generation, asserted: list[Quad], name: str
) -> None:
    found = loaded(written(built, name, Selection(evidence=False)), name)
    assert found == triples(asserted)
    assert {quad.graph_name for quad in found} == {DefaultGraph()}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("graph", [REFERENCE_GRAPH, PASSAGE, INFERRED_GRAPH])
def test_one_graph_alone(built: Generation, store: Store, name: str, graph: str) -> None:
    quads = with_canonical_labels(store.quads_for_pattern(None, None, None, NamedNode(graph)))
    found = loaded(written(built, name, Selection(graph=graph)), name)
    assert found == (quads if name in WITH_GRAPHS else triples(quads))


@pytest.mark.parametrize("name", FORMATS)
def test_one_thing_comes_with_its_names_its_figures_and_its_evidence(built: Generation, name: str) -> None:
    found = loaded(written(built, name, Selection(thing=THING)), name)
    said = {(quad.subject.value, quad.predicate.value.rpartition("#")[2]) for quad in found}
    assert (THING, "partOf") in said
    assert (f"{ID}place/kgz", "label") in said
    assert (f"{ID}figure/kgz-police-trained", "value") in said
    assert (PASSAGE, "textHash") in said
    assert (f"{ID}occurrence/000-1581#position", "start") in said
    assert len(found) < 400


def test_all_formats_of_one_thing_agree(built: Generation) -> None:
    kinds = {name: triples(loaded(written(built, name, Selection(thing=THING)), name)) for name in FORMATS}
    assert kinds["ntriples"]
    assert all(found == kinds["ntriples"] for found in kinds.values())


def test_one_thing_framed_reads_as_one_object(built: Generation) -> None:
    thing = json.loads(written(built, "jsonld", Selection(thing=THING, evidence=False)))
    assert thing["id"] == THING
    assert thing["type"] == "Training"
    assert thing["place"]["label"] == "Kyrgyzstan"
    assert {figure["value"] for figure in thing["figures"]} == {50, 200}
    assert thing["evidencedBy"]["hasOccurrence"][0]["hasSelector"]["start"] == 1581


@pytest.mark.parametrize(
    "selection",
    [
        Selection(graph="https://w3id.org/unodc-kg/graph/none"),
        Selection(thing=f"{ID}activity/none"),
        Selection(thing="no iri at all <>"),
    ],
)
@pytest.mark.parametrize("name", ["nquads", "turtle"])
def test_what_is_not_there_is_not_exported_as_nothing(
    built: Generation, selection: Selection, name: str
) -> None:
    with pytest.raises(NotFound, match="nothing is known about"):
        written(built, name, selection)


def test_a_graph_and_a_thing_at_once_are_refused() -> None:
    with pytest.raises(ValueError, match="not both"):
        Selection(graph=REFERENCE_GRAPH, thing=THING)


@pytest.mark.parametrize(
    ("name", "syntax"), [("rdfxml", "rdfxml"), ("turtle", "turtle"), ("ntriples", "ntriples")]
)
def test_rapper_counts_the_same_triples(
    built: Generation, asserted: list[Quad], tmp_path: Path, name: str, syntax: str
) -> None:
    rapper = shutil.which("rapper")
    if rapper is None:
        pytest.skip("rapper is not here: install raptor2-utils, or the like, to try its strict reader too")
    path = tmp_path / "graph"
    path.write_bytes(written(built, name))
    run = subprocess.run([rapper, "-i", syntax, "-c", str(path)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert f"returned {len(triples(asserted))} triples" in run.stderr
    assert "rror" not in run.stderr
    assert "arning" not in run.stderr
