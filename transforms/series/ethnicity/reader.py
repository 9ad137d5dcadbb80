"""England's staff by ethnicity, staff group, role group and grade: headcount.

Source: Race Disparity Unit, Ethnicity facts and figures, "NHS workforce" (data of NHS Digital), .csv or a workbook
with the same seven columns.

What the file prints, and what it leaves out:

* No total over staff groups and none over role groups, so neither 'All staff groups' nor 'All role groups' occurs
  in these rows. Role groups cannot be added up to one: a person with two roles is counted in both.
* 'All Grades' beside the grades of each role group. It is never more than the sum of the grades and often less,
  because a person with roles at two grades is counted at both.
* 'All' beside the ethnic groups: everyone whose ethnicity is known (`total_known`); and 'All - Including Unknown,
  Not Stated And Discontinued Codes' (`total`). Both are exact sums of their parts, which is checked.
* No row for zero.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.errors import NotWhatItClaims, RepeatedFigure, TotalsDisagree, UnreadableValue
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.grid import ROW
from transforms.reading.periods import month_named, printed_date
from transforms.reading.records import PRINTED_ROW, as_number, read_records, require_headings
from transforms.reading.refuse import refuse_rows
from transforms.reading.unread import unread_sheets, with_unread
from transforms.reading.vocabulary import translate
from transforms.series.ethnicity import checks
from transforms.tables.declare import Scope
from transforms.tables.person_characteristic import PERSON_CHARACTERISTIC

PRINTED = {
    "Time": "period_end",
    "Ethnicity": "category",
    "Ethnicity_type": "ethnicity_type",
    "Staff_Group": "staff_group",
    "Role_Group": "role_group",
    "Grade": "grade",
    "Value": "printed",
}
CELL = ["period_end", "staff_group", "role_group", "grade"]
LEVELS = ("total", "total_known", "group", "unknown")
MOST_SHEETS = 4


def recognise(file: PublishedFile) -> Edition | None:
    """Recognises a file with the seven columns, in any order; the edition is the newest month in it."""
    sheet = _sheet(file)
    if not sheet and not set(PRINTED) <= set(file.columns):
        return None
    months = _months(_records(file, sheet).select(*PRINTED).rename(PRINTED))["period_end"].unique().to_list()
    # A file with headings only is an empty edition, of the month its name says.
    newest = max(months, default=month_named(file.plain_name))
    if newest is None:
        raise NotWhatItClaims(
            "the file has headings only, and its name does not say its month",
            expected="rows, or a month in the name such as 'june 2022'",
            do="leave it out, or add its month to its name",
        )
    return Edition(f"{newest:%Y-%m}", f"NHS workforce by ethnicity, to {newest:%B %Y}", f"{newest:%Y-%m-%d}")


def read(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """Rows of core.person_characteristic, one per month, role group, grade and ethnic category; headcount (people).

    Raises `LayoutChanged` for a missing column, `UnmappedLabel` for an unknown label, `UnreadableValue` for a value
    that is not a whole number or an invalid month, `RepeatedFigure` for a repeated figure, `TotalsDisagree` if ethnic
    groups do not add up to their total, and the errors of `checks.check`.
    """
    sheet = _sheet(file)
    records = _records(file, sheet)
    unread = require_headings(records, list(PRINTED), ignored=["source_sheet"])
    value_column = records.columns.index("Value")
    records = records.select(ROW, *PRINTED, "source_sheet")
    rows = _headcounts(_months(records.rename(PRINTED)))
    for column, name in (("staff_group", "main_staff_group"), ("role_group", "role_group"), ("grade", "grade")):
        rows = translate(rows, column, name)
    rows = translate(rows, "category", "ethnicity", to="category_level", into="category_level")
    rows = translate(rows, "category", "ethnicity")
    _refuse_repeated(rows)
    _check_ethnic_totals(rows)
    _check_grade_totals(rows)
    checks.check(rows, file.plain_name)
    unread += unread_sheets(file.sheets, [sheet])
    frames = {
        PERSON_CHARACTERISTIC.name: rows.drop("ethnicity_type", "printed").with_columns(
            geography_level=pl.lit("England"),
            population=pl.lit("NHS trusts and core organisations"),
            # Its totals are those of the trusts' and core organisations' workbook (senior managers, June 2022: 13,020).
            characteristic=pl.lit("ethnicity"),
            measure=pl.lit("headcount"),
            value_status=pl.lit(None, pl.String),
            source_column=pl.lit(value_column),
        )
    }
    return with_unread(frames, unread)


def _sheet(file: PublishedFile) -> str:
    """The name of the only sheet with the seven headings; '' if there is none or more than `MOST_SHEETS` sheets."""
    if len(file.sheets) > MOST_SHEETS:
        return ""
    found = [sheet for place, sheet in enumerate(file.sheets) if set(PRINTED) <= set(_workbook(file, place, 1).columns)]
    return found[0] if len(found) == 1 else ""


def _records(file: PublishedFile, sheet: str) -> pl.DataFrame:
    """The records as text, under their headings, with `source_row` first and `source_sheet` last."""
    if file.kind in {"xls", "xlsx"}:
        printed = _workbook(file, file.sheets.index(sheet)).rename({ROW: PRINTED_ROW}, strict=False)
        records = printed.with_row_index(ROW, offset=2)
        return records.with_columns(source_sheet=pl.lit(sheet)).filter(
            ~pl.all_horizontal(pl.exclude(ROW, "source_sheet").is_null())
        )
    return read_records(file).with_columns(source_sheet=pl.lit(""))


def _workbook(file: PublishedFile, place: int, rows: int | None = None) -> pl.DataFrame:
    # Only text is loaded: a Grid would also load the numbers, which is not needed for whole numbers.
    sheet = file.book.load_sheet(place, n_rows=rows, skip_rows=0, dtypes="string")
    return sheet.to_polars().with_columns(pl.all().str.strip_chars().replace("", None))


def _months(records: pl.DataFrame) -> pl.DataFrame:
    printed = pl.col("printed")
    day = pl.coalesce(
        printed_date(printed),
        # Requires a four-digit year: a two-digit year would be read as a year of the first century.
        printed.str.extract(r"^([0-9]{1,2}/[0-9]{1,2}/[0-9]{4})$").str.to_date("%d/%m/%Y", strict=False),
    )
    # The publisher prints the first day of the month; a day in mid-month means another date format.
    whole_month = (day.dt.day() == 1) | (day == day.dt.month_end())
    # The file has thousands of rows of some twenty months.
    months = pl.DataFrame({"printed": records["period_end"].drop_nulls().unique()}, schema={"printed": pl.String})
    ends = months.with_columns(end=pl.when(whole_month).then(day.dt.month_end()))
    read = records.with_columns(pl.col("period_end").replace_strict(ends["printed"], ends["end"], default=None))
    _refuse_null(records, read["period_end"], "period_end", "a month as its first or last day, 2022-06-01")
    return read


def _headcounts(records: pl.DataFrame) -> pl.DataFrame:
    value = as_number(pl.col("printed"))
    read = records.with_columns(pl.when((value >= 0) & (value == value.round())).then(value).alias("value"))
    _refuse_null(records, read["value"], "printed", "a whole number of people")
    return read


def _refuse_null(records: pl.DataFrame, read: pl.Series, column: str, expected: str) -> None:
    refuse_rows(
        records.filter(read.is_null()),
        UnreadableValue,
        "a cell cannot be read",
        expected=expected,
        found=f"{{{column}!r}}",
        do="look at the row; if the publisher prints a new symbol or date format, change the reader",
    )


def _refuse_repeated(rows: pl.DataFrame) -> None:
    again = rows.filter(pl.struct(*CELL, "category", "category_level").is_duplicated())
    refuse_rows(
        again.sort(*CELL, "category", ROW),
        RepeatedFigure,
        "the same figure is printed twice",
        expected="one row for each month, ethnicity, staff group, role group and grade",
        found="{printed}",
        do="check whether an additional column distinguishes the rows; if not, ask the publisher which is right",
        shown=2,
    )


def _check_ethnic_totals(rows: pl.DataFrame) -> None:
    sums = _levels(rows).with_columns(
        known=pl.col("group") - pl.col("total_known"),
        everyone=pl.col("group") + pl.col("unknown") - pl.col("total"),
    )
    _refuse_totals(sums.filter((pl.col("known") != 0) | (pl.col("everyone") != 0)), "ethnic groups")


def _levels(rows: pl.DataFrame) -> pl.DataFrame:
    """Sum of people per month, role group and grade, one column for each category level."""
    level = pl.col("category_level")
    return rows.group_by(CELL, maintain_order=True).agg(
        *(pl.col("value").filter(level == name).sum().alias(name) for name in LEVELS),
        pl.col("source_sheet", ROW).first(),
    )


def _check_grade_totals(rows: pl.DataFrame) -> None:
    is_total = pl.col("grade") == "All grades"
    sums = rows.group_by("period_end", "staff_group", "role_group", "category", maintain_order=True).agg(
        pl.col("source_sheet", ROW).first(),
        total=pl.col("value").filter(is_total).sum(),
        group=pl.col("value").filter(~is_total).sum(),
        largest=pl.col("value").filter(~is_total).max().fill_null(0),
    )
    # A person with roles at two grades is in both, so the total is between the largest grade and the sum.
    beyond = sums.filter((pl.col("total") > pl.col("group")) | (pl.col("total") < pl.col("largest")))
    _refuse_totals(beyond, "grades")


def _refuse_totals(wrong: pl.DataFrame, parts: str) -> None:
    refuse_rows(
        wrong,
        TotalsDisagree,
        f"{parts} and their printed total disagree",
        cell="row {source_row} and those below it of the same month, role group and grade",
        expected=f"totals that agree with the printed {parts}",
        found=lambda row: ", ".join(f"{name} {value}" for name, value in row.items() if not name.startswith("source")),
    )


READER = Reader(
    name="ethnicity",
    version=3,
    title="Ethnicity facts and figures: NHS workforce by ethnicity, staff group and grade",
    tables=(PERSON_CHARACTERISTIC,),
    recognise=recognise,
    read=read,
    scopes=(Scope("person_characteristic", ("period_end", "characteristic", "measure")),),
)
