"""Values of parameters, read alike wherever they stand: numbers, and what is true or false."""

from __future__ import annotations

from typing import Final

from unodc_server.refusal import BadRequest

LARGEST: Final = 999_999_999
"""The largest number that any parameter takes."""

_TRUTH: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def number(name: str, text: str, least: int = 1, most: int = LARGEST) -> int:
    """Return the number that `text` is, the value of the parameter `name`. Raises BadRequest."""
    if text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most:
        return int(text)
    end = f" to {most}" if most < LARGEST else ""
    raise BadRequest(f"`{name}` is {text[:20]!r}.", f"It takes a number from {least}{end}.")


def truth(name: str, text: str, default: bool) -> bool:
    """Return what `text`, the value of the parameter `name`, says, or `default`. Raises BadRequest."""
    word = text.strip().lower()
    if word not in _TRUTH and word:
        raise BadRequest(f"`{name}` is {text[:20]!r}.", "It takes true or false.")
    return _TRUTH.get(word, default)
