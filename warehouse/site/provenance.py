"""Where figures on pages are printed, for all rows of all answers at once: the web form of `workforce explain`.

reference.lineage says which rows a mart's row is made from. It is followed down to core tables, whose rows know their
edition, file, sheet and cell; headlines kept by hand know their source. Each table is joined once with what is made
from it, since answers share marts, and marts share tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import duckdb

from transforms.series import TABLES
from transforms.tables import Table
from warehouse.asking.answers import FIGURE, QuestionAnswer, Row, rows_of
from warehouse.sql import key_as_json

Edges = Mapping[str, Mapping[str, tuple[int, str, str]]]
"""Of each mart (with schema), by reference.lineage: the tables it is made from, each with a number, the extent to which
the mart is made from it, and the condition."""

PATH = "path_down"
"""Column of rows reached from a figure: the numbers of the tables on the way down to them."""

AMONG = "is_among"
"""Column of rows reached from a figure: whether it is made from some of them, which ones the lineage cannot say."""

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


def trace(con: duckdb.DuckDBPyConnection, answers: Iterable[QuestionAnswer]) -> dict[str, Sources]:
    """The sources of each row of the answers, by figure_id. Rows that are no rows of a mart have none."""
    found: list[tuple[list[int], str, Printed | Cited]] = []
    for name, rows in _reached(con, answers, _edges(con)).items():
        if name == "core.headline":
            found += [(path, figure, Cited(*cited)) for path, figure, *cited in _headlines(con, rows)]
        elif declared := _core(name):
            found += [(row["path"], row["figure"], _printed(row)) for row in _cells(con, declared, rows)]
    printed: dict[str, list[Printed]] = defaultdict(list)
    cited: dict[str, list[Cited]] = defaultdict(list)
    # In the order of the lineage: the rows of one path are in order already.
    for _, figure, source in sorted(found, key=lambda each: each[0]):
        if isinstance(source, Printed):
            printed[figure].append(source)
        else:
            cited[figure].append(source)
    return {figure: Sources(tuple(printed[figure]), tuple(cited[figure])) for figure in {*printed, *cited}}


def of_answer(answer: QuestionAnswer, sources: Mapping[str, Sources]) -> dict[str, Sources]:
    """The sources of the rows of one answer."""
    return {row[FIGURE]: sources[row[FIGURE]] for row in answer.rows if row.get(FIGURE) in sources}


def _edges(con: duckdb.DuckDBPyConnection) -> Edges:
    edges: dict[str, dict[str, tuple[int, str, str]]] = defaultdict(dict)
    for mart, made_from, extent, joined_where in con.execute(
        "SELECT 'marts.' || mart, made_from, extent, joined_where FROM reference.lineage ORDER BY made_from"
    ).fetchall():
        edges[mart][made_from] = (len(edges[mart]), extent, joined_where)
    return edges


def _reached(con: duckdb.DuckDBPyConnection, answers: Iterable[QuestionAnswer], edges: Edges) -> dict[str, str]:
    """The tables without lineage that the answers lead down to, each with a temporary table of the rows reached.

    These have the columns figure_id, path_down, is_among, and those of the table.
    """
    parts: dict[str, list[str]] = defaultdict(list)
    for answer in answers:
        if answer.mart:
            parts[answer.mart].append(
                f"SELECT {FIGURE}, []::INTEGER[] AS {PATH}, FALSE AS {AMONG}, * EXCLUDE ({FIGURE}) FROM {answer.table}"
            )
    bottom: dict[str, str] = {}
    # Each table after all that are made from it.
    for name in reversed(list(TopologicalSorter(edges).static_order())):
        if name not in parts:
            continue
        rows = f"reached_{name.replace('.', '_')}"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {rows} AS SELECT DISTINCT * FROM ({' UNION ALL '.join(parts[name])})"
        )
        if name not in edges:
            bottom[name] = rows
        for made_from, (number, extent, joined_where) in edges.get(name, {}).items():
            among = "TRUE" if extent == "among" else f"made.{AMONG}"
            parts[made_from].append(f"""
                SELECT made.{FIGURE}, list_append(made.{PATH}, {number}) AS {PATH}, {among} AS {AMONG}, figure.*
                FROM {rows} AS made INNER JOIN {made_from} AS figure ON {joined_where}
            """)
    return bottom


def _core(name: str) -> Table | None:
    schema, _, table = name.partition(".")
    return TABLES.get(table.removesuffix("_latest").removesuffix("_history")) if schema == "core" else None


def _cells(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> list[Row]:
    """For each figure, path down and sheet: edition, hash, cells in reading order, their number, revisions in words."""
    value = "any_value(cell.value)" if "value" in table.values else "NULL::DOUBLE"
    return rows_of(
        con,
        f"""
        WITH revised AS (
            SELECT series, figure, count(*) AS times,
                arg_max(old_value, new_edition) AS old_value, max(new_edition) AS new_edition
            FROM meta.revision WHERE table_name = '{table.name}' GROUP BY series, figure
        )
        SELECT cell.{PATH} AS path, cell.{FIGURE} AS figure, cell.{AMONG} AS among,
            cell.series, cell.edition, cell.file_sha256, coalesce(cell.source_sheet, '') AS sheet,
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


def _printed(row: Row) -> Printed:
    return Printed(
        row["series"],
        row["edition"],
        row["file_sha256"],
        row["sheet"],
        tuple(name for name in row["cells"] if name),
        row["number"],
        row["among"],
        row["value"],
        row["revised"],
    )


def _headlines(con: duckdb.DuckDBPyConnection, rows: str) -> list[tuple[Any, ...]]:
    return con.execute(f"""
        SELECT DISTINCT {PATH}, {FIGURE}, headline_id, coalesce(publisher, ''), coalesce(source_title, ''),
            coalesce(source_url, ''), coalesce(value_text, value::VARCHAR, '')
        FROM {rows} ORDER BY ALL
    """).fetchall()
