"""Coverage: what of the documents the graph accounts for, character by character, number by number."""
