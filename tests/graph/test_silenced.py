"""Whatever a linter or the type checker is told to pass over says why, in the line or just above it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
MODULES = sorted([*(PROJECT / "graph").rglob("*.py"), *(PROJECT / "server").rglob("*.py")])
SILENCED = re.compile(r"# (?:type: ignore(?:\[[\w-]+\])?|noqa(?:: \w+)?)(?P<reason>.*)")
ABOVE = 3
"""How many lines below its comment a silenced line may stand."""


def unexplained(text: str) -> list[int]:
    """Return the numbers of the lines of a module that are silenced without a reason."""
    lines = text.split("\n")
    return [
        number
        for number, line in enumerate(lines, 1)
        if (found := SILENCED.search(line))
        and len(re.findall(r"\w+", found["reason"])) < 2
        and not any(
            above.strip().startswith("# ") for above in lines[max(0, number - 1 - ABOVE) : number - 1]
        )
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 1  # type: ignore[misc]", [1]),
        ("x = 1  # noqa: ARG002", [1]),
        ("x = 1  # type: ignore", [1]),
        ("x = 1  # type: ignore[misc]  # the stub lies", []),
        ("x = 1  # noqa: ARG002  (click's signature)", []),
        ("# The stub lies.\nx = 1  # type: ignore[misc]", []),
        ("# The stub lies.\n\n\n\nx = 1  # type: ignore[misc]", [5]),
    ],
)
def test_a_reason_is_told_from_none(text: str, found: list[int]) -> None:
    assert unexplained(text) == found


def test_every_silenced_line_says_why() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in MODULES}
    assert sum(len(SILENCED.findall(text)) for text in texts.values()) > 5
    found = [f"{path.relative_to(PROJECT)}:{line}" for path in texts for line in unexplained(texts[path])]
    assert found == []
