"""Segmentation: where a passage begins and ends, what is an artefact, what stands under which heading."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unodc_graph.passage import LONGEST_HEADING, ArtefactKind, segment, text_hash
from unodc_graph.register import read_documents


def passages(text: str) -> list[str]:
    return [occurrence.text for occurrence in segment(text).occurrences]


def headings(text: str) -> list[str | None]:
    occurrences = segment(text).occurrences
    return [
        None if occurrence.under_heading is None else occurrences[occurrence.under_heading].text
        for occurrence in occurrences
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\r"])
def test_each_line_is_a_passage_whatever_ends_it(end: str) -> None:
    assert passages(f"One thing.{end}  Another thing. {end}") == ["One thing.", "Another thing."]


@pytest.mark.parametrize(
    ("glued", "parts"),
    [
        ("Used by the Court.UNODC trained too.", ["Used by the Court.", "UNODC trained too."]),
        ("Survivors of SGBV.In Peru it began.", ["Survivors of SGBV.", "In Peru it began."]),
        ("It ended in 2018.The rest followed.", ["It ended in 2018.", "The rest followed."]),
        ("It was held (in Lima).Others came.", ["It was held (in Lima).", "Others came."]),
        ("It ended.Élan followed.", ["It ended.", "Élan followed."]),
        ("A first.Then second.Third at last.", ["A first.", "Then second.", "Third at last."]),
    ],
)
def test_sentences_glued_together_are_two_passages(glued: str, parts: list[str]) -> None:
    assert passages(glued) == parts


@pytest.mark.parametrize(
    "whole",
    [
        "The GLO.ACT project began.",
        "It met in the U.S.A. in May.",
        "Dr.Smith spoke.",
        "Section 3.Annex is empty.",
        "It cost 3.5 million.",
        "See i.e. the annex.",
        "A sentence. Another one.",
        "It is on www.example.org now.",
    ],
)
def test_a_stop_inside_a_name_or_number_does_not_split(whole: str) -> None:
    assert passages(whole) == [whole]


def test_page_furniture_is_an_artefact_and_no_part_of_the_passage() -> None:
    text = "\ufeffSearch\nView MoreIn Peru it began.\n- First item.\nView More\n* Second item.View More"
    found = segment(text)
    assert passages(text) == ["Search", "In Peru it began.", "First item.", "Second item."]
    assert [artefact.kind for artefact in found.artefacts] == [
        ArtefactKind.BYTE_ORDER_MARK,
        ArtefactKind.VIEW_MORE,
        ArtefactKind.BULLET,
        ArtefactKind.VIEW_MORE,
        ArtefactKind.BULLET,
        ArtefactKind.VIEW_MORE,
    ]


def test_a_hyphen_that_begins_a_word_is_no_bullet() -> None:
    assert passages("-based approaches were used.") == ["-based approaches were used."]


def test_the_words_view_more_inside_a_sentence_stay() -> None:
    assert passages("Readers may View More of it.") == ["Readers may View More of it."]


def test_a_heading_holds_until_the_next_one() -> None:
    assert headings("Background\nIt began.\nIt went on.\nResources\nIt ended.") == [
        None,
        "Background",
        "Background",
        None,
        "Resources",
    ]


def test_a_heading_with_a_list_holds_for_the_list_only() -> None:
    assert headings("Resources\n- A handbook.\n- A toolkit.\nIt began.") == [
        None,
        "Resources",
        "Resources",
        None,
    ]


def test_a_line_that_ends_in_a_colon_introduces_the_bulleted_items_after_it() -> None:
    text = "Page\nIt did things, including:\n- One thing.\n- Another.\nIt ended."
    introduction = "It did things, including:"
    assert headings(text) == [None, "Page", introduction, introduction, "Page"]


def test_without_bullets_only_the_next_paragraph_is_sure_to_be_introduced() -> None:
    text = "It did things, including:\nOne thing.\nAnother thing."
    assert headings(text) == [None, "It did things, including:", None]


@pytest.mark.parametrize(
    "line",
    ["It began.", "x" * (LONGEST_HEADING + 1), "- A handbook", "Is it so?", "and more …"],
)
def test_what_is_long_punctuated_or_bulleted_is_no_heading(line: str) -> None:
    assert headings(f"{line}\nIt went on.") == [None, None]


def test_the_hash_is_the_sha256_of_the_composed_form() -> None:
    composed = unicodedata.normalize("NFC", "Peru\u0301")
    assert text_hash("Peru\u0301") == hashlib.sha256(composed.encode()).hexdigest()
    assert segment("Peru\u0301").occurrences[0].slug == text_hash(composed)[:12]


def test_an_empty_text_has_no_passages() -> None:
    assert passages(" \n\t\r\n") == []


PIECES = st.sampled_from(
    [
        "View More",
        "- ",
        "•",
        "-",
        ". ",
        ".",
        "\n",
        "\r\n",
        " ",
        "\u00a0",
        ":",
        "UNODC",
        "GLO.ACT",
        "In",
        "a",
        "7",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=40).map("".join)


@given(TEXTS)
def test_every_character_lies_in_exactly_one_passage_or_artefact(text: str) -> None:
    found = segment(text)
    times = [0] * len(text)
    for span in (*found.occurrences, *found.artefacts):
        for position in range(span.start, span.end):
            times[position] += 1
    for character, count in zip(text, times, strict=True):
        assert count == 1 or (character.isspace() and count <= 1)


@given(TEXTS)
def test_positions_reproduce_the_text(text: str) -> None:
    previous = 0
    for occurrence in segment(text).occurrences:
        assert previous <= occurrence.start < occurrence.end
        assert text[occurrence.start : occurrence.end] == occurrence.text == occurrence.text.strip()
        previous = occurrence.end


@given(TEXTS)
def test_a_passage_cut_out_is_the_same_passage_again(text: str) -> None:
    for occurrence in segment(text).occurrences:
        assert passages(occurrence.text)[-1:] == [occurrence.text]


@given(TEXTS)
def test_a_heading_stands_before_what_it_heads(text: str) -> None:
    for index, occurrence in enumerate(segment(text).occurrences):
        assert occurrence.under_heading is None or occurrence.under_heading < index


def test_the_five_documents_hold_107_passages_in_164_places(sources: Path) -> None:
    documents = read_documents(sources)
    occurrences = [occurrence for document in documents for occurrence in document.occurrences]
    assert len(documents) == 5
    assert len(occurrences) == 164
    assert len({occurrence.slug for occurrence in occurrences}) == 107


def test_the_five_documents_have_the_artefacts_that_are_known(sources: Path) -> None:
    kinds = [
        artefact.kind for document in read_documents(sources) for artefact in document.segmentation.artefacts
    ]
    assert kinds.count(ArtefactKind.VIEW_MORE) == 6
    assert kinds.count(ArtefactKind.BULLET) == 30
    assert len(kinds) == 36
