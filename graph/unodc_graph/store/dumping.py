"""Whole graphs as lines of N-Triples and N-Quads, written by the engine itself, never held in memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store


def dump_triples(store: Store, graphs: Iterable[NamedNode | DefaultGraph], output: IO[bytes]) -> None:
    """Write the triples of `graphs` as lines of canonical N-Triples, in the order of the engine's index.

    A triple that stands in two of the graphs is written twice.
    """
    for graph in graphs:
        store.dump(output, RdfFormat.N_TRIPLES, from_graph=graph)


def dump_quads(store: Store, graphs: Iterable[NamedNode], output: IO[bytes]) -> None:
    """Write what stands in `graphs` as lines of canonical N-Quads, in the order of the engine's index."""
    for graph in graphs:
        naming = _Naming(output, graph)
        # The stub asks for IO[bytes], of which the engine uses `write` alone.
        store.dump(naming, RdfFormat.N_TRIPLES, from_graph=graph)  # type: ignore[arg-type]
        naming.finish()


class _Naming:
    """A file that puts the name of a graph into each line of N-Triples on its way through.

    The engine dumps one graph without its name, or every graph there is. A line break inside a literal is
    escaped (N-Triples §2.4), so ` .` before a line break is the end of a statement and nothing else.
    """

    def __init__(self, output: IO[bytes], graph: NamedNode) -> None:
        self._output = output
        self._end = f" {graph} .\n".encode()
        self._rest = b""

    def write(self, data: bytes) -> int:
        lines, break_, rest = (self._rest + data).rpartition(b"\n")
        self._output.write((lines + break_).replace(b" .\n", self._end))
        self._rest = rest
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is left is no whole line yet."""

    def finish(self) -> None:
        """Make sure that no line was left open."""
        if self._rest:
            raise ValueError(f"the engine ended in the middle of a line: {self._rest[:80]!r}")
