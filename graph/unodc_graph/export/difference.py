"""What lies between two states of the graph: the statements taken away and the statements added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO

from unodc_graph.export.selection import Selection
from unodc_graph.export.writing import export
from unodc_graph.store.generation import Generation


def difference(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[tuple[bool, bytes]]:
    """Yield each line that only one of two sorted files has; True says that it is the new one's.

    Both must be sorted by their bytes, each line once, as the N-Quads of an export are.
    """
    olds, news = iter(old), iter(new)
    before, after = next(olds, None), next(news, None)
    while before is not None or after is not None:
        if after is None or (before is not None and before < after):
            assert before is not None
            yield False, before
            before = next(olds, None)
        elif before is None or after < before:
            yield True, after
            after = next(news, None)
        else:
            before, after = next(olds, None), next(news, None)


def patch(old: Generation, new: Generation, output: IO[bytes]) -> tuple[int, int]:
    """Write what turns `old` into `new` as an RDF Patch, and return how much it removes and adds.

    One transaction: first the statements deleted, then those added, each sorted. Only what is asserted
    counts. The memory in use does not depend on the size of the graph.
    """
    with ExitStack() as stack:
        before, after, added = (stack.enter_context(TemporaryFile()) for _ in range(3))
        for generation, file in ((old, before), (new, after)):
            export(generation, "nquads", file, Selection())
            file.seek(0)
        output.write(b"TX .\n")
        counts = [0, 0]
        for is_new, line in difference(before, after):
            counts[is_new] += 1
            (added if is_new else output).write((b"A " if is_new else b"D ") + line)
        added.seek(0)
        for line in added:
            output.write(line)
        output.write(b"TC .\n")
    return counts[False], counts[True]
