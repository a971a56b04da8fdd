"""Requests made at random, from what servers stumble over; none may end in a 500, a traceback or a hang.

    python -m tests.server.fuzz --requests 10000

The seed is fixed, so that a failure comes again.
"""

from __future__ import annotations

import argparse
import random
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, quote_plus

from tests.server.conftest import E, Server, publish, running
from tests.trap import Trap

SEED = 20261121
PATIENCE = 30.0
"""Seconds after which a request without an answer counts as a hang; the server's own limit is 1 s."""

INCOMPLETE = (b"Transfer-Encoding:", b"Content-Length: 5", b"Content-Length: 9999", b"Connection: upgrade")
"""Marks of requests that promise more than they send."""

PIECES = (
    *("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "*", "?s", "?p ?o", "{", "}", "{", "}", "(", ")", "[", "]"),
    *("WHERE", "FROM", "NAMED", "GRAPH ?g", "FILTER", "OPTIONAL", "UNION", "MINUS", "BIND(1 AS ?x)", "."),
    *("VALUES ?x {", "1", "-0.0", "1e999", "'x'", '"', "'''", "\\", "\\u00e9", "\\uD800", "\u0000", "\ud7ff"),
    *("<a:b>", f"<{E}a>", "<", ">", "<rel>", "PREFIX", "e:", "e:a", "BASE", "# comment\n", "\r\n", "\t", " "),
    *("LIMIT 3", "LIMIT 99999999999999999999", "OFFSET -1", "ORDER BY ?s", "GROUP BY ?s", "HAVING(?x)"),
    *("COUNT(*)", "(COUNT(*) AS ?n)", "REGEX(?o, '(a+)+$')", "REGEX('x', '[')", "NOW()", "BNODE()", "EXISTS"),
    *("<p>*", "^<p>", "!(<p>|^<q>)", "INSERT DATA", "DROP ALL", "LOAD", "SERVICE", "SILENT", "😀", "\u202e"),
    *("LATERAL", "<<", ">>", "{|", "<http://x/f>(1)", "'x'@en--ltr", "'1'^^e:t", "STRDT('x', <y>)", "1/0"),
)
WHOLE = (
    "SELECT * { ?s ?p ?o } LIMIT 5",
    "ASK { ?s ?p ?o }",
    "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5",
    f"DESCRIBE <{E}c>",
    "SELECT (<http://x/f>(?s) AS ?y) { ?s ?p ?o } LIMIT 2",
    "SELECT (SUM(?o) AS ?n) { ?s ?p ?o }",
)
METHODS = ("GET",) * 6 + ("POST",) * 5 + ("QUERY", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "X")
PATHS = ("/sparql",) * 8 + (
    *("/sparql/", "/", "/q", "/q/0123456789abcdef", "/limits", "/metrics", "/healthz", "/readyz", "//"),
    *("/problems/", "/problems/x", "/nothing", "/../etc/passwd", "/%00", "/%ff", "/sparql%2f", "/é", "*"),
)
TYPES = (
    *("application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"),
    *("text/plain", "application/sparql-query; charset=utf-16", "multipart/form-data; boundary=x", "", ";"),
    *("application/sparql-query;charset=UTF-8", "application/x-www-form-urlencoded; charset=\xff"),
)
HEADERS = {
    "Accept": (
        *("*/*", "text/csv", "text/turtle", "application/json;q=0.5, text/*", "q=1", ",,,", "*", "a/b"),
        *("text/html", "application/sparql-results+xml;q=2", 'x/y;z="', "text/csv;q=0", "application/*" * 50),
    ),
    "Accept-Encoding": ("gzip", "br", "gzip;q=0", "identity;q=0", "*;q=0", ",", "gzip;q=x", "\xff"),
    "If-None-Match": ("*", '"x"', "W/", '"', "x" * 500, ",,"),
    "If-Modified-Since": ("yesterday", "Sat, 03 Jan 2026 00:00:00 GMT", "", "Sat, 99 Jan 99999 00:00:00 GMT"),
    "Prefer": ("wait=1", "wait=x", "return=representation", "wait=-1", "wait=1e400", "return="),
    "Origin": ("http://x", "null", "\xff"),
    "Range": ("bytes=0-1", "bytes=5-1", "lines=1"),
    "X-Forwarded-Host": ("evil.example",),
    "Content-Encoding": ("gzip", "x"),
    "Transfer-Encoding": ("chunked", "gzip, chunked", "x"),
    "Expect": ("100-continue", "x"),
    "Host": ("", "a b", "[::1", "x:99999", "\xff", "evil.example"),
    "Content-Length": ("-1", "x", "5", "99999999999", "0x10"),
    "Connection": ("upgrade", "close"),
}
FIELDS = {
    "format": ("json", "csv", "xml", "turtle", "x", "", "%00", "é"),
    "timeout": ("1", "0", "-1", "nan", "1e400", "x", "0.001"),
    "inferred": ("true", "false", "x"),
    "describe": ("incoming", "x"),
    "default-graph-uri": (f"{E}g1", f"{E}g2", "rel", "", "a:b c", "a:%zz"),
    "named-graph-uri": (f"{E}g1", "<x>", "a:\u0000"),
    "update": ("DROP ALL",),
    "using-graph-uri": (f"{E}g1",),
    "x": ("y",),
}


def queries(chance: random.Random, pieces: Sequence[str]) -> str:
    """Return a query: whole, broken in one place, or put together from pieces."""
    kind = chance.random()
    if kind < 0.3:
        return chance.choice(WHOLE)
    if kind < 0.5:
        text = chance.choice(WHOLE)
        place = chance.randrange(len(text))
        return text[:place] + chance.choice(pieces) + text[place + chance.randrange(3) :]
    if kind < 0.52:
        return chance.choice(pieces) * chance.choice((100, 2000, 20_000))
    start = chance.choice(("", "ASK {", "SELECT * {", "CONSTRUCT {", "PREFIX e: <http://e/> SELECT * {"))
    return start + " ".join(chance.choice(pieces) for _ in range(chance.randrange(12))) + "}" * bool(start)


def requests(count: int, seed: int, trap: str) -> Iterator[bytes]:
    """Yield `count` requests as bytes; some name `trap`, an address where nobody may come."""
    pieces = (*PIECES, f"<{trap}>", f"SERVICE <{trap}> {{}}", f"FROM <{trap}>", f"LOAD <{trap}>")
    chance = random.Random(seed)
    for _ in range(count):
        if chance.random() < 0.03:
            yield chance.randbytes(chance.randrange(1, 300)) + b"\r\n\r\n"
            continue
        method, path = chance.choice(METHODS), chance.choice(PATHS)
        text = queries(chance, pieces).encode("utf-8", "surrogatepass")
        fields = [("query", text)] if chance.random() < 0.9 else []
        for name, values in FIELDS.items():
            if chance.random() < 0.07:
                fields.append((name, chance.choice(values).encode()))
        chance.shuffle(fields)
        encode = quote if chance.random() < 0.5 else quote_plus
        coded = "&".join(f"{name}={encode(value)}" for name, value in fields)
        if chance.random() < 0.05:
            coded = coded.replace("%", chance.choice(("%%", "%zz", "%2", "&", "%FF")), 3)
        body, headers = b"", {"Host": "127.0.0.1", "Connection": "close"}
        if method in ("POST", "QUERY", "PUT", "PATCH"):
            headers["Content-Type"] = chance.choice(TYPES[:2] * 4 + TYPES)
            body = coded.encode() if "form" in headers["Content-Type"] else text
            if chance.random() < 0.05:
                wide = body.decode("utf-8", "replace").encode("utf-16")
                body = chance.choice((wide, body[::-1], b"\xff" * 9))
            headers["Content-Length"] = str(len(body))
        elif fields and chance.random() < 0.95:
            path += "?" + coded
        for name, found in HEADERS.items():
            if chance.random() < 0.06:
                headers[name] = chance.choice(found)
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items()) + "\r\n"
        yield head.encode("utf-8" if chance.random() < 0.5 else "latin-1", "replace") + body


def exchange(server: Server, request: bytes) -> bytes:
    """Send `request`, close our side, and return all that comes back. Raises TimeoutError."""
    with socket.create_connection((server.host, server.port), timeout=PATIENCE) as connection:
        answer = b""
        try:
            connection.sendall(request)
            if any(name in request for name in INCOMPLETE):
                connection.shutdown(socket.SHUT_WR)  # else both sides would wait for the rest of the body
            while piece := connection.recv(1 << 16):
                answer += piece
                if answer.startswith(b"HTTP/1.1 100 "):
                    answer = answer.partition(b"\r\n\r\n")[2]
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            # Otherwise a request that is no HTTP was cut off, answered or not.
        return answer


def run(server: Server, count: int, seed: int, trap: str) -> Counter[str]:
    """Send `count` requests and return how often each status came; fail on what must not happen."""
    found: Counter[str] = Counter()
    for number, request in enumerate(requests(count, seed, trap)):
        try:
            answer = exchange(server, request)
        except TimeoutError:
            raise AssertionError(f"request {number} hangs: {request[:2000]!r}") from None
        status = answer[9:12].decode("ascii", "replace") if answer else "closed"
        found[status] += 1
        assert status != "500", f"request {number}: {request[:2000]!r} gave {answer[:2000]!r}"
        assert b"Traceback" not in answer, f"request {number}: {request[:2000]!r}"
    assert server.process.poll() is None
    assert server.query("ASK {}").status == 200
    assert "Traceback" not in server.log.read_text(encoding="utf-8", errors="replace")
    return found


def main() -> None:
    """Run against a server of its own and print what came."""
    parser = argparse.ArgumentParser(description="random requests to a server of its own")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    trap = Trap()
    try:
        with tempfile.TemporaryDirectory() as folder:
            state = Path(folder) / "state"
            state.mkdir()
            publish(state)
            begin = time.monotonic()
            with running(state, "--timeout", "1") as server:
                found = run(server, options.requests, options.seed, trap.address)
            told = ", ".join(f"{status}: {count}" for status, count in sorted(found.items()))
            print(f"{options.requests} requests in {time.monotonic() - begin:.0f} s; {told}")
            print(f"connections to other servers: {trap.visits}")
            assert trap.visits == 0
    finally:
        trap.close()


if __name__ == "__main__":
    main()
