"""Where figures on pages are printed, for all rows of an answer at once: the web form of `workforce explain`.

reference.lineage says which rows a mart's row is made from. It is followed down to core tables, whose rows know their
edition, file, sheet and cell; headlines kept by hand know their source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from transforms.series import TABLES
from transforms.tables import Table
from warehouse.asking.answers import FIGURE, QuestionAnswer, Row, rows_of
from warehouse.sql import key_as_json

Edges = Mapping[str, Sequence[tuple[str, str, str]]]
"""Of each mart (with schema), by reference.lineage: the tables it is made from, to what extent, and the condition."""

MOST_CELLS = 12
"""Cells named for one figure and sheet; of more, the first ones and their number."""


@dataclass(frozen=True)
class Printed:
    """The cells of one sheet that a figure is made from.

    `among`: the figure is made from some of these cells, which ones the lineage cannot say. `value` is the published
    value where there is one cell. `revised` says in words how often a later edition printed another value.
    """

    series: str
    edition: str
    file_sha256: str
    sheet: str
    cells: tuple[str, ...]
    number: int
    among: bool
    value: float | None
    revised: str


@dataclass(frozen=True)
class Cited:
    """A headline kept by hand: who printed it, where, and in which words."""

    headline_id: str
    publisher: str
    title: str
    url: str
    words: str


@dataclass(frozen=True)
class SourceFile:
    """A published file: its hash, name, edition, where it was fetched and from which page, when, and its licence."""

    file_sha256: str
    series: str
    edition: str
    file_name: str
    address: str
    page: str
    retrieved_at: str
    licence: str
    attribution: str


@dataclass(frozen=True)
class Sources:
    """Of one figure: cells of published files, and cited headlines."""

    printed: tuple[Printed, ...] = ()
    cited: tuple[Cited, ...] = ()

    @property
    def words(self) -> str:
        """A short name for a link: the cell, how many cells, or the headline's publisher."""
        number = sum(each.number for each in self.printed)
        if number == 1:
            return f"cell {self.printed[0].cells[0]}" if self.printed[0].cells else "1 row"
        if number:
            return f"{number:,} cells"
        return self.cited[0].publisher if self.cited else "SQL"


def source_files(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], SourceFile]:
    """Every published file of the warehouse by hash and edition."""
    rows = con.execute("""
        SELECT file_sha256, series, edition, file_name, coalesce(address, ''), coalesce(page, ''),
            coalesce(retrieved_at, ''), coalesce(licence, ''), coalesce(attribution, '')
        FROM meta.source_file ORDER BY series, edition_order, file_name
    """).fetchall()
    return {(row[0], row[2]): SourceFile(*row) for row in rows}


def trace(con: duckdb.DuckDBPyConnection, answer: QuestionAnswer) -> dict[str, Sources]:
    """The sources of each row of an answer, by figure_id. Empty where its rows are no rows of a mart."""
    if not answer.mart:
        return {}
    printed: dict[str, list[Printed]] = defaultdict(list)
    cited: dict[str, list[Cited]] = defaultdict(list)
    edges: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for mart, made_from, extent, joined_where in con.execute(
        "SELECT 'marts.' || mart, made_from, extent, joined_where FROM reference.lineage ORDER BY made_from"
    ).fetchall():
        edges[mart].append((made_from, extent, joined_where))
    for name, rows, among in _follow(con, answer.mart, answer.table, edges, among=False):
        if name == "core.headline":
            for headline in _headlines(con, rows):
                cited[headline[0]].append(Cited(*headline[1:]))
        elif declared := _core(name):
            for row in _cells(con, declared, rows):
                printed[row["figure"]].append(_printed(row, among=among))
    return {figure: Sources(tuple(printed[figure]), tuple(cited[figure])) for figure in {*printed, *cited}}


def _follow(
    con: duckdb.DuckDBPyConnection, table: str, rows: str, edges: Edges, *, among: bool
) -> Iterator[tuple[str, str, bool]]:
    """Every table that rows lead down to and that has no lineage itself, with a temporary table of the rows reached."""
    if table not in edges:
        yield table, rows, among
    for number, (made_from, extent, joined_where) in enumerate(edges.get(table, ())):
        below = f"{rows}_{number}"
        con.execute(f"""
            CREATE OR REPLACE TEMP TABLE {below} AS
            SELECT DISTINCT made.{FIGURE}, figure.* FROM {rows} AS made INNER JOIN {made_from} AS figure
                ON {joined_where}
        """)
        yield from _follow(con, made_from, below, edges, among=among or extent == "among")
        con.execute(f"DROP TABLE {below}")


def _core(name: str) -> Table | None:
    schema, _, table = name.partition(".")
    return TABLES.get(table.removesuffix("_latest").removesuffix("_history")) if schema == "core" else None


def _cells(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> list[Row]:
    """For each figure and sheet: edition, hash, cells in reading order, their number, and revisions in words."""
    value = "any_value(cell.value)" if "value" in table.values else "NULL::DOUBLE"
    return rows_of(
        con,
        f"""
        WITH revised AS (
            SELECT series, figure, count(*) AS times,
                arg_max(old_value, new_edition) AS old_value, max(new_edition) AS new_edition
            FROM meta.revision WHERE table_name = '{table.name}' GROUP BY series, figure
        )
        SELECT cell.{FIGURE} AS figure, cell.series, cell.edition, cell.file_sha256,
            coalesce(cell.source_sheet, '') AS sheet,
            list(DISTINCT (cell.source_row, cell.source_column) ORDER BY (cell.source_row, cell.source_column))
                [1:{MOST_CELLS}].list_transform(LAMBDA place: core.cell_name(place[1], place[2])) AS cells,
            count(DISTINCT (cell.source_row, cell.source_column)) AS number,
            CASE WHEN count(DISTINCT (cell.source_row, cell.source_column)) = 1 THEN {value} END AS value,
            CASE
                WHEN sum(revised.times) IS NULL THEN ''
                WHEN count(*) = 1 THEN 'revised in ' || max(revised.new_edition) || ', before: '
                    || coalesce(max(revised.old_value)::VARCHAR, 'not printed')
                ELSE count(revised.times) || ' of the cells revised, last in ' || max(revised.new_edition)
            END AS revised
        FROM {rows} AS cell
        LEFT JOIN revised ON revised.series = cell.series AND revised.figure = {key_as_json(table, "cell")}
        GROUP BY ALL ORDER BY ALL
        """,
    )


def _printed(row: Row, *, among: bool) -> Printed:
    return Printed(
        row["series"],
        row["edition"],
        row["file_sha256"],
        row["sheet"],
        tuple(name for name in row["cells"] if name),
        row["number"],
        among,
        row["value"],
        row["revised"],
    )


def _headlines(con: duckdb.DuckDBPyConnection, rows: str) -> list[tuple[str, ...]]:
    return con.execute(f"""
        SELECT DISTINCT {FIGURE}, headline_id, coalesce(publisher, ''), coalesce(source_title, ''),
            coalesce(source_url, ''), coalesce(value_text, value::VARCHAR, '')
        FROM {rows} ORDER BY ALL
    """).fetchall()
