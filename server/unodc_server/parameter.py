"""Parameters, read alike wherever they stand: which are known, numbers, and what is true or false."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Final

from unodc_server.refusal import BadRequest

LARGEST: Final = 999_999_999
"""The largest number that any parameter takes."""

OF_CHANGES: Final = ("dry-run", "message", "report-offset", "report-limit")
"""The parameters that every change takes in its URL."""

_TRUTH: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def check_url(names: Iterable[str], *known: str) -> None:
    """Refuse a change whose URL has a parameter beside `known` and those of every change (W4).

    What is not understood may have been meant to hold the change back, as `dryrun=true` is. Raises
    BadRequest, with the name that it is most like.
    """
    _check(names, (*OF_CHANGES, *known), "URL", ())


def check_form(names: Iterable[str], *known: str) -> None:
    """Refuse a change whose form has a parameter beside `known`, as `check_url` does."""
    _check(names, known, "form", OF_CHANGES)


def _check(names: Iterable[str], known: Sequence[str], place: str, of_url: Sequence[str]) -> None:
    wrong = next((name for name in names if name not in known), None)
    if wrong is None:
        return
    like = difflib.get_close_matches(wrong.lower().replace("_", "-"), (*known, *of_url), 1)
    where = ", in the URL" if like and like[0] in of_url else ""
    meant = f"Did you mean `{like[0]}`{where}? " if like else ""
    listed = ", ".join(f"`{name}`" for name in known)
    raise BadRequest(
        f"`{wrong[:100]}` is no parameter that a change takes in its {place}; nothing was changed.",
        f"{meant}A {place} takes {listed}.",
    )


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
