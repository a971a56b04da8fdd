"""Coverage of whole documents: characters, hashes, positions, and the command with its exit status."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from rdflib import Dataset, Literal, URIRef

from unodc_graph import namespace
from unodc_graph.cli.coverage import command
from unodc_graph.coverage.measure import measure
from unodc_graph.coverage.report import Coverage
from unodc_graph.dataset import assemble
from unodc_graph.errors import UnreadableFile
from unodc_graph.location import rooms
from unodc_graph.passage import text_hash
from unodc_graph.register import REGISTER_FILE, read_documents, register_turtle

TEXT = "Page\nIt began early.\n- It went on.\nView MoreIt ended.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "001_page.txt").write_text(TEXT, encoding="utf-8")
    return documents


def slug(text: str) -> str:
    return text_hash(text)[:12]


def registered(folder: Path) -> Dataset:
    """A dataset that holds the register of a folder, every passage marked as framing."""
    register = register_turtle(read_documents(folder), {})
    dataset = Dataset()
    graph = dataset.graph(URIRef(namespace.SOURCES_GRAPH))
    graph.parse(data=register, format="turtle")
    unodc = f"@prefix unodc: <{namespace.ONTOLOGY}> ."
    for passage in {
        occurrence.slug for document in read_documents(folder) for occurrence in document.occurrences
    }:
        mark = f"{unodc} <{namespace.passage(passage)}> unodc:withoutFactsBecause 'framing' ."
        graph.parse(data=mark, format="turtle")
    return dataset


def findings(coverage: Coverage, rule: str) -> list[str]:
    return [finding.message for finding in coverage.findings if finding.rule == rule]


def test_every_character_of_a_registered_document_is_in_a_passage_or_artefact(folder: Path) -> None:
    coverage = measure(read_documents(folder), registered(folder), ())
    (document,) = coverage.documents
    assert (document.occurrences, document.reproduced) == (4, 4)
    assert document.characters == sum(not character.isspace() for character in TEXT)
    assert document.in_artefacts == len("-ViewMore")
    assert document.in_passages + document.in_artefacts == document.characters
    assert (document.uncovered, document.twice) == (0, 0)
    assert coverage.findings == ()


def test_one_character_more_names_file_hashes_and_every_passage_that_moved(folder: Path) -> None:
    dataset = registered(folder)
    changed = TEXT.replace("began", "began,")
    (folder / "001_page.txt").write_text(changed, encoding="utf-8")
    coverage = measure(read_documents(folder), dataset, ())
    (message,) = findings(coverage, "document-changed")
    assert message == (
        f"001_page.txt: changed; expected sha256 {hashlib.sha256(TEXT.encode()).hexdigest()}, "
        f"found {hashlib.sha256(changed.encode()).hexdigest()}"
    )
    assert findings(coverage, "passage-moved") == [
        f"001_page.txt: passage {slug('It began early.')} is no longer at 5–20; "
        "its text is not in the document any more",
        f"001_page.txt: passage {slug('It went on.')} is no longer at 23–34; it now stands at 24–35",
        f"001_page.txt: passage {slug('It ended.')} is no longer at 44–53; it now stands at 45–54",
    ]
    assert findings(coverage, "document-length") == ["001_page.txt: expected 54 code points, found 55"]
    assert len(findings(coverage, "characters")) > 0


def test_one_character_replaced_names_the_one_passage_that_holds_it(folder: Path) -> None:
    dataset = registered(folder)
    (folder / "001_page.txt").write_text(TEXT.replace("on.", "in."), encoding="utf-8")
    coverage = measure(read_documents(folder), dataset, ())
    assert len(findings(coverage, "document-changed")) == 1
    (message,) = findings(coverage, "passage-moved")
    assert f"passage {slug('It went on.')} is no longer at 23–34" in message
    assert findings(coverage, "document-length") == []


def test_a_changed_space_outside_every_passage_is_a_changed_document(folder: Path) -> None:
    dataset = registered(folder)
    (folder / "001_page.txt").write_text(TEXT.removesuffix("\n") + " ", encoding="utf-8")
    coverage = measure(read_documents(folder), dataset, ())
    assert [finding.rule for finding in coverage.findings] == ["document-changed"]


def test_a_document_that_is_missing_or_not_registered_is_a_finding(folder: Path) -> None:
    dataset = registered(folder)
    (folder / "001_page.txt").rename(folder / "002_page.txt")
    coverage = measure(read_documents(folder), dataset, ())
    assert findings(coverage, "document-missing") == ["001_page.txt: registered, but not among the documents"]
    assert findings(coverage, "document-unregistered") == ["002_page.txt: not in the register"]


def test_a_passage_that_is_not_registered_leaves_its_characters_uncovered(folder: Path) -> None:
    dataset = registered(folder)
    graph = dataset.graph(URIRef(namespace.SOURCES_GRAPH))
    occurrence = URIRef(f"{namespace.ID}occurrence/001-5")
    graph.remove((None, URIRef(f"{namespace.ONTOLOGY}hasOccurrence"), occurrence))
    coverage = measure(read_documents(folder), dataset, ())
    assert findings(coverage, "characters") == ["001_page.txt: 13 characters in no passage or artefact"]


def test_an_occurrence_over_another_counts_its_characters_twice(folder: Path) -> None:
    dataset = registered(folder)
    selector = URIRef(f"{namespace.ID}occurrence/001-5#position")
    graph = dataset.graph(URIRef(namespace.SOURCES_GRAPH))
    graph.set((selector, URIRef("http://www.w3.org/ns/oa#end"), Literal(34)))
    coverage = measure(read_documents(folder), dataset, ())
    assert findings(coverage, "characters") == [
        f"001_page.txt: {len('-Itwenton.')} characters in more than one"
    ]
    assert len(findings(coverage, "passage-moved")) == 1


def test_a_hash_that_disagrees_with_the_text_is_a_finding(folder: Path) -> None:
    dataset = registered(folder)
    passage = URIRef(namespace.passage(slug("It ended.")))
    wrong = text_hash("It ended.")[:12] + "0" * 52
    graph = dataset.graph(URIRef(namespace.SOURCES_GRAPH))
    graph.set((passage, URIRef(f"{namespace.ONTOLOGY}textHash"), Literal(wrong)))
    assert len(findings(measure(read_documents(folder), dataset, ()), "passage-moved")) == 1


def test_an_occurrence_given_to_another_passage_of_equal_hash_is_a_finding(folder: Path) -> None:
    dataset = registered(folder)
    graph = dataset.graph(URIRef(namespace.SOURCES_GRAPH))
    right, wrong = URIRef(namespace.passage(slug("It ended."))), URIRef(namespace.passage("0" * 12))
    occurrence = URIRef(f"{namespace.ID}occurrence/001-44")
    has_occurrence, hash_ = (URIRef(f"{namespace.ONTOLOGY}{name}") for name in ("hasOccurrence", "textHash"))
    graph.remove((right, has_occurrence, occurrence))
    graph.add((wrong, has_occurrence, occurrence))
    graph.add((wrong, hash_, Literal(text_hash("It ended."))))
    (message,) = findings(measure(read_documents(folder), dataset, ()), "passage-moved")
    assert "passage 000000000000 is no longer at 44–53" in message


@pytest.fixture
def project(folder: Path, tmp_path: Path) -> Path:
    """A project whose facts account for the whole of the small document."""
    facts = tmp_path / "graph" / "facts"
    (facts / "sources").mkdir(parents=True)
    (facts / "passages").mkdir()
    (tmp_path / "ontology").symlink_to(rooms().ontology)
    documents = read_documents(folder)
    (facts / REGISTER_FILE).write_text(register_turtle(documents, {}), encoding="utf-8")
    marks = "".join(
        f"<{namespace.passage(occurrence.slug)}> <{namespace.ONTOLOGY}withoutFactsBecause> 'framing' .\n"
        for occurrence in documents[0].occurrences
    )
    (facts / "passages" / "001.trig").write_text(
        f"<{namespace.SOURCES_GRAPH}> {{ {marks} }}", encoding="utf-8"
    )
    return tmp_path


def test_the_command_exits_0_when_all_is_accounted_for_and_1_when_not(folder: Path, project: Path) -> None:
    arguments = ["--sources", str(folder), "--project", str(project)]
    clean = CliRunner().invoke(command, arguments)
    assert clean.exit_code == 0
    assert "everything is accounted for" in clean.output
    (project / "graph" / "facts" / "coverage.csv").write_text(
        "passage,kind,text,reason\nx,number,nine,idiom\n", encoding="utf-8"
    )
    found = CliRunner().invoke(command, [*arguments, "--format", "json"])
    assert found.exit_code == 1
    content = json.loads(found.output)
    assert content["clean"] is False
    assert [(finding["file"], finding["line"]) for finding in content["findings"]] == [("coverage.csv", 2)]


def test_the_command_refuses_what_it_cannot_read(folder: Path, project: Path) -> None:
    (folder / "001_page.txt").write_bytes(b"\xff\xfe")
    outcome = CliRunner().invoke(command, ["--sources", str(folder), "--project", str(project)])
    assert isinstance(outcome.exception, UnreadableFile)
    assert outcome.exception.line == 1


def test_the_command_names_the_formats_it_knows(folder: Path) -> None:
    outcome = CliRunner().invoke(command, ["--sources", str(folder), "--format", "xml"])
    assert outcome.exit_code == 2
    assert "'text', 'json'" in outcome.output


def test_a_source_document_changed_by_one_character_is_found_out(sources: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in sources.glob("*.txt"):
        shutil.copyfile(path, copy / path.name)
    changed = copy / "003_4688382847776fc7.txt"
    text = changed.read_text(encoding="utf-8")
    changed.write_text(text.replace("31 States", "32 States"), encoding="utf-8")
    coverage = measure(read_documents(copy), assemble(rooms()).graphs(), ())
    (message,) = findings(coverage, "document-changed")
    assert message.startswith("003_4688382847776fc7.txt: changed; expected sha256 03dcf53efb62")
    (moved,) = findings(coverage, "passage-moved")
    assert "passage 212e04b068f8 is no longer at 1752–2332" in moved
