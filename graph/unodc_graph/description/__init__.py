"""What the graph says of itself and of one thing at a time, computed from a generation."""
