"""Limits for the rows that rules of severity 'reject rows' remove from a file: beyond them the file is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from expectations.rules import OFFENDING, Rule
from transforms.series import TABLES
from transforms.tables import Table

MOST_PERCENT = 1
"""Maximum share of the rows of a file's newest period in a table. More than that is not an error in single cells."""
CELLS = 5


def limits(rules: Iterable[Rule]) -> Iterator[Rule]:
    """A rule for each table that has rules of severity 'reject rows'."""
    tables = dict.fromkeys(rule.table.removeprefix("core.") for rule in rules if rule.severity == "reject rows")
    for name in tables:
        yield Rule(
            f"{name}.rows_taken_out",
            "reject file",
            f"core.{name}",
            _too_many(TABLES[name]),
            f"Checks took out more than {MOST_PERCENT} % of the newest period of core.{name} in a file.",
            "check the cells named here and meta.rejected_row: columns may be exchanged or in another unit; report it"
            " to the publisher and leave the file out until it is corrected",
        )


def _too_many(table: Table) -> str:
    columns = table.periods
    period = f"json_extract_string(figure, '$.{columns[-1]}')" if columns else "''"
    period_column = f"{columns[-1]}::VARCHAR" if columns else "''"
    return f"""
WITH removed_row AS (
    SELECT *, {period} AS period FROM meta.rejected_row WHERE table_name = 'core.{table.name}'
    QUALIFY row_number() OVER (
        PARTITION BY file_sha256, edition, source_sheet, source_row, source_column, figure ORDER BY rule_id
    ) = 1
),
counted AS (
    SELECT file_sha256, edition, period, sum(is_removed)::BIGINT AS removed, count(*) AS rows_read
    FROM (
        SELECT file_sha256, edition, {period_column} AS period, 0 AS is_removed FROM core.{table.name}
        WHERE file_sha256 IN (SELECT removed_row.file_sha256 FROM removed_row)
        UNION ALL
        SELECT file_sha256, edition, period, 1 AS is_removed FROM removed_row
    ) AS every_row
    GROUP BY file_sha256, edition, period
    QUALIFY period = max(period) OVER (PARTITION BY file_sha256, edition)
)
SELECT {", ".join(f"removed_row.{name}" for name in OFFENDING if name not in {"expected", "found"})},
    removed_row.expected || '; at most {MOST_PERCENT} % of ' || counted.rows_read || ' rows taken out' AS expected,
    removed_row.found || '; ' || counted.removed || ' rows (' || round(100 * counted.removed / counted.rows_read, 1)
        || ' %) taken out' AS found
FROM removed_row
INNER JOIN counted USING (file_sha256, edition, period)
WHERE counted.removed > counted.rows_read * {MOST_PERCENT} / 100
QUALIFY row_number() OVER (PARTITION BY file_sha256, edition ORDER BY source_row, source_column) <= {CELLS}
"""
