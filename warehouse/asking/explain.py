"""Traces a figure back to its published cells: mart row -> SQL -> core rows -> edition, file, sheet, cell.

reference.lineage states which rows a mart's row is calculated from; each cell is then read from the archived file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from transforms.errors import WorkforceError
from transforms.opening.opened import open_sheet
from transforms.published_file import PublishedFile
from transforms.reading.grid import ROW
from transforms.series import TABLES
from transforms.tables import Table
from warehouse.archive import Archive, Record
from warehouse.asking.lookup import one_row
from warehouse.asking.query import reading
from warehouse.building.notes import PERIODS, note_touches
from warehouse.sql import SAME, key_as_json

MOST_FIGURES = 200
"""Maximum number of figures whose cells are read for one row; the others are only counted."""

CELL = ("file_sha256", "source_sheet", "source_row", "source_column")


@dataclass(frozen=True)
class Step:
    """One step of the lineage: `rows` rows of `made_from`, selected by `joined_where`, provide a row of `table`.

    `made_by` is the SQL of `table`. `extent`: 'all' (calculated from all of these rows) or 'among' (from some of them).
    """

    table: str
    made_from: str
    rows: int
    extent: str
    joined_where: str
    remark: str
    made_by: str


@dataclass
class Explanation:
    """The provenance of one row.

    `figures`: one row per published figure: core_table, figure (key as JSON), value, value_status, series, edition,
    file_name, sheet, cell, printed (text in the archived file's cell), verdict, file_sha256, address, page,
    retrieved_at. `total_figures` also counts those beyond `MOST_FIGURES`. `cited`: rows of core.headline, with their
    citations. `notes`: rows of marts.data_quality_notes; `revisions`, `withdrawals`, `corrections`: rows of
    meta.revision, meta.withdrawn_figure and meta.applied_correction that refer to the figures.
    """

    table: str
    about: str
    row: dict[str, object]
    steps: list[Step] = field(default_factory=list)
    figures: pl.DataFrame = field(default_factory=pl.DataFrame)
    total_figures: int = 0
    cited: pl.DataFrame = field(default_factory=pl.DataFrame)
    notes: pl.DataFrame = field(default_factory=pl.DataFrame)
    revisions: pl.DataFrame = field(default_factory=pl.DataFrame)
    withdrawals: pl.DataFrame = field(default_factory=pl.DataFrame)
    corrections: pl.DataFrame = field(default_factory=pl.DataFrame)
    notes_loaded: bool = False
    other_editions_loaded: bool = False

    @property
    def holds(self) -> bool:
        """Whether every cell that could be read has the figure."""
        return self.figures.is_empty() or not self.figures["verdict"].str.starts_with("DIFFERS").any()


def explain(warehouse: Path, archive: Archive, table: str, key: Mapping[str, str]) -> Explanation:
    """Explain the one row of `table` that has the values of `key`.

    Raises `NoSuchTable`, `NoSuchColumn`, `NoSuchRow`, `SeveralRows`, and `ArchiveDamaged` for a damaged archived file.
    """
    with reading(warehouse) as con:
        asked = one_row(con, table, key)
        explanation = Explanation(asked.table, _comment(con, asked.table), asked.row)
        con.execute(f"CREATE TEMP TABLE made_0 AS SELECT * FROM {asked.table} WHERE {asked.where}")
        reached = list(_follow(con, asked.table, "made_0", explanation.steps))
        published = [(core, rows) for name, rows in reached if (core := _core(name))]
        figures = [_figures(con, core, rows) for core, rows in published]
        explanation.total_figures = sum(frame.height for frame in figures)
        if figures:
            found = pl.concat(figures, how="diagonal").head(MOST_FIGURES)
            explanation.figures = _opened(found, archive)
        explanation.cited = _all_of(con, [rows for name, rows in reached if name == "core.headline"])
        explanation.notes = _notes(con, published)
        explanation.notes_loaded, explanation.other_editions_loaded = _loaded(con, explanation.figures)
        explanation.revisions = _known_of(con, "revision", explanation.figures)
        explanation.withdrawals = _known_of(con, "withdrawn_figure", explanation.figures)
        explanation.corrections = _known_of(con, "applied_correction", explanation.figures)
    return explanation


def _follow(con: duckdb.DuckDBPyConnection, table: str, rows: str, steps: list[Step]) -> Iterator[tuple[str, str]]:
    """Follow the lineage of `rows`; yields each table at its end (without lineage) and the temporary table of its rows.

    Adds the steps to `steps`.
    """
    lineage = con.execute(
        "SELECT made_from, extent, joined_where, coalesce(remark, '') FROM reference.lineage "
        "WHERE 'marts.' || mart = ? ORDER BY made_from",
        [table],
    ).fetchall()
    if not lineage:
        yield table, rows
    made_by = con.execute("SELECT made_by FROM meta.mart WHERE 'marts.' || mart = ?", [table]).fetchall()
    for made_from, extent, joined_where, remark in lineage:
        below = f"made_{len(steps) + 1}"
        con.execute(f"""
            CREATE TEMP TABLE {below} AS SELECT * FROM {made_from} AS figure
            WHERE EXISTS (SELECT 1 FROM {rows} AS made WHERE {joined_where})
        """)
        number = con.execute(f"SELECT count(*) FROM {below}").fetchall()[0][0]
        if number:
            steps.append(Step(table, made_from, number, extent, joined_where, remark, made_by[0][0] if made_by else ""))
            yield from _follow(con, made_from, below, steps)
        else:
            con.execute(f"DROP TABLE {below}")


def _core(name: str) -> Table | None:
    schema, _, table = name.partition(".")
    return TABLES.get(table.removesuffix("_latest").removesuffix("_history")) if schema == "core" else None


def _figures(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> pl.DataFrame:
    """The published figures of a core table in `rows`, with the file of each."""
    has_value = "value" in table.values
    return con.execute(f"""
        SELECT '{table.name}' AS core_table, {key_as_json(table, "figure")} AS figure,
            {"figure.value" if has_value else "NULL::DOUBLE"} AS value,
            {"figure.value_status" if has_value else "NULL::VARCHAR"} AS value_status,
            figure.series, figure.edition, files.file_name, coalesce(figure.source_sheet, '') AS sheet,
            core.cell_name(figure.source_row, figure.source_column) AS cell, figure.source_row, figure.source_column,
            {_identity(table)} AS identity,
            figure.file_sha256, files.address, files.page, files.retrieved_at,
            EXISTS (
                SELECT 1 FROM meta.applied_correction AS corrected
                WHERE {" AND ".join(f"corrected.{part} IS NOT DISTINCT FROM figure.{part}" for part in CELL)}
            ) AS is_corrected
        FROM {rows} AS figure
        LEFT JOIN meta.source_file AS files USING (series, file_sha256, edition_order)
        ORDER BY ALL
    """).pl()


def _identity(table: Table) -> str:
    """SQL for the codes that the published row must contain, for figures that are a whole row and not one cell."""
    codes = [name for name in table.key if name.endswith("_code") or name == "reference_number"]
    listed = ", ".join(f"figure.{name}" for name in codes)
    return f"list_filter([{listed}]::VARCHAR[], LAMBDA code: code IS NOT NULL)"


def _opened(figures: pl.DataFrame, archive: Archive) -> pl.DataFrame:
    """The figures with two more columns: `printed`, the text of the archived cell, and `verdict`."""
    parts = [_read(group, archive) for _, group in figures.group_by("file_sha256", "sheet", maintain_order=True)]
    return pl.concat(parts).drop("identity", "is_corrected", "source_row", "source_column")


def _read(figures: pl.DataFrame, archive: Archive) -> pl.DataFrame:
    first = figures.row(0, named=True)
    record = next((each for each in archive.records() if each.sha256 == first["file_sha256"]), None)
    if record is None:
        return figures.with_columns(printed=pl.lit(None, pl.String), verdict=pl.lit("not opened: not in the archive"))
    cells = figures.join(_cells(record, archive, first["sheet"], figures), on=[ROW, "source_column"])
    return _compared(cells)


def _cells(record: Record, archive: Archive, sheet: str, figures: pl.DataFrame) -> pl.DataFrame:
    """Text (`printed`) and `number` of each figure's cell; for a whole row (column 0) its texts, joined by ' | '."""
    file = PublishedFile(archive.verified(record), record.file_name, hint=record.edition)
    try:
        grid = open_sheet(file, sheet)
    except WorkforceError as error:
        raise error.in_file(record.file_name) from None
    places = figures.select(ROW, "source_column").unique().sort(ROW)
    inside = pl.col(ROW).is_in(places[ROW].implode())
    long = grid.melt(rows=(int(places[ROW][0]), int(places[ROW][-1])), columns=grid.columns).filter(inside)
    whole = (
        long.drop_nulls("printed")
        .group_by(ROW, maintain_order=True)
        .agg(
            source_column=pl.lit(0, pl.Int32),
            printed=pl.col("printed").str.join(" | "),
            number=pl.lit(None, pl.Float64),
        )
    )
    return places.join(pl.concat([long, whole], how="diagonal_relaxed"), on=[ROW, "source_column"], how="left")


def _compared(cells: pl.DataFrame) -> pl.DataFrame:
    value, number = pl.col("value"), pl.col("number")
    whole = pl.col("source_column") == 0
    missing = pl.col("identity").list.set_difference(pl.col("printed").fill_null("").str.split(" | "))
    verdict = (
        pl.when(pl.col("is_corrected"))
        .then(pl.lit("corrected: see the correction"))
        .when(whole & (missing.list.len() == 0))
        .then(pl.lit("the row prints it"))
        .when(whole)
        .then(pl.lit("DIFFERS from the row"))
        .when(value.is_null() & number.is_null())
        .then(pl.lit("prints no number"))
        .when((value - number).abs() <= SAME)
        .then(pl.lit("prints it"))
        .when((value - 100 * number).abs() <= SAME)
        .then(pl.lit("prints it as a fraction of one"))
        .otherwise(pl.lit("DIFFERS from the figure"))
    )
    return cells.with_columns(verdict=verdict).drop("number")


def _loaded(con: duckdb.DuckDBPyConnection, figures: pl.DataFrame) -> tuple[bool, bool]:
    """Whether data quality notes, and whether more than one edition, of the figures' series are loaded."""
    series = figures["series"].unique().to_list() if "series" in figures.columns else []
    notes, editions = con.execute(
        """
        SELECT
            (SELECT count(*) FROM marts.data_quality_notes WHERE list_contains(?, source_series)),
            (SELECT count(DISTINCT (series, edition)) - count(DISTINCT series) FROM meta.edition
                WHERE list_contains(?, series))
        """,
        [series, series],
    ).fetchall()[0]
    return notes > 0, editions > 0


def _notes(con: duckdb.DuckDBPyConnection, published: list[tuple[Table, str]]) -> pl.DataFrame:
    """The publisher's data quality notes that apply to the rows, by series, organisation and period."""
    found = [touching for table, rows in published if (touching := _touching(table, rows))]
    listed = " OR ".join(f"EXISTS ({touching})" for touching in found) or "FALSE"
    return con.execute(f"SELECT * FROM marts.data_quality_notes AS note WHERE {listed} ORDER BY ALL").pl()


def _touching(table: Table, rows: str) -> str:
    columns = {column.name for column in table.columns}
    period = next((column for column in PERIODS if column in columns), None)
    if period is None:
        return ""
    return f"FROM {rows} AS made WHERE " + note_touches("made", "series", period, has_org_code="org_code" in columns)


def _all_of(con: duckdb.DuckDBPyConnection, tables: list[str]) -> pl.DataFrame:
    if not tables:
        return pl.DataFrame()
    return con.execute(" UNION ".join(f"SELECT * FROM {name}" for name in tables)).pl()


def _known_of(con: duckdb.DuckDBPyConnection, name: str, figures: pl.DataFrame) -> pl.DataFrame:
    """Rows of meta.<name> that refer to the figures."""
    if figures.is_empty():
        return pl.DataFrame()
    con.register("explained", figures.select("core_table", "series", "figure").to_arrow())
    return con.execute(f"""
        SELECT * FROM meta.{name} AS known
        WHERE (known.table_name, known.series, known.figure) IN (SELECT (core_table, series, figure) FROM explained)
        ORDER BY ALL
    """).pl()


def _comment(con: duckdb.DuckDBPyConnection, table: str) -> str:
    schema, _, name = table.partition(".")
    found = con.execute(
        "SELECT comment FROM duckdb_tables() WHERE schema_name = ? AND table_name = ? "
        "UNION ALL SELECT comment FROM duckdb_views() WHERE schema_name = ? AND view_name = ?",
        [schema, name, schema, name],
    ).fetchall()
    return str(found[0][0] or "") if found else ""
