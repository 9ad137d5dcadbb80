"""What an export says of a mart: its description, columns and rights, as the warehouse records them."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from transforms.catalogue import OGL

LICENCES = {OGL: ("OGL-UK-3.0", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/")}
"""Licences with an identifier (SPDX, as Open Definition has it) and an address."""

HEADLINES = "headline"
"""The core table of cited headlines: rows made from it name the cited page."""


@dataclass(frozen=True)
class ExportColumn:
    """A column: its name, DuckDB type and meaning."""

    name: str
    type: str
    about: str


@dataclass(frozen=True)
class Rights:
    """A series that figures of a mart come from, with the licence and attribution recorded with its files."""

    series: str
    title: str
    publisher: str
    landing: str
    licence: str
    attribution: str

    @property
    def licence_address(self) -> str:
        """Where the licence can be read; '' where it has no address."""
        return LICENCES.get(self.licence, ("", ""))[1]


@dataclass(frozen=True)
class MartFacts:
    """A mart: `about` says what it holds, `grain` what a row is.

    `keys` are the columns of the grain, () where it is not stated in column names. `source` and `caveats` may be ''.
    `cites` tells that rows may come from cited pages.
    """

    name: str
    about: str
    grain: str
    keys: tuple[str, ...]
    source: str
    caveats: str
    columns: tuple[ExportColumn, ...]
    rights: tuple[Rights, ...]
    figure_kind: str
    cites: bool = False

    @property
    def is_illustrative(self) -> bool:
        """Whether the figures are made up for a trial."""
        return self.figure_kind == "illustrative"


def mart_facts(con: duckdb.DuckDBPyConnection) -> list[MartFacts]:
    """The facts of every mart, tables and views, by name."""
    kind = str(con.execute("SELECT figure_kind FROM meta.build").fetchall()[0][0])
    about = _descriptions(con)
    columns = _columns(con)
    rights = _rights(con)
    loaded = _series_of_tables(con)
    found = []
    for name, source, caveats, tables in con.execute(
        "SELECT mart, source, caveats, core_tables FROM meta.mart ORDER BY mart"
    ).fetchall():
        series = set().union(*(loaded.get(table, set()) for table in tables)) if tables else set(rights)
        words, _, grain = about[name].partition(" Grain: ")
        found.append(
            MartFacts(
                name,
                words,
                grain,
                _keys(grain, columns[name]),
                source,
                caveats,
                columns[name],
                tuple(rights[each] for each in sorted(series & rights.keys())),
                kind,
                HEADLINES in tables,
            )
        )
    return found


def _keys(grain: str, columns: tuple[ExportColumn, ...]) -> tuple[str, ...]:
    """The columns that a description states as the grain; () where it states it in other words."""
    stated = tuple(part.strip() for part in grain.partition(".")[0].split(" x "))
    return stated if set(stated) <= {column.name for column in columns} else ()


def _descriptions(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(
        con.execute("""
            SELECT table_name, coalesce(comment, '') FROM duckdb_tables()
            WHERE database_name = current_database() AND schema_name = 'marts'
            UNION ALL
            SELECT view_name, coalesce(comment, '') FROM duckdb_views()
            WHERE database_name = current_database() AND schema_name = 'marts'
        """).fetchall()
    )


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[ExportColumn, ...]]:
    columns: dict[str, tuple[ExportColumn, ...]] = {}
    for mart, name, type_, about in con.execute("""
        SELECT table_name, column_name, data_type, coalesce(comment, '') FROM duckdb_columns()
        WHERE database_name = current_database() AND schema_name = 'marts' ORDER BY table_name, column_index
    """).fetchall():
        columns[mart] = (*columns.get(mart, ()), ExportColumn(name, type_, about))
    return columns


def _rights(con: duckdb.DuckDBPyConnection) -> dict[str, Rights]:
    """Every loaded series with the rights recorded with its files."""
    found = con.execute("""
        SELECT files.series, coalesce(series.title, files.series), coalesce(series.publisher, files.publisher),
            coalesce(series.landing, ''), files.licence, files.attribution
        FROM (
            SELECT series, min(publisher) AS publisher,
                string_agg(DISTINCT licence, '; ' ORDER BY licence) AS licence,
                string_agg(DISTINCT attribution, ' ' ORDER BY attribution) AS attribution
            FROM meta.source_file GROUP BY series
        ) AS files
        LEFT JOIN meta.series AS series ON series.series = files.series
    """).fetchall()
    return {row[0]: Rights(*row) for row in found}


def _series_of_tables(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    found = con.execute("SELECT table_name, list(series) FROM meta.series_table WHERE is_loaded GROUP BY table_name")
    return {table: set(series) for table, series in found.fetchall()}
