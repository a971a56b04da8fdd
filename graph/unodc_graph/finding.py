"""A finding: one thing that a check holds against the facts, in words a curator can act on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    """How much a finding weighs, named as in SHACL §2.1.4. Only a violation blocks a build."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, and how to mend it.

    `rule` is the IRI of the shape, or the name of the hygiene query or of the axiom. `message` says what is
    wrong, `advice` how to mend it (empty when the message says so too). `thing` is the IRI of the focus
    node, or a blank node's label; `path` the property's IRI or a SHACL path as text; `value` the offending
    term in N-Triples form; `component` the IRI of the SHACL constraint component; `graph` the IRI of the
    named graph, where known. `file` and `line` (from 1) say where the statement stands, where known; the
    checks that find a rule broken leave them and `label` empty, and `check` fills them in.
    """

    rule: str
    message: str
    severity: Severity = Severity.VIOLATION
    advice: str = ""
    thing: str | None = None
    label: str | None = None
    path: str | None = None
    value: str | None = None
    component: str | None = None
    graph: str | None = None
    file: Path | None = None
    line: int | None = None

    @property
    def blocks(self) -> bool:
        """Whether nothing is built, or changed, as long as it is found."""
        return self.severity == Severity.VIOLATION
