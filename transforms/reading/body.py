"""The body of a table in a sheet: which rows hold figures, which are headings of blocks, and where the notes begin."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from transforms.errors import LayoutChanged
from transforms.reading.grid import ROW, Grid
from transforms.reading.refuse import NEW_LAYOUT, refuse_layout, refuse_rows


def figure_rows(
    grid: Grid,
    *,
    after: int,
    labels: Sequence[int],
    figures: Sequence[int],
    ignored: Collection[int] = (),
    blocks: Collection[str] = (),
) -> pl.DataFrame:
    """The rows below row `after` that hold figures.

    Columns returned: source_row, the label columns ('c1', 'c2', …, text) and block (the heading of the block the row is
    in, lower case, or NULL). A row whose only filled cell is in the first label column is the heading of a block if its
    text is one of `blocks` (lower case); otherwise the notes begin there and the table ends. Empty rows are skipped.

    Raises `LayoutChanged` for a row of any other kind, for a filled cell in a column that is in none of `labels`,
    `figures` and `ignored`, and for figures below the notes.
    """
    rows = _kinds(grid, after, labels, figures, ignored).with_columns(
        block=pl.when("lone").then(_normal(f"c{labels[0]}")).replace_strict({b: b for b in blocks}, default=None)
    )
    notes = rows.filter(pl.col("lone") & pl.col("block").is_null())[ROW].min()
    table = rows if notes is None else rows.filter(pl.col(ROW) < notes)
    _refuse_strange_cells(grid, table)
    _refuse_unclear_rows(grid, table)
    if notes is not None:
        _refuse_figures_below(grid, int(str(notes)), figures)
    return (
        table.with_columns(pl.col("block").forward_fill())
        .filter("has_figures")
        .select(ROW, *(f"c{column}" for column in labels), "block")
    )


def _kinds(
    grid: Grid, after: int, labels: Sequence[int], figures: Sequence[int], ignored: Collection[int]
) -> pl.DataFrame:
    named = {*labels, *figures, *ignored}
    strange = [f"c{column}" for column in grid.columns if column not in named]
    first, *others = texts = [f"c{column}" for column in labels]
    written = pl.col(first).is_not_null()
    # Only the columns that are needed: a sheet has some hundred columns of figures.
    return (
        grid.text[after:]
        .select(
            ROW,
            *texts,
            has_figures=pl.any_horizontal(pl.col([f"c{column}" for column in figures]).is_not_null()),
            has_labels=pl.any_horizontal(pl.col(texts).is_not_null()),
            lone=pl.all_horizontal(written, pl.col(others).is_null()) if others else written,
            strange=pl.coalesce(
                *(pl.when(pl.col(name).is_not_null()).then(pl.lit(int(name[1:]))) for name in strange),
                pl.lit(None, pl.Int64),
            ),
        )
        .with_columns(lone=pl.col("lone") & ~pl.col("has_figures") & pl.col("strange").is_null())
    )


def _normal(name: str) -> pl.Expr:
    return pl.col(name).str.replace_all(r"\s+", " ").str.to_lowercase()


def _refuse_strange_cells(grid: Grid, table: pl.DataFrame) -> None:
    refuse_rows(
        table.filter(pl.col("strange").is_not_null()).with_columns(source_column="strange"),
        LayoutChanged,
        "a column that this reader does not know is not empty",
        file=grid,
        expected="nothing outside the columns with known headings",
        found=lambda row: repr(grid.row(row[ROW])[row["strange"]]),
        do=NEW_LAYOUT,
    )


def _refuse_unclear_rows(grid: Grid, table: pl.DataFrame) -> None:
    refuse_layout(
        grid,
        table.filter((pl.col("has_figures") != pl.col("has_labels")) & pl.col("block").is_null()),
        "a row is none of: figures with a label, the heading of a block, a note",
        expected="labels and figures, or text in the first column only",
    )


def _refuse_figures_below(grid: Grid, notes: int, figures: Sequence[int]) -> None:
    is_figure = pl.any_horizontal(pl.col([f"c{column}" for column in figures]).is_not_null())
    refuse_layout(
        grid,
        grid.numbers[notes - 1 :].select(ROW, is_figure=is_figure).filter("is_figure"),
        "there are figures below the row where the notes begin",
        expected=lambda _: f"only notes from row {notes} on ({next(iter(grid.row(notes).values()))!r})",
    )
