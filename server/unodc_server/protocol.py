"""What a request to the SPARQL endpoint asks: from method, types and bytes to a query with its parameters.

SPARQL 1.1 Protocol §2.1. Pure: nothing here knows the web framework or the engine. Forms are
decoded once, so that a `%2F` inside a query stays one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from unodc_graph.commit.change import Update
from unodc_server.parameter import check_form, check_url, number, truth
from unodc_server.refusal import BadRequest, UnsupportedType, UpdateAtQuery

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
MOST_GRAPHS: Final = 100
"""How many graphs a request can name in all."""

_USING: Final = ("using-graph-uri", "using-named-graph-uri")
_SINGLE: Final = ("query", "update", "format", "timeout", "inferred", "describe", "version")
_MOST_FIELDS: Final = 1000
_CHARSET: Final = re.compile(r""";\s*charset\s*=\s*"?([^\s;"]*)""", re.IGNORECASE)
_WAIT: Final = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?([0-9.]+)", re.IGNORECASE)
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^<>\"{}|^`\\\x00-\x20]*\Z")


@dataclass(frozen=True)
class QueryRequest:
    """A query as it was asked.

    `default_graphs` and `named_graphs` are None when the request names no graph of either sort. `seconds`
    is the time the client is ready to wait, None when it did not say. `format` overrides Accept. `incoming`
    asks for the links to what is described, beside those from it.
    """

    query: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    inferred: bool = True
    incoming: bool = False
    version: int | None = None
    """The generation to ask, None for the newest."""
    format: str | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Received:
    """The parts of an HTTP request that matter here; `query_string` and `body` as raw bytes."""

    method: str
    query_string: bytes
    content_type: str | None = None
    body: bytes = b""
    prefer: str | None = None


def read(received: Received) -> QueryRequest | None:
    """Return what `received` asks, or None when it is a GET without a query.

    Raises BadRequest and UnsupportedType.
    """
    fields = _fields(received.query_string, "URL")
    if received.method in ("POST", "QUERY"):
        media_type = _media_type(received.content_type, QUERY)
        if media_type == FORM and received.method == "POST":
            fields += _fields(received.body, "form")
        elif media_type == QUERY:
            fields.append(("query", _text(received.body, "query")))
        elif media_type == UPDATE:
            raise UpdateAtQuery
        else:
            taken = (QUERY, FORM) if received.method == "POST" else (QUERY,)
            raise UnsupportedType(received.content_type or "none", taken)
    return _request(fields, received)


def read_update(received: Received, base_iri: str) -> Update:
    """Return the update that `received`, a POST, asks for; `base_iri` resolves its addresses.

    SPARQL 1.1 Protocol §2.2. Raises BadRequest and UnsupportedType.
    """
    asked, form = _fields(received.query_string, "URL"), list[tuple[str, str]]()
    if any(key == "update" for key, _ in asked):
        raise BadRequest("An update is never taken from a URL.", "Send it in the body.")
    media_type = _media_type(received.content_type, UPDATE)
    if media_type == FORM:
        form = _fields(received.body, "form")
    elif media_type == UPDATE:
        form = [("update", _text(received.body, "update"))]
    elif media_type == QUERY:
        raise BadRequest("This address takes updates, not queries.", "Send queries to /sparql.")
    else:
        raise UnsupportedType(received.content_type or "none", (UPDATE, FORM))
    fields = asked + form
    if any(key in ("query", "default-graph-uri", "named-graph-uri") for key, _ in fields):
        raise BadRequest(
            "`query`, `default-graph-uri` and `named-graph-uri` belong to queries.",
            "An update names its graphs by `using-graph-uri` and `using-named-graph-uri`.",
        )
    check_url((key for key, _ in asked), *_USING)
    updates = [value for key, value in form if key == "update"]
    if not updates:
        raise BadRequest(
            f"The body came as a form ({FORM}) without an `update` parameter; nothing was changed.",
            f"Send it with `Content-Type: {UPDATE}`, or as a form with `update=` before it.",
        )
    check_form((key for key, _ in form), "update", *_USING)
    if len(updates) != 1:
        raise BadRequest(f"There are {len(updates)} `update` parameters.", "Send one.")
    default, named = _graphs(fields, "using-graph-uri"), _graphs(fields, "using-named-graph-uri")
    if len(default) + len(named) > MOST_GRAPHS:
        raise BadRequest(f"The request names more than {MOST_GRAPHS} graphs.", "Name fewer.")
    return Update(updates[0], base_iri, default, named)


def _request(fields: list[tuple[str, str]], received: Received) -> QueryRequest | None:
    values = {name: [value for key, value in fields if key == name] for name in _SINGLE}
    repeated = next((name for name, found in values.items() if len(found) > 1), None)
    if repeated:
        raise BadRequest(f"There is more than one `{repeated}` parameter.", "Send it once.")
    if values["update"]:
        raise UpdateAtQuery
    if any(key in ("using-graph-uri", "using-named-graph-uri") for key, _ in fields):
        raise BadRequest(
            "`using-graph-uri` and `using-named-graph-uri` belong to updates.",
            "A query names its graphs by `default-graph-uri` and `named-graph-uri`.",
        )
    if not values["query"]:
        if received.method in ("GET", "HEAD") and not any(key.endswith("graph-uri") for key, _ in fields):
            return None
        raise BadRequest("There is no `query` parameter.", "Send the query under that name.")
    query = values["query"][0]
    if not query.strip():
        raise BadRequest("The query is empty.", "Send a SPARQL query, such as `ASK {}`.")
    default, named = _graphs(fields, "default-graph-uri"), _graphs(fields, "named-graph-uri")
    if len(default) + len(named) > MOST_GRAPHS:
        raise BadRequest(
            f"The request names {len(default) + len(named)} graphs; the limit is {MOST_GRAPHS}.",
            "Name fewer, or use GRAPH with a variable and a FILTER.",
        )
    given = bool(default or named)
    return QueryRequest(
        query=query,
        default_graphs=default if given else None,
        named_graphs=named if given else None,
        inferred=truth("inferred", next(iter(values["inferred"]), ""), True),
        incoming=_incoming(values["describe"]),
        version=_version(values["version"]),
        format=next(iter(values["format"]), None) or None,
        seconds=_seconds(values["timeout"], received.prefer),
    )


def _fields(data: bytes, place: str) -> list[tuple[str, str]]:
    """Decode a query string or form, once (WHATWG URL §5.1)."""
    try:
        return parse_qsl(
            data.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except UnicodeDecodeError:
        raise BadRequest(f"The {place} is not percent-encoded UTF-8.", "Encode it as UTF-8.") from None
    except ValueError:
        raise BadRequest(f"The {place} has more than {_MOST_FIELDS} parameters.", "Send fewer.") from None


def _text(body: bytes, what: str) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(
            f"The {what} is not UTF-8: byte {error.start} cannot be decoded.", "Send it as UTF-8."
        ) from None
    if "\x00" in text:
        raise BadRequest(f"The {what} holds a NUL; it looks like UTF-16.", "Send it as UTF-8.")
    return text.removeprefix("\ufeff")


def _media_type(content_type: str | None, taken: str) -> str:
    """Return the media type alone, in lower case.

    Raises UnsupportedType for a charset that is not UTF-8; `taken` is the type that is taken besides a form.
    """
    if not content_type:
        return ""
    charset = _CHARSET.search(content_type)
    if charset and charset.group(1).lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise UnsupportedType(content_type, (f"{taken}; charset=utf-8", f"{FORM}; charset=utf-8"))
    return content_type.partition(";")[0].strip().lower()


def _graphs(fields: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    graphs = tuple(dict.fromkeys(value for key, value in fields if key == name))
    wrong = next((iri for iri in graphs if not _IRI.match(iri)), None)
    if wrong is not None:
        raise BadRequest(f"`{name}` is not an absolute IRI: {wrong[:100]!r}.", "Name the graph by its IRI.")
    return graphs


def _incoming(values: list[str]) -> bool:
    value = values[0].strip().lower() if values else ""
    if value in ("", "outgoing", "incoming"):
        return value == "incoming"
    raise BadRequest(f"`describe` is {value[:20]!r}.", "It takes incoming or outgoing.")


def _version(values: list[str]) -> int | None:
    value = values[0].strip() if values else ""
    return number("version", value) if value else None


def _seconds(values: list[str], prefer: str | None) -> float | None:
    if values:
        try:
            seconds = float(values[0])
        except ValueError:
            seconds = -1.0
        if not 0 < seconds < 1e6:
            raise BadRequest(f"`timeout` is {values[0][:20]!r}.", "It takes a number of seconds above 0.")
        return seconds
    match = _WAIT.search(prefer or "")
    if match is None:
        return None
    try:
        seconds = float(match.group(1))
    except ValueError:
        return None  # a preference that cannot be understood is ignored (RFC 7240 §2)
    return seconds if seconds > 0 else None
