"""Checks of rows that follow from the declaration of a table: grain, columns, ranges, ratios, periods, provenance."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import Builtin, Rule, offending
from transforms.series import TABLES
from transforms.tables import Table
from transforms.tables.declare import Ratio
from transforms.tables.staff import GEOGRAPHY
from warehouse.sql import key, of_changed_figure

WITHOUT_NUMBER = "('c', 'x', 'z', 'low')"
"""Statuses printed instead of a number. p, r and b annotate a number; u occurs with and without one."""

COMPARE_CELL = "the reader or the publisher's file has changed: compare the cell named here with the published file"


def rules() -> Iterator[Rule]:
    """The rules that follow from the declaration of each table."""
    for table in TABLES.values():
        yield _grain(table)
        yield _required(table)
        yield _allowed(table)
        yield _provenance(table)
        names = {column.name for column in table.columns}
        if "value_status" in names:
            yield _value_status(table)
            yield _not_negative(table)
        if "headcount" in table.measures:
            yield _whole_headcount(table)
        if table.percents:
            yield _percent(table)
        if table.ratios:
            yield _ratio(table)
        if any(column.day for column in table.columns):
            yield _whole_periods(table)
        if {column.name for column in GEOGRAPHY} <= names:
            yield _geography(table)


def _with_provenance(table: Table) -> tuple[str, ...]:
    required = [column.name for column in table.frame_columns if column.required]
    return (*required, "series", "edition", "file_sha256", "edition_order", "is_newest_value")


def _grain(table: Table) -> Rule:
    core, figure, grain = f"core.{table.name}", key(table), f"{key(table)}, edition_order"
    rows = f"""(
        SELECT *, count(*) OVER (PARTITION BY {grain}) AS times,
            edition_order = max(edition_order) OVER (PARTITION BY {figure}) AS is_last
        FROM {core}
    )"""
    # The window functions over all rows are slow. They are needed only where a figure has two newest rows, or where
    # the rows of a figure that has others than the newest are not as they should be.
    wrong = f"""(
        SELECT 1 FROM {core} WHERE is_newest_value GROUP BY {figure} HAVING count(*) > 1
        UNION ALL
        SELECT 1 FROM {core} WHERE {of_changed_figure(table)} GROUP BY {figure}
        HAVING NOT arg_max(is_newest_value, edition_order) OR count(*) FILTER (is_newest_value) <> 1
            OR count(*) <> count(DISTINCT edition_order)
    )"""
    return Rule(
        f"{table.name}.grain",
        "reject file",
        core,
        offending(
            table,
            f"EXISTS {wrong} AND (t.times > 1 OR t.is_newest_value <> t.is_last)",
            expected=f"'one row per {grain}, of which the last is_newest_value'",
            found="IF(t.times > 1, t.times || ' rows', IF(t.is_last, 'the last without it', 'an earlier one with it'))",
            source=rows,
        ),
        f"{core} has two rows for one figure of one edition, or is_newest_value is not true in the last row alone.",
        "the build stores one row per figure and edition: check for a second file of the edition, or correct the key",
        (Builtin("ExpectCompoundColumnsToBeUnique", {"column_list": ["series", *table.key, "edition_order"]}),)
        if set(table.key) <= {column.name for column in table.columns if column.required}
        else (),  # the expectation joins on equality, so it cannot find repeated keys that contain NULL
    )


def _required(table: Table) -> Rule:
    names = _with_provenance(table)
    missing = ", ".join(f"CASE WHEN t.{name} IS NULL THEN '{name}' END" for name in names)
    return Rule(
        f"{table.name}.required",
        "reject file",
        f"core.{table.name}",
        offending(
            table,
            " OR ".join(f"t.{name} IS NULL" for name in names),
            expected="'a value in every required column'",
            found=f"'nothing in ' || concat_ws(', ', {missing})",
        ),
        f"A required column of core.{table.name} is empty.",
        COMPARE_CELL,
    )


def _allowed(table: Table) -> Rule:
    """Values outside the list that a column allows, and impossible row or column numbers."""
    allowed = {column.name: column.allowed for column in table.frame_columns if column.allowed}
    tests = [f"t.{name} NOT IN ({', '.join(map(_quoted, values))})" for name, values in allowed.items()]
    shown = ", ".join(
        f"CASE WHEN {test} THEN '{name} ' || t.{name} END" for name, test in zip(allowed, tests, strict=True)
    )
    place = "t.source_row < 1 OR t.source_column < 0"
    shown = f"{shown}, " if shown else ""
    shown += f"CASE WHEN {place} THEN 'row ' || t.source_row || ', column ' || t.source_column END"
    return Rule(
        f"{table.name}.allowed",
        "reject file",
        f"core.{table.name}",
        offending(
            table,
            " OR ".join([*tests, place]),
            expected="'allowed values, and a possible row and column number'",
            found=f"concat_ws(', ', {shown})",
        ),
        f"core.{table.name} has a value that the column does not allow.",
        "map the label in transforms/vocabularies, or correct the reader",
        (
            *(
                Builtin("ExpectColumnValuesToBeInSet", {"column": name, "value_set": list(values)})
                for name, values in allowed.items()
            ),
            Builtin("ExpectColumnValuesToBeBetween", {"column": "source_row", "min_value": 1}),
            Builtin("ExpectColumnValuesToBeBetween", {"column": "source_column", "min_value": 0}),
        ),
    )


def _provenance(table: Table) -> Rule:
    return Rule(
        f"{table.name}.provenance",
        "reject file",
        f"core.{table.name}",
        offending(
            table,
            "NOT EXISTS (SELECT 1 FROM meta.source_file AS f WHERE f.file_sha256 = t.file_sha256"
            " AND f.series = t.series AND f.edition = t.edition AND f.edition_order = t.edition_order)"
            " OR NOT EXISTS (SELECT 1 FROM meta.edition AS e WHERE e.series = t.series AND e.edition = t.edition"
            " AND e.edition_order = t.edition_order)",
            expected="'a file in meta.source_file and an edition in meta.edition'",
            found="concat_ws(' ', t.series, t.edition, t.file_sha256)",
        ),
        f"A row of core.{table.name} cannot be traced to a published file.",
        "build again from the archive; report it if it comes back",
    )


def _value_status(table: Table) -> Rule:
    return Rule(
        f"{table.name}.value_status",
        "reject file",
        f"core.{table.name}",
        offending(
            table,
            f"(t.value IS NULL AND (t.value_status IS NULL OR t.value_status IN ('p', 'r', 'b')))"
            f" OR (t.value IS NOT NULL AND t.value_status IN {WITHOUT_NUMBER}) OR isnan(t.value) OR isinf(t.value)",
            expected="'a number, or a status that says why there is none'",
            found="'value ' || coalesce(t.value::VARCHAR, 'NULL') || ', status ' || coalesce(t.value_status, 'NULL')",
        ),
        f"A value of core.{table.name} and its status contradict each other.",
        COMPARE_CELL,
    )


def _not_negative(table: Table) -> Rule:
    bounded = f" AND {is_measure(*table.differences, negated=True)}" if table.differences else ""
    builtins = () if bounded else (Builtin("ExpectColumnValuesToBeBetween", {"column": "value", "min_value": 0}),)
    return Rule(
        f"{table.name}.not_negative",
        "reject file",
        f"core.{table.name}",
        offending(table, f"t.value < 0{bounded}", expected="'0 or more'", found="t.value"),
        f"A figure of core.{table.name} is negative.",
        "staff, posts and shares are never negative: check whether a symbol for 'no figure' was read as a minus sign",
        builtins,
    )


def _whole_headcount(table: Table) -> Rule:
    return Rule(
        f"{table.name}.whole_headcount",
        "reject file",
        f"core.{table.name}",
        offending(
            table, "t.measure = 'headcount' AND t.value <> round(t.value)", expected="'whole people'", found="t.value"
        ),
        f"A headcount of core.{table.name} is not a whole number.",
        "full-time equivalents may have been read as headcount: compare the block's heading in the published file",
    )


def _percent(table: Table) -> Rule:
    return Rule(
        f"{table.name}.percent",
        "reject rows",
        f"core.{table.name}",
        offending(
            table,
            f"{is_measure(*table.percents)} AND t.value NOT BETWEEN 0 AND 100",
            expected="'0 to 100'",
            found="t.value",
        ),
        f"A share of core.{table.name} is not between 0 and 100 per cent.",
        "report it to the publisher; once the right figure is known, enter it in config/corrections.toml of the data"
        " folder",
    )


def _ratio(table: Table) -> Rule:
    """Compares a printed share with its numerator and denominator, where the publisher prints all three."""
    tests = [
        f"({is_measure(ratio.measure)} AND (t.{ratio.numerator} > t.{ratio.denominator}"
        f" OR abs(t.value - {_share(ratio)}) > {ratio.tolerance}))"
        for ratio in table.ratios
    ]
    cases = {
        "expected": "round({share}, 2) || ' per cent of ' || t.{denominator}",
        "found": "concat_ws(' ', t.value, t.measure, 'of a numerator of', t.{numerator})",
    }
    shown = {
        name: "CASE t.measure "
        + " ".join(
            f"WHEN '{ratio.measure}' THEN "
            + words.format(share=_share(ratio), numerator=ratio.numerator, denominator=ratio.denominator)
            for ratio in table.ratios
        )
        + " END"
        for name, words in cases.items()
    }
    return Rule(
        f"{table.name}.share_of_denominator",
        "reject rows",
        f"core.{table.name}",
        offending(table, " OR ".join(tests), expected=shown["expected"], found=shown["found"]),
        "A share is not its numerator divided by its denominator.",
        "numerator and share may come from different blocks of the file: compare both cells",
    )


def _share(ratio: Ratio) -> str:
    return f"100 * t.{ratio.numerator} / nullif(t.{ratio.denominator}, 0)"


def _whole_periods(table: Table) -> Rule:
    on_a_day = {column.name: column.day for column in table.columns if column.day}
    begin = {"first": "date_trunc('month', t.{name})", "last": "last_day(t.{name})"}
    return Rule(
        f"{table.name}.whole_periods",
        "reject file",
        f"core.{table.name}",
        offending(
            table,
            " OR ".join(f"t.{name} <> {begin[day].format(name=name)}" for name, day in on_a_day.items()),
            expected="'the last day of a month (the first for a month of adverts)'",
            found=f"concat_ws(' to ', {', '.join(f't.{name}' for name in on_a_day)})",
        ),
        f"A period of core.{table.name} does not begin or end at the boundary of a month.",
        "a date may have been read in the wrong order of day and month: compare the heading in the published file",
    )


def _geography(table: Table) -> Rule:
    return Rule(
        f"{table.name}.geography",
        "reject file",
        f"core.{table.name}",
        offending(
            table,
            "t.area_code IS DISTINCT FROM CASE t.geography_level WHEN 'England' THEN 'England'"
            " WHEN 'Region' THEN t.region_code WHEN 'Integrated care system' THEN t.icb_code ELSE t.org_code END"
            " OR (t.geography_level <> 'Organisation' AND t.org_code IS NOT NULL)"
            " OR (t.geography_level IN ('England', 'Region') AND t.icb_code IS NOT NULL)"
            " OR (t.geography_level = 'England' AND t.region_code IS NOT NULL)",
            expected="'codes only for the level of the row and the levels above it; area_code for its own level'",
            found="concat_ws(' / ', t.geography_level, t.region_code, t.icb_code, t.org_code, t.area_code)",
        ),
        f"The area codes of a row of core.{table.name} do not match its geography level.",
        "the hierarchy of the sheet was read wrongly: check the rows above the one named here",
    )


def is_measure(*measures: str, negated: bool = False) -> str:
    """SQL that is true for rows `t` of one of the measures (`negated`: of any other)."""
    return f"t.measure {'NOT IN' if negated else 'IN'} ({', '.join(map(_quoted, measures))})"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
