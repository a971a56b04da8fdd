"""Reading files: every format, and for every kind of bad input one line with place and expectation."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from unodc_graph.errors import PayloadUnreadable, UnreadableFile
from unodc_graph.store.parsing import FORMATS, parse_file
from unodc_graph.store.payload import read_payload
from unodc_graph.store.term import Literal, NamedNode

TARGET = "https://w3id.org/unodc-kg/graph/unplaced"
PREFIX = b"@prefix ex: <https://ex.int/> .\n"
RDF = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="https://ex.int/">\n'

GOOD = {
    "a.ttl": PREFIX + b"ex:s ex:p ex:o .",
    "a.trig": PREFIX + b"ex:s ex:p ex:o .",
    "a.nt": b"<https://ex.int/s> <https://ex.int/p> <https://ex.int/o> .",
    "a.nq": b"<https://ex.int/s> <https://ex.int/p> <https://ex.int/o> .",
    "a.jsonld": b'{"@id": "https://ex.int/s", "https://ex.int/p": {"@id": "https://ex.int/o"}}',
    "a.rdf": RDF + b'<rdf:Description rdf:about="https://ex.int/s">'
    b'<ex:p rdf:resource="https://ex.int/o"/></rdf:Description></rdf:RDF>',
}

BAD = [
    # name, content, line, column, what the one line says
    ("empty.ttl", b"", 1, 1, "the file is empty"),
    ("blank.trig", b" \n\n", 1, 1, "the file is empty"),
    ("comment.ttl", b"# nothing yet\n", 1, 1, "it states nothing; expected at least one statement"),
    ("nothing.jsonld", b"[]", 1, 1, "it states nothing; expected at least one statement"),
    ("latin.ttl", PREFIX + b'ex:s ex:p "caf\xe9" .', 2, 15, "byte 0xe9 is not UTF-8"),
    ("utf16.ttl", "x".encode("utf-16"), 1, 1, "byte 0xff is not UTF-8"),
    ("wide.ttl", PREFIX + "ex:é ex:é \xff".encode() + b"\xff", 2, 12, "byte 0xff is not UTF-8"),
    (
        "cut.ttl",
        PREFIX + b"ex:s ex:p ex:o",
        2,
        15,
        "ends in the middle of a statement; expected its end, '.'",
    ),
    ("dot.ttl", PREFIX + b"ex:s ex:p ex:o\nex:t ex:p ex:o .", 3, 1, "expected '.', ';' or ','"),
    ("graph.trig", PREFIX + b"ex:g { ex:s ex:p ex:o\nex:p ex:q . }", 3, 1, "expected '.', ';' or ','"),
    ("object.ttl", PREFIX + b"ex:s ex:p ; .", 2, 11, "found ';'; expected an object"),
    ("predicate.ttl", PREFIX + b'ex:s "p" ex:o .', 2, 6, "found '\"p\"'; expected a predicate"),
    ("subject.ttl", PREFIX + b'"s" ex:p ex:o .', 2, 1, "expected the start of a statement"),
    ("prefix.ttl", b"ex:s ex:p ex:o .", 1, 1, "the prefix ex: is not declared; expected a line @prefix ex:"),
    ("known.ttl", b"skos:a a skos:b .", 1, 1, "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . above"),
    ("relative.ttl", PREFIX + b"ex:s ex:p <o> .", 2, 11, "expected a whole IRI"),
    (
        "iri.ttl",
        PREFIX + b"ex:s ex:p <https://ex.int/a b> .",
        2,
        11,
        "invalid IRI code point ' '; expected Turtle",
    ),
    ("string.ttl", PREFIX + b'ex:s ex:p "a\nb" .', 2, 13, "line jumps are not allowed"),
    ("way.ttl", PREFIX + b'ex:s ex:p "x"@en--ltr .', 2, None, "expected RDF 1.1"),
    ("star.ttl", PREFIX + b"ex:s ex:p <<( ex:a ex:b ex:c )>> .", 2, None, "expected RDF 1.1"),
    ("graph.ttl", PREFIX + b"ex:g { ex:s ex:p ex:o }", 2, 6, "found '{'; expected a predicate"),
    ("brace.trig", PREFIX + b"ex:g { ex:s ex:p ex:o . } }", 2, 27, "found '}'; expected the start"),
    ("open.trig", PREFIX + b"ex:g { ex:s ex:p ex:o . ", 2, 25, "ends in the middle"),
    ("row.nt", b"<https://ex.int/s> <https://ex.int/p>\n", 2, 1, "expected N-Triples"),
    (
        "comma.jsonld",
        b'{\n"@id": "https://ex.int/s",}',
        2,
        27,
        "trailing commas are not allowed; expected JSON-LD",
    ),
    (
        "id.jsonld",
        b'{\n\n  "@id": ["https://ex.int/s"]}',
        3,
        3,
        "@id value must be a string; expected JSON-LD",
    ),
    ("remote.jsonld", b'{"@context": "https://ex.int/c"}', 1, 1, "remote contexts; expected JSON-LD"),
    ("tag.rdf", RDF + b"<rdf:Description></rdf:RDF>", 2, 20, "ill-formed document"),
    ("text.rdf", b"hello", 1, 1, "expected RDF/XML"),
    ("value.rdf", RDF + b'\n <rdf:Description rdf:about="a"/>\n</rdf:RDF>', 3, 2, "No scheme found"),
    ("table.csv", b"a,b", None, None, "expected a file name that ends in one of .ttl, .trig"),
]


def test_every_format_is_tried() -> None:
    assert {Path(name).suffix for name in GOOD} == set(FORMATS)
    assert len(BAD) == 31


@pytest.mark.parametrize("name", GOOD)
def test_statements_without_a_graph_go_into_the_graph_given(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(GOOD[name])
    (quad,) = parse_file(path, TARGET).quads
    assert [str(part) for part in quad] == [
        "<https://ex.int/s>",
        "<https://ex.int/p>",
        "<https://ex.int/o>",
        f"<{TARGET}>",
    ]


def test_statements_with_a_graph_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "a.trig"
    path.write_bytes(PREFIX + b"ex:g { ex:s ex:p ex:o }")
    (quad,) = parse_file(path, TARGET).quads
    assert quad.graph_name == NamedNode("https://ex.int/g")


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD["a.ttl"])
    assert len(parse_file(path, TARGET).quads) == 1


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_bytes(PREFIX + b"_:same ex:p ex:o .")
    nodes = {parse_file(tmp_path / name, TARGET).quads[0].subject for name in ("a.ttl", "b.ttl")}
    assert len(nodes) == 2


@pytest.mark.parametrize(("name", "content", "line", "column", "says"), BAD, ids=[row[0] for row in BAD])
def test_bad_input_is_one_line_with_its_place(
    tmp_path: Path, name: str, content: bytes, line: int | None, column: int | None, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        parse_file(path, TARGET)
    error = caught.value
    assert (error.path, error.line, error.column) == (path, line, column)
    assert says in error.expected
    assert "expected" in str(error)
    assert "\n" not in str(error)
    assert str(error).startswith(":".join(str(part) for part in (path, line, column) if part is not None))


def test_entities_that_come_to_far_more_than_the_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "laughs.rdf"
    rows = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    body = RDF.decode() + '<rdf:Description rdf:about="https://ex.int/s"><ex:p>&{};</ex:p></rdf:Description>'
    start = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e0 "ha">{rows}]>{body}</rdf:RDF>'
    path.write_text(start.format("e9"), encoding="utf-8")
    with pytest.raises(UnreadableFile, match="entities come to far more than the file"):
        parse_file(path, TARGET)
    path.write_text(start.format("e2"), encoding="utf-8")
    assert parse_file(path, TARGET).quads[0].object == Literal("ha" * 100)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_that_come_to_far_more_than_what_was_sent_are_refused(encoding: str) -> None:
    rows = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    body = RDF.decode() + '<rdf:Description rdf:about="https://ex.int/s"><ex:p>&e9;</ex:p></rdf:Description>'
    sent = f'<!DOCTYPE r [<!ENTITY e0 "ha">{rows}]>{body}</rdf:RDF>'.encode(encoding)
    with pytest.raises(PayloadUnreadable, match="entities come to far more than the document"):
        read_payload(sent, "application/rdf+xml", None, TARGET)


@pytest.mark.parametrize("ending", ["ttl", "rdf"])
def test_a_pipe_is_refused_and_not_waited_for(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"pipe.{ending}"
    os.mkfifo(path)
    with pytest.raises(UnreadableFile, match="is a pipe or a device; expected a file"):
        parse_file(path, TARGET)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(
        UnreadableFile, match=r"none\.ttl: no such file or directory; expected a readable file"
    ):
        parse_file(tmp_path / "none.ttl", TARGET)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.ttl").mkdir()
    with pytest.raises(UnreadableFile, match="is a folder; expected a file"):
        parse_file(tmp_path / "folder.ttl", TARGET)


def test_a_file_that_may_not_be_read_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "secret.ttl"
    path.write_bytes(GOOD["a.ttl"])
    path.chmod(0)
    try:
        path.read_bytes()
    except PermissionError:
        pass
    else:
        pytest.skip("this user may read every file")
    with pytest.raises(UnreadableFile, match="permission denied; expected a readable file"):
        parse_file(path, TARGET)
