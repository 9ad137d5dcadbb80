"""The command `workforce` and its output."""
