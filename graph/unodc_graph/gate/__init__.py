"""The gate: what a change to the graph breaks, found from the change and not from the whole graph."""
