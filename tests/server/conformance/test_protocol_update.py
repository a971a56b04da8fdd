"""W3C SPARQL 1.1 Protocol: the tests of updates, sent as they are written to `/update`, with a token."""

from __future__ import annotations

import pytest
from tests.server.conformance.change import Writer
from tests.server.conformance.conftest import MISSING
from tests.server.conformance.test_protocol import (
    ROOT,
    TESTS,
    UPDATE_TESTS,
    Exchange,
    ProtocolTest,
    _check_content,
)
from tests.server.conftest import Server

UPDATES = [test for test in TESTS if test.writes]

pytestmark = pytest.mark.skipif(ROOT is None, reason=MISSING)


def test_every_update_test_is_run(figures: list[str]) -> None:
    assert len(UPDATES) == UPDATE_TESTS
    figures.append(f"protocol: {len(UPDATES)} tests of updates run")


@pytest.mark.parametrize("test", UPDATES, ids=lambda test: test.name)
def test_w3c_protocol_update(blank: Server, blank_writer: Writer, test: ProtocolTest) -> None:
    blank_writer.fill([])
    assert test.exchanges
    for exchange in test.exchanges:
        path = exchange.path.replace("/sparql/", "/sparql/" if _asks(exchange) else "/update/")
        headers = dict(exchange.headers) | blank_writer.headers
        reply = blank.request(exchange.method, path, exchange.body, headers)
        assert exchange.statuses, "a test without an expected status"
        assert str(reply.status)[0] in exchange.statuses, (reply.status, reply.body)
        _check_content(exchange, reply)


def _asks(exchange: Exchange) -> bool:
    return any("sparql-query" in value for _, value in exchange.headers)
