"""Which file goes into which graph, what evidence follows, and where a statement is found again."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from unodc_graph import namespace
from unodc_graph.dataset import EVIDENCED_BY, Dataset, assemble, read_files
from unodc_graph.errors import UnreadableFile
from unodc_graph.location import Rooms
from unodc_graph.store.term import NamedNode, Quad

SMALL = Rooms.under(Path(__file__).parent / "small")
TRAINING = f"{namespace.ID}activity/training-of-judges"
FIRST = f"{namespace.ID}passage/aaaaaaaaaaaa"
SECOND = f"{namespace.ID}passage/bbbbbbbbbbbb"


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return assemble(SMALL)


def graphs(dataset: Dataset) -> set[str]:
    return {str(quad.graph_name).strip("<>") for quad in dataset.written}


def test_each_room_has_its_graph(dataset: Dataset) -> None:
    assert graphs(dataset) == namespace.AUTHORED_GRAPHS | {FIRST, SECOND, f"{SECOND}/context"}


def test_what_a_passage_speaks_of_is_evidenced_by_it_in_its_own_graph(dataset: Dataset) -> None:
    evidence = {quad for quad in dataset.asserted if quad.predicate == EVIDENCED_BY}

    def stated(kind: str, passage: str, graph: str) -> Quad:
        thing = NamedNode(f"{namespace.ID}{kind}")
        return Quad(thing, EVIDENCED_BY, NamedNode(passage), NamedNode(graph))

    assert evidence == {
        stated("activity/training-of-judges", FIRST, FIRST),
        stated("figure/judges-trained", FIRST, FIRST),
        stated("figure/judges-trained", SECOND, SECOND),
        stated("activity/training-of-judges", SECOND, f"{SECOND}/context"),
    }
    assert dataset.asserted - evidence == dataset.written


def test_the_union_holds_each_triple_once(dataset: Dataset) -> None:
    assert len(dataset.union()) == len({quad.triple for quad in dataset.asserted}) < len(dataset.asserted)


def test_the_terms_are_ontology_and_schemes(dataset: Dataset) -> None:
    subjects = {str(subject) for subject in dataset.terms().subjects()}
    assert f"{namespace.ID}theme/justice" in subjects
    assert TRAINING not in subjects


def test_a_statement_is_found_with_file_and_line(dataset: Dataset) -> None:
    place = dataset.place(TRAINING, f"{namespace.ONTOLOGY}theme")
    assert place is not None
    assert (place.file.name, place.line) == ("000.trig", 13)


def test_the_graph_tells_two_statements_apart(dataset: Dataset) -> None:
    role = f"{namespace.ONTOLOGY}implementedBy"
    context = dataset.place(TRAINING, role, None, f"{SECOND}/context")
    assert context is not None
    assert context.line == 26


def test_the_value_tells_two_statements_apart(dataset: Dataset) -> None:
    place = dataset.place(TRAINING, f"{namespace.ONTOLOGY}implementedBy", f"{namespace.ID}org/court")
    assert place is not None
    assert place.line == 26


def test_what_is_missing_is_placed_where_the_thing_stands_first(dataset: Dataset) -> None:
    place = dataset.place(f"{namespace.ID}org/court", f"{namespace.ONTOLOGY}theme")
    assert place is not None
    assert (place.file.name, place.line) == ("body.ttl", 7)


def test_what_nobody_speaks_of_has_no_place(dataset: Dataset) -> None:
    assert dataset.place(f"{namespace.ID}org/nobody") is None


def test_a_curators_turtle_lands_in_the_passage_that_is_named(tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    own.write_text(f"<{TRAINING}> a <{namespace.ONTOLOGY}Training> .")
    assert namespace.UNPLACED_GRAPH in graphs(assemble(SMALL, [own]))
    placed = assemble(SMALL, [own], "bbbbbbbbbbbb")
    assert namespace.UNPLACED_GRAPH not in graphs(placed)
    place = placed.place(TRAINING)
    assert place is not None
    assert (place.file, place.line) == (own, 1)


LABEL = f"{namespace.PREFIXES['rdfs']}label"
NEW = f"{namespace.ID}activity/new-training"
WORDS = f"""<{NEW}> a <{namespace.ONTOLOGY}Training> ;
    <{LABEL}> "New training"@en ;
    <{namespace.PREFIXES["dcterms"]}description> "Ours."@en .
<{FIRST}> <{LABEL}> "A passage"@en ."""


def test_labels_of_things_in_a_file_without_graphs_go_into_the_catalogue(tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    own.write_text(WORDS)
    for dataset in (assemble(SMALL, [own], "bbbbbbbbbbbb"), read_files([own], "bbbbbbbbbbbb")):
        found = {
            re.split("[/#]", quad.predicate.value)[-1]: quad.graph_name
            for quad in dataset.files[0].quads
            if quad.subject == NamedNode(NEW)
        }
        catalogue = NamedNode(namespace.CATALOGUE_GRAPH)
        assert found == {"type": NamedNode(SECOND), "label": catalogue, "description": catalogue}
        of_passage = {quad.graph_name for quad in dataset.files[0].quads if quad.subject == NamedNode(FIRST)}
        assert of_passage == {NamedNode(SECOND)}, "no passage is a thing that passages speak of"
        place = dataset.place(NEW, LABEL, None, namespace.CATALOGUE_GRAPH)
        assert place is not None
        assert (place.file, place.line) == (own, 2)


def test_a_file_that_can_name_graphs_is_taken_at_its_word(tmp_path: Path) -> None:
    own = tmp_path / "own.trig"
    own.write_text(WORDS)
    assert {quad.graph_name for quad in read_files([own], "bbbbbbbbbbbb").written} == {NamedNode(SECOND)}
    own = tmp_path / "own.ttl"
    own.write_text(WORDS)
    unplaced = {NamedNode(namespace.UNPLACED_GRAPH)}
    assert {quad.graph_name for quad in read_files([own]).written} == unplaced


def test_a_folder_of_files_is_read_at_any_depth(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "own.nt").write_text(f"<{TRAINING}> <urn:p> <urn:o> .")
    (tmp_path / "notes.txt").write_text("no RDF")
    assert len(assemble(SMALL, [tmp_path]).files) == len(assemble(SMALL).files) + 1


def test_a_folder_without_rdf_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="holds no RDF file"):
        assemble(SMALL, [tmp_path])


def test_the_projects_own_file_is_not_read_twice() -> None:
    own = SMALL.facts / "passages" / "000.trig"
    assert graphs(assemble(SMALL, [own])) == graphs(assemble(SMALL))


def test_a_folder_that_is_no_project_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="a folder laid out like the project"):
        assemble(Rooms.under(tmp_path))


@pytest.mark.parametrize("name", ["graph/facts/passages/005.ttl", "graph/facts/new.trig", "ontology/own.ttl"])
def test_a_file_in_the_wrong_folder_is_not_passed_over(tmp_path: Path, name: str) -> None:
    shutil.copytree(Path(__file__).parent / "small", tmp_path / "project")
    stray = tmp_path / "project" / name
    stray.write_text("<urn:s> <urn:p> <urn:o> .")
    with pytest.raises(UnreadableFile, match="nobody reads it here"):
        assemble(Rooms.under(tmp_path / "project"))


def test_json_ld_has_a_file_but_no_line(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonld"
    own.write_text(f'{{"@id": "{namespace.ID}org/new", "@type": "{namespace.ONTOLOGY}Organisation"}}')
    place = assemble(SMALL, [own]).place(f"{namespace.ID}org/new")
    assert place is not None
    assert (place.file, place.line) == (own, None)
