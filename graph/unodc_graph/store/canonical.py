"""The one written form of a dataset: canonical blank node labels, sorted N-Quads, and the two digests.

The canonical digest is the one that anybody can make of a release with `sha256sum`; to make it, every line
is sorted. The state digest tells states apart as well and costs a commit no more than what it changes, so
versions, entity tags and backups go by that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse

_MODULUS = 1 << 256


def with_canonical_labels(quads: Iterable[Quad]) -> list[Quad]:
    """Return `quads`, each once, with the blank node labels of RDF Dataset Canonicalization 1.0.

    Only the quads that hold a blank node are canonicalised: the algorithm looks at no others.
    """
    plain: set[Quad] = set()
    labelled: set[Quad] = set()
    for quad in quads:
        blank = isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)
        (labelled if blank else plain).add(quad)
    if labelled:
        dataset = Dataset(labelled)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        plain.update(dataset)
    return sorted(plain, key=str)


def lines(quads: Iterable[Quad]) -> list[str]:
    """Return `quads` as lines of canonical N-Quads, each once, in code point order, line breaks left off."""
    return sorted({f"{quad} ." for quad in quads})


def read_lines(rows: Iterable[str]) -> list[Quad]:
    """Return the quads of lines of N-Quads that we wrote, blank node labels kept."""
    text = "\n".join(rows).encode("utf-8")
    return list(parse(text, RdfFormat.N_QUADS))


def canonical_digest(rows: Iterable[str]) -> str:
    """Return the SHA-256, in hexadecimal, of sorted N-Quads lines: the digest of RDFC-1.0."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(row.encode("utf-8"))
        digest.update(b"\n")
    return digest.hexdigest()


def state_digest(rows: Iterable[str]) -> str:
    """Return the sum modulo 2^256 of the SHA-256 of each N-Quads line, in hexadecimal.

    It does not depend on order, so a commit can add what it adds and subtract what it removes.
    """
    total = sum(int.from_bytes(hashlib.sha256(row.encode("utf-8")).digest(), "big") for row in rows)
    return f"{total % _MODULUS:064x}"


def shifted_state_digest(before: str, added: Iterable[str], removed: Iterable[str]) -> str:
    """Return the state digest of lines that had `before` until some were added and others removed."""
    total = int(before, 16) + int(state_digest(added), 16) - int(state_digest(removed), 16)
    return f"{total % _MODULUS:064x}"
