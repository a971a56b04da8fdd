"""How much of a request has come: a connection gets a thread when that is all of it.

Reads just enough of RFC 9112 to tell where a request ends (§6). Where that cannot be told, it is a fault and
nothing is waited for. What else is not in order the HTTP server refuses, which it can without reading on.
"""

from __future__ import annotations

import re
from typing import Final

from unodc_server.refusal import AddressTooLong, BadRequest, BodyTooLarge, HeadersTooLarge, Refusal

UNREADABLE: Final = BadRequest("The HTTP request cannot be read.", "Check its first line and headers.")

LONGEST_REQUEST_LINE: Final = 8190
LONGEST_HEADER_FIELD: Final = 16_380
"""What the HTTP server reads of a request at most, in bytes; the application's own limits lie below."""

_LONGEST_HEAD: Final = 32 * 1024
_LENGTH: Final = re.compile(rb"\r\ncontent-length:([^\r\n]*)(?=\r\n)", re.IGNORECASE)
_CODING: Final = re.compile(rb"\r\ntransfer-encoding:([^\r\n]*)(?=\r\n)", re.IGNORECASE)
_EXPECT: Final = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_EMPTY_LINES: Final = re.compile(rb"(?:\r\n)+")
_DIGITS: Final = re.compile(rb"[0-9]+\Z")
_SIZE: Final = re.compile(rb"([0-9A-Fa-f]+)(?:[ \t]*;.*)?\Z", re.DOTALL)


class Arrival:
    """The bytes of a request so far, and of what follows it on the connection."""

    def __init__(self, longest_body: int) -> None:
        """Begin with nothing. A body longer than `longest_body` is not waited for."""
        self.data = bytearray()
        self.whole = False
        """Nothing of the request is missing that anybody would read."""
        self.fault: Refusal | None = None
        """Why the request cannot become whole."""
        self.expects = False
        """The client waits for `100 Continue` before it sends a body that is wanted."""
        self._longest_body = longest_body
        self._head = 0  # how long request line and headers are, once that is known
        self._end = 0  # where the request ends, or its next chunk begins
        self._chunked = False
        self._body = 0  # bytes in the chunks before that
        self._trailers = 0  # where the trailers begin, once the last chunk has come
        self._searched = 0  # no end of headers or trailers begins before that

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        self.data += data
        if not self._head:
            if empty := _EMPTY_LINES.match(self.data):  # they are no part of the request (§2.2)
                del self.data[: empty.end()]
            self._seek_head()
        if self._head and not self.whole and not self.fault:
            if not self._chunked:
                self.whole = len(self.data) >= self._end
            elif not self._trailers:
                self._walk()
        if self._trailers and not self.whole and not self.fault:
            self._seek_end()

    def _seek_head(self) -> None:
        blank = self._blank_line()
        if blank >= 0:
            self._read_head(blank)
        elif len(self.data) > _LONGEST_HEAD:
            long_line = self.data.find(b"\r\n", 0, LONGEST_REQUEST_LINE + 2) < 0
            self.fault = (
                AddressTooLong(LONGEST_REQUEST_LINE) if long_line else HeadersTooLarge(LONGEST_HEADER_FIELD)
            )
        elif self.data.count(b"\n") != self.data.count(b"\r\n"):
            # A line feed alone ends no line (§2.2): what uses it would wait for an answer in vain.
            self.fault = UNREADABLE

    def _blank_line(self) -> int:
        found = self.data.find(b"\r\n\r\n", self._searched)
        self._searched = max(self._searched, len(self.data) - 3)
        return found

    def _read_head(self, blank: int) -> None:
        head, expected = _EXPECT.subn(b"", bytes(self.data[: blank + 2]))
        self.data[: blank + 2] = head  # the expectation is met here and nowhere else
        self._head = self._end = len(head) + 2
        lengths = [value.strip(b" \t") for value in _LENGTH.findall(head)]
        codings = [value.strip(b" \t").lower() for value in b",".join(_CODING.findall(head)).split(b",")]
        self._chunked = codings[-1] == b"chunked"
        if _CODING.search(head) and (lengths or not self._chunked):
            self.fault = UNREADABLE  # §6.3: nobody can tell where it ends, or two would disagree
        elif len(lengths) > 1 or not all(map(_DIGITS.match, lengths)):
            self.fault = UNREADABLE
        elif lengths:
            digits = lengths[0].lstrip(b"0") or b"0"
            # What is announced as too long is refused by the application, before it is read.
            if len(digits) <= len(str(self._longest_body)) and int(digits) <= self._longest_body:
                self._end += int(digits)
        self.expects = bool(expected) and not self.fault and (self._chunked or self._end > len(self.data))

    def _walk(self) -> None:
        """Go on from chunk to chunk (§7.1)."""
        while (line := self.data.find(b"\r\n", self._end, self._end + LONGEST_HEADER_FIELD)) >= 0:
            stated = _SIZE.match(self.data[self._end : line])
            if stated is None:
                self.fault = UNREADABLE
                return
            size = int(stated.group(1), 16)
            if size == 0:
                self._searched, self._trailers = line, line + 2
                return
            if self._body + size > self._longest_body:
                self.fault = BodyTooLarge(self._longest_body)
                return
            end = line + 2 + size + 2
            if end > len(self.data):
                return
            if self.data[end - 2 : end] != b"\r\n":
                self.fault = UNREADABLE
                return
            self._body += size
            self._end = end
        if len(self.data) - self._end > LONGEST_HEADER_FIELD:
            self.fault = UNREADABLE

    def _seek_end(self) -> None:
        """Look for the end of the trailers (§7.1.2), which are headers."""
        self.whole = self._blank_line() >= 0
        if not self.whole and len(self.data) - self._trailers > _LONGEST_HEAD:
            self.fault = HeadersTooLarge(LONGEST_HEADER_FIELD)
