"""One line of JSON in the log for each query: what ran, when, how long, how it ended; never who asked."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

LOGGER: Final = "unodc_server.query"

_as_json: Final = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Entry:
    """A query that ran. `seconds` is wall clock; `rows` None where none were counted."""

    query_id: str
    hash: str
    form: str
    status: int
    problem: str | None
    seconds: float
    rows: int | None
    octets: int | None
    cached: bool
    dataset_version: int | None


def configure() -> None:
    """Send the lines to standard error as they are; called once, by the process that serves."""
    logger = logging.getLogger(LOGGER)
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


def query_hash(query: str) -> str:
    """Return what identifies a query text in the log: the first half of its SHA-256."""
    return hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def write(entry: Entry, level: int) -> None:
    """Log `entry` at `level`, with the time in UTC (ISO 8601)."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    values = {"time": now} | vars(entry) | {"seconds": round(entry.seconds, 6)}
    logging.getLogger(LOGGER).log(level, _as_json(values))
