"""From published files to tidy tables: pure functions on Polars, no network, no clock, no database."""
