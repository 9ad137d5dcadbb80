"""The warehouse: raw archive, staging of tidy tables, candidate builds, marts, publication and queries."""
