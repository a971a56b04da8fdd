"""Statistics in a file, beside the generation that they count, so that a commit need not count anew."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from unodc_graph.description.statistics import PropertyCount, Statistics, UseCount

FILE_NAME: Final = "counts.json"
FORMAT: Final = 1
"""Changes with what is counted and how it is written; what has another number is counted anew."""


def to_json(counts: Statistics) -> str:
    """Return the counts as a compact JSON object, in which classes, properties and datatypes are numbered."""
    terms = {*counts.classes, *counts.properties}
    for use in counts.uses.values():
        terms.update(use.objects, use.datatypes)
    names = sorted(terms)
    number = {name: at for at, name in enumerate(names)}
    written = {
        "format": FORMAT,
        "totals": [counts.asserted, counts.inferred, counts.subjects, counts.objects, counts.entities],
        "graphs": counts.graphs,
        "links": [[*link, triples] for link, triples in counts.links.items()],
        "first": counts.first,
        "names": names,
        "classes": [[number[name], entities] for name, entities in counts.classes.items()],
        "properties": [[number[name], *count] for name, count in counts.properties.items()],
        "uses": [
            [
                number[class_],
                number[property_],
                use.triples,
                use.stated,
                [[number[name], triples] for name, triples in use.objects.items()],
                [[number[name], triples] for name, triples in use.stated_objects.items()],
                [[number[name], triples] for name, triples in use.datatypes.items()],
            ]
            for (class_, property_), use in counts.uses.items()
        ],
    }
    return json.dumps(written, separators=(",", ":"), ensure_ascii=False) + "\n"


def from_json(text: str) -> Statistics | None:
    """Return the counts that `to_json` wrote, None if it was that of another format.

    Raises ValueError, KeyError, IndexError, TypeError or AttributeError when nothing such was written.
    """
    held: dict[str, Any] = json.loads(text)
    if held["format"] != FORMAT:
        return None
    names = held["names"]

    def table(rows: Iterable[tuple[int, int]]) -> dict[str, int]:
        return {names[at]: triples for at, triples in rows}

    asserted, inferred, subjects, objects, entities = held["totals"]
    return Statistics(
        asserted=asserted,
        inferred=inferred,
        subjects=subjects,
        objects=objects,
        entities=entities,
        graphs=held["graphs"],
        links={(predicate, target): triples for predicate, target, triples in held["links"]},
        classes=table(held["classes"]),
        properties={names[at]: PropertyCount(*count) for at, *count in held["properties"]},
        uses={
            (names[class_], names[property_]): UseCount(triples, stated, *map(table, tables))
            for class_, property_, triples, stated, *tables in held["uses"]
        },
        first=held["first"],
    )


def write_counts(folder: Path, counts: Statistics) -> None:
    """Write `counts` into the folder of their generation. Raises OSError."""
    (folder / FILE_NAME).write_text(to_json(counts), encoding="utf-8")


def read_counts(folder: Path) -> Statistics | None:
    """Return the counts of the generation in `folder`; None where they are to be made anew.

    That is so where the file is not there, has another format, or cannot be read: all can be counted again.
    """
    try:
        return from_json((folder / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
