"""`unodc-kg explain`: three terms in, an explanation out, and a line that helps when there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdflib
from rdflib import PROV, RDF
from tests.graph.small_project import small_project

from unodc_graph.build import build
from unodc_graph.cli.main import REFUSED, run

FOLLOWS = ("activity:training-of-judges", "a", "unodc:Activity")
ASSERTED = ("activity:training-of-judges", "a", "unodc:Training")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("explain")
    build(small_project(root / "project"), root / "state")
    return root / "state"


def explain(state: Path, *arguments: str) -> int:
    return run(["explain", *arguments, "--state", str(state)])


def test_what_follows_is_explained(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(state, *FOLLOWS) == 0
    told = capsys.readouterr().out
    assert told.startswith("Training of judges is an activity.\n")
    assert "It follows in 1 way.\n" in told
    assert "• Training of judges is a training\n" in told
    assert "since every training is an activity" in told
    assert "passage:aaaaaaaaaaaa" in told
    assert "[SubClassOf(unodc:Training unodc:Activity)]" in told


def test_what_is_asserted_says_where(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(state, *ASSERTED) == 0
    told = capsys.readouterr().out
    assert "Asserted in passage" in told
    assert "It follows from nothing else." in told


def test_json(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(state, *FOLLOWS, "--format", "json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["inferred"], len(document["explanations"])) == (True, 1)


def test_rdf(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(state, *FOLLOWS, "--format", "turtle") == 0
    graph = rdflib.Graph().parse(data=capsys.readouterr().out, format="turtle")
    assert (None, RDF.type, PROV.Derivation) in graph


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("activity:training-of-judges", "a", "unodc:Place"), "nor does it follow: Training of judges is"),
        (("activity:none", "a", "unodc:Place"), "nor does it follow: activity:none is"),
        (("nowhere at all", "a", "unodc:Place"), "'nowhere at all' is no term"),
        (('"text"', "a", "unodc:Place"), "is no term"),
        (("place:kgz", "12", "unodc:Place"), "'12' is no term"),
        (("place:kgz", "a", "unodc:Place", "--limit", "0"), "0 is not in the range"),
        (("place:kgz", "a"), "Missing argument 'OBJECT'"),
    ],
)
def test_a_wrong_call_ends_in_one_helpful_line(
    state: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    assert explain(state, *arguments) == REFUSED
    complaint = capsys.readouterr().err
    assert told in complaint
    assert "Traceback" not in complaint


def test_without_a_graph_it_says_how_to_build_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(tmp_path, *FOLLOWS) == REFUSED
    assert "unodc-kg build" in capsys.readouterr().err
