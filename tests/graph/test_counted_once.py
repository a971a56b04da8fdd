"""A figure that two passages state is one figure: summed once, on Oxigraph and on rdflib (decision 4)."""

from __future__ import annotations

import io
import json

import pytest
from tests.graph.small_project import SMALL, small_project

from unodc_graph.build import build
from unodc_graph.dataset import assemble
from unodc_graph.location import Rooms
from unodc_graph.store.evaluation import Evaluation, evaluate
from unodc_graph.store.generation import Generation
from unodc_graph.store.scan import scan

PREFIXES = (
    "PREFIX unodc: <https://w3id.org/unodc-kg/ontology#> PREFIX graph: <https://w3id.org/unodc-kg/graph/> "
)
SUM = PREFIXES + "SELECT (SUM(?value) AS ?sum) WHERE { ?figure a unodc:Figure ; unodc:value ?value }"
WITNESSES = (
    PREFIXES + "SELECT ?passage WHERE { GRAPH ?passage { ?figure unodc:value 103 } } ORDER BY ?passage"
)


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    root = tmp_path_factory.mktemp("counted")
    return build(small_project(root / "project"), root / "state").generation


def answer(generation: Generation, query: str, *, inferred: bool = True) -> list[dict[str, str]]:
    output = io.BytesIO()
    evaluation = Evaluation(query, scan(query), "application/sparql-results+json", inferred=inferred)
    evaluate(generation.open(), evaluation, output)
    rows = json.loads(output.getvalue())["results"]["bindings"]
    return [{name: value["value"] for name, value in row.items()} for row in rows]


@pytest.mark.parametrize("inferred", [True, False])
def test_oxigraph_counts_it_once(generation: Generation, inferred: bool) -> None:
    assert answer(generation, SUM, inferred=inferred) == [{"sum": "103"}]


def test_two_passages_state_it(generation: Generation) -> None:
    """Without this the sum would prove nothing."""
    stated = [row["passage"].rpartition("/")[2] for row in answer(generation, WITNESSES)]
    assert stated == ["aaaaaaaaaaaa", "bbbbbbbbbbbb"]


def test_passages_chosen_by_from_count_it_once(generation: Generation) -> None:
    passages = "".join(
        f"FROM <https://w3id.org/unodc-kg/id/passage/{key}> " for key in ("aaaaaaaaaaaa", "bbbbbbbbbbbb")
    )
    assert answer(generation, SUM.replace("WHERE", f"{passages}WHERE")) == [{"sum": "103"}]


def test_rdflib_counts_it_once() -> None:
    (row,) = assemble(Rooms.under(SMALL)).union().query(SUM)
    assert row[0].toPython() == 103
