"""The graph over HTTP: SPARQL, pages and operations. Imports `unodc_graph`, which never imports it."""
