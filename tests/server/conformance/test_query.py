"""W3C SPARQL 1.0 and 1.1: query evaluation, syntax and results formats, each test over HTTP.

Federation and entailment are apart. Those that fail are listed in `known_failures.toml`, and the engine by
itself fails them too.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from tests.server.conformance.conftest import MISSING
from tests.server.conformance.manifest import Case, cases, suites
from tests.server.conformance.running import Runner

HOW_MANY = {
    "QueryEvaluationTest": 515,
    "CSVResultFormatTest": 3,
    "PositiveSyntaxTest": 149,
    "PositiveSyntaxTest11": 63,
    "NegativeSyntaxTest": 50,
    "NegativeSyntaxTest11": 40,
}
ALL = 820
LEAST = 793

ROOT = suites()
CASES = cases(ROOT) if ROOT is not None else []
KNOWN = {
    test: group
    for group in tomllib.loads((Path(__file__).parent / "known_failures.toml").read_text("utf-8"))["group"]
    for test in group["tests"]
}


def _name(case: Case) -> str:
    folder, _, name = case.iri.replace("/manifest#", "#").rpartition("#")
    return f"{folder.rpartition('/')[2]}-{name}"


@pytest.mark.skipif(ROOT is None, reason=MISSING)
def test_the_suites_are_whole() -> None:
    assert Counter(case.kind for case in CASES) == HOW_MANY
    assert len({case.iri for case in CASES}) == ALL == sum(HOW_MANY.values())
    assert {case.iri for case in CASES} >= set(KNOWN)


def test_every_known_failure_has_a_reason_and_a_link() -> None:
    assert len(KNOWN) <= ALL - LEAST
    for group in KNOWN.values():
        assert group["reason"]
        assert group["link"].startswith("https://")


@pytest.mark.skipif(ROOT is None, reason=MISSING)
@pytest.mark.parametrize("case", CASES, ids=_name)
def test_w3c_query(runner: Runner, case: Case) -> None:
    wrong = runner.over_http(case)
    if case.iri in KNOWN:
        assert wrong is not None, "it passes now: take it off known_failures.toml"
        assert runner.in_engine(case) is not None, f"the engine passes it, so the fault is ours: {wrong}"
    else:
        assert wrong is None


@pytest.mark.skipif(ROOT is None, reason=MISSING)
def test_over_http_is_no_worse_than_the_engine_alone(runner: Runner, figures: list[str]) -> None:
    over_http = {case.iri for case in CASES if runner.over_http(case) is None}
    in_engine = {case.iri for case in CASES if runner.in_engine(case) is None}
    figures.append(
        f"query: {len(CASES)} tests; over HTTP {len(over_http)} pass, in the engine alone {len(in_engine)}; "
        f"{len(KNOWN)} known failures of the engine"
    )
    assert in_engine <= over_http
    assert len(over_http) >= LEAST
