"""England's staff by personal characteristic, and by job role, from the data tables workbooks since September 2025.

Source: NHS England, "NHS HCHS Workforce Statistics, Trusts and core organisations - data tables, <Month Year>.xlsx",
tables 15-20 (sex, age, ethnicity, disability, religion, sexual orientation by staff group and grade) and 12 (job
roles, each September); "… Support organisations and central bodies - data tables, …", tables 3-8 (by grade).

Status: written from published header rows; no original workbook was available to test. A table is identified by its
headings, not by its number: leading columns `Data month`, `Data type`, `Main staff group`, `Staff group 1`, `Grade`,
then one column per category, the total first. If a column has headings in two rows, the lower one is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import polars as pl

from transforms.errors import LayoutChanged, NotWhatItClaims
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.body import figure_rows
from transforms.reading.grid import ROW, Grid, cell_name, normal, read_grids
from transforms.reading.periods import month_named, printed_date
from transforms.reading.refuse import NEW_LAYOUT
from transforms.reading.symbols import value_and_status
from transforms.reading.unread import unread_sheets, with_unread
from transforms.reading.vocabulary import vocabulary
from transforms.series.workforce.core_csv import labels
from transforms.series.workforce.core_csv.totals import check_category_totals
from transforms.series.workforce.tables import JOB_ROLE
from transforms.tables import Scope
from transforms.tables.person_characteristic import PERSON_CHARACTERISTIC

TRUSTS, SUPPORT = "NHS trusts and core organisations", "Support organisations and central bodies"
FILE_NAME = re.compile(r"(trusts and core organisations|support organisations and central bodies) - data tables", re.I)
NUMBERED = re.compile(r"^[0-9]+$")
CHARACTERISTICS = {"sex", "age", "ethnicity", "disability", "religion", "sexual orientation"}
DIMENSIONS = {  # heading -> name of the same column in the CSV files, as module `labels` expects it
    "data month": "DATA_MONTH",
    "data type": "DATA_TYPE",
    "main staff group": "MAIN_STAFF_GROUP",
    "staff group 1": "STAFF_GROUP_1",
    "grade": "GRADE",
    "nwd staff group": "NWD_STAFF_GROUP",
    "job role": "NWD_JOB_ROLE",
}
LEADING = ["Data month", "Data type", "Grade"]
LEADING_JOB_ROLES = ["Data type", "NWD Staff Group", "Job Role"]
EIGHT_TABLES = {str(table) for table in range(1, 9)}
STAFF_GROUPS = {"main staff group", "staff group 1"}
ALL_AREAS = "All areas of work"
DECIMALS = 5


def recognise(file: PublishedFile) -> Edition | None:
    """Recognises the workbook by its name, or by numbered sheets with the six characteristics; edition: their month."""
    if file.kind != "xlsx":
        return None
    if (named := _population_named(file)) and (month := month_named(file.plain_name)):
        return _edition(month, named)
    if not set(file.sheets) >= EIGHT_TABLES:
        return None
    tables = _by_characteristic(_numbered(file))
    return _edition(_month(tables, file), _population(tables)) if set(tables) >= CHARACTERISTICS else None


def read(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """Rows of core.person_characteristic, and for trusts also of core.job_role (England, all areas of work).

    Units: FTE and headcount (people). Raises `LayoutChanged` for a missing table or unknown heading, `UnmappedLabel`
    for an unknown category, grade or staff group, `UnreadableValue` for a cell that is neither number nor symbol, and
    `TotalsDisagree` if categories do not add up to their total.
    """
    grids = _numbered(file)
    tables = _by_characteristic(grids)
    _check_complete(tables)
    _month(tables, file)
    population = _population(tables)
    if _population_named(file) not in {"", population}:
        raise NotWhatItClaims(
            "the tables are of another population than the file's name says",
            expected=f"{_population_named(file)}: only the tables of the trusts have staff groups",
            found=f"{population}: headings {' and '.join(sorted(STAFF_GROUPS))} "
            + ("are there" if population == TRUSTS else "are missing"),
            do="fetch the file again; if the publisher changed the tables, change the reader",
        )
    people = pl.concat(_people(grid, characteristic, population) for characteristic, grid in tables.items())
    check_category_totals(people)
    frames = {"person_characteristic": people}
    if population == TRUSTS:
        frames["job_role"] = _job_roles(grids)
    read_sheets = {sheet for frame in frames.values() for sheet in frame["source_sheet"].unique()}
    return with_unread(frames, unread_sheets(file.sheets, read_sheets))


def _edition(month: date, population: str) -> Edition:
    title = f"NHS HCHS Workforce Statistics, data tables: {population}, {month:%B %Y}"
    return Edition(f"{month:%Y-%m}", title, month.isoformat())


def _numbered(file: PublishedFile) -> Mapping[str, Grid]:
    sheets = [sheet for sheet in file.sheets if NUMBERED.match(sheet)]
    return read_grids(file.path, file=file.name, sheets=sheets, decimals=DECIMALS)


def _by_characteristic(grids: Mapping[str, Grid]) -> dict[str, Grid]:
    """Characteristic -> its sheet, identified by the heading of the total."""
    headed = [(grid, header) for grid in grids.values() if (header := _header(grid, LEADING))]
    named = [(_characteristic(_headings(grid, header)), grid) for grid, header in headed]
    return {characteristic: grid for characteristic, grid in named if characteristic}


def _header(grid: Grid, headings: list[str]) -> int:
    try:
        return grid.header(headings)
    except LayoutChanged:
        return 0


def _characteristic(headings: dict[int, str]) -> str:
    printed = {normal(heading) for heading in headings.values()}
    ethnic = vocabulary("ethnicity").filter(pl.col("category_level") == "total")["printed"].to_list()
    if printed & {normal(label) for label in ethnic}:
        return "ethnicity"
    totals = vocabulary("person_category").filter(pl.col("category_level") == "total")["printed"].to_list()
    named = {normal(total.partition(": ")[2]): total.partition(": ")[0] for total in totals}
    return next((named[heading] for heading in printed if heading in named), "")


def _headings(grid: Grid, header: int) -> dict[int, str]:
    """Column -> heading; if there is a second row of headings, its headings replace those of the first."""
    second = grid.row(header + 1) if header < grid.text.height else {}
    month = next(column for column, text in grid.row(header).items() if normal(text) == "data month")
    numbers = grid.numbers.filter(pl.col(ROW) == header + 1).row(0, named=True) if second else {}
    is_heading = month not in second and not any(numbers.get(f"c{column}") is not None for column in second)
    return grid.row(header) | (second if is_heading else {})


def _check_complete(tables: Mapping[str, Grid]) -> None:
    if missing := CHARACTERISTICS - set(tables):
        raise LayoutChanged(
            "tables by personal characteristic are missing: " + ", ".join(sorted(missing)),
            expected="six tables with Data month, Data type, Grade and a total such as 'All genders'",
            found=", ".join(f"{name} in sheet {grid.sheet}" for name, grid in tables.items()) or "none of them",
            do=NEW_LAYOUT,
        )


def _population(tables: Mapping[str, Grid]) -> str:
    """The population of the workbook: only the tables of the trusts have staff groups."""
    cut = [grid for grid in tables.values() if _header(grid, ["Grade", "Main staff group"])]
    return TRUSTS if cut else SUPPORT


def _population_named(file: PublishedFile) -> str:
    named = FILE_NAME.search(file.plain_name)
    return "" if not named else TRUSTS if named[1].lower().startswith("trusts") else SUPPORT


def _month(tables: Mapping[str, Grid], file: PublishedFile) -> date:
    months: set[date] = set()
    for grid in tables.values():
        header = _header(grid, LEADING)
        column = next(column for column, text in grid.row(header).items() if normal(text) == "data month")
        dates = grid.text.filter(pl.col(ROW) > header).select(printed_date(pl.col(f"c{column}"))).to_series()
        months |= set(dates.drop_nulls().to_list())
    named = month_named(file.plain_name) if FILE_NAME.search(file.plain_name) else None
    if len(months) == 1 and named in {None, *months}:
        return months.pop()
    raise NotWhatItClaims(
        "the tables have another month than the file's name" if named else "the tables have more than one month",
        expected=named.isoformat() if named else "the same Data month in every row",
        found=", ".join(sorted(month.isoformat() for month in months)) or "no month",
        do="look at column Data month; fetch the file again, or ask the publisher",
    )


def _people(grid: Grid, characteristic: str, population: str) -> pl.DataFrame:
    header = _header(grid, LEADING)
    headings = _headings(grid, header)
    missing = STAFF_GROUPS - {normal(heading) for heading in headings.values()}
    if missing and (population == TRUSTS or missing != STAFF_GROUPS):
        raise LayoutChanged(
            "a column of staff groups is missing",
            sheet=grid.sheet,
            cell=f"row {header}",
            expected=" and ".join(sorted(STAFF_GROUPS)),
            found="no " + " and no ".join(sorted(missing)),
            do=NEW_LAYOUT,
        )
    cells = _cells(grid, header, headings)
    rows = cells.rename({"heading": "category"}).with_columns(characteristic=pl.lit(characteristic))
    rows = labels.units(labels.months(labels.categories(rows, sheet=grid.sheet), sheet=grid.sheet), sheet=grid.sheet)
    rows = labels.grades(labels.role_groups(rows, sheet=grid.sheet), sheet=grid.sheet)
    columns = [column.name for column in PERSON_CHARACTERISTIC.frame_columns]
    return rows.with_columns(
        geography_level=pl.lit("England"), population=pl.lit(population), source_sheet=pl.lit(grid.sheet)
    ).select(columns)


def _job_roles(grids: Mapping[str, Grid]) -> pl.DataFrame:
    found = [grid for grid in grids.values() if _header(grid, LEADING_JOB_ROLES)]
    if len(found) != 1:
        raise LayoutChanged(
            "the table of job roles is missing" if not found else "there are two tables of job roles",
            expected="one sheet with Data type, NWD Staff Group and Job Role",
            found=", ".join(grid.sheet for grid in found) or "none",
            do=NEW_LAYOUT,
        )
    grid = found[0]
    header = _header(grid, LEADING_JOB_ROLES)
    cells = _cells(grid, header, grid.row(header)).rename({"heading": "DATA_MONTH"})
    rows = labels.job_roles(labels.units(labels.months(cells, sheet=grid.sheet), sheet=grid.sheet), sheet=grid.sheet)
    columns = [column.name for column in JOB_ROLE.frame_columns]
    return rows.with_columns(
        *(pl.lit("England").alias(name) for name in ("geography_level", "area_code", "area_name")),
        *(pl.lit(None, pl.String).alias(name) for name in ("region_code", "icb_code", "org_code")),
        *(pl.lit(ALL_AREAS).alias(f"{level}_area_of_work") for level in ("primary", "secondary", "tertiary")),
        source_sheet=pl.lit(grid.sheet),
    ).select(columns)


def _cells(grid: Grid, header: int, headings: dict[int, str]) -> pl.DataFrame:
    """One row per figure: the labels in columns named by DIMENSIONS, heading, value, value_status and the cell."""
    dimensions = {column: DIMENSIONS[normal(text)] for column, text in headings.items() if normal(text) in DIMENSIONS}
    _check_once(grid, header, dimensions)
    figures = [column for column in headings if column not in dimensions]
    after = header + 1 if headings != grid.row(header) else header
    rows = figure_rows(grid, after=after, labels=sorted(dimensions), figures=figures).drop("block")
    names = {f"c{column}": name for column, name in dimensions.items()}
    cells = (
        grid.melt(rows=(after + 1, grid.text.height), columns=figures)
        .join(rows.rename(names), on=ROW)
        .with_columns(heading=pl.col("source_column").replace_strict(headings, return_dtype=pl.String))
    )
    return value_and_status(cells, sheet=grid.sheet)


def _check_once(grid: Grid, header: int, dimensions: dict[int, str]) -> None:
    """Raises `LayoutChanged` where two columns of labels have one heading. `dimensions`: column -> name."""
    names = list(dimensions.values())
    twice = [column for column, name in dimensions.items() if names.count(name) > 1]
    if twice:
        raise LayoutChanged(
            "two columns of labels have the same heading",
            sheet=grid.sheet,
            cell=f"row {header}, columns "
            + ", ".join(cell_name(header, column).rstrip("0123456789") for column in twice),
            expected="each of the headings " + " | ".join(DIMENSIONS) + " at most once",
            found=dimensions[twice[0]],
            do=NEW_LAYOUT,
        )


READER = Reader(
    name="data-tables",
    version=2,
    title="NHS HCHS Workforce Statistics: data tables by personal characteristic and job role (.xlsx)",
    tables=(PERSON_CHARACTERISTIC, JOB_ROLE),
    recognise=recognise,
    read=read,
    scopes=(
        Scope("person_characteristic", ("period_end", "population", "characteristic", "measure")),
        Scope("job_role", ("period_end", "geography_level", "measure")),
    ),
)
