"""Validation of the ethnicity file: labels, months, and changes from month to month. A file that fails is refused.

Every check takes the tidy rows of a file (period_end, staff_group, role_group, grade, category, category_level,
ethnicity_type, value, source_sheet, source_row) and returns nothing.

The limits were set from the file of June 2022 (19 months from September 2009, 24,204 rows); "seen" is the largest
difference in that file.
"""

from __future__ import annotations

import polars as pl

from transforms.errors import IncompleteFile, LayoutChanged, TotalsDisagree
from transforms.reading.periods import month_named, require_months_named
from transforms.reading.refuse import CUT_OFF, refuse_rows
from transforms.reading.vocabulary import vocabulary

ALL_GRADES = "All grades"
UNKNOWN_ROLE = "Unknown classification"
TOTAL_TYPE, UNKNOWN_TYPE = "All", "Unknown"
"""Values of Ethnicity_type for totals and for ethnicity not stated; for groups it is the name of a classification."""

STEPS = (3, 12)
"""Number of months between two dates in the file: 12 until September 2020, then 3."""

GROUP_FACTOR, GROUP_LEAST = 1.8, 200
"""Largest factor of change from month to month of an ethnic group in a role group, if it has at least this many people
(seen: 1.56)."""
GRADE_FACTOR, GRADE_LEAST = 3.0, 500
"""The same for a grade over all role groups (seen: 2.1 for Band 1, which was closed to new staff)."""
CELL_FACTOR, CELL_LEAST = 8.0, 1000
"""The same for a grade of a role group (seen: 5.0 for estates staff on local pay)."""
LEAST_WHITE = 0.5
"""Smallest share of White staff among staff of known ethnicity in a month (seen: 74 to 84 %)."""


def check(rows: pl.DataFrame, file: str) -> None:
    """Run all checks, most informative message first; a file with headings only is not checked."""
    if rows.is_empty():
        return
    name_and_month(rows, file)
    labels(rows)
    months(rows)
    complete(rows)
    white_is_largest(rows)
    steps(rows)


def name_and_month(rows: pl.DataFrame, file: str) -> None:
    """Check that the month in the file's name, if any, is the newest month in the file. Raises `NotWhatItClaims`."""
    require_months_named(rows, [month_named(file)], name=file, sheet=rows["source_sheet"][0])


def labels(rows: pl.DataFrame) -> None:
    """Check that each role group has its own staff group, and each ethnic category its own Ethnicity_type.

    Raises `LayoutChanged`, because a column is shifted or two labels were exchanged in one column only.
    """
    own = dict(vocabulary("role_group").select("label", "main_staff_group").drop_nulls().unique().iter_rows())
    owner = pl.col("role_group").replace_strict(own, default=None)
    _refuse_label(rows.with_columns(own=owner), "role_group", "staff_group")
    total, kind = pl.col("category_level").is_in(["total", "total_known"]), pl.col("ethnicity_type")
    group = pl.col("category_level") == "group"
    not_total = "the name of a classification"
    expected = (
        pl.when(total & (kind != TOTAL_TYPE))
        .then(pl.lit(TOTAL_TYPE))
        .when(~total & (kind == TOTAL_TYPE))
        .then(pl.lit(not_total))
        .when(group & (kind == UNKNOWN_TYPE))
        .then(pl.lit(not_total))
    )
    _refuse_label(rows.with_columns(own=expected), "category", "ethnicity_type")


def _refuse_label(rows: pl.DataFrame, label: str, beside: str) -> None:
    refuse_rows(
        rows.filter(pl.col(beside).ne_missing(pl.col("own")) & pl.col("own").is_not_null()),
        LayoutChanged,
        f"a {label.replace('_', ' ')} has the wrong {beside.replace('_', ' ')}",
        column=0,
        expected=f"{{own}} for {{{label}}}",
        found=f"{{{beside}}}",
    )


def _months(rows: pl.DataFrame) -> pl.DataFrame:
    """The dates of the file in order: period_end, source_row and source_sheet (of its first row), before and step.

    `before` is the preceding date in the file, `step` the number of months between the two.
    """
    ends = rows.group_by("period_end").agg(pl.col("source_row").min(), pl.col("source_sheet").first())
    after, before = pl.col("period_end"), pl.col("period_end").shift(1)
    step = 12 * (after.dt.year() - before.dt.year()) + after.dt.month() - before.dt.month()
    return ends.sort("period_end").with_columns(before=before, step=step)


def months(rows: pl.DataFrame) -> None:
    """Check that no date is missing. Raises `IncompleteFile`.

    Steps are a quarter or a year, and none is longer than both the step before and the step after it. Only before the
    newest date may several years be missing.
    """
    step = pl.col("step")
    longer = (step > step.shift(1)) & (step > step.shift(-1))
    is_last = pl.col("period_end") == pl.col("period_end").max()
    skips_years = is_last & (step > max(STEPS)) & (step % min(STEPS) == 0)
    refuse_rows(
        _months(rows).filter(longer | ~(step.is_in(STEPS) | skips_years)),
        IncompleteFile,
        "a month is missing, or a month has a wrong date",
        expected="months a quarter or a year apart, without a gap",
        found="{before:%B %Y}, and {period_end:%B %Y} as the next",
        do=CUT_OFF,
    )


def complete(rows: pl.DataFrame) -> None:
    """Check that each month has every role group and ethnic group of the month before, over all grades.

    Raises `IncompleteFile`. Without this check missing role groups are not noticed, as no total over them is printed.
    """
    whole = rows.filter(pl.col("grade") == ALL_GRADES)
    ends = _months(rows).drop_nulls("before")
    for what, part in (("role_group", whole), ("category", whole.filter(pl.col("category_level") != "unknown"))):
        held = part.group_by("period_end").agg(pl.col(what).unique().sort())
        both = ends.join(held, on="period_end", how="left").join(
            held, left_on="before", right_on="period_end", suffix="_before"
        )
        missing = pl.col(f"{what}_before").list.set_difference(pl.col(what).fill_null([]))
        refuse_rows(
            both.with_columns(missing=missing).filter(pl.col("missing").list.len() > 0).sort("period_end"),
            IncompleteFile,
            f"{{period_end:%B %Y}} has no rows for a {what.replace('_', ' ')} that the month before has",
            cell="row {source_row} and those below it of the same month",
            expected=lambda row: f"what {row['before']:%B %Y} has: {', '.join(sorted(row['missing']))}",
            found="no such row",
            do=CUT_OFF,
        )


def white_is_largest(rows: pl.DataFrame) -> None:
    """Check that most staff of known ethnicity are White; if not, groups are exchanged. Raises `TotalsDisagree`."""
    groups = rows.filter((pl.col("grade") == ALL_GRADES) & (pl.col("category_level") == "group"))
    sums = groups.group_by("period_end", maintain_order=True).agg(
        everyone=pl.col("value").sum(),
        white=pl.col("value").filter(pl.col("category") == "White").sum(),
        source_sheet=pl.col("source_sheet").first(),
        source_row=pl.col("source_row").first(),
    )
    refuse_rows(
        sums.filter((pl.col("everyone") >= GRADE_LEAST) & (pl.col("white") < LEAST_WHITE * pl.col("everyone"))),
        TotalsDisagree,
        "White staff are fewer than half of those whose ethnicity is known",
        cell="row {source_row} and those below it of {period_end:%B %Y}",
        expected=f"more than {LEAST_WHITE:.0%} in the whole of a month",
        found="{white:,.0f} of {everyone:,.0f}",
    )


def steps(rows: pl.DataFrame) -> None:
    """Check that no large group changes from one month to the next by more than the limits above.

    Raises `TotalsDisagree`, because labels are exchanged or figures scaled in one month.
    """
    known = rows.filter(pl.col("role_group") != UNKNOWN_ROLE)
    whole, total = pl.col("grade") == ALL_GRADES, pl.col("category_level") == "total"
    groups = known.filter(whole & (total | (pl.col("category_level") == "group")))
    _steps(groups, ["role_group", "category"], GROUP_FACTOR, GROUP_LEAST)
    _steps(rows.filter(~whole & total), ["grade"], GRADE_FACTOR, GRADE_LEAST)
    _steps(known.filter(~whole & total), ["role_group", "grade"], CELL_FACTOR, CELL_LEAST)


def _steps(rows: pl.DataFrame, line: list[str], factor: float, least: int) -> None:
    sums = rows.group_by(*line, "period_end").agg(
        pl.col("value").sum(), pl.col("source_sheet").first(), pl.col("source_row").min()
    )
    lined = sums.sort("period_end").with_columns(
        before=pl.col("value").shift().over(line, order_by="period_end"),
        month_before=pl.col("period_end").shift().over(line, order_by="period_end"),
    )
    ends = rows["period_end"].unique().sort()
    lined = lined.filter(
        pl.col("month_before") == pl.col("period_end").replace_strict(ends[1:], ends[:-1], default=None)
    )
    larger, smaller = pl.max_horizontal("value", "before"), pl.min_horizontal("value", "before")
    refuse_rows(
        lined.filter((larger >= least) & (larger > factor * smaller)).sort("period_end", "source_row"),
        TotalsDisagree,
        f"a number of people differs from the month before by a factor of more than {factor:g}",
        expected="about {before:,.0f}, as in {month_before:%B %Y}",
        found=f"{{value:,.0f}} in {{period_end:%B %Y}} ({', '.join(f'{{{name}}}' for name in line)})",
    )
