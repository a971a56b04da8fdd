"""The command `unodc-kg`: one module for each command, and one place that turns errors into lines."""
