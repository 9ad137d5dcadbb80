"""Takes over tables from the previous release where none of their inputs has changed: by rows, or in a copy of a file.

Only a release built by the same code is used (flows.pipeline compares fingerprints).

* A core table is unchanged where its files and corrections are the same as in that release, and none of its rows was
  rejected there. A new edition may give later editions of the series a higher order; the copy then has the new orders.
  Where only files were added, their rows may be, too (`warehouse.building.additions`).
* A mart is unchanged where every table that it reads is, or has the same rows as in that release.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from transforms.series import READERS, TABLES
from transforms.tables import Table
from warehouse.paths import path_literal

CATALOG = "before"
"""Name under which the previous release is attached."""

OF_TABLE = (
    "revision",
    "withdrawn_figure",
    "edition_step",
    "repeated_figure",
    "moved_area",
    "attribute_change",
    "applied_correction",
)
"""Meta tables filled while a core table is created: their rows are copied together with an unchanged table."""

OF_FIGURES = ("figure_count", "published_organisation")
"""Meta tables filled from a core table when its rejected rows are removed."""

HEADLINES = ("reference.headline", "core.headline")
"""The cited headlines and the view of them."""

CALCULATED = frozenset({"reference.headline_check"})
"""Reference tables that are calculated from figures; the others change only with the code."""

FILLED_LATER = frozenset(f"meta.{name}" for name in ("check_result", "configuration", "refused_file", "set_aside_file"))
"""Tables that are filled when the marts are built already: what they hold then says nothing of the release."""

Grown = Mapping[str, Mapping[str, Any]]
"""Core table to which rows were added -> column of which these have new values only -> the first of the new values.

The first is None where the table has later values already.
"""

NEW_FILES = f"""(
    SELECT staged.* FROM meta.staged_file AS staged
    ANTI JOIN {CATALOG}.meta.source_file USING (series, edition, reader, file_name, file_sha256)
)"""
"""SQL for the staged files that the previous release does not have."""

ORDERS = ("edition_order", "withdrawn_order")
"""Columns that hold the order of an edition in its series."""


class Reuse:
    """What may be copied from the previous release, which is attached as `CATALOG`.

    `unchanged`: names of tables and views, with schema, that are known to be the same: core tables, and marts that are
    built already. `headlines_differ`: whether the cited headlines are others than in that release, although the code
    is the same. `in_place`: whether the file began as a copy of that release, so that its marts are in it.
    `held`: marts (with schema) that are in the file already for another reason. `grown`: core tables to which rows were
    added (`warehouse.building.additions`).
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        unchanged: Iterable[str],
        *,
        headlines_differ: bool = False,
        in_place: bool = False,
        held: Collection[str] = frozenset(),
        grown: Grown = MappingProxyType({}),
    ) -> None:
        self._con = con
        self._in_place = in_place
        self._held = held
        self._grown = grown
        self._is_same = dict.fromkeys(unchanged, True)
        self._is_same |= dict.fromkeys(HEADLINES, not headlines_differ)

    def is_same(self, name: str) -> bool:
        """Whether a table or view (with schema) has the same rows as in the previous release.

        Views are not compared: they are the same where they are known to read the same rows.
        """
        schema = name.partition(".")[0]
        # A view of the newest rows has the same rows where its table has.
        table = core_table(name)
        name = f"core.{table}" if table else name
        if name in FILLED_LATER:
            return False
        if name not in self._is_same:
            # A name without a schema is a CTE.
            by_code = schema in {"reference", ""} and name not in CALCULATED
            self._is_same[name] = by_code or same_rows(self._con, name)
        return self._is_same[name]

    def known_same(self) -> frozenset[str]:
        """Names of the core tables and marts that are known to have the same rows."""
        return frozenset(name for name, same in self._is_same.items() if same and name.startswith(("core.", "marts.")))

    def reads_same(self, mart: str, read: Iterable[str]) -> bool:
        """Whether a mart (with schema) that reads these tables and views has the same rows as in that release."""
        if all(self.is_same(each) for each in read):
            self._is_same[mart] = True
        return self._is_same.get(mart, False)

    def holds(self, mart: str) -> bool:
        """Whether the file has a mart already with the rows that it is to have. Call it after `reads_same`."""
        return mart in self._held or (self._in_place and self._is_same.get(mart, False))

    def first_added(self, mart: str, read: Iterable[str], column: str) -> Any:
        """The first value of the mart's column `column` for which rows are to be added to it.

        None where it is to be made anew: some of the tables read have other changes than new rows with later values.
        `column`: rows of the mart with one value are made from rows with that value alone; '' where there is no such.
        """
        if not (column and self._in_place) or mart in self._held:
            return None
        changed = [core_table(name) for name in read if not self.is_same(name)]
        firsts: list[Any] = [self._grown.get(name, {}).get(column) for name in changed]
        (last,) = self._con.execute(f"SELECT max({column}) FROM {CATALOG}.{mart}").fetchall()[0]
        if not firsts or None in (last, *firsts):
            return None
        first = min(firsts)
        return first if first > last else None


def core_table(name: str) -> str:
    """The core table that a name (with schema) of it or of its view of newest rows means; '' for other names."""
    return name.removeprefix("core.").removesuffix("_latest") if name.startswith("core.") else ""


def attach(con: duckdb.DuckDBPyConnection, before: Path) -> None:
    """Attach the previous release read-only. Call it outside a transaction."""
    con.execute(f"ATTACH {path_literal(before)} AS {CATALOG} (READ_ONLY)")


@dataclass(frozen=True)
class Unchanged:
    """Names of core tables by what is the same for them as in the previous release, whose rows were all accepted.

    `files`: all their files; `earlier_files`: the files that the release had, so that files were added at most.
    """

    files: set[str]
    earlier_files: set[str]


def unchanged_tables(con: duckdb.DuckDBPyConnection) -> Unchanged:
    """The core tables that equal those of the previous release. Call it after the meta tables are filled."""
    gone = _first(con, f"SELECT reader FROM ({_files(f'{CATALOG}.')} EXCEPT ALL {_files('')})")
    came = _first(con, f"SELECT table_name FROM {NEW_FILES}")
    refused = _first(con, f"SELECT table_name FROM {CATALOG}.meta.rejected_row")
    corrections = [f"SELECT * FROM {catalog}reference.corrections" for catalog in ("", f"{CATALOG}.")]
    corrected = _first(con, f"SELECT table_name FROM ({_differing(*corrections)})")
    lost = {table.name for reader in READERS if reader.name in gone for table in reader.tables}
    same = {name for name in TABLES.keys() - lost - corrected if f"core.{name}" not in refused}
    return Unchanged(same - came, same)


def renumbered_tables(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> set[str]:
    """Those of the core tables that have rows of a series whose editions have other orders than in that release."""
    series = ", ".join(f"'{name}'" for name in _new_orders(con))
    return {
        name
        for name in tables
        if series and con.execute(f"FROM {CATALOG}.core.{name} WHERE series IN ({series}) LIMIT 1").fetchall()
    }


def same_rows(con: duckdb.DuckDBPyConnection, name: str, catalog: str = CATALOG) -> bool:
    """Whether this is a table (with schema) with the same rows as in an attached warehouse, in any order."""
    schema, _, table = name.partition(".")
    held = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"
        " AND database_name IN (current_database(), ?)",
        [schema, table, catalog],
    ).fetchall()[0][0]
    before = f"{catalog}.{name}"
    if held < len((name, before)):
        return False
    counts = con.execute(f"SELECT (SELECT count(*) FROM {name}), (SELECT count(*) FROM {before})").fetchall()[0]
    # Of two tables with as many rows, neither has a row that the other lacks if one has none.
    lacking = f"SELECT 1 FROM (FROM {name} EXCEPT ALL FROM {before}) LIMIT 1"
    return counts[0] == counts[1] and not con.execute(lacking).fetchall()


def detach(con: duckdb.DuckDBPyConnection) -> None:
    """Detach the previous release. Call it outside a transaction."""
    con.execute(f"DETACH {CATALOG}")


def take_over(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Copy core.<table> and its rows of the `OF_TABLE` meta tables from the previous release."""
    _copy(con, f"core.{table.name}", table)
    take_over_notes(con, table)


def take_over_notes(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Copy the rows of core.<table> in the `OF_TABLE` meta tables from the previous release."""
    for name in OF_TABLE:
        _copy(con, f"meta.{name}", table)


def take_over_coverage(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Set is_loaded and covered_until of core.<table> in meta.series_table as in the previous release."""
    con.execute(f"""
        UPDATE meta.series_table AS held SET is_loaded = before.is_loaded, covered_until = before.covered_until
        FROM {CATALOG}.meta.series_table AS before
        WHERE held.table_name = '{table.name}' AND before.table_name = '{table.name}' AND held.series = before.series
    """)


def coverage_before(table: Table) -> str:
    """SQL for the loaded series of core.<table> in the previous release, each with covered_until."""
    loaded = f"SELECT series, covered_until FROM {CATALOG}.meta.series_table"
    return f"{loaded} WHERE is_loaded AND table_name = '{table.name}'"


def take_over_counts(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Copy the rows of core.<table> in the `OF_FIGURES` meta tables from the previous release."""
    for name in OF_FIGURES:
        _copy(con, f"meta.{name}", table)


def counted_before(name: str, table: Table) -> str:
    """SQL for the rows of core.<table> in one of the `OF_FIGURES` meta tables of the previous release."""
    return f"SELECT * FROM {CATALOG}.meta.{name} WHERE table_name = '{table.name}'"


def _copy(con: duckdb.DuckDBPyConnection, target: str, table: Table) -> None:
    """Copy a core table, or the rows of a core table in a meta table, with the orders that editions have now."""
    columns = _columns(con, target)
    orders = _new_orders(con) if columns & set(ORDERS) else {}
    renumbered = [f"{_renumbered(order, orders)} AS {order}" for order in ORDERS if orders and order in columns]
    replaced = f"REPLACE ({', '.join(renumbered)})" if renumbered else ""
    where = f"WHERE table_name = '{table.name}'" if target.startswith("meta.") else ""
    con.execute(f"INSERT INTO {target} BY NAME SELECT * {replaced} FROM {CATALOG}.{target} {where}")


def _renumbered(order: str, orders: Mapping[str, list[int | None]]) -> str:
    """SQL for the order that an edition has now, from the column `order` with the one it had."""
    lists = {series: ", ".join(str(each or "NULL") for each in new) for series, new in orders.items()}
    cases = " ".join(f"WHEN '{series}' THEN [{new}][{order}]" for series, new in lists.items())
    return f"CASE series {cases} ELSE {order} END"


def _columns(con: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    return {column for column, *_ in con.execute(f"DESCRIBE {name}").fetchall()}


def _new_orders(con: duckdb.DuckDBPyConnection) -> dict[str, list[int | None]]:
    """For each series whose editions have other orders now: the new order of each, listed by the order before.

    Editions that only files of other tables have may be gone; their order is None.
    """
    lists = con.execute(f"""
        SELECT before.series, list(editions.edition_order ORDER BY before.edition_order)
        FROM {CATALOG}.meta.edition AS before
        LEFT JOIN meta.edition AS editions USING (series, edition, issue)
        GROUP BY before.series
    """).fetchall()
    return {series: orders for series, orders in lists if orders != list(range(1, len(orders) + 1))}


def _files(catalog: str) -> str:
    """SQL for the files of a release with everything that a core table takes from them, except the order of editions.

    `available_from` of an edition may change with a file that fills another table.
    """
    return f"""
        SELECT files.* EXCLUDE (edition_order), editions.issue, editions.available_from
        FROM {catalog}meta.source_file AS files
        INNER JOIN {catalog}meta.edition AS editions USING (series, edition, edition_order)
    """


def _differing(one: str, other: str) -> str:
    """SQL for the rows that only one of two queries returns."""
    return f"({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one})"


def _first(con: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    return {value for (value,) in con.execute(query).fetchall()}
