"""Progress on standard error: the step at hand while it runs, nothing when nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def steps(title: str) -> Iterator[Callable[[str], None]]:
    """Show `title` and a spinner while the block runs; call what is given with the name of each step."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(title) as status:
        yield lambda step: status.update(f"{title}: {step}")
