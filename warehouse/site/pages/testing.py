"""The page on how the project is tested: what a release is checked for, and the drills with their results."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.asking.answers import rows_of
from warehouse.site.drills import KINDS, read_results
from warehouse.site.render import Pages

ADDRESS = "methods/how-we-test/"

CHECKED = """
    SELECT
        (SELECT count(*) FROM meta.source_file) AS files,
        (SELECT coalesce(sum(figures), 0) FROM meta.figure_count) AS figures,
        (SELECT count(*) FROM meta.check_result) AS rules,
        (SELECT count(DISTINCT table_name) FROM meta.check_result) AS checked_tables,
        (SELECT count(*) FROM meta.rejected_row) AS rejected_rows,
        (SELECT count(*) FROM meta.refused_file) AS refused_files,
        (SELECT count(*) FROM meta.revision) AS revisions
"""

OUTCOMES = "SELECT outcome, count(*) AS rules FROM meta.check_result GROUP BY outcome ORDER BY rules DESC, outcome"


def write_testing(con: duckdb.DuckDBPyConnection, pages: Pages) -> None:
    """Write the page. Its counts are those of the release's own meta tables and of the recorded drills."""
    results = read_results()
    (checked,) = rows_of(con, CHECKED)
    context: dict[str, Any] = {
        "checked": checked,
        "outcomes": rows_of(con, OUTCOMES),
        "drills": [
            (kind, [each for each in results if each.drill == kind.name])
            for kind in KINDS.values()
            if any(each.drill == kind.name for each in results)
        ],
        "tried": sum(each.tried for each in results),
        "failed": sum(each.failed for each in results),
    }
    pages.write(ADDRESS, "testing.html", context)
