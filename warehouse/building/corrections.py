"""Corrections of misprints, each with its reason and the printed value it expects.

The build stops once the publisher prints another value. Corrections are in warehouse/reference/corrections.toml, which
describes their format with an example, and in config/corrections.toml of the data folder, where an operator keeps their
own; a correction of the operator's takes the place of a packaged one of the same figure. They are loaded as
reference.corrections.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from typing import Any

import duckdb

from transforms.series import TABLES
from transforms.tables import Table
from warehouse.errors import ConfigurationMalformed, CorrectionDoesNotApply, CorrectionMalformed
from warehouse.sql import comment, key_as_json
from warehouse.toml_blocks import toml_blocks

FILE = files("warehouse") / "reference" / "corrections.toml"
ABOUT = (
    "Corrections of misprints (warehouse/reference/corrections.toml, and config/corrections.toml of the data folder);"
    " each stops the build once the publisher changes the figure. Grain: table_name x series x edition x figure."
)
COLUMNS = {
    "table_name": ("VARCHAR", "Core table of the figure."),
    "series": ("VARCHAR", "Series that prints the figure."),
    "edition": ("VARCHAR", "Edition that prints the figure."),
    "figure": ("VARCHAR", "Key of the figure, as JSON, as meta.revision writes it."),
    "expect": ("DOUBLE", "The printed value that the correction applies to."),
    "corrected": ("DOUBLE", "The value to use; NULL: the figure is left out."),
    "reason": ("VARCHAR", "Why the printed value is wrong."),
    "source": ("VARCHAR", "What shows the right value, and to whom the error was reported."),
    "corrected_by": ("VARCHAR", "Who entered the correction."),
    "corrected_on": ("DATE", "Day on which it was entered."),
    "origin": ("VARCHAR", "packaged: from the code; operator: from config/corrections.toml of the data folder."),
}
TEXT_ENTRIES = {"series", "edition", "table", "reason", "source", "by"}
"""Entries of a correction that are text."""


def load_corrections(con: duckdb.DuckDBPyConnection, own: Sequence[Sequence[object]] = ()) -> None:
    """Create reference.corrections from corrections.toml and the operator's corrections (`own`, as `read_corrections`).

    Raises `CorrectionMalformed`.
    """
    columns = ", ".join(f"{name} {type_}" for name, (type_, _) in COLUMNS.items())
    con.execute(f"CREATE TABLE reference.corrections ({columns})")
    by_figure = {tuple(row[:4]): [*row, "packaged"] for row in read_corrections(FILE.read_text(encoding="utf-8"))}
    by_figure |= {tuple(row[:4]): [*row, "operator"] for row in own}
    if by_figure:
        places = ", ".join("?" for _ in COLUMNS)
        con.executemany(f"INSERT INTO reference.corrections VALUES ({places})", list(by_figure.values()))
    comment(con, "TABLE reference.corrections", ABOUT)
    for name, (_, description) in COLUMNS.items():
        comment(con, f"COLUMN reference.corrections.{name}", description)


def read_corrections(text: str) -> list[list[object]]:
    """The rows of reference.corrections in a TOML text, in the order of `COLUMNS`, without their origin.

    Raises `CorrectionMalformed`.
    """
    rows, errors = corrections_and_errors(text, file="warehouse/reference/corrections.toml")
    if errors:
        raise errors[0]
    return rows


def corrections_and_errors(text: str, *, file: str) -> tuple[list[list[object]], list[ConfigurationMalformed]]:
    """The rows as `read_corrections` gives them, and an error for each entry that is wrong; `file` is for messages."""
    rows: dict[tuple[object, ...], list[object]] = {}
    errors: list[ConfigurationMalformed] = []
    try:
        blocks = toml_blocks(text, "correction", file=file)
    except ConfigurationMalformed as error:
        return [], [_malformed("the file", error.found).in_file(file)]
    for place, block in blocks:
        try:
            row = _row(place, block)
            if tuple(row[:4]) in rows:
                raise _malformed(place, "another correction of the same figure")
        except CorrectionMalformed as error:
            errors.append(error.in_file(file))
        else:
            rows[tuple(row[:4])] = row
    return list(rows.values()), errors


def _row(place: str, entry: dict[str, Any]) -> list[object]:
    changes = {"set", "drop"} & entry.keys()
    if len(changes) != 1 or entry.get("drop", True) is not True:
        raise _malformed(place, "it does not have exactly one of 'set = number' and 'drop = true'")
    wanted = TEXT_ENTRIES | {"expect", "date", "where"} | changes
    if entry.keys() != wanted:
        wrong = ", ".join(sorted(entry.keys() ^ wanted))
        raise _malformed(place, f"entries are missing or unknown: {wrong}")
    numbers = [entry[name] for name in ("expect", "set") if name in entry]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in numbers):
        raise _malformed(place, "expect or set is not a number")
    if not isinstance(entry["where"], dict):
        raise _malformed(place, "where is not a table [correction.where]")
    if not all(isinstance(entry[name], str) and entry[name].strip() for name in TEXT_ENTRIES):
        raise _malformed(place, f"one of {', '.join(sorted(TEXT_ENTRIES))} is empty or not a text")
    if type(entry["date"]) is not date:
        raise _malformed(place, "date is not a date")
    table = TABLES.get(entry["table"])
    if table is None or "value" not in table.values:
        raise _malformed(place, f"there is no core table {entry['table']!r} with figures")
    return [
        *(entry["table"], entry["series"], entry["edition"], _figure(place, table, entry["where"])),
        *(float(entry["expect"]), float(entry["set"]) if "set" in entry else None),
        *(entry["reason"], entry["source"], entry["by"], entry["date"]),
    ]


def _figure(place: str, table: Table, where: dict[str, Any]) -> str:
    """The key of a figure as JSON, in the form of `key_as_json`. A column that `where` leaves out is null."""
    if unknown := where.keys() - set(table.key):
        raise _malformed(place, f"core.{table.name} has no key column {', '.join(sorted(unknown))}")
    values = {name: where.get(name) for name in table.key}
    return json.dumps(
        {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()},
        separators=(",", ":"),
        ensure_ascii=False,
    )


def _malformed(place: str, found: str) -> CorrectionMalformed:
    return CorrectionMalformed(
        f"{place} is malformed",
        expected="the entries of the example",
        found=found,
        do="write it as the example at the top of warehouse/reference/corrections.toml",
    )


def apply_corrections(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create the temporary view `printed`: `as_printed` (the rows of one table as read) with corrections applied.

    A correction of an edition that is not loaded has no effect. Raises `CorrectionDoesNotApply` where the edition is
    loaded but prints another value than expected, or no such figure.
    """
    wanted = (
        "SELECT * FROM reference.corrections AS wanted "
        f"WHERE table_name = '{table.name}' AND (series, edition) IN (SELECT (series, edition) FROM as_printed)"
    )
    if not con.execute(f"SELECT count(*) FROM ({wanted})").fetchall()[0][0]:
        con.execute("CREATE TEMP VIEW printed AS FROM as_printed")
        return
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE corrected AS
        SELECT wanted.*, printed.value, printed.file_sha256, printed.source_sheet, printed.source_row,
            printed.source_column
        FROM ({wanted}) AS wanted
        LEFT JOIN as_printed AS printed
            ON wanted.series = printed.series AND wanted.edition = printed.edition
            AND wanted.figure = {key_as_json(table, "printed")}
    """)
    _stop_where_it_does_not_apply(con)
    con.execute(f"""
        INSERT INTO meta.applied_correction
        SELECT '{table.name}', series, edition, figure, value, corrected, reason, source, corrected_by, corrected_on,
            file_sha256, source_sheet, source_row, source_column, origin
        FROM corrected
    """)
    same_cell = " AND ".join(
        f"as_printed.{name} IS NOT DISTINCT FROM corrected.{name}"
        for name in ("file_sha256", "source_sheet", "source_row", "source_column")
    )
    con.execute(f"""
        CREATE TEMP VIEW printed AS
        SELECT as_printed.* REPLACE (coalesce(corrected.corrected, as_printed.value) AS value)
        FROM as_printed
        LEFT JOIN corrected ON {same_cell}
        WHERE corrected.figure IS NULL OR corrected.corrected IS NOT NULL
    """)


def _stop_where_it_does_not_apply(con: duckdb.DuckDBPyConnection) -> None:
    stale = con.execute(
        "SELECT table_name, edition, figure, expect, value, origin FROM corrected "
        "WHERE value IS NULL OR abs(value - expect) > 1e-6"
    ).fetchone()
    if stale:
        table_name, edition, figure, expect, value, origin = stale
        raise CorrectionDoesNotApply(
            f"the correction of {table_name} {figure} in edition {edition} expects another value than is printed",
            file=f"{'config' if origin == 'operator' else 'warehouse/reference'}/corrections.toml",
            expected=f"the printed value {expect}",
            found="no such figure" if value is None else f"{value}",
            do="if the publisher corrected the figure, remove the correction; else check its entries",
        )
