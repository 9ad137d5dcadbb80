"""Ethnicity facts and figures."""
