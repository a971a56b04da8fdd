"""From the path of a request to the thing it names, and from an IRI to the address of its page.

The IRIs of the graph stand under one base, wherever the server runs; the server answers for each by its path.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urlencode

from unodc_graph.namespace import BASE, GRAPH, ID, ONTOLOGY_DOCUMENT, SHAPES, compact
from unodc_graph.store.term import NamedNode, Quad

_UNRESERVED: Final = "-._~!$&'()*+,;=:@/"


def candidates(path: str) -> Iterator[str]:
    """Yield the IRIs that the decoded `path`, such as `id/place/kgz`, may stand for, likeliest first.

    A path arrives decoded, so an IRI with a percent-encoded character or slash has to be found again.
    """
    seen = set()
    for form in (path, quote(path, safe=_UNRESERVED), _escaped_slashes(path)):
        if form not in seen and not any(character in form for character in '<>"{}|^`\\ \n\t'):
            seen.add(form)
            yield f"{BASE}{form}"


def _escaped_slashes(path: str) -> str:
    room, _, rest = path.partition("/")
    head, slash, key = rest.partition("/")
    return f"{room}/{head}{slash}{quote(key, safe='')}"


def path_of(iri: str) -> str | None:
    """Return the path of the page about `iri`, without a slash at the beginning, or None if we have none.

    A thing has its page under `doc/`; a term, a shape or the ontology has a place on a common page.
    """
    thing, hash_, fragment = iri.partition("#")
    anchor = f"#{fragment}" if hash_ else ""
    if thing.startswith((ID, GRAPH)):
        tail = thing[len(ID) :] if thing.startswith(ID) else thing[len(BASE) :]
        return f"doc/{quote(tail, safe=f'%{_UNRESERVED}')}{anchor}"
    if thing == ONTOLOGY_DOCUMENT or thing == SHAPES.rstrip("#"):
        return f"{thing[len(BASE) :]}{anchor}"
    return None


def explanation_of(quad: Quad) -> str:
    """Return the path of the page that says why `quad` holds, without a slash at the beginning."""
    terms = zip("spo", (quad.subject, quad.predicate, quad.object), strict=True)
    given = {name: compact(t.value) if isinstance(t, NamedNode) else str(t) for name, t in terms}
    return f"explain?{urlencode(given, safe=':')}"


def link(base: str, iri: str) -> str:
    """Return the address to link to for `iri`: our page about it on the server at `base`, or the IRI."""
    path = path_of(iri)
    return iri if path is None else f"{base}/{path}"
