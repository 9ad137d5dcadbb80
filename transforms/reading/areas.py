"""Region, integrated care system and organisation columns of a sheet that leaves repeated parent codes blank."""

from __future__ import annotations

import polars as pl

from transforms.errors import LayoutChanged, RepeatedFigure
from transforms.reading.grid import ROW, Grid, cell_name, normal
from transforms.reading.organisation_codes import ORGANISATION, USED_TWICE, require_codes, require_regions
from transforms.reading.refuse import ASK_WHICH, NEW_LAYOUT, refuse_layout, refuse_rows

HEADINGS = {
    "nhs england region code": "region_code",
    "nhs england region name": "region_name",
    "ics code": "icb_code",
    "ics name": "icb_name",
    "organisation name": "org_name",
    "organisation code": "org_code",
}
LEVELS = {  # the columns that are filled in a row -> the row's geography level
    "region_name": "England",
    "region_code region_name": "Region",
    "icb_code icb_name": "Integrated care system",
    "org_code org_name": "Organisation",
}
PARTS = ("region_code", "region_name", "icb_code", "icb_name", "org_code", "org_name")


def area_columns(grid: Grid, header: int, first_figure: int) -> dict[str, int]:
    """Column numbers of region_code, region_name, org_name, org_code and, if present, icb_code and icb_name.

    Only columns left of `first_figure` are considered; empty columns and columns with an unknown heading are left out.
    The editions of 2020 to 2022 print no heading above the organisation's name and code and have no integrated care
    systems: there the two columns without a heading are identified by whether their cells have the form of a code.

    Raises `LayoutChanged` if one of the columns is missing.
    """
    headings = {column: text for column, text in grid.row(header).items() if column < first_figure}
    unknown = [column for column, text in headings.items() if normal(text) not in HEADINGS]
    columns = {HEADINGS[normal(text)]: column for column, text in headings.items() if column not in unknown}
    if not {"org_name", "org_code"} & set(columns):
        columns |= _unlabelled_organisations(grid, header, first_figure, headings)
    missing = [part for part in PARTS if part not in columns and not part.startswith("icb")]
    if missing or ("icb_code" in columns) != ("icb_name" in columns):
        raise LayoutChanged(
            "the columns with the region and organisation of each row are not the expected ones",
            file=grid.file,
            sheet=grid.sheet,
            cell=cell_name(header, unknown[0]) if unknown else f"row {header}",
            expected=", ".join(HEADINGS),
            found=", ".join(headings.values()) or "no headings",
            do=NEW_LAYOUT,
        )
    return columns


def _unlabelled_organisations(grid: Grid, header: int, first_figure: int, headings: dict[int, str]) -> dict[str, int]:
    rows = grid.text.filter((pl.col(ROW) > header) & pl.col(f"c{first_figure}").is_not_null())
    written = [
        column
        for column in grid.columns
        if column < first_figure and column not in headings and rows[f"c{column}"].null_count() < rows.height
    ]
    codes = [column for column in written if rows[f"c{column}"].str.contains(USED_TWICE).all()]
    names = [column for column in written if column not in codes]
    return {"org_code": codes[0], "org_name": names[0]} if len(codes) == len(names) == 1 else {}


def areas(grid: Grid, rows: pl.DataFrame, columns: dict[str, int]) -> pl.DataFrame:
    """The area of each row of `rows` (from `figure_rows`); codes of parent areas are taken from the rows above.

    Columns returned: source_row, geography_level, region_code, icb_code, org_code, area_code, area_name.
    Raises `LayoutChanged` for a row whose filled cells match no geography level, `RepeatedFigure` for an area that
    occurs twice.
    """
    cells = rows.select(ROW, **{part: pl.col(f"c{columns[part]}") if part in columns else None for part in PARTS})
    written = pl.concat_str(
        [pl.when(pl.col(part).is_not_null()).then(pl.lit(part)) for part in PARTS], separator=" ", ignore_nulls=True
    )
    read = cells.with_columns(
        geography_level=written.replace_strict(LEVELS, default=None, return_dtype=pl.String)
    ).with_columns(
        area_code=pl.coalesce("org_code", "icb_code", "region_code", pl.lit("England")),
        area_name=pl.coalesce("org_name", "icb_name", "region_name"),
    )
    _check_levels(grid, read, columns)
    level = pl.col("geography_level")
    no_system = level.is_in(["England", "Region"])
    placed = read.with_columns(
        region_code=pl.when(level == "England").then(pl.lit("")).otherwise(pl.col("region_code")).forward_fill(),
        icb_code=pl.when(no_system).then(pl.lit("")).otherwise(pl.col("icb_code")).forward_fill(),
    ).with_columns(pl.col("region_code", "icb_code").replace("", None))
    refuse_layout(
        grid,
        placed.filter((level != "England") & pl.col("region_code").is_null()),
        "an area is listed above the first region",
        expected="the row of a region before the rows of its areas",
    )
    return placed.select(ROW, "geography_level", "region_code", "icb_code", "org_code", "area_code", "area_name")


def _check_levels(grid: Grid, read: pl.DataFrame, columns: dict[str, int]) -> None:
    level, code = pl.col("geography_level"), pl.col("area_code")
    refuse_layout(
        grid,
        read.filter(level.is_null() | ((level == "England") & (pl.col("area_name") != "England"))),
        "the filled cells of a row match no geography level",
        expected="one of these combinations of columns: " + "; ".join(LEVELS),
    )
    for part, form in (("icb", ORGANISATION), ("org", USED_TWICE)):
        if f"{part}_code" in columns:
            rows, place = read.filter(pl.col(f"{part}_code").is_not_null()), columns[f"{part}_code"]
            require_codes(rows, f"{part}_code", form=form, name=f"{part}_name", place=place, sheet=grid.sheet)
    require_regions(read, "region_code", place=columns["region_code"], sheet=grid.sheet)
    refuse_rows(
        read.filter(pl.struct(level, code).is_duplicated()),
        RepeatedFigure,
        "the sheet has two rows for the same area",
        file=grid,
        expected="each area once per level",
        found="{area_code}",
        do=ASK_WHICH,
        shown=6,
    )
