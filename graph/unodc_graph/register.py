"""Reads the source documents and writes their register: documents, passages and occurrences in Turtle.

The register holds positions and hashes, never the documents' sentences. It is derived: two runs over the same
files give the same bytes. A new document is registered by reading a folder that holds it, alone or with
others; documents that are not at hand stay as they are registered.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from unodc_graph.errors import UnreadableFile
from unodc_graph.namespace import ID, PREFIXES
from unodc_graph.passage import Occurrence, Segmentation, segment, text_hash
from unodc_graph.registered import Registered, Standing, passages

REGISTER_FILE: Final = Path("sources", "register.ttl")
"""Where the register stands below the facts."""
PAGES_FILE: Final = Path("sources", "documents.csv")
"""Where the curators' table of documents stands below the facts."""

_HEADER: Final = (
    "# Which passages stand where in the source documents, by position and hash.\n"
    "# Written by `unodc-kg register`; do not edit, run it again.\n\n"
)
_USED_PREFIXES: Final = ("dcterms", "oa", "rdfs", "unodc", "document", "occurrence", "passage")


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

    Raises UnreadableFile if the file cannot be read, is not UTF-8 (with line and byte column), or holds no
    text.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except OSError as error:
        raise UnreadableFile(path, None, None, f"expected a readable file ({error.strerror})") from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        expected = f"expected UTF-8, found the byte 0x{content[error.start]:02x}; save the document as UTF-8"
        raise UnreadableFile(path, line, column, expected) from error
    segmentation = segment(text)
    if not segmentation.occurrences:
        raise UnreadableFile(path, None, None, "expected a text, found none; fill the file or take it away")
    return SourceDocument(
        slug=_document_slug(path),
        file_name=path.name,
        file_hash=hashlib.sha256(content).hexdigest(),
        text=text,
        segmentation=segmentation,
    )


def read_documents(folder: Path) -> tuple[SourceDocument, ...]:
    """Read every `.txt` file of a folder, in the order of their names.

    Raises UnreadableFile if the folder is missing or has no document, if a document is unreadable, or if two
    documents have one number.
    """
    if not folder.is_dir():
        raise UnreadableFile(folder, None, None, "expected the folder that holds the source documents")
    paths = sorted(path for path in folder.iterdir() if path.suffix == ".txt")
    if not paths:
        raise UnreadableFile(folder, None, None, "expected source documents (.txt), found none")
    documents = tuple(read_document(path) for path in paths)
    _refuse_clashes(folder, documents)
    return documents


def read_pages(path: Path) -> dict[str, Page]:
    """Read the curators' table of documents, keyed by file name; empty if there is no such file.

    Raises UnreadableFile if a column is missing.
    """
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if not {"file", "label", "page"} <= set(reader.fieldnames or ()):
            raise UnreadableFile(path, 1, 1, "expected the columns file,label,page")
        return {row["file"]: Page(row["label"], row["page"]) for row in reader}


def register_turtle(
    documents: Iterable[SourceDocument], pages: Mapping[str, Page], kept: Iterable[Registered] = ()
) -> str:
    """Write the register as Turtle: documents, then passages as they first occur, then occurrences.

    `kept` are documents of the former register that are not at hand; those of the number of one at hand give
    way to it. Raises UnreadableFile when two different passages have hashes that begin alike.
    """
    read = {document.slug: _registered(document) for document in documents}
    entries = tuple(
        sorted(
            (*read.values(), *(entry for entry in kept if entry.slug not in read)),
            key=lambda entry: entry.file_name,
        )
    )
    _refuse_alike(entries)
    prefixes = "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in _USED_PREFIXES)
    blocks = [
        _HEADER + prefixes,
        *(_document_block(entry, pages.get(entry.file_name)) for entry in entries),
        *_passage_blocks(entries),
        *(block for entry in entries for block in _occurrence_blocks(entry)),
    ]
    return "\n".join(blocks)


def _registered(document: SourceDocument) -> Registered:
    slugs = [occurrence.slug for occurrence in document.occurrences]
    standings = tuple(
        Standing(
            passage=occurrence.slug,
            text_hash=text_hash(occurrence.text),
            start=occurrence.start,
            end=occurrence.end,
            under_heading=None if occurrence.under_heading is None else slugs[occurrence.under_heading],
        )
        for occurrence in document.occurrences
    )
    return Registered(document.slug, document.file_name, len(document.text), document.file_hash, standings)


def _document_slug(path: Path) -> str:
    """The part of the file name before the first underscore, or the whole stem."""
    slug = re.sub(r"[^a-z0-9]+", "-", path.stem.split("_")[0].lower()).strip("-")
    if not slug:
        raise UnreadableFile(path, None, None, "expected a name that begins with a number: 005_page.txt")
    return slug


def _refuse_clashes(folder: Path, documents: Iterable[SourceDocument]) -> None:
    numbered: dict[str, str] = {}
    for document in documents:
        other = numbered.setdefault(document.slug, document.file_name)
        if other != document.file_name:
            path = folder / document.file_name
            raise UnreadableFile(path, None, None, f"expected a number of its own, found that of {other}")


def _refuse_alike(entries: Iterable[Registered]) -> None:
    hashed: dict[str, str] = {}
    for entry in entries:
        for standing in entry.standings:
            if hashed.setdefault(standing.passage, standing.text_hash) != standing.text_hash:
                slug = standing.passage
                found = f"expected one text for passage {slug}, found two whose hashes begin alike"
                raise UnreadableFile(Path(entry.file_name), None, None, found)


def _document_block(entry: Registered, page: Page | None) -> str:
    label = page.label if page else f"Source document {entry.slug}"
    lines = [
        f"document:{entry.slug} a unodc:SourceDocument ;",
        f"  rdfs:label {_string(label)}@en ;",
    ]
    if page and page.page:
        note = f"Matches {page.page}; inferred from the content, since the file carries no address."
        lines.append(f"  dcterms:description {_string(note)}@en ;")
    lines += [
        f"  unodc:fileName {_string(entry.file_name)} ;",
        f"  unodc:length {entry.length} ;",
        f'  unodc:textHash "{entry.file_hash}" .',
    ]
    return "\n".join(lines) + "\n"


def _passage_blocks(entries: tuple[Registered, ...]) -> Iterator[str]:
    places: dict[str, list[tuple[str, int]]] = {}
    for entry in entries:
        for standing in entry.standings:
            places.setdefault(standing.passage, []).append((entry.slug, standing.start))
    for slug, text_digest in passages(entries).items():
        where = dict.fromkeys(f"document:{document}" for document, _ in places[slug])
        occurrences = [f"occurrence:{document}-{start}" for document, start in places[slug]]
        yield (
            f"passage:{slug} a unodc:Passage ;\n"
            f'  unodc:textHash "{text_digest}" ;\n'
            f"  unodc:occursIn {' , '.join(where)} ;\n"
            f"  unodc:hasOccurrence {' , '.join(occurrences)} .\n"
        )


def _occurrence_blocks(entry: Registered) -> Iterator[str]:
    previous: Standing | None = None
    for standing in entry.standings:
        name = f"{entry.slug}-{standing.start}"
        selector = f"<{ID}occurrence/{name}#position>"
        lines = [
            f"occurrence:{name} a unodc:Occurrence , oa:SpecificResource ;",
            f"  oa:hasSource document:{entry.slug} ;",
        ]
        if standing.under_heading is not None:
            lines.append(f"  unodc:underHeading passage:{standing.under_heading} ;")
        if previous is not None:
            lines.append(f"  unodc:follows passage:{previous.passage} ;")
        lines += [
            f"  oa:hasSelector {selector} .",
            f"{selector} a oa:TextPositionSelector ; oa:start {standing.start} ; oa:end {standing.end} .",
        ]
        yield "\n".join(lines) + "\n"
        previous = standing


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
