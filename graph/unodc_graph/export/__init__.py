"""Exports of a generation: RDF in six formats, tables for spreadsheets, IATI activities, whole releases."""

from unodc_graph.export.selection import Selection
from unodc_graph.export.writing import FORMATS, export

__all__ = ["FORMATS", "Selection", "export"]
