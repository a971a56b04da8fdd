"""Routes: each parses, calls and renders, and holds nothing else."""
