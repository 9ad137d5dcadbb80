"""Compares two warehouses in everything that they hold and say."""

from __future__ import annotations

from pathlib import Path

import duckdb

from transforms.series import TABLES

CONTENTS = """
    SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = current_database()
    UNION ALL
    SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE database_name = current_database() AND NOT internal
    ORDER BY ALL
"""
DESCRIBED = """
    SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns()
    WHERE database_name = current_database() AND NOT internal
    UNION ALL
    SELECT schema_name, table_name, NULL, NULL, comment FROM duckdb_tables() WHERE database_name = current_database()
    UNION ALL
    SELECT schema_name, view_name, NULL, NULL, comment FROM duckdb_views()
    WHERE database_name = current_database() AND NOT internal
    UNION ALL
    SELECT schema_name, function_name, array_to_string(parameters, ', '), function_type, comment FROM duckdb_functions()
    WHERE database_name = current_database() AND NOT internal
    ORDER BY ALL
"""
COLUMNS = """
    SELECT CASE WHEN data_type = 'DOUBLE' THEN 'round("' || column_name || '", 6)' ELSE '"' || column_name || '"' END
    FROM duckdb_columns()
    WHERE database_name = current_database() AND schema_name || '.' || table_name = ? ORDER BY column_index
"""
"""Columns of a table for SELECT; the last digit of a mean depends on the order in which it was added up."""
ROWS = "SELECT count(*), sum(hash(each)) FROM (SELECT {} FROM {}) AS each"
"""The number of rows of a table and the sum of their hashes: equal where the rows are, in whatever order."""


def assert_same_contents(one: Path, other: Path) -> None:
    """Everything but meta.build has the same columns, descriptions and rows in both warehouses.

    Also what the macros of the core tables return, which have the id of their build in them.
    """
    with duckdb.connect(one, read_only=True) as con:
        con.execute(f"ATTACH '{other}' AS full_build (READ_ONLY)")
        described = con.execute(DESCRIBED).fetchall()
        names = [name for (name,) in con.execute(CONTENTS).fetchall() if name != "meta.build"]
        selects = {name: ", ".join(column for (column,) in con.execute(COLUMNS, [name]).fetchall()) for name in names}
        pairs = {name: (f"{name}", f"full_build.{name}") for name in names}
        for table in TABLES:
            macro = f"core.{table}_as_of"
            selects[macro] = selects[f"core.{table}_latest"]
            pairs[macro] = (
                f"{macro}(DATE '2099-01-01')",
                f"full_build.{macro}(DATE '2099-01-01', catalogue := 'full_build')",
            )
        for name, sides in pairs.items():
            here, there = (con.execute(ROWS.format(selects[name], side)).fetchall() for side in sides)
            assert here == there, name
    with duckdb.connect(other, read_only=True) as con:
        differing = set(con.execute(DESCRIBED).fetchall()) ^ set(described)
        assert not differing, sorted(map(str, differing))
        assert [name for (name,) in con.execute(CONTENTS).fetchall() if name != "meta.build"] == names
