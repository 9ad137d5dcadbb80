"""A publisher's workbook of the standard, by a layout map: to take one in, add a map to transforms/layouts/wres.

A map is TOML:

    title = "WRES 2031, trust data"
    wres_year = 2031
    sheets = ["Indicator 2"]              # a workbook with all of these is this one

    [[table]]
    sheet = "Indicator 2"
    geography_level = "Organisation"
    area_code = "Trust code"              # heading over the codes
    indicator = "2"
    pay_cluster = "All"
    ignored = ["Trust name"]              # every heading is named; one more stops the file

    [[table.figure]]
    heading = "BME appointed (%)"
    measure = "percent"
    unit = "fraction"                     # as stored: fraction of 1, percent, ratio, people or points
    group = "BME"                         # or "White / BME" for a ratio
    numerator = "BME appointed"           # headings, where printed
    denominator = "BME shortlisted"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from transforms.errors import LayoutChanged, UnclearUnit
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.body import figure_rows
from transforms.reading.grid import ROW, Grid, cell_name, normal, read_grids
from transforms.reading.organisation_codes import require_codes, require_regions
from transforms.reading.refuse import refuse_rows
from transforms.reading.symbols import value_and_status
from transforms.reading.text import plain_name
from transforms.reading.unread import unread_sheets, with_unread
from transforms.series.wres.rules import check
from transforms.tables import TABLES, Scope

SERIES = "wres"
UNITS = {"percent": ["fraction", "percent"], "likelihood_ratio": ["ratio"], "headcount": ["people"]}
UNITS["percentage_points"] = ["points"]


class Part(BaseModel):
    """A part of a map: nothing in it may be unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(Part):
    """A column of figures."""

    heading: str
    measure: Literal["percent", "likelihood_ratio", "headcount", "percentage_points"]
    unit: Literal["fraction", "percent", "ratio", "people", "points"]
    group: Literal["White", "BME", "Unknown", "White / BME", "BME / White"]
    numerator: str = ""
    denominator: str = ""


class SheetTable(Part):
    """A table in a sheet: one row for each trust or region."""

    sheet: str
    geography_level: Literal["Region", "Organisation"]
    area_code: str
    indicator: Annotated[str, Field(pattern="^[1-9]$")]
    pay_cluster: str = "All"
    ignored: tuple[str, ...] = ()
    figure: Annotated[tuple[Figure, ...], Field(min_length=1)]

    @property
    def headings(self) -> set[str]:
        """Every heading that is known."""
        counts = {name for each in self.figure for name in (each.numerator, each.denominator) if name}
        return {normal(name) for name in {self.area_code, *self.ignored, *counts, *(f.heading for f in self.figure)}}


class Layout(Part):
    """The map of one workbook."""

    title: str
    wres_year: Annotated[int, Field(ge=2015, le=2100)]
    sheets: Annotated[tuple[str, ...], Field(min_length=1)]
    table: Annotated[tuple[SheetTable, ...], Field(min_length=1)]


def layouts(folder: Traversable) -> tuple[Layout, ...]:
    """The maps (.toml) of a folder, by name. Raises pydantic's `ValidationError` for a map with an unknown part."""
    maps = sorted((path for path in folder.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name)
    return tuple(Layout.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))) for path in maps)


def reader(maps: tuple[Layout, ...]) -> Reader:
    """A reader of every workbook that one of `maps` describes."""

    def layout_of(file: PublishedFile) -> Layout | None:
        return next((each for each in maps if set(each.sheets) <= set(file.sheets)), None)

    def recognise(file: PublishedFile) -> Edition | None:
        layout = layout_of(file)
        if layout is None:
            return None
        return Edition(SERIES, f"{layout.wres_year}", layout.title, f"{layout.wres_year}-03-31")

    def read(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
        layout = layout_of(file)
        if layout is None:
            return {}
        sheets = [plain_name(table.sheet) for table in layout.table]
        return with_unread({"wres_indicator": read_workbook(file, layout)}, unread_sheets(file.sheets, sheets))

    return Reader(
        name="wres-national",
        version=4,
        title="Workforce Race Equality Standard: workbook with a layout map",
        tables=(TABLES["wres_indicator"],),
        recognise=recognise,
        read=read,
        scopes=(Scope("wres_indicator", ("wres_year", "geography_level", "indicator", "measure")),),
    )


def read_workbook(file: PublishedFile, layout: Layout) -> pl.DataFrame:
    """Rows of core.wres_indicator: percent 0-100, ratios, people, percentage points.

    Raises `LayoutChanged` for a missing sheet or a heading that the map does not name, `UnclearUnit` for a unit that is
    not one of the measure or a fraction beyond 1, and what `rules.check` raises.
    """
    grids = read_grids(file.path, file=file.name, sheets=[table.sheet for table in layout.table])
    rows = pl.concat(_table(_sheet(grids, table, file), table) for table in layout.table).with_columns(
        wres_year=pl.lit(layout.wres_year, pl.Int32)
    )
    check(rows, file=file.name, where=lambda row, _: f"row {row['source_row']}")
    return rows.select(column.name for column in TABLES["wres_indicator"].frame_columns)


def _sheet(grids: Mapping[str, Grid], table: SheetTable, file: PublishedFile) -> Grid:
    if table.sheet not in grids:
        raise LayoutChanged(
            "a sheet of the map is missing",
            file=file.name,
            expected=table.sheet,
            found=", ".join(file.sheets),
            do="compare with the map in transforms/layouts/wres",
        )
    return grids[table.sheet]


def _table(grid: Grid, table: SheetTable) -> pl.DataFrame:
    header = grid.header(sorted(table.headings))
    places = {normal(text): column for column, text in grid.row(header).items()}
    if strange := [text for text in places if text not in table.headings]:
        raise LayoutChanged(
            "a heading is not named in the map",
            file=grid.file,
            sheet=grid.sheet,
            cell=cell_name(header, places[strange[0]]),
            expected=", ".join(sorted(table.headings)),
            found=strange[0],
            do="name it in the map: as a figure, a number of people, or ignored",
        )
    return pl.concat(_figure(grid, header, table, figure, places) for figure in table.figure)


def _figure(grid: Grid, header: int, table: SheetTable, figure: Figure, places: dict[str, int]) -> pl.DataFrame:
    code, column = places[normal(table.area_code)], places[normal(figure.heading)]
    others = [place for place in places.values() if place not in {code, column}]
    # A trust whose figure is blank is still a trust: the other columns tell it from a note.
    body = figure_rows(grid, after=header, labels=[code], figures=[column, *others])
    _check_codes(grid, table, body, code)
    counts = {
        name: f"c{places[normal(heading)]}"
        for name, heading in (("numerator", figure.numerator), ("denominator", figure.denominator))
        if heading
    }
    numbers = grid.numbers.select(
        ROW,
        *(
            pl.col(counts[name]).alias(name) if name in counts else pl.lit(None, pl.Float64).alias(name)
            for name in ("numerator", "denominator")
        ),
    )
    cells = grid.melt(rows=(header + 1, grid.text.height), columns=[column]).join(body, on=ROW).join(numbers, on=ROW)
    read = value_and_status(cells, file=grid.file, sheet=grid.sheet)
    _check_unit(grid, read, figure)
    decimals = pl.col("printed").str.extract(r"\.(\d+)$").str.len_chars().fill_null(0).cast(pl.Int64)
    fraction = figure.unit == "fraction"
    return read.select(
        pl.lit(table.geography_level).alias("geography_level"),
        pl.col(f"c{code}").alias("area_code"),
        (pl.col(f"c{code}") if table.geography_level == "Organisation" else pl.lit(None, pl.String)).alias("org_code"),
        pl.lit(table.indicator).alias("indicator"),
        pl.lit(figure.group).alias("ethnic_group"),
        pl.lit(table.pay_cluster).alias("pay_cluster"),
        pl.lit(figure.measure).alias("measure"),
        "numerator",
        "denominator",
        (pl.col("value") * 100).round(9).alias("value") if fraction else pl.col("value"),
        "value_status",
        (decimals - 2 if fraction else decimals).alias("decimals"),
        pl.lit(grid.sheet).alias("source_sheet"),
        ROW,
        "source_column",
    )


def _check_codes(grid: Grid, table: SheetTable, body: pl.DataFrame, place: int) -> None:
    rows = body.select(ROW, area_code=f"c{place}")
    if table.geography_level == "Organisation":
        require_codes(rows, "area_code", place=place, file=grid.file, sheet=grid.sheet)
    if table.geography_level == "Region":
        require_regions(rows, "area_code", blank=False, place=place, file=grid.file, sheet=grid.sheet)


def _check_unit(grid: Grid, read: pl.DataFrame, figure: Figure) -> None:
    if figure.unit not in UNITS[figure.measure]:
        raise UnclearUnit(
            f"the column is said to hold {figure.measure} as {figure.unit}",
            file=grid.file,
            sheet=grid.sheet,
            cell=figure.heading,
            expected=" or ".join(UNITS[figure.measure]),
            found=figure.unit,
            do="correct the map in transforms/layouts/wres",
        )
    refuse_rows(
        read.filter(~pl.col("value").is_between(0, 1)) if figure.unit == "fraction" else read.clear(),
        UnclearUnit,
        f"the column is said to hold {figure.measure} as a fraction of 1",
        file=grid,
        expected="0 to 1",
        found="{value:g}",
        do="correct the map in transforms/layouts/wres",
    )


NATIONAL = reader(layouts(files("transforms") / "layouts" / "wres"))
