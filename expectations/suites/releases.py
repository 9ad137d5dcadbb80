"""Checks on the whole warehouse: repeated figures, figure kinds, empty tables, freshness, row counts, changes."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import PLACE, Rule, without_cell
from transforms.series import READERS, TABLES
from transforms.series.vacancies.tables import VACANCY
from transforms.series.workforce.tables import WORKFORCE
from transforms.tables import Table
from transforms.tables.person_characteristic import PERSON_CHARACTERISTIC
from warehouse.sql import key_as_json

TOLERANCE = "gate.tolerance AS allowed ON allowed.series = {kind}"


def rules() -> Iterator[Rule]:
    """The rules on the candidate as a whole."""
    yield Rule(
        "meta.repeated_figure",
        "reject file",
        "meta.repeated_figure",
        _repeated_figure(),
        "One edition prints a figure in two places with two values.",
        "compare both cells; if the publisher erred, enter the true value in config/corrections.toml of the data"
        " folder",
        examines="meta.source_file",
    )
    yield Rule(
        "meta.one_kind_of_figures",
        "reject file",
        "meta.source_file",
        without_cell(
            "to_json(struct_pack(file_name := t.file_name))::VARCHAR",
            expected="(SELECT max(figure_kind) FROM meta.build) || ' figures only'",
            found="t.figure_kind || ' figures in ' || t.file_name",
            source="meta.source_file",
            where="t.figure_kind IS DISTINCT FROM (SELECT max(figure_kind) FROM meta.build)",
        ),
        "Published and illustrative figures are mixed in one warehouse.",
        "keep the sample in a data folder of its own",
    )
    yield from _readers_gave_rows()
    yield Rule(
        "meta.fresh",
        "warn",
        "meta.edition",
        _fresh(),
        "The newest edition of a series is older than it should be.",
        "check whether the publisher moved its page; the schedule is in the package of the series in transforms/series",
        examines="meta.freshness WHERE late_after IS NOT NULL",
    )
    yield from _release_before()
    for name, table, period, line in _LINES:
        yield Rule(
            name,
            "warn",
            f"core.{table.name}",
            _shift(table, period, line),
            "A share or rate changed by more in its newest period than its earlier changes and the tolerance allow.",
            "compare with the publisher's commentary; another tolerance can be set in config/tolerances.csv of the"
            " data folder",
        )


def _repeated_figure() -> str:
    return """
SELECT series, edition, file_sha256, source_sheet, source_row, source_column,
    to_json(struct_pack(table_name := table_name, figure := figure))::VARCHAR AS figure, value,
    coalesce(other_value::VARCHAR, other_value_status) || ', as in ' || coalesce(other_source_sheet, '') || ' '
        || core.cell_name(other_source_row, other_source_column) AS expected,
    coalesce(value::VARCHAR, value_status) AS found
FROM meta.repeated_figure
"""


def _readers_gave_rows() -> Iterator[Rule]:
    """A loaded series has rows in at least one table of each of its readers; every other empty table is a warning."""
    declared_pairs = [(reader.name, table.name) for reader in READERS for table in reader.tables]
    pairs = ", ".join(f"('{reader}', '{table}')" for reader, table in declared_pairs) or "(NULL, NULL)"
    held = " UNION ALL ".join(f"SELECT DISTINCT '{name}' AS table_name, series FROM core.{name}" for name in TABLES)
    expected = f"""(
        SELECT DISTINCT files.series, declared.reader, declared.table_name, held.series IS NOT NULL AS has_rows
        FROM meta.source_file AS files
        INNER JOIN (VALUES {pairs}) AS declared (reader, table_name) ON files.reader = declared.reader
        LEFT JOIN ({held}) AS held ON files.series = held.series AND declared.table_name = held.table_name
        WHERE NOT EXISTS (
            -- An edition with headings only (a year that has just opened) is valid; it is in meta.unread_part.
            SELECT 1 FROM meta.unread_part AS part
            WHERE part.file_sha256 = files.file_sha256 AND part.kind = 'rows'
        )
    )"""
    yield Rule(
        "meta.reader_gave_rows",
        "reject file",
        "meta.source_file",
        without_cell(
            "to_json(struct_pack(reader := t.reader))::VARCHAR",
            expected="'rows from the files of reader ' || t.reader",
            found="'none in ' || string_agg(t.table_name, ', ')",
            source=expected,
            where="TRUE GROUP BY t.series, t.reader HAVING NOT bool_or(t.has_rows)",
        ),
        "Files of a series are loaded, but none of its tables has a row.",
        "the reader accepted the file but read no rows: its layout has probably changed",
    )
    yield Rule(
        "meta.table_not_empty",
        "warn",
        "meta.source_file",
        without_cell(
            "to_json(struct_pack(reader := t.reader, table_name := t.table_name))::VARCHAR",
            expected="'rows in core.' || t.table_name",
            found="'none from the files of reader ' || t.reader",
            source=expected,
            where="NOT t.has_rows",
        ),
        "A table that a loaded series should fill is empty.",
        "a sheet or member of the zip may be missing from every edition that is loaded",
    )


def _fresh() -> str:
    """SQL for series, and core tables that older editions filled, whose next edition is late."""
    return without_cell(
        "to_json(struct_pack(series := t.series, table_name := coalesce(t.table_name, 'all tables')))::VARCHAR",
        expected="'the next edition by ' || t.late_after",
        found="'figures up to ' || t.covered_until",
        source="meta.freshness",
        where="(SELECT day FROM gate.today) > t.late_after",
    )


def _release_before() -> Iterator[Rule]:
    """Rows per table and part compared with the published release, by an outer join so that lost parts are found."""
    both = f"""(
        SELECT *, held.rows_held AS rows_now, before.rows_held AS rows_before,
            coalesce(held.rows_withdrawn, 0) - coalesce(before.rows_withdrawn, 0) AS rows_withdrawn_since,
            coalesce(aside.rows_held, 0) AS rows_set_aside,
            (SELECT max(newest.part) FROM gate.partition AS newest
                WHERE newest.release = 'published'
                    AND newest.table_name = coalesce(held.table_name, before.table_name)
                    AND newest.series = coalesce(held.series, before.series)) AS newest_before
        FROM (FROM gate.partition WHERE release = 'candidate') AS held
        FULL JOIN (FROM gate.partition WHERE release = 'published') AS before USING (table_name, series, part)
        LEFT JOIN (FROM gate.partition WHERE release = 'set aside') AS aside USING (table_name, series, part)
        INNER JOIN {TOLERANCE.format(kind=_kind("coalesce(held.series, before.series)", column=False))}
    )"""
    figure = "to_json(struct_pack(table_name := t.table_name, part := t.part))::VARCHAR"
    before = "gate.partition WHERE release = 'published'"
    yield Rule(
        "release.rows_lost",
        "reject file",
        "core",
        without_cell(
            figure,
            expected="'about ' || t.rows_before || ' rows in core.' || t.table_name || ', ' || t.part",
            found="coalesce(t.rows_now, 0) || ' rows'",
            source=both,
            where="coalesce(t.rows_now, 0) + t.rows_withdrawn_since + t.rows_set_aside"
            " < t.rows_before * (1 - t.rows_lost_percent / 100)",
        ),
        "A part of a table has fewer rows than in the published release, though no newer edition has withdrawn them and"
        " no file of theirs was set aside.",
        "an edition is missing or read differently; if the loss is right, list it in config/known_failures.csv of the"
        " data folder",
        examines=before,
    )
    yield Rule(
        "release.rows_gained",
        "warn",
        "core",
        without_cell(
            figure,
            expected="coalesce(t.rows_before, 0) || ' rows or little more in core.' || t.table_name || ', ' || t.part",
            found="t.rows_now || ' rows'",
            source=both,
            where="t.rows_now > coalesce(t.rows_before, 0) * (1 + t.rows_gained_percent / 100)"
            " AND (t.rows_before IS NOT NULL OR t.part < t.newest_before)",
        ),
        "A published part of a table has more rows now, or a new part is older than the newest published one.",
        "expected when older editions are added; otherwise compare the two releases with workforce diff",
        examines=before,
    )


_LINES: tuple[tuple[str, Table, str, str], ...] = (
    (
        "workforce.share_shift",
        WORKFORCE,
        "period_end",
        """
        SELECT part.*, part.staff_group AS line, 100 * part.value / whole.value AS level
        FROM core.workforce_latest AS part
        INNER JOIN core.workforce_latest AS whole USING (series, period_end, area_code, measure)
        WHERE part.geography_level = 'England' AND part.measure = 'fte' AND part.staff_group <> 'All staff groups'
            AND whole.staff_group = 'All staff groups' AND whole.value > 0
        """,
    ),
    (
        "person_characteristic.share_shift",
        PERSON_CHARACTERISTIC,
        "period_end",
        """
        SELECT part.*, 100 * part.value / whole.value AS level,
            concat_ws(' / ', population, staff_group, role_group, grade, characteristic, part.category, measure) AS line
        FROM core.person_characteristic_latest AS part
        INNER JOIN core.person_characteristic_latest AS whole
            USING (series, period_end, population, staff_group, role_group, grade, characteristic, measure)
        WHERE part.category_level = 'group' AND whole.category_level = 'total_known' AND whole.value >= 1000
        """,
    ),
    (
        "vacancy.rate_shift",
        VACANCY,
        "quarter_end",
        """
        SELECT *, concat_ws(' / ', area_code, staff_group) AS line, value AS level
        FROM core.vacancy_latest
        WHERE measure = 'vacancy_rate_percent' AND sector = 'All sectors'
        """,
    ),
)


def _shift(table: Table, period: str, line: str) -> str:
    """SQL that compares the newest change of a time series with its largest earlier change (of at least 8)."""
    places = ", ".join(f"t.{name}" for name in PLACE)
    return f"""
WITH levels AS ({line}),
steps AS (
    SELECT *, level - lag(level) OVER (PARTITION BY series, line ORDER BY {period}) AS step FROM levels
),
newest AS (
    SELECT *,
        max(abs(step)) OVER earlier AS largest, count(step) OVER earlier AS number,
        row_number() OVER (PARTITION BY series, line ORDER BY {period} DESC) AS from_newest
    FROM steps
    WINDOW earlier AS (
        PARTITION BY series, line ORDER BY {period} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
)
SELECT {places}, {key_as_json(table, "t")} AS figure, t.value,
    'a change of at most ' || round(greatest(0.2, allowed.share_move_factor * t.largest), 2)
        || ' percentage points' AS expected,
    'a change of ' || round(t.step, 2) || ' percentage points to ' || round(t.level, 2) || ' per cent' AS found
FROM newest AS t
INNER JOIN {TOLERANCE.format(kind=_kind("t"))}
WHERE t.from_newest = 1 AND t.number >= 8 AND abs(t.step) > greatest(0.2, allowed.share_move_factor * t.largest)
"""


def _kind(alias: str, *, column: bool = True) -> str:
    series = f"{alias}.series" if column else alias
    return f"CASE WHEN {series} IN (SELECT named.series FROM gate.tolerance AS named) THEN {series} ELSE '*' END"
