"""Finding names: longest match, word boundaries, ambiguous names, forms of letters and marks."""

from __future__ import annotations

import pytest

from unodc_graph.coverage.name import NameIndex

NAMES = {
    "body:un": ["UN", "United Nations"],
    "body:council": ["UN Security Council", "Security Council"],
    "body:who": ["WHO"],
    "body:un-women": ["UN Women", "UN-Women"],
    "body:committee": ["CEDAW"],
    "instrument:convention": ["CEDAW"],
    "instrument:1325": ["Security Council resolution 1325"],
    "programme:empowerher": ["#EmpowerHer: Advancing Women"],
    "programme:gloact": ["GLO.ACT"],
    "publication:toolkit": ["Practitioner's Toolkit"],
    "place:mli": ["Mali"],
}


def found(text: str) -> list[tuple[str, list[str]]]:
    return [(name.text, sorted(name.things)) for name in NameIndex(NAMES).find(text)]


def test_the_longer_of_two_nested_names_is_meant() -> None:
    assert found("The UN Security Council met.") == [("UN Security Council", ["body:council"])]


def test_the_longer_of_two_overlapping_names_is_meant() -> None:
    assert found("the UN Security Council Resolution 1325") == [
        ("UN", ["body:un"]),
        ("Security Council Resolution 1325", ["instrument:1325"]),
    ]


def test_an_ambiguous_name_has_all_its_things() -> None:
    assert found("(CEDAW)") == [("CEDAW", ["body:committee", "instrument:convention"])]


@pytest.mark.parametrize("text", ["Malian officers", "UNODC", "who came", "Somalia", "UNWOMEN"])
def test_a_name_inside_a_word_or_in_other_letters_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Mali’s police", "Mali"),
        ("UN women", "UN women"),
        ("UN\u00a0Women", "UN\u00a0Women"),
        ("UN‑Women", "UN‑Women"),
        ("the UN  Women", "UN  Women"),
        ("A Practitioner’s toolkit", "Practitioner’s toolkit"),
        ("UNODC/WHO tool", "WHO"),
        ("“#EmpowerHer: Advancing Women”", "#EmpowerHer: Advancing Women"),
        ("under GLO.ACT.", "GLO.ACT"),
    ],
)
def test_case_of_several_words_marks_and_spaces_do_not_hide_a_name(text: str, printed: str) -> None:
    assert [name for name, _ in found(text)] == [printed]


def test_every_occurrence_is_found_with_its_position() -> None:
    text = "Mali and Mali"
    assert [(name.start, name.end) for name in NameIndex(NAMES).find(text)] == [(0, 4), (9, 13)]


def test_an_empty_name_is_not_looked_for() -> None:
    assert NameIndex({"place:x": ["", "  "]}).find("a text") == ()
