"""What the server itself refuses, before or instead of asking the graph; fields, but no status code.

`unodc_server.problem` maps each to its answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(eq=False)
class Refusal(Exception):
    """The root of what this module has."""


@dataclass(eq=False)
class BadRequest(Refusal):
    """A request's parameters or encoding are not in order."""

    detail: str
    hint: str = ""


@dataclass(eq=False)
class UpdateAtQuery(Refusal):
    """An update was sent to where queries are answered."""

    detail: str = "This is an update, and nothing is changed here."


@dataclass(eq=False)
class UnsupportedType(Refusal):
    """A body came with a media type, charset or coding that is not taken."""

    given: str
    accepted: tuple[str, ...]


@dataclass(eq=False)
class NotAcceptable(Refusal):
    """Nothing on offer is acceptable to the client. `offered` holds media type and `format` name of each.

    `suffix` is the end of the address that asked for it, without its dot, if it was the address that asked.
    """

    wanted: str
    offered: tuple[tuple[str, str], ...]
    suffix: str = ""


@dataclass(eq=False)
class UnknownPage(Refusal):
    """No page has this address."""

    path: str


@dataclass(eq=False)
class MethodRefused(Refusal):
    """An address does not take this method."""

    method: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class BodyTooLarge(Refusal):
    """A request body is larger than `limit` bytes."""

    limit: int


@dataclass(eq=False)
class AddressTooLong(Refusal):
    """A request's URL is longer than `limit` bytes."""

    limit: int


@dataclass(eq=False)
class HeadersTooLarge(Refusal):
    """A request's headers are larger than `limit` bytes."""

    limit: int


@dataclass(eq=False)
class RequestTooSlow(Refusal):
    """A request did not arrive as a whole within `seconds`."""

    seconds: float


@dataclass(eq=False)
class RangeBeyondEnd(Refusal):
    """A part of a file was asked for that lies beyond its end. `length` in bytes."""

    length: int


@dataclass(eq=False)
class NotPublic(Refusal):
    """An address answers to this machine only, or a function is off."""

    detail: str


@dataclass(eq=False)
class TooManyRequests(Refusal):
    """A client used up its quota. `retry_after` in seconds."""

    quota: str
    retry_after: int


@dataclass(eq=False)
class CallTimedOut(Refusal):
    """A call of the reconciliation service was stopped at its limit, in `seconds`."""

    seconds: float


@dataclass(eq=False)
class ChangeTimedOut(Refusal):
    """A change was stopped at its limit, in `seconds`."""

    seconds: float


@dataclass(eq=False)
class ChangeOutOfMemory(Refusal):
    """A change was stopped at its limit of memory, in `megabytes`."""

    megabytes: int


@dataclass(eq=False)
class Saturated(Refusal):
    """All workers are busy and enough requests wait already. `retry_after` in seconds."""

    retry_after: int


@dataclass(eq=False)
class ClientGone(Refusal):
    """The client closed its connection before the answer was ready."""


@dataclass(eq=False)
class InternalError(Refusal):
    """Our own mistake. `description` is for the log and never for the client."""

    description: str


@dataclass(eq=False)
class ReadOnly(Refusal):
    """Nobody may change the graph: there is no token."""


@dataclass(eq=False)
class Unauthenticated(Refusal):
    """A change was asked for without a token, or with one that is not valid (`tried`).

    `schemeless`: what was sent as one does not begin with Bearer.
    """

    tried: bool
    schemeless: bool = False


@dataclass(eq=False)
class PreconditionFailed(Refusal):
    """The state is not the one that the condition asks for. `version` and `tag` are of the current one."""

    version: int
    tag: str


@dataclass(eq=False)
class PreconditionRequired(Refusal):
    """A change to what exists has to say which state it was made for."""


@dataclass(eq=False)
class ChangeRefused(Refusal):
    """The checks refuse a change: of `total` findings, `blocking` are no mere warnings.

    `shown` are some of them; `following` has the next ones.
    """

    shown: tuple[Mapping[str, str], ...]
    total: int
    blocking: int
    following: str
