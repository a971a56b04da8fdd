"""The graph as Python objects: classes, instances, and attributes named as Python names things."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from tests.graph.small_project import small_project

from unodc_graph.build import build
from unodc_graph.errors import NoGeneration, NotFound
from unodc_graph.inference.fact import INFERRED
from unodc_graph.objects import Objects, open_objects, python_name
from unodc_graph.reasoning import open_world
from unodc_graph.store.evaluation import Store
from unodc_graph.store.term import DefaultGraph


@pytest.fixture(scope="module")
def graph(facts: Store) -> Objects:
    """The real graph."""
    found = (q for g in (DefaultGraph(), INFERRED) for q in facts.quads_for_pattern(None, None, None, g))
    return Objects(open_world("".join(f"{quad.triple} .\n" for quad in found).encode()))


def names(things: object) -> set[str]:
    return {thing.name for thing in things}  # type: ignore[attr-defined]


def test_a_class_has_its_instances_those_of_its_subclasses_included(graph: Objects) -> None:
    assert names(graph.Programme.instances()) >= {"haya", "essential-services"}
    assert names(graph.JointProgramme.instances()) < names(graph.Programme.instances())


def test_a_thing_is_found_by_its_prefixed_name_or_its_iri(graph: Objects) -> None:
    haya = graph["programme:haya"]
    assert haya is graph["https://w3id.org/unodc-kg/id/programme/haya"]
    assert isinstance(haya, graph.JointProgramme)
    assert haya.label.en[0].startswith("HAYA")


def test_values_are_things_again(graph: Objects) -> None:
    training = graph["activity:dom-capacity-building-workshop"]
    (figure,) = training.figures
    assert (figure.value, names(figure.measure)) == (103, {"persons-trained"})
    assert figure.figure_of == [training]
    assert "dom" in names(training.place)


def test_what_is_inferred_is_there(graph: Objects) -> None:
    assert "haya-survivor-care" in names(graph["programme:haya"].parts)
    assert "un-women" in names(graph["programme:haya"].involves)
    assert isinstance(graph["activity:dom-capacity-building-workshop"], graph.CriminalJusticeTraining)


def test_a_date_is_a_date(graph: Objects) -> None:
    assert graph["activity:unvtf-round-3-call"].begin_date == [datetime.date(2017, 1, 1)]


def test_every_value_of_every_thing_can_be_read(graph: Objects) -> None:
    read = 0
    kinds = (
        graph.Undertaking,
        graph.Organisation,
        graph.Figure,
        graph.Instrument,
        graph.Place,
        graph.Passage,
    )
    for thing in (thing for kind in kinds for thing in kind.instances()):
        for prop in thing.get_properties():
            assert getattr(thing, prop.python_name) is not None, (thing, prop)
            read += 1
    assert read > 3000


def test_attributes_have_one_meaning(graph: Objects) -> None:
    named = [prop.python_name for prop in graph.world.properties()]
    assert len(named) == len(set(named)) > 200
    assert all(name.isidentifier() for name in named)


@pytest.mark.parametrize(
    ("local", "name"),
    [
        ("hasFigure", "figures"),
        ("hasCountryComponent", "country_components"),
        ("hasPolicyBasis", "policy_bases"),
        ("implementedBy", "implemented_by"),
        ("place", "place"),
        ("crsChannelCode", "crs_channel_code"),
        ("iatiCode", "iati_code"),
    ],
)
def test_names(local: str, name: str) -> None:
    assert python_name(local) == name


def test_what_is_not_there_is_told(graph: Objects) -> None:
    with pytest.raises(NotFound):
        graph["programme:none"]
    with pytest.raises(AttributeError, match="'Nonesuch'"):
        _ = graph.Nonesuch


def test_a_generation_is_opened_with_or_without_what_follows(tmp_path: Path) -> None:
    build(small_project(tmp_path / "project"), tmp_path / "state")
    for inferred in (True, False):
        training = open_objects(tmp_path / "state", inferred=inferred)["activity:training-of-judges"]
        assert (len(training.is_a) > 1) == inferred


def test_without_a_generation_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoGeneration):
        open_objects(tmp_path)
