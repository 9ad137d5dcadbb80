"""The cells of a block as a tidy frame: one row per figure, with its region, sector, quarter and cell."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from transforms.errors import LayoutChanged, RepeatedFigure, UnmappedLabel
from transforms.reading.grid import ROW, Grid
from transforms.reading.refuse import ASK_WHICH, refuse_rows
from transforms.reading.symbols import value_and_status
from transforms.reading.vocabulary import key, translate, vocabulary
from transforms.series.vacancies.layout import GRAND_TOTAL, Block
from transforms.series.vacancies.quarters import quarter_end

CODE = r"\(\s*([Yy][0-9]{2})\s*\)"
DASHES = {"-": "x", "–": "x", "—": "x"}
"""Dashes mean that no figure is printed. Unlike `[x]`, a dash counts as zero in a total."""


def named_region(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """`frame` with `region` and `region_code` for the region printed in `column`; the code in brackets is optional.

    Raises `UnmappedLabel` for an unknown region, or for a region printed with the code of another.
    """
    printed = frame.with_columns(
        _name=key(pl.col(column)).str.replace_all(CODE, " ").str.replace_all(r"\s+", " ").str.strip_chars(),
        _code=pl.col(column).str.extract(CODE).str.to_uppercase(),
    ).with_columns(pl.col("_name").str.strip_suffix(" total"))
    read = translate(printed, "_name", "vacancy_region", into="region")
    codes = vocabulary("vacancy_region").select(pl.col("label").alias("region"), "region_code").unique()
    read = read.join(codes, on="region", how="left", validate="m:1", maintain_order="left")
    wrong = read.filter(pl.col("_code").is_not_null() & pl.col("_code").ne_missing(pl.col("region_code")))
    refuse_rows(
        wrong,
        UnmappedLabel,
        "a region is printed with the code of another region",
        expected="{region} ({region_code})",
        found=f"{{{column}!r}}",
        do=ASK_WHICH,
    )
    return read.drop("_name", "_code")


def read_blocks(found: Iterable[tuple[Grid, Block]]) -> pl.DataFrame:
    """The figures of all blocks in the printed units, one row per cell.

    Columns: staff_group, measure, region, region_code, sector, quarter_end, quarter_marker, value, value_status, nil
    (whether the cell is a blank or a dash), source_sheet, source_row, source_column. Raises `UnmappedLabel` for an
    unknown region or sector, `LayoutChanged` for a row without region or sector, `RepeatedFigure` for a repeated row,
    `UnreadableValue` for a cell that is neither number nor symbol.
    """
    blocks = list(found)
    rows = _labelled(pl.concat([_rows(grid, block, number) for number, (grid, block) in enumerate(blocks)]))
    cells = pl.concat([_figures(grid, block, number) for number, (grid, block) in enumerate(blocks)])
    return cells.join(rows, on=["block", ROW], how="inner", maintain_order="left").drop("block")


def _figures(grid: Grid, block: Block, number: int) -> pl.DataFrame:
    """Every cell below a quarter's label, including cells of notes and blank rows, which are removed later."""
    quarters = [(place, quarter_end(label)) for place, label in block.quarters.items()]
    dates = {place: read[0] for place, read in quarters if read}
    markers = {place: read[1] for place, read in quarters if read}
    cells = grid.melt(rows=(block.header + 1, block.end), columns=list(block.quarters)).filter(
        ~pl.col(ROW).is_in(block.repeated_headers)
    )
    column = pl.col("source_column")
    read = value_and_status(cells, sheet=grid.sheet, symbols=DASHES)
    return read.with_columns(
        block=pl.lit(number),
        source_sheet=pl.lit(grid.sheet),
        staff_group=pl.lit(block.staff_group),
        measure=pl.lit(block.measure),
        quarter_end=column.replace_strict(dates, return_dtype=pl.Date),
        quarter_marker=column.replace_strict(markers, return_dtype=pl.String),
        nil=pl.col("value").is_null() & (pl.col("printed").is_null() | pl.col("printed").is_in(list(DASHES))),
    ).drop("printed", "number")


def _rows(grid: Grid, block: Block, number: int) -> pl.DataFrame:
    inside = pl.col(ROW).is_between(block.header + 1, block.end) & ~pl.col(ROW).is_in(block.repeated_headers)
    values = [f"c{place}" for place in block.quarters]
    return grid.text.filter(inside).select(
        pl.lit(number).alias("block"),
        ROW,
        pl.lit(grid.sheet).alias("source_sheet"),
        pl.lit(block.first_column, pl.Int32).alias("source_column"),
        pl.lit(block.sector_column, pl.Int32).alias("sector_column"),
        pl.col(f"c{block.first_column}").alias("printed_region"),
        pl.col(f"c{block.sector_column}").alias("printed_sector"),
        filled=pl.any_horizontal(pl.col(values).is_not_null()),
    )


def _labelled(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that hold figures, with region and sector; notes and blank rows are left out."""
    label = key(pl.col("printed_region").str.replace_all(CODE, " "))
    regions = vocabulary("vacancy_region").select(key(pl.col("printed")))["printed"].to_list()
    rows = rows.with_columns(
        total=(label.str.ends_with(" total") | label.is_in(GRAND_TOTAL)).fill_null(value=False),
        regional=label.is_in(regions).fill_null(value=False),
    )
    figures = pl.col("filled") | pl.col("printed_sector").is_not_null() | pl.col("total")
    rows = _regions_of(rows.filter(figures | pl.col("regional")))
    rows = _sectors_of(rows.filter(figures))
    refuse_rows(
        rows.filter(~pl.struct("block", "region", "sector").is_first_distinct()),
        RepeatedFigure,
        "a region's sector, or its total, comes twice in one block",
        expected="each once",
        found="{region}, {sector}",
        do=ASK_WHICH,
    )
    return rows.select("block", ROW, "region", "region_code", "sector")


def _regions_of(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with region and region_code, which are printed in every row or only in the first row of a region.

    The row with a region's total is the last row of the region.
    """
    read = named_region(rows, "printed_region").with_columns(
        run=pl.col("total").shift(1, fill_value=False).cum_sum().over("block")
    )
    filled = read.with_columns(pl.col("region", "region_code").forward_fill().over("block", "run"))
    refuse_rows(
        filled.filter(pl.col("region").is_null()),
        LayoutChanged,
        "a row of figures belongs to no region",
        expected="the region's name in this row, or above it since the last total",
    )
    refuse_rows(
        filled.filter(pl.col("region") != pl.col("region").first().over("block", "run")),
        LayoutChanged,
        "a region begins, or has a total, before the one above it has its total",
        found="{printed_region!r}",
    )
    return filled


def _sectors_of(rows: pl.DataFrame) -> pl.DataFrame:
    rows = rows.with_columns(source_column=pl.col("sector_column"))
    rows = translate(rows, "printed_sector", "sector", into="named")
    whole = pl.when("total").then(pl.lit("All sectors")).otherwise("named")
    rows = rows.with_columns(sector=whole)
    wrong = rows.filter(pl.col("sector").is_null() | (pl.col("total") & (pl.col("named") != "All sectors")))
    refuse_rows(
        wrong,
        LayoutChanged,
        "a row of figures has neither a sector nor the label of a total",
        expected="a sector in this cell, or '<Region> Total' in the column of regions",
        found="{printed_sector!r}",
    )
    return rows


def no_stray_figures(grid: Grid, blocks: list[Block]) -> None:
    """Check that every number of a sheet is in a block, and that every column inside a block has a heading.

    Raises `LayoutChanged` for the first cell that breaks the rule.
    """
    cells = grid.melt(rows=(1, grid.text.height), columns=grid.columns).filter(
        pl.col("printed").is_not_null() | pl.col("number").is_not_null()
    )
    column, number = pl.col("source_column"), pl.col("number").is_not_null()
    figures, words, inside = pl.lit(value=False), pl.lit(value=False), pl.lit(value=False)
    for block in blocks:
        rows = pl.col(ROW).is_between(block.header, block.end)
        figures = figures | (rows & column.is_in(list(block.quarters)))
        words = words | (rows & column.is_in([block.first_column, block.sector_column]))
        inside = inside | (rows & column.is_between(block.first_column, block.last_column))
    refuse_rows(
        cells.filter(~figures & (number | (inside & ~words))).sort(ROW, "source_column"),
        LayoutChanged,
        "a figure, or a cell inside a block, has no heading",
        file=grid,
        expected="Region, Sector or a quarter above it",
        found="{printed!r}",
    )
