"""Exports: each format, loaded elsewhere, is isomorphic to what it was made from, and the same each time."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import rdflib
from rdflib.compare import isomorphic, to_isomorphic

from unodc_graph.dataset import assemble
from unodc_graph.errors import UnknownFormat
from unodc_graph.export import FORMATS, export
from unodc_graph.jsonld import jsonld
from unodc_graph.location import Rooms, rooms
from unodc_graph.namespace import PREFIXES
from unodc_graph.store.canonical import with_canonical_labels
from unodc_graph.store.generation import Generation, GenerationFolder
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import BlankNode, DefaultGraph, Literal, NamedNode, Quad, to_rdflib_dataset
from unodc_graph.turtle import trig, turtle

RDFLIB = {
    "turtle": "turtle",
    "trig": "trig",
    "ntriples": "nt",
    "nquads": "nquads",
    "jsonld": "json-ld",
    "rdfxml": "xml",
}
WITH_GRAPHS = {"trig", "nquads", "jsonld"}
BLANK = Metadata(0, "2026-01-01T00:00:00+00:00", None, 0, 0, 0, 0, "", "", "0")
SMALL = Rooms.under(Path(__file__).parent / "small")


def _generation(own: Rooms, state: Path) -> Generation:
    """Publish what is asserted, unchecked: the exports must serve whatever a generation holds."""
    quads = with_canonical_labels(assemble(own).asserted)
    default = {Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads}
    folder = GenerationFolder(state)
    with folder.writing():
        return folder.publish([*quads, *default], BLANK)


@pytest.fixture(scope="module", params=["small", "project"])
def generation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generation:
    own = SMALL if request.param == "small" else rooms()
    return _generation(own, tmp_path_factory.mktemp(request.param))


def written(generation: Generation, name: str) -> bytes:
    output = io.BytesIO()
    export(generation, name, output)
    return output.getvalue()


def union(dataset: rdflib.Dataset) -> rdflib.Graph:
    graph = rdflib.Graph()
    for subject, predicate, obj, _ in dataset.quads():
        graph.add((subject, predicate, obj))
    return graph


def loaded(content: bytes, name: str) -> rdflib.Dataset:
    dataset = rdflib.Dataset()
    dataset.parse(data=content.decode("utf-8"), format=RDFLIB[name])
    return dataset


def test_every_format_is_loaded_elsewhere() -> None:
    assert set(FORMATS) == set(RDFLIB)


@pytest.fixture(scope="module")
def exported(generation: Generation) -> int:
    """The digest, up to isomorphism, of what the named graphs of the generation hold together."""
    quads = [quad for quad in generation.open() if quad.graph_name != DefaultGraph()]
    return to_isomorphic(union(to_rdflib_dataset(quads))).graph_digest()


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_is_isomorphic_to_what_was_exported(
    generation: Generation, exported: int, name: str
) -> None:
    assert to_isomorphic(union(loaded(written(generation, name), name))).graph_digest() == exported


@pytest.mark.parametrize("name", sorted(WITH_GRAPHS))
def test_each_named_graph_is_isomorphic_too(generation: Generation, name: str) -> None:
    found = loaded(written(generation, name), name)
    expected = to_rdflib_dataset(quad for quad in generation.open() if quad.graph_name != DefaultGraph())
    names = {graph.identifier for graph in expected.graphs() if len(graph)}
    assert {graph.identifier for graph in found.graphs() if len(graph)} == names
    for graph in names:
        assert isomorphic(found.graph(graph), expected.graph(graph)), graph


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_has_the_same_bytes_each_time(generation: Generation, name: str) -> None:
    assert written(generation, name) == written(generation, name)


def test_n_quads_and_n_triples_are_sorted(generation: Generation) -> None:
    for name in ("nquads", "ntriples"):
        rows = written(generation, name).decode("utf-8").splitlines()
        assert rows == sorted(set(rows))


def test_what_is_inferred_is_left_out(tmp_path: Path) -> None:
    stated = Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal("stated"), NamedNode("urn:g"))
    inferred = NamedNode("https://w3id.org/unodc-kg/graph/inferred")
    follows = Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal("follows"), inferred)
    folder = GenerationFolder(tmp_path)
    with folder.writing():
        default = Quad(stated.subject, stated.predicate, stated.object, DefaultGraph())
        generation = folder.publish([stated, follows, default], BLANK)
    for name in FORMATS:
        text = written(generation, name).decode("utf-8")
        assert "stated" in text, name
        assert "follows" not in text, name


def test_an_unknown_format_lists_the_known(tmp_path: Path) -> None:
    generation = _generation(SMALL, tmp_path)
    with pytest.raises(UnknownFormat, match="unknown format 'xls'; allowed: turtle, trig, ntriples"):
        written(generation, "xls")


AWKWARD = [
    Quad(NamedNode("urn:s"), NamedNode("urn:p"), obj)
    for obj in (
        Literal('quote " backslash \\ line\nbreak \t tab'),
        Literal("ends with ^^<urn:t>"),
        Literal("tag", language="en-gb"),
        Literal("5", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
        Literal("0.5", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
        Literal("-7", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
        Literal("seven", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
        Literal("1", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#boolean")),
        Literal("1000", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#double")),
        Literal("1e3", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#double")),
        NamedNode("https://w3id.org/unodc-kg/id/org/"),
        NamedNode("https://w3id.org/unodc-kg/id/org/ends-with."),
        NamedNode("https://w3id.org/unodc-kg/id/org/é"),
        NamedNode("https://w3id.org/unodc-kg/id/org/a/b"),
    )
]


def _read(pieces: str, form: str) -> rdflib.Graph:
    normalised, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        return union(loaded(pieces.encode("utf-8"), form))
    finally:
        rdflib.NORMALIZE_LITERALS = normalised


@pytest.mark.parametrize("form", ["turtle", "trig"])
def test_awkward_terms_survive(form: str) -> None:
    write = turtle if form == "turtle" else trig
    assert isomorphic(_read("".join(write(AWKWARD)), form), union(to_rdflib_dataset(AWKWARD)))


def test_an_iri_whose_scheme_is_one_of_our_prefixes_survives_in_json_ld() -> None:
    quads = [
        Quad(NamedNode("geo:48.2,16.4"), NamedNode(f"{PREFIXES['geo']}asWKT"), Literal("x")),
        Quad(NamedNode("org:example"), NamedNode(f"{PREFIXES['org']}hasMember"), NamedNode("urn:o")),
    ]
    assert isomorphic(_read("".join(jsonld(quads)), "jsonld"), union(to_rdflib_dataset(quads)))


def _node(name: str) -> BlankNode:
    return BlankNode(name)


SHAPED = {
    "shared": [("urn:a", _node("x")), ("urn:b", _node("x")), (_node("x"), "urn:c")],
    "circle": [(_node("x"), _node("y")), (_node("y"), _node("x"))],
    "itself": [(_node("x"), _node("x"))],
    "dangling": [("urn:a", _node("x"))],
    "chain": [("urn:a", _node("x")), (_node("x"), _node("y")), (_node("y"), "urn:b")],
    "root": [(_node("x"), _node("y")), (_node("y"), "urn:b")],
}


@pytest.mark.parametrize("shape", SHAPED)
def test_blank_nodes_survive_in_every_shape(shape: str) -> None:
    def term(value: str | BlankNode) -> NamedNode | BlankNode:
        return NamedNode(value) if isinstance(value, str) else value

    quads = [Quad(term(subject), NamedNode("urn:p"), term(obj)) for subject, obj in SHAPED[shape]]
    assert isomorphic(_read("".join(turtle(quads)), "turtle"), union(to_rdflib_dataset(quads)))


LISTS = {
    "whole": "<urn:s> <urn:p> ( 1 <urn:o> ( 2 ) ) .",
    "without-end": "<urn:s> <urn:p> [ rdf:first 1 ] .",
    "two-firsts": "<urn:s> <urn:p> [ rdf:first 1 , 2 ; rdf:rest () ] .",
    "annotated": "<urn:s> <urn:p> [ rdf:first 1 ; rdf:rest () ; <urn:q> 3 ] .",
    "shared-tail": "<urn:s> <urn:p> [ rdf:first 1 ; rdf:rest _:t ] . <urn:t> <urn:p> _:t . "
    "_:t rdf:first 2 ; rdf:rest () .",
    "empty": "<urn:s> <urn:p> () .",
}


@pytest.mark.parametrize("shape", LISTS)
def test_lists_survive_whole_or_broken(tmp_path: Path, shape: str) -> None:
    from unodc_graph.store.parsing import parse_file

    path = tmp_path / "list.ttl"
    path.write_text(f"@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n{LISTS[shape]}")
    quads = parse_file(path, "urn:g").quads
    assert isomorphic(_read("".join(turtle(quads)), "turtle"), union(to_rdflib_dataset(quads)))


def test_turtle_is_laid_out_for_readers() -> None:
    own = assemble(SMALL).asserted
    text = "".join(trig(quad for quad in own if str(quad.graph_name).endswith("aaaa>")))
    assert text == (Path(__file__).parent / "layout.trig").read_text(encoding="utf-8")
