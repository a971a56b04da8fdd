"""What answers queries: one protocol, so that a remote server can stand where the embedded store does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Protocol

from unodc_graph.store.evaluation import Evaluation, Outcome, evaluate
from unodc_graph.store.generation import Generation


class Engine(Protocol):
    """Something that evaluates queries over one state of the graph."""

    def evaluate(self, evaluation: Evaluation, output: IO[bytes]) -> Outcome:
        """Write the whole answer to `output` and return its measure, or raise a GraphError."""


@dataclass(frozen=True)
class EmbeddedEngine:
    """Oxigraph in this process, over one generation that it opens read-only."""

    generation: Generation

    def evaluate(self, evaluation: Evaluation, output: IO[bytes]) -> Outcome:
        """Write the whole answer to `output`; see `unodc_graph.store.evaluation.evaluate`."""
        return evaluate(self.generation.open(), evaluation, output)
