"""What a table is, and the tables and columns that several series share.

A table of one series stands in the package of that series; `transforms.series.TABLES` is derived from the readers.
"""

from transforms.tables.declare import STATUSES, Column, Scope, Table

__all__ = ["STATUSES", "Column", "Scope", "Table"]
