"""What an export is written to: anything that takes bytes, such as a file, or one that packs or digests."""

from __future__ import annotations

from typing import Protocol


class Output(Protocol):
    """Something that takes bytes, one piece after another."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes, all of them."""
