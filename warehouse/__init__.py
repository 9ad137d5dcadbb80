"""From tidy tables to a warehouse: raw archive, staging, candidate build, marts, publishing."""
