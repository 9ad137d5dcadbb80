"""The cells of a block as a tidy frame: one row a figure, with its region, sector, quarter and place."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from transforms.errors import LayoutChanged, RepeatedFigure, UnmappedLabel, WorkforceError
from transforms.reading.grid import ROW, Grid, cell_name
from transforms.reading.symbols import value_and_status
from transforms.reading.vocabulary import key, translate, vocabulary
from transforms.series.vacancies.layout import GRAND_TOTAL, Block
from transforms.series.vacancies.quarters import quarter_end

CODE = r"\(\s*([Yy]\d{2})\s*\)"
DASHES = {"-": "x", "–": "x", "—": "x"}
"""No figure printed. Unlike `[x]` it adds nothing to a total."""


def error_at(
    frame: pl.DataFrame, kind: type[WorkforceError], problem: str, *, file: str, **more: str
) -> WorkforceError:
    """The error at the first row of `frame`, which has the three columns of a cell's place."""
    first = frame.row(0, named=True)
    cell = cell_name(first["source_row"], first["source_column"])
    return kind(problem, file=file, sheet=first["source_sheet"], cell=cell, **more)


def named_region(frame: pl.DataFrame, column: str, *, file: str) -> pl.DataFrame:
    """`frame` with `region` and `region_code` for the region printed in `column`; the code in brackets is optional.

    Raises `UnmappedLabel` for a region nobody has mapped, or one printed with another's code.
    """
    printed = frame.with_columns(
        _name=key(pl.col(column)).str.replace_all(CODE, " ").str.replace_all(r"\s+", " ").str.strip_chars(),
        _code=pl.col(column).str.extract(CODE).str.to_uppercase(),
    ).with_columns(pl.col("_name").str.strip_suffix(" total"))
    read = translate(printed, "_name", "vacancy_region", into="region", file=file)
    codes = vocabulary("vacancy_region").select(pl.col("label").alias("region"), "region_code").unique()
    read = read.join(codes, on="region", how="left", validate="m:1", maintain_order="left")
    wrong = read.filter(pl.col("_code").is_not_null() & pl.col("_code").ne_missing(pl.col("region_code")))
    if wrong.height:
        raise error_at(
            wrong, UnmappedLabel, "a region stands beside the code of another", file=file,
            expected=f"{wrong['region'][0]} ({wrong['region_code'][0]})", found=repr(wrong[column][0]),
            do="ask the publisher which of the two is meant",
        )  # fmt: skip
    return read.drop("_name", "_code")


def read_blocks(found: Iterable[tuple[Grid, Block]]) -> pl.DataFrame:
    """The figures of all blocks in the units printed, one row a cell, with region, sector, quarter and place.

    `nil` marks a blank or a dash. Raises `UnmappedLabel` for a region or sector nobody has mapped, `LayoutChanged` for
    rows without one, `RepeatedFigure` for a row that comes twice, `UnreadableValue`.
    """
    blocks = list(found)
    rows = _labelled(
        pl.concat([_rows(grid, block, number) for number, (grid, block) in enumerate(blocks)]), blocks[0][0].file
    )
    cells = pl.concat([_figures(grid, block, number) for number, (grid, block) in enumerate(blocks)])
    return cells.join(rows, on=["block", ROW], how="inner", maintain_order="left").select(
        "staff_group", "measure", "region", "region_code", "sector", "quarter_end", "quarter_marker",
        "value", "value_status", "nil", "source_sheet", ROW, "source_column",
    )  # fmt: skip


def _figures(grid: Grid, block: Block, number: int) -> pl.DataFrame:
    """Every cell below a quarter's label, also those of rows that turn out to be notes or blank."""
    quarters = [(place, quarter_end(label)) for place, label in block.quarters.items()]
    dates = {place: read[0] for place, read in quarters if read}
    markers = {place: read[1] for place, read in quarters if read}
    cells = grid.melt(rows=(block.header + 1, block.end), columns=list(block.quarters)).filter(
        ~pl.col(ROW).is_in(block.repeated_headers)
    )
    column = pl.col("source_column")
    return value_and_status(cells, file=grid.file, sheet=grid.sheet, symbols=DASHES).select(
        pl.lit(number).alias("block"), pl.lit(grid.sheet).alias("source_sheet"), ROW, column,
        pl.lit(block.staff_group).alias("staff_group"), pl.lit(block.measure).alias("measure"), "value", "value_status",
        quarter_end=column.replace_strict(dates, return_dtype=pl.Date),
        quarter_marker=column.replace_strict(markers, return_dtype=pl.String),
        nil=pl.col("value").is_null() & (pl.col("printed").is_null() | pl.col("printed").is_in(list(DASHES))),
    )  # fmt: skip


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


def _labelled(rows: pl.DataFrame, file: str) -> pl.DataFrame:
    """The rows that hold figures, with region and sector; notes and blank rows are left out."""
    label = key(pl.col("printed_region").str.replace_all(CODE, " "))
    regions = vocabulary("vacancy_region").select(key(pl.col("printed")))["printed"].to_list()
    rows = rows.with_columns(
        total=(label.str.ends_with(" total") | label.is_in(GRAND_TOTAL)).fill_null(value=False),
        regional=label.is_in(regions).fill_null(value=False),
    )
    figures = pl.col("filled") | pl.col("printed_sector").is_not_null() | pl.col("total")
    rows = _regions_of(rows.filter(figures | pl.col("regional")), file)
    rows = _sectors_of(rows.filter(figures), file)
    twice = rows.filter(~pl.struct("block", "region", "sector").is_first_distinct())
    if twice.height:
        raise error_at(
            twice, RepeatedFigure, "a region's sector, or its total, comes twice in one block", file=file,
            expected="each once", found=", ".join(twice.select("region", "sector").row(0)),
            do="ask the publisher which row holds",
        )  # fmt: skip
    return rows.select("block", ROW, "region", "region_code", "sector")


def _regions_of(rows: pl.DataFrame, file: str) -> pl.DataFrame:
    """Region by row: printed on every row or only on the first. A total ends its region."""
    read = named_region(rows, "printed_region", file=file).with_columns(
        run=pl.col("total").shift(1, fill_value=False).cum_sum().over("block")
    )
    filled = read.with_columns(pl.col("region", "region_code").forward_fill().over("block", "run"))
    lost = filled.filter(pl.col("region").is_null())
    if lost.height:
        raise error_at(
            lost, LayoutChanged, "a row of figures belongs to no region", file=file,
            expected="the region's name in this row, or above it since the last total",
            do="compare with the last edition: a label or a row may be missing",
        )  # fmt: skip
    mixed = filled.filter(pl.col("region") != pl.col("region").first().over("block", "run"))
    if mixed.height:
        raise error_at(
            mixed, LayoutChanged, "a region begins, or is totalled, before the one above it has its total",
            file=file, found=repr(mixed["printed_region"][0]),
            do="compare with the last edition: a total may be missing or a label wrong",
        )  # fmt: skip
    return filled


def _sectors_of(rows: pl.DataFrame, file: str) -> pl.DataFrame:
    rows = rows.with_columns(source_column=pl.col("sector_column"))
    rows = translate(rows, "printed_sector", "sector", into="named", file=file)
    whole = pl.when("total").then(pl.lit("All sectors")).otherwise("named")
    rows = rows.with_columns(sector=whole)
    wrong = rows.filter(pl.col("sector").is_null() | (pl.col("total") & (pl.col("named") != "All sectors")))
    if wrong.height:
        raise error_at(
            wrong, LayoutChanged, "a row of figures is neither a sector's nor a total", file=file,
            expected="a sector in this cell, or '<Region> Total' beside it", found=repr(wrong["printed_sector"][0]),
            do="compare with the last edition: a label may be missing",
        )  # fmt: skip
    return rows


def no_stray_figures(grid: Grid, blocks: list[Block]) -> None:
    """Every number of a sheet with blocks is a figure of one of them, and no column inside a block goes unlabelled.

    Raises `LayoutChanged` at the first cell that is not.
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
    stray = cells.filter(~figures & (number | (inside & ~words))).sort(ROW, "source_column")
    if stray.height:
        raise error_at(
            stray.with_columns(source_sheet=pl.lit(grid.sheet)), LayoutChanged,
            "a figure, or a cell inside a block, stands under no heading", file=grid.file,
            expected="Region, Sector or a quarter above it", found=repr(stray["printed"][0]),
            do="compare with the last edition: a label, a row or a column may be missing",
        )  # fmt: skip
