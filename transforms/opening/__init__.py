"""Checks and access at the level of a file's bytes: zips, damaged files, sizes of sheets, formulas, cells."""
