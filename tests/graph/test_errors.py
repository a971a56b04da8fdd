"""Domain errors: each says itself in one line, carries its fields, and travels between processes."""

from __future__ import annotations

import pickle
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest

import unodc_graph
from unodc_graph.errors import GraphError
from unodc_graph.finding import Finding

SAMPLES: dict[str, Any] = {
    "Path": Path("facts.ttl"),
    "str": "text",
    "int": 3,
    "int | None": 3,
    "float": 1.5,
    "tuple[str, ...]": ("a", "b"),
    "tuple[Finding, ...]": (Finding("rule", "message"),),
}


def _errors() -> list[type[GraphError]]:
    """Every error of the package, found by importing all of its modules but the command line."""
    for module in walk_packages(unodc_graph.__path__, "unodc_graph."):
        if ".cli" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    found: list[type[GraphError]] = []
    ahead = [GraphError]
    while ahead:
        for error in ahead.pop().__subclasses__():
            if error.__module__.startswith("unodc_graph"):
                found.append(error)
                ahead.append(error)
    return sorted(found, key=lambda error: error.__name__)


ERRORS = _errors()


def _instance(error: type[GraphError]) -> GraphError:
    return error(*(SAMPLES[str(field.type)] for field in fields(error)))


def test_the_errors_are_found() -> None:
    assert len(ERRORS) >= 15


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_says_itself_in_one_line(error: type[GraphError]) -> None:
    text = str(_instance(error))
    assert len(text) > 10
    assert "\n" not in text


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_travels_between_processes(error: type[GraphError]) -> None:
    sent = _instance(error)
    received = pickle.loads(pickle.dumps(sent))
    assert type(received) is error
    assert str(received) == str(sent)
    assert [getattr(received, field.name) for field in fields(error)] == [
        getattr(sent, field.name) for field in fields(error)
    ]
