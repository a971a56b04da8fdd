"""Reads the source documents and writes their register: documents, passages and occurrences in Turtle.

The register holds positions and hashes, never the documents' sentences. It is derived: two runs over the same
files give the same bytes, and a new document is registered by putting it in the folder and running again.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from unodc_graph.passage import Occurrence, Segmentation, segment, text_hash

BASE = "https://w3id.org/unodc-kg/"
REGISTER_FILE = Path("sources", "register.ttl")
PAGES_FILE = Path("sources", "documents.csv")

_PREFIXES = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix unodc: <https://w3id.org/unodc-kg/ontology#> .
@prefix document: <https://w3id.org/unodc-kg/id/document/> .
@prefix occurrence: <https://w3id.org/unodc-kg/id/occurrence/> .
@prefix passage: <https://w3id.org/unodc-kg/id/passage/> .
"""


class SourceError(Exception):
    """A source document or its folder cannot be registered: where, what is wrong, how to mend it."""

    def __init__(self, path: Path, problem: str, mend: str) -> None:
        """Keep the fields apart, so that a caller can show them in its own form."""
        super().__init__(f"{path}: {problem}; {mend}")
        self.path = path
        self.problem = problem
        self.mend = mend


@dataclass(frozen=True)
class SourceDocument:
    """A document as read: `file_hash` is the sha256 of the file's bytes, `text` its decoded content."""

    slug: str
    file_name: str
    file_hash: str
    text: str
    segmentation: Segmentation

    @property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """The occurrences of passages in the order of the text."""
        return self.segmentation.occurrences


@dataclass(frozen=True)
class Page:
    """What a curator adds to a document: a label and the page that its content matches (inferred)."""

    label: str
    page: str


def read_document(path: Path) -> SourceDocument:
    """Read and segment one document.

    Raises SourceError if the file cannot be read, is not UTF-8, or holds no text.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(path, error.strerror or "not readable", "check that it is a readable file") from error
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        problem = f"line {line}, byte {column}: not UTF-8 (0x{content[error.start]:02x})"
        raise SourceError(path, problem, "save the document as UTF-8") from error
    segmentation = segment(text)
    if not segmentation.occurrences:
        raise SourceError(path, "no text in it", "fill it or take it out of the folder")
    return SourceDocument(
        slug=_document_slug(path),
        file_name=path.name,
        file_hash=hashlib.sha256(content).hexdigest(),
        text=text,
        segmentation=segmentation,
    )


def read_documents(folder: Path) -> tuple[SourceDocument, ...]:
    """Read every `.txt` file of a folder, in the order of their names.

    Raises SourceError if the folder is missing or has no document, if a document is unreadable, if two
    documents have one number, or if two different passages have hashes that begin alike.
    """
    if not folder.is_dir():
        raise SourceError(folder, "no such folder", "name the folder that holds the documents")
    paths = sorted(path for path in folder.iterdir() if path.suffix == ".txt")
    if not paths:
        raise SourceError(folder, "no .txt file in it", "name the folder that holds the documents")
    documents = tuple(read_document(path) for path in paths)
    _refuse_clashes(folder, documents)
    return documents


def read_pages(path: Path) -> dict[str, Page]:
    """Read the curators' table of documents (columns file, label, page); empty if there is none."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if rows and not {"file", "label", "page"} <= rows[0].keys():
        raise SourceError(path, "line 1: columns missing", "begin it with: file,label,page")
    return {row["file"]: Page(row["label"], row["page"]) for row in rows}


def register_turtle(documents: Iterable[SourceDocument], pages: Mapping[str, Page]) -> str:
    """Write the register as Turtle: documents, then passages as they first occur, then occurrences."""
    documents = tuple(documents)
    blocks = [
        "# Which passages stand where in the source documents, by position and hash.\n"
        "# Written by `unodc-kg register`; do not edit, run it again.\n\n" + _PREFIXES,
        *(_document_block(document, pages.get(document.file_name)) for document in documents),
        *_passage_blocks(documents),
        *(block for document in documents for block in _occurrence_blocks(document)),
    ]
    return "\n".join(blocks)


def _document_slug(path: Path) -> str:
    """The part of the file name before the first underscore, or the whole stem."""
    slug = re.sub(r"[^a-z0-9]+", "-", path.stem.split("_")[0].lower()).strip("-")
    if not slug:
        raise SourceError(path, "its name gives no identifier", "begin the name with a number, as in 005_page.txt")
    return slug


def _refuse_clashes(folder: Path, documents: Iterable[SourceDocument]) -> None:
    numbered: dict[str, str] = {}
    hashed: dict[str, str] = {}
    for document in documents:
        other = numbered.setdefault(document.slug, document.file_name)
        if other != document.file_name:
            raise SourceError(folder / document.file_name, f"has the number of {other}", "give it another number")
        for occurrence in document.occurrences:
            whole = text_hash(occurrence.text)
            if hashed.setdefault(occurrence.slug, whole) != whole:
                problem = f"two passages have the identifier {occurrence.slug}"
                raise SourceError(folder / document.file_name, problem, "lengthen the identifiers")


def _document_block(document: SourceDocument, page: Page | None) -> str:
    label = page.label if page else f"Source document {document.slug}"
    lines = [
        f"document:{document.slug} a unodc:SourceDocument ;",
        f"  rdfs:label {_string(label)}@en ;",
    ]
    if page and page.page:
        note = f"Matches {page.page}; inferred from the content, since the file carries no address."
        lines.append(f"  dcterms:description {_string(note)}@en ;")
    lines += [
        f"  unodc:fileName {_string(document.file_name)} ;",
        f"  unodc:length {len(document.text)} ;",
        f'  unodc:textHash "{document.file_hash}" .',
    ]
    return "\n".join(lines) + "\n"


def _passage_blocks(documents: Iterable[SourceDocument]) -> Iterator[str]:
    standing: dict[str, list[tuple[SourceDocument, Occurrence]]] = {}
    for document in documents:
        for occurrence in document.occurrences:
            standing.setdefault(occurrence.slug, []).append((document, occurrence))
    for slug, places in standing.items():
        where = dict.fromkeys(f"document:{document.slug}" for document, _ in places)
        occurrences = [f"occurrence:{document.slug}-{occurrence.start}" for document, occurrence in places]
        yield (
            f"passage:{slug} a unodc:Passage ;\n"
            f'  unodc:textHash "{text_hash(places[0][1].text)}" ;\n'
            f"  unodc:occursIn {' , '.join(where)} ;\n"
            f"  unodc:hasOccurrence {' , '.join(occurrences)} .\n"
        )


def _occurrence_blocks(document: SourceDocument) -> Iterator[str]:
    previous: Occurrence | None = None
    for occurrence in document.occurrences:
        name = f"{document.slug}-{occurrence.start}"
        selector = f"<{BASE}id/occurrence/{name}#position>"
        lines = [
            f"occurrence:{name} a unodc:Occurrence , oa:SpecificResource ;",
            f"  oa:hasSource document:{document.slug} ;",
        ]
        if occurrence.under_heading is not None:
            heading = document.occurrences[occurrence.under_heading]
            lines.append(f"  unodc:underHeading passage:{heading.slug} ;")
        if previous is not None:
            lines.append(f"  unodc:follows passage:{previous.slug} ;")
        lines += [
            f"  oa:hasSelector {selector} .",
            f"{selector} a oa:TextPositionSelector ; oa:start {occurrence.start} ; oa:end {occurrence.end} .",
        ]
        yield "\n".join(lines) + "\n"
        previous = occurrence


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
