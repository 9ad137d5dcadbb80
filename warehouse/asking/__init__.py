"""Asking a warehouse: queries, lookup of a figure, its explanation, differences between releases."""
