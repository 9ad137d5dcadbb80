"""Types that declare a table, and the tables and columns that several series share.

Tables of a single series are declared in its package; `transforms.series.TABLES` is derived from the readers.
"""

from transforms.tables.declare import Column, Scope, Table

__all__ = ["Column", "Scope", "Table"]
