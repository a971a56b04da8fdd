"""The routes of linked data in one list: things, documents, search, descriptions, downloads."""

from __future__ import annotations

from flask import Blueprint

from unodc_server.routes import crawl, discovery, document, dump, explain, ontology, reconcile, search, thing
from unodc_server.service import Service


def blueprints(service: Service) -> tuple[Blueprint, ...]:
    """Return the blueprints of everything here."""
    modules = (thing, document, explain, search, reconcile, discovery, crawl, ontology, dump)
    return tuple(module.blueprint(service) for module in modules)
