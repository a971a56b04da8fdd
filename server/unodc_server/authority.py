"""Who asks for a change: the token of a request, and whether there may be any.

The rows are P16 and W2 of server/README.md.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from unodc_graph.token import Token, Tokens
from unodc_server.refusal import ReadOnly, Unauthenticated


def holder(state: Path, authorization: str | None) -> Token:
    """Return the token that `authorization`, the header of that name, carries (RFC 6750 §2.1).

    Raises ReadOnly when there is no valid token at all, and Unauthenticated when this is none of them. The
    file of tokens is read each time, so that one which was added or revoked is heeded at once.
    """
    now = datetime.now(UTC)
    tokens = Tokens(state)
    if not tokens.any_valid(now):
        raise ReadOnly
    scheme, _, secret = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthenticated(tried=bool(authorization), schemeless=bool(authorization))
    found = tokens.find(secret.strip(), now)
    if found is None:
        raise Unauthenticated(tried=True)
    return found
