"""A thing in the words of schema.org, for search engines that read pages (server/README.md, V7)."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any, Final

from unodc_graph.description.about import DESCRIPTION, HOME, LICENCE, PUBLISHER, TITLE
from unodc_graph.namespace import ONTOLOGY, PREFIXES
from unodc_server.view import View

_TYPES: Final = MappingProxyType(
    {
        "org": "Organization",
        "programme": "Project",
        "activity": "Event",
        "publication": "CreativeWork",
        "output": "CreativeWork",
        "instrument": "Legislation",
        "provision": "Legislation",
        "place": "Place",
        "figure": "Observation",
        "document": "DigitalDocument",
        "passage": "Quotation",
        "scheme": "DefinedTermSet",
    }
)
_SAME_AS: Final = f"{PREFIXES['schema']}sameAs"
_ALT: Final = f"{PREFIXES['skos']}altLabel"
_PLACES: Final = frozenset({f"{ONTOLOGY}place", f"{ONTOLOGY}locatedIn"})
_SIMPLE: Final = MappingProxyType({"activity": "Thing", "passage": "CreativeWork"})
"""A schema.org Event needs a date and a place; what may lack them is called by a wider word."""


def structured(view: View, base: str) -> str:
    """Return JSON-LD that can stand inside a script element of the page of `view`."""
    kind = _SIMPLE.get(view.kind) or _TYPES.get(view.kind, "DefinedTerm")
    about: dict[str, Any] = {"@id": view.thing.iri, "@type": kind, "name": view.thing.label}
    if view.description:
        about["description"] = view.description
    for group in view.groups:
        values = [fact.value for fact in group.facts]
        if group.property.iri == _SAME_AS:
            about["sameAs"] = [value.iri for value in values]
        elif group.property.iri == _ALT:
            about["alternateName"] = [value.label for value in values]
        elif group.property.iri in _PLACES and kind in ("Organization", "Project"):
            about["location"] = [{"@id": v.iri, "@type": "Place", "name": v.label} for v in values]
    return embedded(
        {
            "@context": "https://schema.org/",
            "@type": "WebPage",
            "name": view.thing.label,
            "inLanguage": "en",
            "license": LICENCE,
            "isPartOf": dataset(base),
            "mainEntity": about,
        }
    )


def dataset(base: str) -> dict[str, Any]:
    """Return the dataset in the words of schema.org."""
    return {
        "@type": "Dataset",
        "@id": HOME,
        "name": TITLE,
        "description": DESCRIPTION,
        "license": LICENCE,
        "creator": {"@type": "Organization", "name": PUBLISHER},
        "isAccessibleForFree": True,
        "url": f"{base}/",
        "includedInDataCatalog": {"@type": "DataCatalog", "url": f"{base}/catalog"},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/n-quads",
                "contentUrl": f"{base}/dumps/latest/unodc-kg.nq.gz",
            }
        ],
    }


def embedded(document: dict[str, Any]) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(document, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
