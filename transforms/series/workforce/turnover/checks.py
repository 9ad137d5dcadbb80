"""What must be true of staff in post, joiners and leavers in one file. A file in which it is not is refused whole.

Every check takes the tidy rows of a file (`period_start`, `period_end`, a column that names the place, `staff_group`,
`flow`, `measure`, `value` and the cell) and returns nothing. The publisher prints no row for zero, so a missing row
counts as 0. Cells without a number are left out of sums, and sums with such a cell are not compared.

The limits come from "Turnover benchmarking 2" of October 2025 (247 organisations): the largest difference seen there
stands beside each, and the limit is wider, because one month is not every month.
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
"""FTE is printed to five places; the sum of some hundred such numbers is well within this (seen: 1e-11)."""
SEVERAL_PARTS = (5.0, 0.05, 0.01)
"""By how much the sum of parts may exceed a total of people: so many, and that share of staff in post, of a flow.

Seen over staff groups of an organisation: 31 of 787 in post (4 %), 3 of 176 leavers."""
EXAMPLES = 5
"""How many rows a message shows."""


Limit = tuple[float, float]
"""How far two numbers may differ: so many, and so large a share of the larger one."""


def is_total(rows: pl.DataFrame) -> pl.Expr:
    """Whether a row speaks of all staff groups, grades and age bands."""
    wholes = {"staff_group": ALL_STAFF, "grade": "All grades", "age_band": "All age bands"}
    return pl.all_horizontal(pl.col(name) == whole for name, whole in wholes.items() if name in rows.columns)


def sections(rows: pl.DataFrame, place: str) -> None:
    """Every period has its four sections, and every place has staff in post in both of them.

    Raises `IncompleteFile`: a file cut off between two sections looks whole otherwise.
    """
    for key, part in rows.group_by("source_sheet", *PERIOD, maintain_order=True):
        missing = [flow for flow in FLOWS if flow not in set(part["flow"])]
        if missing:
            raise IncompleteFile(
                f"the period {key[1]} to {key[2]} has no section of {' and of '.join(missing)}",
                sheet=str(key[0] or ""),
                expected=", ".join(FLOWS),
                found=", ".join(part["flow"].unique(maintain_order=True)),
                do="fetch the file again: it was cut off, or its sections were given the wrong names",
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
    """Joiners are among those in post at the end, leavers among those in post at the start (seen: without exception).

    Raises `TotalsDisagree`.
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
    """Staff in post at the start, and joiners, less leavers, lead to staff in post at the end: for all staff groups.

    `limit` by measure: so many, and so many times the square root of staff in post (`of` that share is added).
    Raises `TotalsDisagree` where one place is further off, and where joiners and leavers exchanged would fit better.
    """
    cells = _wide(rows.filter(is_total(rows)), ["source_sheet", *PERIOD, place, "measure"])
    start, end, joined, left = (pl.col(flow) for flow in FLOWS)
    staff = pl.max_horizontal(start, end)
    cells = cells.with_columns(off=start + joined - left - end, exchanged=start - joined + left - end)
    sums = cells.group_by("source_sheet", "measure").agg(pl.col("off", "exchanged").abs().sum().round(2))
    refuse_rows(
        sums.filter(pl.col("off") > pl.col("exchanged") + EXACT),
        TotalsDisagree,
        "start and end, or joiners and leavers, seem to be exchanged: the other way round they would fit better",
        expected="start + joiners - leavers = end",
        found="{measure} off by {off} over all places, exchanged by {exchanged}",
        shown=EXAMPLES,
    )
    allowed = pl.lit(0.0)
    for measure, (base, root) in limit.items():
        allowed = pl.when(pl.col("measure") == measure).then(base + root * staff.sqrt() + of * staff).otherwise(allowed)
    refuse_rows(
        cells.filter(pl.col("off").abs() > allowed).sort("off", descending=True),
        TotalsDisagree,
        "joiners and leavers do not explain the staff in post at the start and at the end",
        expected="start + joiners - leavers = end, but for people who change what they work as",
        found=_figures_of([*PERIOD, place]),
        shown=EXAMPLES,
    )


def group_balance(rows: pl.DataFrame, limit: Limit, group: str = "staff_group") -> None:
    """The same for each staff group over all places: people move between groups, but few of a large group.

    Raises `TotalsDisagree`: two groups are exchanged in one section.
    """
    cells = _wide(rows, ["source_sheet", *PERIOD, group, "measure"])
    start, end, joined, left = (pl.col(flow) for flow in FLOWS)
    off = (start + joined - left - end).abs()
    refuse_rows(
        cells.filter(off > limit[0] + limit[1] * pl.max_horizontal(start, end)),
        TotalsDisagree,
        f"joiners and leavers of a {group.replace('_', ' ')} are far from explaining its staff in post at both ends",
        expected=f"start + joiners - leavers = end, within {limit[1]:.0%}",
        found=_figures_of([group]),
        shown=EXAMPLES,
    )


def parts(rows: pl.DataFrame, same: Sequence[str], total: pl.Expr, part: pl.Expr, what: str) -> None:
    """Parts add up to the total they share `same` with: exactly in FTE; people are in one part or in several.

    So a total of people is never above the sum of its parts, never below the largest, and below the sum by no more
    than `SEVERAL_PARTS`. Raises `TotalsDisagree` where they differ, or where there are parts without a total.
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
        f"{what} do not add up to the total that is printed beside them",
        expected="parts that add up exactly in FTE, and in people to the total or a little more",
        found=f"{_named([*same, 'flow', 'measure'])}: total {{total}}, parts {{parts}}",
        shown=EXAMPLES,
    )


def units(rows: pl.DataFrame, keys: Sequence[str], place: str) -> None:
    """FTE goes with headcount: no cell far above it, and over all staff of a place between 0.6 and 1.05 of it.

    Seen: a cell at most 1 above; 0.81 to 0.96 of a place. Raises `UnclearUnit`: a column may be multiplied or divided.
    """
    cells = rows.pivot("measure", index=[*keys, "flow"], values="value", aggregate_function="sum")
    cells = cells.join(rows.group_by(*keys, "flow").agg(pl.col("source_row").min()), on=[*keys, "flow"])
    if not {"headcount", "fte"} <= set(cells.columns):
        return
    above = pl.col("fte") > pl.col("headcount") + pl.max_horizontal(1.5, 0.1 * pl.col("headcount"))
    staff = pl.col("flow").is_in(FLOWS[:2]) & is_total(cells) & (pl.col("headcount") >= 100)
    odd = staff & ~(pl.col("fte") / pl.col("headcount")).is_between(0.6, 1.05)
    refuse_rows(
        cells.filter(above | odd),
        UnclearUnit,
        "full-time equivalents do not go with the number of people",
        expected="0.6 to 1.05 FTE a person over all staff of a place, and no cell far above one",
        found=f"{_named([place, 'staff_group', 'flow'])}: {{fte}} FTE of {{headcount}} people",
        shown=EXAMPLES,
    )


def _wide(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """One row per key with a column per flow (0 where none is printed); keys with a cell without a number left out."""
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
    """The first row of a group, and its sheet where that is none of the group's keys."""
    row = {"source_row": pl.col("source_row").min()}
    return row if "source_sheet" in keys else {**row, "source_sheet": pl.col("source_sheet").first()}


def _named(keys: Sequence[str]) -> str:
    return " ".join(f"{{{key}}}" for key in keys if key != "source_sheet")


def _figures_of(keys: Sequence[str]) -> str:
    return (
        f"{_named(keys)}: start {{in_post_at_start:,.2f}}, joiners {{joiners:,.2f}}, leavers {{leavers:,.2f}},"
        " end {in_post_at_end:,.2f} ({measure})"
    )
