"""Compares editions: scale, share of revised and withdrawn figures, totals, scale between periods; new issues of files.

The limits are in expectations/edition_limits.csv, by series, table and measure; the most specific line applies. A
finding lists `CELLS` cells, those with the largest changes. A change that is correct is accepted by a line in
known_failures.csv whose figure is the series and the edition, such as 'gender-pay-gap 2023-24'.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import PLACE, Rule
from transforms.series import TABLES
from transforms.tables import Table
from warehouse.sql import key_as_json

CELLS = 5


def with_limit(series: str, table: str, measure: str) -> str:
    """SQL that joins every line of gate.edition_limit, as `allowed`, that applies to a series, table and measure.

    The arguments are SQL expressions. `one_limit` then keeps the most specific line.
    """
    return f"""
    INNER JOIN gate.edition_limit AS allowed
        ON allowed.series IN ({series}, '*') AND allowed.table_name IN ({table}, '*')
        AND allowed.measure IN ({measure}, '*')
"""


def one_limit(of: str) -> str:
    """SQL that keeps the most specific line of limits for each group of the columns `of`."""
    return f"""
    QUALIFY row_number() OVER (
        PARTITION BY {of}
        ORDER BY allowed.table_name = '*', allowed.measure = '*', allowed.series = '*'
    ) = 1
"""


LIMITED = f"""
    SELECT step.*, allowed.* EXCLUDE (series, table_name, measure, reason),
        100 * step.revised / nullif(step.figures_before, 0) AS revised_share,
        100 * (step.total_now / nullif(step.total_before, 0) - 1) AS total_move,
        coalesce(gone.withdrawn, 0) AS withdrawn,
        100 * gone.withdrawn / (gone.withdrawn + step.figures_before) AS withdrawn_share
    FROM meta.edition_step AS step
    LEFT JOIN (
        SELECT table_name, series, withdrawing_sha256, measure, count(*) AS withdrawn
        FROM meta.withdrawn_figure GROUP BY ALL
    ) AS gone
        ON step.table_name = gone.table_name AND step.series = gone.series
        AND step.file_sha256 = gone.withdrawing_sha256 AND step.measure IS NOT DISTINCT FROM gone.measure
{with_limit("step.series", "step.table_name", "coalesce(step.measure, '*')")}
{one_limit("step.table_name, step.series, step.edition_order, step.file_sha256, step.measure")}
"""
"""SQL for meta.edition_step with the shares withdrawn and revised, and the limits that apply to each row."""

PRINTED_BEFORE = "meta.edition_step WHERE figures_before > 0"
"""Files with figures that an earlier edition printed, too."""

ADDED = """
SELECT step.series, step.edition, step.file_sha256, NULL::VARCHAR AS source_sheet, NULL::INTEGER AS source_row,
    NULL::INTEGER AS source_column,
    json_object('table_name', step.table_name, 'measure', step.measure)::VARCHAR AS figure, NULL::DOUBLE AS value,
    'the figures of the issue before, with the same or other values' AS expected,
    (step.figures - step.figures_before) || ' of ' || step.figures || ' figures of core.' || step.table_name
        || ' that no edition or issue printed before' AS found
FROM meta.edition_step AS step
INNER JOIN meta.edition AS edition
    ON step.series = edition.series AND step.edition_order = edition.edition_order
WHERE edition.issue > 1 AND step.figures > step.figures_before
"""
"""Figures that a file published again under the same name has, and that neither it nor another edition had before."""

SAME_FILE = """
SELECT later.series, later.edition, later.file_sha256, NULL::VARCHAR AS source_sheet, NULL::INTEGER AS source_row,
    NULL::INTEGER AS source_column, json_object('file_name', later.file_name)::VARCHAR AS figure,
    NULL::DOUBLE AS value, 'another file than that of edition ' || max(earlier.edition) AS expected,
    'the same file, byte by byte' AS found
FROM meta.source_file AS later
INNER JOIN meta.source_file AS earlier
    ON later.series = earlier.series AND later.file_sha256 = earlier.file_sha256 AND later.edition > earlier.edition
GROUP BY ALL
"""
"""Files that stand for two editions, because their month is only in their names or folders."""

WHAT_TO_DO = (
    "compare the file with the previous edition and ask the publisher; if the change is correct, add a line to"
    " config/known_failures.csv of the data folder with series and edition as its figure"
)


def rules() -> Iterator[Rule]:
    """The rules that compare an edition with earlier editions, and each period with the periods around it."""
    yield _of_revisions(
        "scale",
        "step.revised >= step.figures_at_least"
        " AND (step.median_ratio > step.revision_factor OR step.median_ratio < 1 / step.revision_factor)",
        "'; the ' || step.revised || ' revised figures are ' || round(step.median_ratio, 3) || ' times what they were'",
        "The figures that an edition revises are on another scale than before.",
    )
    yield _of_revisions(
        "revised_share",
        "step.figures_before >= step.figures_at_least AND step.revised_share > step.revised_percent",
        "'; ' || round(step.revised_share, 1) || ' % of ' || step.figures_before || ' figures are revised, at most '"
        " || step.revised_percent || ' % expected'",
        "An edition revises a larger share of the figures published before than the limit of its series.",
    )
    yield _of_revisions(
        "total_moved",
        "step.figures_before >= step.figures_at_least AND abs(step.total_move) > step.total_percent",
        "'; all figures printed before add up to ' || round(step.total_move, 1) || ' % more, at most '"
        " || step.total_percent || ' % either way expected'",
        "The sum of the figures published before changes by more than the limit of its series.",
    )
    yield _withdrawn_share()
    yield Rule(
        "edition.added",
        "warn",
        "meta.edition_step",
        ADDED,
        "A file that was published again has figures that it did not have before.",
        "compare the issues of the file; core tables hold the new figures under the file_sha256 of the later issue, and"
        " if they are wrong, set that issue aside",
        examines=PRINTED_BEFORE,
    )
    yield Rule(
        "edition.same_file",
        "warn",
        "meta.source_file",
        SAME_FILE,
        "One file stands for two editions: nothing has changed, or it has the name or the folder of another month.",
        "compare the names with the publisher's page; if one is wrong, set that file aside and take it in under the"
        " right name",
        examines="(SELECT 1 FROM meta.source_file GROUP BY series, file_sha256 HAVING count(DISTINCT edition) > 1)",
    )
    for table in TABLES.values():
        if "value" in table.values and table.periods:
            yield Rule(
                f"{table.name}.scale_between_periods",
                "reject file",
                f"core.{table.name}",
                _between_periods(table),
                "The figures of a period are on another scale than the same figures of the adjacent periods.",
                WHAT_TO_DO,
                examines=several_periods(table),
            )


def several_periods(table: Table) -> str:
    """SQL that can stand after FROM: a row where the table has figures of more than one period."""
    period = table.periods[-1]
    return f"(SELECT 1 FROM core.{table.name} HAVING min({period}) < max({period}))"


def _of_revisions(name: str, where: str, found: str, message: str) -> Rule:
    finds = f"""
WITH step AS ({LIMITED})
SELECT step.series, step.edition, step.file_sha256, revision.new_sheet AS source_sheet,
    revision.new_row AS source_row, revision.new_column AS source_column, revision.figure, revision.new_value AS value,
    'about ' || coalesce(round(revision.old_value, 2)::VARCHAR, revision.old_value_status) || ', as in edition '
        || revision.old_edition AS expected,
    coalesce(round(revision.new_value, 2)::VARCHAR, revision.new_value_status) || {found} AS found
FROM step
INNER JOIN meta.revision AS revision
    ON step.table_name = revision.table_name AND step.series = revision.series
    AND step.file_sha256 = revision.new_file_sha256 AND step.edition = revision.new_edition
    AND step.measure IS NOT DISTINCT FROM revision.measure
WHERE {where}
QUALIFY row_number() OVER (
    PARTITION BY step.table_name, step.file_sha256, step.edition_order, step.measure
    ORDER BY abs(revision.new_value - revision.old_value) DESC NULLS LAST, revision.figure
) <= {CELLS}
"""
    return Rule(
        f"edition.{name}", "reject file", "meta.edition_step", finds, message, WHAT_TO_DO, examines=PRINTED_BEFORE
    )


def _withdrawn_share() -> Rule:
    finds = f"""
WITH step AS ({LIMITED})
SELECT step.series, step.edition, step.file_sha256, gone.source_sheet, gone.source_row, gone.source_column,
    gone.figure, NULL::DOUBLE AS value,
    coalesce(round(gone.last_value, 2)::VARCHAR, 'the row') || ', as in edition ' || gone.last_edition
        || ' (cell of that file)' AS expected,
    'no such row; ' || step.withdrawn || ' of ' || (step.withdrawn + step.figures_before) || ' figures ('
        || round(step.withdrawn_share, 1) || ' %) are missing, at most ' || step.vanished_percent
        || ' % expected' AS found
FROM step
INNER JOIN meta.withdrawn_figure AS gone
    ON step.table_name = gone.table_name AND step.series = gone.series
    AND step.file_sha256 = gone.withdrawing_sha256 AND step.measure IS NOT DISTINCT FROM gone.measure
WHERE step.withdrawn >= step.figures_at_least AND step.withdrawn_share > step.vanished_percent
QUALIFY row_number() OVER (
    PARTITION BY step.table_name, step.file_sha256, step.edition_order, step.measure
    ORDER BY gone.last_value DESC NULLS LAST, gone.figure
) <= {CELLS}
"""
    return Rule(
        "edition.withdrawn_share",
        "reject file",
        "meta.withdrawn_figure",
        finds,
        "An edition leaves out a larger share of the figures published before than the limit of its series.",
        WHAT_TO_DO,
        examines=PRINTED_BEFORE,
    )


def _between_periods(table: Table) -> str:
    """SQL that compares each period with up to three before and three after it, by the median ratio of their figures.

    A period is an outlier where it disagrees with more than half of these; of only two periods the later one is.
    """
    periods = table.periods
    period = periods[-1]
    closed = {column.name for column in table.columns if column.allowed} | {"measure"}
    groups = [name for name in table.key if name in closed]
    measure = "both_ways.measure" if "measure" in groups else "'*'"
    line = ", ".join(["series", *(name for name in table.key if name not in periods), "span"])
    by = ", ".join(["series", *groups, "span"])
    span = f"datediff('month', {periods[0]}, {period})" if len(periods) > 1 else "0"
    same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM is_out.{name}" for name in ["series", *groups, "span"])
    one = ", ".join(f"both_ways.{name}" for name in ["series", *groups, "span"])
    places = ", ".join(f"t.{name}" for name in PLACE)
    pairs = " UNION ALL ".join(
        f"SELECT {by}, {period} AS this, period_{back} AS other, value / value_{back} AS ratio FROM lined"
        f" WHERE value <> 0 AND value_{back} <> 0"
        for back in (1, 2, 3)
    )
    before = ", ".join(
        f"lag(value, {back}) OVER line AS value_{back}, lag({period}, {back}) OVER line AS period_{back}"
        for back in (1, 2, 3)
    )
    return f"""
WITH spanned AS (
    SELECT *, {span} AS span FROM core.{table.name}_latest
    -- With a single period there is nothing to compare, and the sort is skipped.
    WHERE value IS NOT NULL AND (SELECT min({period}) < max({period}) FROM core.{table.name})
),
lined AS (SELECT *, {before} FROM spanned WINDOW line AS (PARTITION BY {line} ORDER BY {period})),
compared AS (
    SELECT {by}, this, other, median(abs(ratio)) AS ratio, count(*) AS figures FROM ({pairs}) GROUP BY ALL
),
both_ways AS (
    SELECT *, TRUE AS is_later FROM compared
    UNION ALL
    SELECT * REPLACE (other AS this, this AS other, 1 / ratio AS ratio), FALSE AS is_later FROM compared
),
limited AS (
    SELECT both_ways.*, allowed.period_factor
    FROM both_ways
    {with_limit("both_ways.series", f"'{table.name}'", measure)}
    WHERE both_ways.figures >= allowed.figures_at_least
    {one_limit(f"{one}, this, other, is_later")}
),
is_out AS (
    SELECT {by}, this, min(other) AS other, median(ratio) AS ratio, max(period_factor) AS period_factor,
        count(*) FILTER (greatest(ratio, 1 / ratio) > period_factor) AS disagree,
        count(*) FILTER (greatest(ratio, 1 / ratio) > period_factor AND is_later) AS disagree_before
    FROM limited
    GROUP BY {by}, this
    HAVING 2 * disagree > count(*) AND (disagree_before > 0 OR count(*) > 1)
)
SELECT {places}, {key_as_json(table, "t")} AS figure, t.value,
    'about ' || coalesce(round(t.value_1, 2)::VARCHAR, 'the adjacent periods') || ', as in '
        || coalesce(t.period_1::VARCHAR, 'other periods')
        || ' (within a factor of ' || is_out.period_factor || ')' AS expected,
    round(t.value, 2) || '; figures of {table.name} of ' || is_out.this || ' are ' || round(is_out.ratio, 3)
        || ' times those of the adjacent periods' AS found
FROM lined AS t
INNER JOIN is_out ON t.{period} = is_out.this AND {same}
QUALIFY row_number() OVER (
    PARTITION BY {", ".join(f"t.{name}" for name in ["series", *groups, "span", period])}
    ORDER BY t.value_1 IS NULL, abs(t.value) DESC, figure
) <= {CELLS}
"""
