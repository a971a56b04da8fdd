"""The register: documents read or refused, and written as stable Turtle that the files can verify."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef

from unodc_graph import namespace
from unodc_graph.cli.register import command
from unodc_graph.errors import UnreadableFile
from unodc_graph.location import rooms
from unodc_graph.passage import text_hash
from unodc_graph.register import (
    PAGES_FILE,
    REGISTER_FILE,
    Page,
    read_document,
    read_documents,
    read_pages,
    register_turtle,
)
from unodc_graph.registered import read_register

UNODC = Namespace(namespace.ONTOLOGY)
OA = Namespace(namespace.PREFIXES["oa"])
TEXT = "Resources\n- A guide.\nView MoreIt began.\nA guide.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "007_page.txt").write_text(TEXT, encoding="utf-8")
    (documents / "README.md").write_text("Not a document.", encoding="utf-8")
    return documents


def graph_of(folder: Path, pages: dict[str, Page] | None = None) -> Graph:
    return Graph().parse(data=register_turtle(read_documents(folder), pages or {}), format="turtle")


def test_a_document_has_its_file_name_length_and_hash(folder: Path) -> None:
    graph = graph_of(folder)
    document = URIRef(f"{namespace.ID}document/007")
    assert graph.value(document, RDF.type) == UNODC.SourceDocument
    assert graph.value(document, RDFS.label) == Literal("Source document 007", lang="en")
    assert graph.value(document, UNODC.fileName) == Literal("007_page.txt")
    assert graph.value(document, UNODC.length) == Literal(len(TEXT))
    assert graph.value(document, UNODC.textHash) == Literal(hashlib.sha256(TEXT.encode()).hexdigest())


def test_a_passage_that_stands_twice_is_one_passage_with_two_occurrences(folder: Path) -> None:
    graph = graph_of(folder)
    passage = URIRef(namespace.passage(text_hash("A guide.")[:12]))
    assert len(list(graph.subjects(RDF.type, UNODC.Passage))) == 3
    assert len(list(graph.subjects(RDF.type, UNODC.Occurrence))) == 4
    assert len(list(graph.objects(passage, UNODC.hasOccurrence))) == 2
    assert list(graph.objects(passage, UNODC.occursIn)) == [URIRef(f"{namespace.ID}document/007")]
    assert graph.value(passage, UNODC.textHash) == Literal(text_hash("A guide."))


def test_positions_lead_back_to_the_passage(folder: Path) -> None:
    graph = graph_of(folder)
    found = list(graph.subject_objects(UNODC.hasOccurrence))
    assert len(found) > 1
    for passage, occurrence in found:
        selector = graph.value(occurrence, OA.hasSelector)
        start, end = (int(str(graph.value(selector, edge))) for edge in (OA.start, OA.end))
        assert Literal(text_hash(TEXT[start:end])) == graph.value(passage, UNODC.textHash)
        assert str(occurrence) == f"{namespace.ID}occurrence/007-{start}"
        assert str(selector) == f"{occurrence}#position"


def test_an_occurrence_knows_its_heading_and_what_it_follows(folder: Path) -> None:
    graph = graph_of(folder)
    heading = URIRef(namespace.passage(text_hash("Resources")[:12]))
    in_list = URIRef(f"{namespace.ID}occurrence/007-{TEXT.index('A guide')}")
    after = URIRef(f"{namespace.ID}occurrence/007-{TEXT.index('It began')}")
    assert graph.value(in_list, UNODC.underHeading) == heading
    assert graph.value(in_list, UNODC.follows) == heading
    assert graph.value(after, UNODC.underHeading) is None
    assert graph.value(after, UNODC.follows) == URIRef(namespace.passage(text_hash("A guide.")[:12]))


def test_the_page_that_a_document_matches_is_marked_as_inferred(folder: Path) -> None:
    turtle = register_turtle(read_documents(folder), {"007_page.txt": Page('The "page"', "the page /x")})
    assert 'rdfs:label "The \\"page\\""@en' in turtle
    assert "Matches the page /x; inferred" in turtle


def test_two_runs_give_the_same_bytes(folder: Path) -> None:
    assert register_turtle(read_documents(folder), {}) == register_turtle(read_documents(folder), {})


def test_no_sentence_of_a_document_is_in_the_register(folder: Path) -> None:
    assert "guide" not in register_turtle(read_documents(folder), {})


def test_a_document_that_is_not_utf8_is_refused_with_line_and_column(folder: Path) -> None:
    (folder / "008_page.txt").write_bytes(b"Good.\nBad: \xe9.\n")
    with pytest.raises(UnreadableFile) as refusal:
        read_documents(folder)
    assert (refusal.value.path.name, refusal.value.line, refusal.value.column) == ("008_page.txt", 2, 6)
    assert "UTF-8" in refusal.value.expected


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"View More\n- \n"])
def test_a_document_without_text_is_refused(folder: Path, content: bytes) -> None:
    (folder / "008_page.txt").write_bytes(content)
    with pytest.raises(UnreadableFile, match="expected a text, found none"):
        read_documents(folder)


def test_an_unreadable_document_is_refused(folder: Path) -> None:
    (folder / "008_page.txt").mkdir()
    with pytest.raises(UnreadableFile, match="expected a readable file"):
        read_document(folder / "008_page.txt")


def test_two_documents_with_one_number_are_refused(folder: Path) -> None:
    (folder / "007_other.txt").write_text("It began.", encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"found that of 007_other\.txt"):
        read_documents(folder)


def test_a_name_without_letters_or_digits_is_refused(folder: Path) -> None:
    (folder / "_.txt").write_text("It began.", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="begins with a number"):
        read_documents(folder)


def test_a_missing_or_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="expected the folder"):
        read_documents(tmp_path / "nowhere")
    with pytest.raises(UnreadableFile, match="found none"):
        read_documents(tmp_path)


def test_the_table_of_documents_needs_its_columns(tmp_path: Path) -> None:
    table = tmp_path / "documents.csv"
    assert read_pages(table) == {}
    table.write_text("file,page\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="file,label,page"):
        read_pages(table)


def test_register_compares_writes_and_is_then_up_to_date(folder: Path, tmp_path: Path) -> None:
    facts = tmp_path / "graph" / "facts"
    arguments = ["--sources", str(folder), "--project", str(tmp_path)]
    compared = CliRunner().invoke(command, arguments)
    assert (compared.exit_code, (facts / REGISTER_FILE).exists()) == (1, False)
    assert "out of date" in compared.output
    written = CliRunner().invoke(command, [*arguments, "--write"])
    assert written.exit_code == 0
    assert "documents: 1, passages: 3, occurrences: 4" in written.output
    first, second = (TEXT.index("A guide."), TEXT.rindex("A guide."))
    places = f"007_page.txt {first}–{first + 8}, 007_page.txt {second}–{second + 8}"
    assert f"new: passage:{text_hash('A guide.')[:12]} ({places})" in written.output
    again = CliRunner().invoke(command, arguments)
    assert again.exit_code == 0
    assert "up to date" in again.output


def test_a_new_document_is_registered_by_putting_it_into_the_folder(folder: Path, tmp_path: Path) -> None:
    arguments = ["--sources", str(folder), "--project", str(tmp_path), "--write"]
    CliRunner().invoke(command, arguments)
    (folder / "008_page.txt").write_text("It ended.", encoding="utf-8")
    outcome = CliRunner().invoke(command, arguments)
    assert outcome.exit_code == 0
    assert "documents: 2, passages: 4, occurrences: 5" in outcome.output
    assert f"new: passage:{text_hash('It ended.')[:12]} (008_page.txt 0–9)" in outcome.output


def test_a_folder_with_the_new_document_alone_adds_it_and_keeps_the_others(
    folder: Path, tmp_path: Path
) -> None:
    facts = tmp_path / "graph" / "facts"
    arguments = ["--project", str(tmp_path), "--write", "--sources"]
    CliRunner().invoke(command, [*arguments, str(folder)])
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "008_page.txt").write_text("Resources\n- It ended.\n", encoding="utf-8")
    outcome = CliRunner().invoke(command, [*arguments, str(alone)])
    assert outcome.exit_code == 0
    assert "documents: 2, passages: 4, occurrences: 6" in outcome.output
    assert "kept, not in the folder: document:007 (007_page.txt)" in outcome.output
    assert "gone" not in outcome.output
    added = (facts / REGISTER_FILE).read_text(encoding="utf-8")
    (folder / "008_page.txt").write_text("Resources\n- It ended.\n", encoding="utf-8")
    assert added == register_turtle(read_documents(folder), {})


def test_documents_that_are_not_at_hand_are_taken_out_only_when_that_is_said(
    folder: Path, tmp_path: Path
) -> None:
    facts = tmp_path / "graph" / "facts"
    arguments = ["--project", str(tmp_path), "--sources"]
    CliRunner().invoke(command, [*arguments, str(folder), "--write"])
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "008_page.txt").write_text("It ended.", encoding="utf-8")
    told = CliRunner().invoke(command, [*arguments, str(alone), "--remove"])
    assert told.exit_code == 1
    assert "run this with --write --remove" in told.output
    outcome = CliRunner().invoke(command, [*arguments, str(alone), "--write", "--remove"])
    assert outcome.exit_code == 0
    assert "removed: document:007 (007_page.txt)" in outcome.output
    assert (facts / REGISTER_FILE).read_text(encoding="utf-8") == register_turtle(read_documents(alone), {})


@pytest.mark.parametrize("name", ["007_page.txt", "007_other.txt"])
def test_no_passage_goes_unless_that_is_said(folder: Path, tmp_path: Path, name: str) -> None:
    register = tmp_path / "graph" / "facts" / REGISTER_FILE
    arguments = ["--sources", str(folder), "--project", str(tmp_path)]
    CliRunner().invoke(command, [*arguments, "--write"])
    before = register.read_bytes()
    (folder / "007_page.txt").unlink()
    (folder / name).write_text("It began.", encoding="utf-8")
    for options in ([], ["--write"]):
        refused = CliRunner().invoke(command, [*arguments, *options])
        assert refused.exit_code == 1
        assert "2 registered passages would go" in refused.output
        assert "another text for 007_page.txt" in refused.output
        assert "--write --remove" in refused.output
        assert register.read_bytes() == before
    assert CliRunner().invoke(command, [*arguments, "--write", "--remove"]).exit_code == 0
    assert register.read_text(encoding="utf-8") == register_turtle(read_documents(folder), {})


def test_the_register_reads_back_as_it_was_written() -> None:
    facts = rooms().facts
    turtle = (facts / REGISTER_FILE).read_text(encoding="utf-8")
    documents = read_register(turtle)
    assert len(documents) == 5
    assert sum(len(document.standings) for document in documents) == 164
    assert register_turtle((), read_pages(facts / PAGES_FILE), documents) == turtle


def test_the_register_of_the_project_is_that_of_the_documents_at_hand(sources: Path) -> None:
    facts = rooms().facts
    turtle = register_turtle(read_documents(sources), read_pages(facts / PAGES_FILE))
    assert (facts / REGISTER_FILE).read_text(encoding="utf-8") == turtle
