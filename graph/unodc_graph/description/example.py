"""Example queries as data: the questions of queries/competency, with what their headers say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from unodc_graph.errors import UnreadableFile
from unodc_graph.store.scan import scan

_HEADER: Final = re.compile(r"#\s*([a-z]+):\s*(.*\S)\s*\Z")


@dataclass(frozen=True)
class Example:
    """A query that answers a question. `form` is select, ask, construct or describe; `text` is the query."""

    name: str
    question: str
    why: str
    about: tuple[str, ...]
    form: str
    text: str


def examples(folder: Path) -> tuple[Example, ...]:
    """Return the queries of `folder`, by name. Raises UnreadableFile for one without a `# question:` line."""
    return tuple(_example(path) for path in sorted(folder.glob("*.rq")))


def _example(path: Path) -> Example:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(path, None, None, f"cannot be read ({error}); expected a query") from None
    header: dict[str, str] = {}
    rows = text.splitlines()
    while rows and (rows[0].startswith("#") or not rows[0].strip()):
        found = _HEADER.match(rows.pop(0))
        if found:
            header[found.group(1)] = found.group(2)
    if "question" not in header:
        raise UnreadableFile(path, 1, 1, "expected a first line such as `# question: Who funds what?`")
    about = tuple(word.strip() for word in header.get("about", "").split(",") if word.strip())
    query = "\n".join(rows).strip() + "\n"
    return Example(path.stem, header["question"], header.get("why", ""), about, scan(text).form, query)
