"""Completeness: figures of the previous period that the newest period lacks.

Checked for series and tables with a `missing_percent` in expectations/edition_limits.csv, where the warehouse has an
earlier period of at most `DAYS` days before that was read by the same reader. A gap that is correct is accepted by a
line in known_failures.csv whose figure is the series and the edition.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import Rule
from expectations.suites.editions import WHAT_TO_DO, one_limit, several_periods, with_limit
from transforms.reading.vocabulary import vocabulary
from transforms.series import TABLES
from transforms.tables import Table
from transforms.tables.declare import Labels

DAYS = 100
"""Maximum number of days between the two periods compared."""
SUBSTANTIAL = 20
"""A missing label is reported if it had a figure of at least this many people or FTE, or `figures_at_least` figures."""

OF_ROW = ("withdrawn_order", "edition", "edition_order", "file_sha256", "source_sheet")
"""Columns that every core table has and that the comparison uses."""

TOGETHER = ("geography_level", "population", "measure")
"""Columns by which the comparison is grouped, since each combination may come from another file."""


TABLES_MISSING = """
WITH filled AS (
    SELECT step.series, files.reader, step.edition_order, any_value(step.edition) AS edition,
        list(DISTINCT step.table_name) AS tables, count(DISTINCT step.file_sha256) AS files,
        min(step.file_sha256) AS file_sha256
    FROM meta.edition_step AS step
    INNER JOIN (SELECT DISTINCT file_sha256, reader FROM meta.source_file) AS files USING (file_sha256)
    WHERE step.figures > 0
    GROUP BY ALL
),
beside AS (
    SELECT *, lag(tables) OVER editions AS tables_before, lag(files) OVER editions AS files_before,
        lag(edition) OVER editions AS edition_before
    FROM filled
    WINDOW editions AS (PARTITION BY series, reader ORDER BY edition_order)
),
missing AS (
    SELECT *, unnest(list_filter(tables_before, lambda name: NOT list_contains(tables, name))) AS table_name
    FROM beside
    WHERE files >= files_before
)
SELECT series, edition, file_sha256, NULL::VARCHAR AS source_sheet, NULL::INTEGER AS source_row,
    NULL::INTEGER AS source_column, json_object('reader', reader, 'table_name', table_name)::VARCHAR AS figure,
    NULL::DOUBLE AS value, 'figures of core.' || table_name || ', as in edition ' || edition_before AS expected,
    'none: a sheet, or a member of the zip, is missing or empty' AS found
FROM missing
"""
"""Tables that the previous edition filled and this one does not, from as many files of the same reader."""


def rules() -> Iterator[Rule]:
    """A rule on tables without rows, and one for each table with periods, values and a closed list of labels."""
    yield Rule(
        "edition.tables",
        "reject file",
        "meta.edition_step",
        TABLES_MISSING,
        "An edition fills fewer tables than the previous edition from as many files of the same reader.",
        WHAT_TO_DO,
    )
    for table in TABLES.values():
        if "value" in table.values and table.periods and _labels(table, "closed"):
            yield Rule(
                f"{table.name}.complete",
                "reject file",
                f"core.{table.name}",
                _missing(table),
                "The newest period lacks figures that the previous period has.",
                WHAT_TO_DO,
                examines=several_periods(table),
            )


def _labels(table: Table, kind: Labels) -> dict[str, str]:
    """Columns of a table with labels of one kind (closed or open list): SQL for the label, by column name."""
    return {
        column.name: f"{column.labels_within} || ': ' || {column.name}" if column.labels_within else column.name
        for column in table.columns
        if column.labels == kind
    }


def _board_roles(table: Table) -> dict[str, str]:
    """SQL for the job roles that make up a board, each checked by itself; {} for a table without job roles."""
    if "nwd_job_role" not in table.key:
        return {}
    board = vocabulary("board_role").filter(makes_board="yes")["label"].unique().sort()
    listed = ", ".join(f"'{label}'" for label in board)
    return {"board_role": f"CASE WHEN nwd_job_role IN ({listed}) THEN nwd_job_role END"}


def _missing(table: Table) -> str:
    """SQL for labels that are missing, labels with less than half their figures, and too low a number of figures.

    Figures of the previous period count also where the newest edition prints that period again without them.
    """
    periods = table.periods
    period = periods[-1]
    span = f"datediff('month', {periods[0]}, {period})" if len(periods) > 1 else "0"
    by = ", ".join(["series", *(name for name in TOGETHER if name in table.key), "span"])
    named, open_ = _labels(table, "closed") | _board_roles(table), _labels(table, "open")
    counts = "count(*) FILTER (is_newest) AS now, count(*) FILTER (NOT is_newest) AS was,"
    counts += " max(value) FILTER (NOT is_newest) AS largest"
    counted = " UNION ALL ".join(
        f"SELECT {by}, newest, before, '{name}' AS kind, {label} AS label, {name in named} AS is_named, {counts}"
        f" FROM comparable WHERE {label} IS NOT NULL GROUP BY ALL"
        for name, label in {**named, **open_, "figures": "'all'"}.items()
    )
    # No more columns than are used: with all of them a table of 200,000 rows takes twice as long.
    labels = [name for column in table.columns if column.labels for name in (column.labels_within, column.name)]
    used = dict.fromkeys(filter(None, ["series", *table.key, *labels, "value", *OF_ROW]))
    measure = "counted.measure" if "measure" in table.key else "'*'"
    one = ", ".join(f"counted.{name.strip()}" for name in by.split(","))
    return f"""
WITH figures AS (
    SELECT core_row.*, {span} AS span, files.reader
    FROM (
        SELECT {", ".join(used)} FROM core.{table.name} WHERE is_newest_value
    ) AS core_row
    LEFT JOIN (SELECT file_sha256, min(reader) AS reader FROM meta.source_file GROUP BY file_sha256) AS files
        USING (file_sha256)
),
newest AS (SELECT {by}, max({period}) AS newest FROM figures WHERE withdrawn_order IS NULL GROUP BY ALL),
compared AS (
    SELECT {by}, newest, max({period}) AS before
    FROM figures INNER JOIN newest USING ({by})
    WHERE {period} < newest AND {period} >= newest - INTERVAL {DAYS} DAY
    GROUP BY ALL
),
both_periods AS (
    SELECT figures.*, newest, before, {period} = newest AS is_newest
    FROM figures INNER JOIN compared USING ({by})
    WHERE {period} = before OR ({period} = newest AND withdrawn_order IS NULL)
),
comparable AS (
    FROM both_periods SEMI JOIN (SELECT {by}, reader FROM both_periods WHERE is_newest) AS read USING ({by}, reader)
),
file_of AS (
    SELECT {by}, arg_max(edition, edition_order) AS edition, arg_max(file_sha256, edition_order) AS file_sha256,
        arg_max(source_sheet, edition_order) AS source_sheet
    FROM both_periods WHERE is_newest GROUP BY ALL
),
counted AS ({counted}),
limited AS (
    SELECT counted.*, allowed.missing_percent, allowed.figures_at_least
    FROM counted
    {with_limit("counted.series", f"'{table.name}'", measure)}
    {one_limit(f"{one}, counted.kind, counted.label")}
),
judged AS (
    SELECT *, now = 0 AND (was >= figures_at_least OR largest >= {SUBSTANTIAL}) AS is_gone,
        was >= figures_at_least AND 2 * now < was AS is_halved,
        100 * count(*) FILTER (now = 0 AND was > 0) OVER kinds / count(*) FILTER (was > 0) OVER kinds AS gone_percent
    FROM limited
    WHERE missing_percent IS NOT NULL
    WINDOW kinds AS (PARTITION BY {by}, kind)
)
SELECT series, edition, file_sha256, source_sheet, NULL::INTEGER AS source_row, NULL::INTEGER AS source_column,
    json_object('kind', kind, 'label', label, 'within', concat_ws(', ', {by}))::VARCHAR AS figure,
    NULL::DOUBLE AS value,
    was || ' figures, as of ' || before AS expected,
    now || ' figures of ' || newest || CASE
        WHEN is_named OR kind = 'figures' THEN ''
        ELSE '; ' || round(gone_percent, 1) || ' % of these are missing, at most ' || missing_percent
            || ' % expected'
    END AS found
FROM judged INNER JOIN file_of USING ({by})
WHERE CASE
    WHEN kind = 'figures' THEN was >= figures_at_least AND now < was * (1 - missing_percent / 100)
    WHEN is_named THEN is_gone OR is_halved
    ELSE is_gone AND gone_percent > missing_percent
END
"""
