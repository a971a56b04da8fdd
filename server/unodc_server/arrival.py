"""How much of a request has come: a connection gets a thread when that is all of it.

Reads just enough of RFC 9112 to tell where a request ends (§6). What is not in order counts as whole, so that
the HTTP server refuses it as it always does.
"""

from __future__ import annotations

import re
from typing import Final

from unodc_server.refusal import AddressTooLong, BadRequest, HeadersTooLarge, Refusal

UNREADABLE: Final = BadRequest("The HTTP request cannot be read.", "Check its first line and headers.")

LONGEST_REQUEST_LINE: Final = 8190
LONGEST_HEADER_FIELD: Final = 16_380
"""What the HTTP server reads of a request at most, in bytes; the application's own limits lie below."""

_LONGEST_HEAD: Final = 32 * 1024
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_EXPECT: Final = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,16}\Z")


class Arrival:
    """The bytes of a request so far, and of what follows it on the connection."""

    def __init__(self, longest_body: int) -> None:
        """Begin with nothing. Of a body longer than `longest_body` no more is waited for than shows that."""
        self.data = bytearray()
        self.expects = False
        """The client waits for `100 Continue` before it sends a body that is wanted."""
        self._longest_body = longest_body
        self._head = 0  # how long request line and headers are, once that is known
        self._end = 0  # where the request ends, or its next chunk begins
        self._chunked = False
        self._body = 0  # bytes in the chunks before that

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        searched = max(0, len(self.data) - 3)
        self.data += data
        if not self._head and (found := self.data.find(b"\r\n\r\n", searched)) >= 0:
            self._read_head(found)

    @property
    def fault(self) -> Refusal | None:
        """What is wrong with a header that has no end yet, or None when there may still be one."""
        if self._head:
            return None
        if len(self.data) > _LONGEST_HEAD:
            long_line = self.data.find(b"\r\n", 0, LONGEST_REQUEST_LINE + 2) < 0
            return (
                AddressTooLong(LONGEST_REQUEST_LINE) if long_line else HeadersTooLarge(LONGEST_HEADER_FIELD)
            )
        # A line feed alone ends no line (RFC 9112 §2.2): what uses it would wait for an answer in vain.
        return UNREADABLE if self.data.count(b"\n") != self.data.count(b"\r\n") else None

    @property
    def whole(self) -> bool:
        """Say whether nothing of the request is missing that anybody would read."""
        if not self._head:
            return False
        return self._walk() if self._chunked else len(self.data) >= self._end

    def _read_head(self, blank: int) -> None:
        head, expected = _EXPECT.subn(b"", bytes(self.data[: blank + 2]))
        self.data[: blank + 2] = head  # the expectation is met here and nowhere else
        self._head = self._end = len(head) + 2
        self._chunked = _CHUNKED.search(head) is not None
        length = _LENGTH.search(head)
        if length is not None and int(length.group(1)) <= self._longest_body:
            self._end += int(length.group(1))
        self.expects = bool(expected) and (self._chunked or self._end > len(self.data))

    def _walk(self) -> bool:
        """Go on from chunk to chunk (RFC 9112 §7.1)."""
        while (line := self.data.find(b"\r\n", self._end)) >= 0:
            stated = self.data[self._end : line].partition(b";")[0].rstrip(b" \t")
            if not _SIZE.match(stated):
                return True
            size = int(stated, 16)
            if size == 0:
                return self.data.find(b"\r\n\r\n", line) >= 0  # the trailers have come too
            if self._body + min(size, len(self.data) - line - 2) > self._longest_body:
                return True
            if line + 2 + size + 2 > len(self.data):
                return False
            self._body += size
            self._end = line + 2 + size + 2
        return len(self.data) - self._end > LONGEST_HEADER_FIELD
