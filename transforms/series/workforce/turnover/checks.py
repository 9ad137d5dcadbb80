"""Validation rules on staff in post, joiners and leavers within one file; a file that breaks a rule is refused.

Every check takes the tidy rows of a file (period_start, period_end, a column `place` with an area or organisation code,
staff_group, flow, measure, value, source_sheet, source_row) and returns nothing. The publisher prints no row for zero,
so a missing row counts as 0. Sums with a cell that has no number are not compared.

The limits were set from "Turnover benchmarking 2" of October 2025 (247 organisations). "Measured" is the largest
difference in that file; limits are wider, because it covers one month only.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.errors import IncompleteFile, TotalsDisagree, UnclearUnit
from transforms.reading.refuse import refuse_rows

FLOWS = ("in_post_at_start", "in_post_at_end", "joiners", "leavers")
PERIOD = ("period_start", "period_end")
ALL_STAFF = "All staff groups"
EXACT = 0.01
"""Largest rounding difference of a sum of FTE, which is printed to five decimals (measured: 1e-11)."""
SEVERAL_PARTS = (5.0, 0.05, 0.01)
"""How far the sum of parts may exceed a total: a number of people, plus a share of staff in post or of a flow.

Measured over the staff groups of an organisation: 31 of 787 in post (4 %), 3 of 176 leavers."""
EXAMPLES = 5
"""Largest number of rows listed in a message."""


Limit = tuple[float, float]
"""How far two numbers may differ: a fixed number plus a factor that depends on the size (see each check)."""


def is_total(rows: pl.DataFrame) -> pl.Expr:
    """Whether a row is the total over all staff groups, grades and age bands."""
    wholes = {"staff_group": ALL_STAFF, "grade": "All grades", "age_band": "All age bands"}
    return pl.all_horizontal(pl.col(name) == whole for name, whole in wholes.items() if name in rows.columns)


def sections(rows: pl.DataFrame, place: str) -> None:
    """Check that every period has its four sections, and every place a total of staff in post.

    Raises `IncompleteFile`. A file that is cut off between two sections is otherwise not recognised as incomplete.
    """
    for key, part in rows.group_by("source_sheet", *PERIOD, maintain_order=True):
        printed = set(part["flow"].unique())
        missing = [flow for flow in FLOWS if flow not in printed]
        if missing:
            raise IncompleteFile(
                f"the period {key[1]} to {key[2]} has no section of {' and of '.join(missing)}",
                sheet=str(key[0] or ""),
                expected=", ".join(FLOWS),
                found=", ".join(part["flow"].unique(maintain_order=True)),
                do="fetch the file again, as it may be cut off; otherwise check the names of its sections",
            )
    all_staff = rows.filter(is_total(rows) & pl.col("flow").is_in(FLOWS[:2]))
    counted = rows.group_by("source_sheet", *PERIOD, place).agg(pl.col("source_row").min())
    totals = all_staff.group_by("source_sheet", *PERIOD, place).agg(printed=pl.len())
    alone = counted.join(totals, on=["source_sheet", *PERIOD, place], how="anti", nulls_equal=True)
    refuse_rows(
        alone,
        IncompleteFile,
        "a place has joiners, leavers or staff groups, but no staff in post over all staff groups",
        expected=f"a row of {ALL_STAFF} for each",
        found=f"{{{place}}}",
        shown=EXAMPLES,
    )


def flows_in_staff(rows: pl.DataFrame, keys: Sequence[str]) -> None:
    """Check that joiners are no more than staff in post at the end, and leavers no more than those at the start.

    Raises `TotalsDisagree`. Measured: true without exception.
    """
    cells = _wide(rows, [*keys, "measure"])
    too_many = pl.max_horizontal(
        pl.col("joiners") - pl.col("in_post_at_end"), pl.col("leavers") - pl.col("in_post_at_start")
    )
    refuse_rows(
        cells.filter(too_many > EXACT),
        TotalsDisagree,
        "more people joined than were in post at the end, or more left than were in post at the start",
        expected="joiners among those in post at the end, leavers among those in post at the start",
        found=_figures_of(keys),
        shown=EXAMPLES,
    )


def balance(rows: pl.DataFrame, place: str, limit: dict[str, Limit], of: float = 0.0) -> None:
    """Check that start + joiners - leavers = end, for the total over all staff groups.

    `limit` gives (base, root) by measure: the largest difference is base + root x square root of staff in post + `of` x
    staff in post. Raises `TotalsDisagree` for a place with a larger difference, and if the differences would be smaller
    with joiners and leavers exchanged.
    """
    cells = _wide(rows.filter(is_total(rows)), ["source_sheet", *PERIOD, place, "measure"])
    start, end, joined, left = (pl.col(flow) for flow in FLOWS)
    staff = pl.max_horizontal(start, end)
    cells = cells.with_columns(off=start + joined - left - end, exchanged=start - joined + left - end)
    sums = cells.group_by("source_sheet", "measure").agg(pl.col("off", "exchanged").abs().sum().round(2))
    refuse_rows(
        sums.filter(pl.col("off") > pl.col("exchanged") + EXACT),
        TotalsDisagree,
        "start and end, or joiners and leavers, seem to be exchanged: the differences would be smaller if they were",
        expected="start + joiners - leavers = end",
        found="{measure}: sum of differences {off} over all places, {exchanged} if exchanged",
        shown=EXAMPLES,
    )
    allowed = pl.lit(0.0)
    for measure, (base, root) in limit.items():
        allowed = pl.when(pl.col("measure") == measure).then(base + root * staff.sqrt() + of * staff).otherwise(allowed)
    refuse_rows(
        cells.filter(pl.col("off").abs() > allowed).sort("off", descending=True),
        TotalsDisagree,
        "joiners and leavers do not explain the staff in post at the start and at the end",
        expected="start + joiners - leavers = end, except for people who change their staff group or hours",
        found=_figures_of([*PERIOD, place]),
        shown=EXAMPLES,
    )


def group_balance(rows: pl.DataFrame, limit: Limit, group: str = "staff_group") -> None:
    """The check of `balance` for each value of `group`, summed over all places.

    `limit` is (base, share of staff in post), as some people move between groups. Raises `TotalsDisagree`; the labels
    of two groups may be exchanged in one section.
    """
    cells = _wide(rows, ["source_sheet", *PERIOD, group, "measure"])
    start, end, joined, left = (pl.col(flow) for flow in FLOWS)
    off = (start + joined - left - end).abs()
    refuse_rows(
        cells.filter(off > limit[0] + limit[1] * pl.max_horizontal(start, end)),
        TotalsDisagree,
        f"joiners and leavers of a {group.replace('_', ' ')} do not explain its staff in post at the start and end",
        expected=f"start + joiners - leavers = end, within {limit[1]:.0%}",
        found=_figures_of([group]),
        shown=EXAMPLES,
    )


def parts(rows: pl.DataFrame, same: Sequence[str], total: pl.Expr, part: pl.Expr, what: str) -> None:
    """Check that parts add up to the total with equal values in the columns `same`: exactly in FTE.

    A person may be in several parts, so a total of people is at most the sum of its parts, at least the largest part,
    and below the sum by no more than `SEVERAL_PARTS`. `total` and `part` select the rows; `what` names the parts in
    the message. Raises `TotalsDisagree`, also for parts without a total.
    """
    value = pl.col("value")
    sums = rows.group_by(*same, "flow", "measure", maintain_order=True).agg(
        total=value.filter(total).sum(),
        parts=value.filter(part).sum(),
        largest=value.filter(part).max(),
        number=value.filter(part).len(),
        blank=value.filter(total | part).is_null().any(),
        **_cell(same),
    )
    over = pl.col("parts") - pl.col("total")
    share = pl.when(pl.col("flow").is_in(FLOWS[:2])).then(SEVERAL_PARTS[1]).otherwise(SEVERAL_PARTS[2])
    people = (over < 0) | (pl.col("largest") > pl.col("total")) | (over > SEVERAL_PARTS[0] + share * pl.col("total"))
    wrong = pl.when(pl.col("measure") == "fte").then(over.abs() > EXACT).otherwise(people)
    refuse_rows(
        sums.filter((pl.col("number") > 0) & ~pl.col("blank") & wrong),
        TotalsDisagree,
        f"{what} do not add up to their printed total",
        expected="parts that add up exactly in FTE, and in people to the total or slightly more",
        found=f"{_named([*same, 'flow', 'measure'])}: total {{total}}, parts {{parts}}",
        shown=EXAMPLES,
    )


def units(rows: pl.DataFrame, keys: Sequence[str], place: str) -> None:
    """Check FTE against headcount: no cell far above it, and for all staff of a place 0.6 to 1.05 FTE per person.

    Measured: a cell at most 1 above; 0.81 to 0.96 per person. Raises `UnclearUnit`, as a column may be scaled.
    """
    cells = rows.pivot("measure", index=[*keys, "flow"], values="value", aggregate_function="sum")
    cells = cells.join(
        rows.group_by(*keys, "flow").agg(pl.col("source_row").min()), on=[*keys, "flow"], maintain_order="left"
    )
    if not {"headcount", "fte"} <= set(cells.columns):
        return
    above = pl.col("fte") > pl.col("headcount") + pl.max_horizontal(1.5, 0.1 * pl.col("headcount"))
    staff = pl.col("flow").is_in(FLOWS[:2]) & is_total(cells) & (pl.col("headcount") >= 100)
    odd = staff & ~(pl.col("fte") / pl.col("headcount")).is_between(0.6, 1.05)
    refuse_rows(
        cells.filter(above | odd),
        UnclearUnit,
        "full-time equivalents do not fit the number of people",
        expected="0.6 to 1.05 FTE per person over all staff of a place, and no cell far above 1",
        found=f"{_named([place, 'staff_group', 'flow'])}: {{fte}} FTE of {{headcount}} people",
        shown=EXAMPLES,
    )


def _wide(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """One row per key with a column per flow (0 if not printed); keys with a cell without a number are left out."""
    return (
        rows.group_by(*keys, maintain_order=True)
        .agg(
            *(pl.col("value").filter(pl.col("flow") == flow).sum().alias(flow) for flow in FLOWS),
            _blank=pl.col("value").is_null().any(),
            **_cell(keys),
        )
        .filter(~pl.col("_blank"))
    )


def _cell(keys: Sequence[str]) -> dict[str, pl.Expr]:
    """Expressions for the first source_row of a group, and for source_sheet if it is not one of the keys."""
    row = {"source_row": pl.col("source_row").min()}
    return row if "source_sheet" in keys else {**row, "source_sheet": pl.col("source_sheet").first()}


def _named(keys: Sequence[str]) -> str:
    return " ".join(f"{{{key}}}" for key in keys if key != "source_sheet")


def _figures_of(keys: Sequence[str]) -> str:
    return (
        f"{_named(keys)}: start {{in_post_at_start:,.2f}}, joiners {{joiners:,.2f}}, leavers {{leavers:,.2f}},"
        " end {in_post_at_end:,.2f} ({measure})"
    )
