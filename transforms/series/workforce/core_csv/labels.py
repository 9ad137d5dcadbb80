"""Conversion of a member's labels: month, area, unit, staff group, grade, job role, personal characteristic."""

from __future__ import annotations

import polars as pl

from transforms.errors import LayoutChanged, UnreadableValue
from transforms.reading.organisation_codes import USED_TWICE, require_codes, require_one_name, require_regions
from transforms.reading.periods import printed_date
from transforms.reading.refuse import refuse_rows
from transforms.reading.vocabulary import key, translate, vocabulary
from transforms.series.workforce.core_csv.members import LEVELS

WHOLE = {"england", "eng", "all nhse regions", "all ics areas", "all organisations"}
"""Placeholder codes meaning 'all areas at this level'."""

NAMES = {"ORG_CODE": "ORG_NAME", "ICS_CODE": "ICS_NAME", "NHSE_REGION_CODE": "NHSE_REGION_NAME"}


def months(rows: pl.DataFrame, *, sheet: str) -> pl.DataFrame:
    """`rows` with `period_end`. Raises `UnreadableValue` if DATA_MONTH is not the last day of a month."""
    printed = printed_date(pl.col("DATA_MONTH"))
    read = rows.with_columns(period_end=pl.when(printed == printed.dt.month_end()).then(printed))
    _refuse_null(read, "period_end", "DATA_MONTH", "the last day of a month, as 2025-10-31", sheet=sheet)
    return read


def places(rows: pl.DataFrame, *, sheet: str) -> pl.DataFrame:
    """`rows` with geography_level, region_code, icb_code, org_code, area_code and area_name.

    The level is determined by the codes and must be the one in DATA_LEVEL, if the member has that column. Raises
    `LayoutChanged` if they differ, `UnreadableValue` if the code of the lowest level is missing.
    """
    there = [column for column in LEVELS if column in rows.columns]
    if there:
        _refuse_null(rows, there[0], there[0], "a code in every row", sheet=sheet)
    codes = {column: _code(column) if column in there else pl.lit(None, pl.String) for column in LEVELS}
    level = pl.coalesce(*(pl.when(code.is_not_null()).then(pl.lit(LEVELS[column])) for column, code in codes.items()))
    name = pl.coalesce(*(pl.when(codes[column].is_not_null()).then(pl.col(NAMES[column])) for column in there), None)
    placed = rows.with_columns(
        geography_level=level.fill_null("England"),
        region_code=codes["NHSE_REGION_CODE"],
        icb_code=codes["ICS_CODE"],
        org_code=codes["ORG_CODE"],
        area_code=pl.coalesce(*codes.values(), pl.lit("England")),
    ).with_columns(area_name=pl.when(pl.col("geography_level") == "England").then(pl.lit("England")).otherwise(name))
    _check_codes(placed, there, sheet)
    return _checked_levels(placed, sheet) if "DATA_LEVEL" in rows.columns else placed


def units(rows: pl.DataFrame, *, sheet: str) -> pl.DataFrame:
    """`rows` with `measure` from DATA_TYPE: fte or headcount."""
    return translate(rows, "DATA_TYPE", "data_type", into="measure", sheet=sheet)


def staff_groups(rows: pl.DataFrame, *, sheet: str) -> pl.DataFrame:
    """`rows` with `staff_group`, in the vocabulary of core.workforce: the finer of the two printed groups."""
    if "STAFF_GROUP" in rows.columns:
        return translate(rows, "STAFF_GROUP", "staff_group", into="staff_group", sheet=sheet)
    rows = translate(rows, "MAIN_STAFF_GROUP", "main_staff_group", into="main", sheet=sheet).drop("main")
    total = key(pl.col("STAFF_GROUP_1")) == "all staff groups"
    finer = pl.when(total).then(pl.col("MAIN_STAFF_GROUP")).otherwise(pl.col("STAFF_GROUP_1"))
    return translate(rows.with_columns(staff_group=finer), "staff_group", "staff_group", sheet=sheet)


def role_groups(rows: pl.DataFrame, *, sheet: str) -> pl.DataFrame:
    """`rows` with `staff_group` and `role_group`, in the vocabulary of core.person_characteristic."""
    if "MAIN_STAFF_GROUP" not in rows.columns:
        return rows.with_columns(staff_group=pl.lit("All staff groups"), role_group=pl.lit("All role groups"))
    rows = translate(rows, "MAIN_STAFF_GROUP", "main_staff_group", into="staff_group", sheet=sheet)
    return translate(rows, "STAFF_GROUP_1", "role_group", into="role_group", sheet=sheet)


def grades(rows: pl.DataFrame, *, sheet: str) -> pl.DataFrame:
    """`rows` with `grade`; 'All grades' if the member has no grades."""
    if "GRADE" not in rows.columns:
        return rows.with_columns(grade=pl.lit("All grades"))
    return translate(rows, "GRADE", "grade", into="grade", sheet=sheet)


def categories(rows: pl.DataFrame, *, sheet: str) -> pl.DataFrame:
    """`rows` with characteristic and category, as printed, replaced by their labels, and with category_level.

    Raises `UnmappedLabel` for a label that is not in the vocabulary.
    """
    rows = translate(rows, "characteristic", "characteristic", sheet=sheet)
    is_ethnicity = pl.col("characteristic") == "ethnicity"
    ethnic, others = rows.filter(is_ethnicity), rows.filter(~is_ethnicity)
    others = others.with_columns(pl.concat_str("characteristic", "category", separator=": ").alias("category"))
    return pl.concat(
        translate(
            translate(part, "category", name, to="category_level", into="category_level", sheet=sheet),
            "category",
            name,
            sheet=sheet,
        )
        for part, name in ((ethnic, "ethnicity"), (others, "person_category"))
    )


def job_roles(rows: pl.DataFrame, *, sheet: str) -> pl.DataFrame:
    """`rows` with `nwd_staff_group` and `nwd_job_role`; roles of a board as the vocabulary spells them."""
    rows = translate(rows, "NWD_STAFF_GROUP", "nwd_staff_group", into="nwd_staff_group", sheet=sheet)
    _refuse_null(rows, "NWD_JOB_ROLE", "NWD_JOB_ROLE", "a job role in every row", sheet=sheet)
    board = vocabulary("board_role").select(key(pl.col("printed")).alias("_key"), pl.col("label").alias("_label"))
    named = rows.with_columns(key(pl.col("NWD_JOB_ROLE")).alias("_key")).join(
        board, on="_key", how="left", validate="m:1", maintain_order="left"
    )
    return named.with_columns(nwd_job_role=pl.coalesce("_label", "NWD_JOB_ROLE")).drop("_key", "_label")


def plain(column: str) -> pl.Expr:
    """A label without its sort prefix ('001_Nurse Consultant' -> 'Nurse Consultant'), in a column in lower case."""
    return pl.col(column).str.replace(r"^[0-9]{3}_", "").alias(column.lower())


def _code(column: str) -> pl.Expr:
    return pl.when(~pl.col(column).str.to_lowercase().is_in(WHOLE)).then(pl.col(column))


def _check_codes(placed: pl.DataFrame, there: list[str], sheet: str) -> None:
    """Check that codes, except the placeholders in `WHOLE`, are valid and have one name per month."""
    for column in there:
        place = placed.columns.index(column)
        if column == "NHSE_REGION_CODE":
            require_regions(placed, "region_code", place=place, sheet=sheet)
            continue
        code = "org_code" if column == "ORG_CODE" else "icb_code"
        named = placed.filter(geography_level=LEVELS[column])
        require_codes(placed, code, form=USED_TWICE, blank=True, place=place, sheet=sheet)
        require_codes(named, code, form=USED_TWICE, name="area_name", place=place, sheet=sheet)
        require_one_name(named, code, "area_name", within=("DATA_MONTH",), sheet=sheet)


def _checked_levels(placed: pl.DataFrame, sheet: str) -> pl.DataFrame:
    read = translate(placed, "DATA_LEVEL", "data_level", into="_level", sheet=sheet)
    refuse_rows(
        read.filter(pl.col("_level").ne_missing(pl.col("geography_level"))),
        LayoutChanged,
        "the level in DATA_LEVEL differs from the level that the row's codes give",
        sheet=sheet,
        expected="{geography_level} (from the codes)",
        found="{DATA_LEVEL!r}",
        do="look at the row; if the publisher changed how totals are coded, change the reader",
    )
    return read.drop("_level")


def _refuse_null(rows: pl.DataFrame, column: str, printed: str, expected: str, *, sheet: str) -> None:
    refuse_rows(
        rows.filter(pl.col(column).is_null()),
        UnreadableValue,
        f"{printed} cannot be read",
        sheet=sheet,
        expected=expected,
        found=f"{{{printed}!r}}",
        do="look at the record; if the publisher changed the format, change the reader",
    )
