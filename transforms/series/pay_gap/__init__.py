"""Gender pay gap data."""
