"""What one release has that another has not, as an RDF Patch, read off their sorted N-Quads."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path

from unodc_graph.export.output import Output


def write_change(former: Path, latter: Path, output: Output) -> None:
    """Write what turns the N-Quads file `former` into `latter`, both sorted and compressed by gzip.

    One transaction: first what was removed, then what was added, each sorted. Both files are read twice, so
    that the memory in use does not grow with them. Raises OSError.
    """
    output.write(b"TX .\n")
    for mark, there, elsewhere in ((b"D ", former, latter), (b"A ", latter, former)):
        with gzip.open(there) as own, gzip.open(elsewhere) as others:
            for line in only(own, others):
                output.write(mark + line)
    output.write(b"TC .\n")


def only(own: Iterable[bytes], others: Iterable[bytes]) -> Iterator[bytes]:
    """Yield each line of `own` that `others` has not; both sorted by their bytes, each line once."""
    rest = iter(others)
    other = next(rest, None)
    for line in own:
        while other is not None and other < line:
            other = next(rest, None)
        if line != other:
            yield line
