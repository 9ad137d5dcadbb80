"""The checks that decide whether a candidate warehouse may be published."""
