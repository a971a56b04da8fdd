"""What is on record of a generation in its `generation.json`, and what that record may say.

A backup can come from anybody, so each field is held to its type and bounds before it is used or shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

MOST_NUMBER: Final = 999_999
"""The last number of a generation: the names of its files give it six digits."""

_MOST_COUNT: Final = 2**63 - 1
_DIGEST: Final = re.compile(r"(?:[0-9a-f]{64})?")
_TIME: Final = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T([0-9]{2}:){2}[0-9]{2}(\.[0-9]{1,6})?\+00:00")
_VERSION: Final = re.compile(r"[0-9A-Za-z.+!_-]{1,64}")  # what a version is written with (PEP 440)


@dataclass(frozen=True)
class Metadata:
    """What is known of a generation without opening it.

    `quads` counts asserted quads in named graphs, `triples` the distinct asserted triples of the default
    graph, `inferred` the triples of `graph/inferred`, `graphs` the named graphs that hold an asserted quad.
    `state_digest` is the sum modulo 2^256 of the SHA-256 of each asserted N-Quads line, in hexadecimal, so
    that a commit can keep it up from what it changes; `canonical_digest` is the SHA-256 of the sorted
    N-Quads, empty for a commit, which sorts nothing. `created` is ISO 8601 in UTC. `version` is that of the
    software.
    """

    number: int
    created: str
    parent: int | None
    quads: int
    triples: int
    inferred: int
    graphs: int
    state_digest: str
    canonical_digest: str
    version: str
    files_digest: str = ""
    """State digest of the files that the generation was built from, or its first ancestor was."""
    shapes: str = ""
    """Version of the shapes by which it was checked (`unodc_graph.gate.judgement.Gate.version`)."""
    closure: str = "fresh"
    """`fresh` where `graph/inferred` holds all that follows from what is asserted, else `pending`."""


def to_json(metadata: Metadata) -> str:
    """Return the metadata as a JSON object."""
    return json.dumps(asdict(metadata), indent=2, sort_keys=True) + "\n"


def from_json(text: str) -> Metadata:
    """Return the metadata that `to_json` wrote.

    Raises ValueError, which names the field that is missing, unknown or has a value that no generation has.
    """
    try:
        held: object = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if not isinstance(held, dict):
        raise ValueError("expected a JSON object")
    for name in sorted(held.keys() - _EXPECTED.keys()):
        raise ValueError(f"{name[:40]}: there is no such field")
    for field in fields(Metadata):
        if field.name in held:
            expected, holds = _EXPECTED[field.name]
            if not holds(held[field.name]):
                raise ValueError(f"{field.name}: expected {expected}")
    try:
        metadata = Metadata(**held)
    except TypeError as error:
        raise ValueError(str(error).partition("() ")[2]) from None
    if metadata.parent is not None and metadata.parent >= metadata.number:
        raise ValueError("parent: expected a generation before this one")
    return metadata


def is_time(value: object) -> bool:
    """Say whether `value` is a moment in ISO 8601, in UTC."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_version(value: object) -> bool:
    """Say whether `value` can be the version of a software: short, and of no signs but those of one."""
    return isinstance(value, str) and _VERSION.fullmatch(value) is not None


def _is_number(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most  # `True` is an int as well


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


_COUNT: Final = ("a count", lambda value: _is_number(value, 0, _MOST_COUNT))
_SHA: Final = ("64 hexadecimal digits, or nothing", _is_digest)
_EXPECTED: Final[Mapping[str, tuple[str, Callable[[Any], bool]]]] = MappingProxyType(
    {
        "number": (f"a number from 1 to {MOST_NUMBER}", lambda value: _is_number(value, 1, MOST_NUMBER)),
        "created": ("a time in UTC", is_time),
        "parent": (
            "the number of a generation, or null",
            lambda value: value is None or _is_number(value, 0, MOST_NUMBER),
        ),
        "quads": _COUNT,
        "triples": _COUNT,
        "inferred": _COUNT,
        "graphs": _COUNT,
        "state_digest": _SHA,
        "canonical_digest": _SHA,
        "version": ("the version of a software", is_version),
        "files_digest": _SHA,
        "shapes": _SHA,
        "closure": ("fresh or pending", ("fresh", "pending").__contains__),
    }
)
