"""Any text and any bytes: what was sent arrives, or the request is refused.

The rows are P1 to P11 of server/README.md.
"""

from __future__ import annotations

from urllib.parse import quote, quote_plus, urlencode

from hypothesis import example, given
from hypothesis import strategies as st

from unodc_server.protocol import FORM, QUERY, QueryRequest, Received, read
from unodc_server.refusal import BadRequest, UnsupportedType, UpdateAtQuery

NO_SURROGATES = st.characters(exclude_categories=["Cs"])
QUERIES = st.text(NO_SURROGATES, min_size=1).filter(lambda text: bool(text.strip()))
PLAIN = QUERIES.filter(lambda text: "\x00" not in text and not text.startswith("\ufeff"))
GRAPHS = st.lists(
    st.builds("http://example.org/{}".format, st.text("abcdef/#?&=+%;é漢", max_size=8)), max_size=5
)
FIELDS = st.sampled_from(
    ["query", "update", "default-graph-uri", "named-graph-uri", "format", "timeout", "inferred", "x", ""]
)


def asked(received: Received) -> QueryRequest:
    found = read(received)
    assert found is not None
    return found


@given(QUERIES)
@example("ASK { <http://x/%2F> ?p '+ & = ; %2B' }")
@example("ASK {} # é 漢 🜨")
def test_P1_P2_any_query_survives_url_and_form_however_it_is_encoded(text: str) -> None:
    for encode in (quote, quote_plus):
        fields = urlencode({"query": text}, quote_via=encode).encode("ascii")
        assert asked(Received("GET", fields)).query == text
        assert asked(Received("POST", b"", FORM, fields)).query == text
        assert asked(Received("POST", b"", f"{FORM}; charset=UTF-8", fields)).query == text


@given(PLAIN)
def test_P3_any_query_survives_as_a_body(text: str) -> None:
    for method in ("POST", "QUERY"):
        assert asked(Received(method, b"", f"{QUERY}; charset=utf-8", text.encode())).query == text


@given(GRAPHS, GRAPHS)
def test_P5_graphs_arrive_in_order_and_once(default: list[str], named: list[str]) -> None:
    fields = urlencode(
        {"query": "ASK {}", "default-graph-uri": default, "named-graph-uri": named}, doseq=True
    )
    found = asked(Received("GET", fields.encode("ascii")))
    if default or named:
        assert found.default_graphs == tuple(dict.fromkeys(default))
        assert found.named_graphs == tuple(dict.fromkeys(named))
    else:
        assert found.default_graphs is None
        assert found.named_graphs is None


@given(st.lists(st.tuples(FIELDS, st.text(NO_SURROGATES, max_size=12)), max_size=6))
def test_P8_no_parameter_is_chosen_among_several(fields: list[tuple[str, str]]) -> None:
    try:
        found = read(Received("GET", urlencode(fields).encode("ascii")))
    except (BadRequest, UpdateAtQuery):
        return
    queries = [value for name, value in fields if name == "query"]
    assert queries == ([found.query] if found is not None else [])
    assert "update" not in dict(fields)


@given(
    st.sampled_from(["GET", "HEAD", "POST", "QUERY"]),
    st.binary(max_size=60),
    st.one_of(st.none(), st.text(max_size=40), st.sampled_from([FORM, QUERY, f"{FORM};charset=utf-16"])),
    st.binary(max_size=60),
    st.one_of(st.none(), st.text(max_size=30)),
)
def test_P11_any_bytes_are_a_request_or_refused(
    method: str, query_string: bytes, content_type: str | None, body: bytes, prefer: str | None
) -> None:
    try:
        found = read(Received(method, query_string, content_type, body, prefer))
    except (BadRequest, UnsupportedType, UpdateAtQuery):
        return
    assert found is None or found.query.strip()
