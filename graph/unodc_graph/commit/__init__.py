"""Commits: a change to the graph is applied to a clone, judged, and published whole, or nothing of it is."""
