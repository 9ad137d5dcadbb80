"""Joiners, leavers and staff in post in England and its regions, of twelve months each, since September 2009.

Source: NHS England, HCHS Workforce Statistics, "Turnover 1. Staff group - NHSE region, annual, Sep-09 to Oct-25.csv"
and "Turnover 2. Staff group, grade and age band - England, annual, Sep-09 to Oct-25.csv" (each alone, or in the zip
"NHS HCHS Workforce Statistics, Turnover - CSV data files, October 2025.zip").

    PERIOD,TYPE,NHSE_REGION_CODE,NHSE_REGION_NAME,MAIN_STAFF_GROUP,STAFF_GROUP,HC,FTE
    200909 to 201009,Denominator at end of period,Y56,London,NHS infrastructure support,Managers,4692,4513.53302

    PERIOD,TYPE,MAIN_STAFF_GROUP,STAFF_GROUP,GRADE,AGE_BAND,HC,FTE
    200909 to 201009,Denominator at end of period,All staff groups,All staff groups,All grades,Under 25,62595,58244.183

Joiners come from outside the counted staff and leavers leave it: for England, a move between two trusts is neither.
Status: written from the first published rows (staff in post at the end of 2009/10, England and London); no original
file was available to test. Relations that these rows do not show are checked with wide limits, stated at each check.
"""

from __future__ import annotations

import re
from datetime import timedelta

import polars as pl

from transforms.errors import IncompleteFile, LayoutChanged, TotalsDisagree
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.organisation_codes import require_regions
from transforms.reading.periods import months_named
from transforms.reading.records import require_headings, set_apart
from transforms.reading.refuse import CUT_OFF, refuse_rows
from transforms.reading.text import plain_name
from transforms.reading.unread import Unread, no_rows, with_unread
from transforms.reading.vocabulary import translate, vocabulary
from transforms.series.workforce.core_csv.labels import WHOLE, staff_groups
from transforms.series.workforce.turnover import checks
from transforms.series.workforce.turnover.records import (
    FIGURES,
    check_periods_named,
    figures,
    members,
    newest_period,
    refuse_repeated,
    unread_members,
    wanted_members,
)
from transforms.series.workforce.turnover.tables import NATIONAL_TURNOVER
from transforms.tables.declare import Scope

FILE_NAME = re.compile(r"Turnover [12]\. Staff group.*\.csv$", re.IGNORECASE)
NOT_WANTED = {"Turnover 3. ": "turnover by nationality is not used", "Turnover 0. ": "a description without figures"}

GROUPS = ("PERIOD", "TYPE", "MAIN_STAFF_GROUP", "STAFF_GROUP")
BY_REGION = {*GROUPS, "NHSE_REGION_CODE", "NHSE_REGION_NAME"}
BY_GRADE = {*GROUPS, "GRADE", "AGE_BAND"}

ENGLAND_LIMIT = {"headcount": (100.0, 0.0), "fte": (100.0, 0.0)}
OPEN = {"England": 0.02, "Region": 0.05}
"""Share of staff in post that joiners and leavers may leave unexplained: changes of hours, moves between regions."""
OPEN_OF_A_GROUP = (1000.0, 0.25)
"""The same for a staff group in England, as (number, share): people are promoted into and out of it."""
OPEN_OF_AN_AGE_BAND = (1000.0, 0.6)
"""The same for an age band, as (number, share): people enter and leave it as they get older."""
BY_BAND = ("Senior managers", "Managers")
BAND_SHARE = 0.95
"""Smallest share of senior managers and managers in post that the sum of their printed grades may have."""
STAYS = 0.02
"""Share by which staff in post at a start may differ from the end of the period before, for new organisations."""
REGIONS = {
    "in_post_at_start": (0.99, 1.01),
    "in_post_at_end": (0.99, 1.01),
    "joiners": (0.95, 2),
    "leavers": (0.95, 2),
}
"""Flow -> limits of the sum of the regions as a share of England.

A few staff have no region, and a person who moves between two regions is a leaver of one and a joiner of the other."""


def recognise(file: PublishedFile) -> Edition | None:
    """Recognises a zip by its members, a CSV by its headings; the edition is the month of the newest period end."""
    if file.kind == "zip":
        named = [months_named(plain_name(member)) for member in wanted_members(file, FILE_NAME)]
        ends = max((months[-1] for months in named if months), default=None)
    elif file.kind == "text" and any(marks <= set(file.columns) for marks in (BY_REGION, BY_GRADE)):
        named = [months_named(plain_name(file.name))]
        ends = newest_period(file) or max((months[-1] for months in named if months), default=None)
    else:
        return None
    if ends is None:
        return None
    return Edition(f"{ends:%Y-%m}", f"Turnover, England and regions, {ends:%Y-%m}", f"{ends}")


def read(file: PublishedFile) -> dict[str, pl.DataFrame]:
    """Rows of core.national_turnover: one per period, area, staff group, grade, age band, flow and measure.

    Units: people and full-time equivalents. A figure that both tables print (England, all grades, all ages) is kept
    once. Raises `LayoutChanged` for a missing heading, `UnmappedLabel` for an unknown label, and `IncompleteFile`,
    `TotalsDisagree` or `UnclearUnit` for missing, exchanged, scaled or contradictory figures.
    """
    unread = unread_members(file, FILE_NAME, NOT_WANTED)
    frames = []
    for member, records in members(file, FILE_NAME):
        rows, beside = _tidy(records, member)
        unread += beside
        if rows.height:
            _check(rows, file.name)
        frames.append(rows)
    rows = _once(frames)
    return with_unread({"national_turnover": rows}, unread if rows.height else [*unread, no_rows()])


def _tidy(records: pl.DataFrame, member: str) -> tuple[pl.DataFrame, list[Unread]]:
    is_by_grade = "AGE_BAND" in records.columns
    headings = [*sorted(BY_GRADE if is_by_grade else BY_REGION), *FIGURES]
    beside = require_headings(records, headings, sheet=member)
    rows = figures(set_apart(records, headings), member).rename({"STAFF_GROUP": "STAFF_GROUP_1"})
    rows = staff_groups(rows, sheet=member)
    rows = _by_grade(rows, member) if is_by_grade else _by_region(rows, member)
    return rows.select(column.name for column in NATIONAL_TURNOVER.frame_columns), beside


def _by_region(rows: pl.DataFrame, member: str) -> pl.DataFrame:
    is_england = pl.col("NHSE_REGION_CODE").str.to_lowercase().is_in(WHOLE)
    region = pl.when(~is_england).then(pl.col("NHSE_REGION_CODE"))
    rows = rows.with_columns(
        region_code=region,
        geography_level=pl.when(is_england).then(pl.lit("England")).otherwise(pl.lit("Region")),
        area_code=pl.when(is_england).then(pl.lit("England")).otherwise(region),
        area_name=pl.when(is_england).then(pl.lit("England")).otherwise(pl.col("NHSE_REGION_NAME")),
        grade=pl.lit("All grades"),
        age_band=pl.lit("All age bands"),
    )
    place = 3
    require_regions(rows.filter(~is_england), "NHSE_REGION_CODE", blank=False, place=place, sheet=member)
    _own_names(rows, member)
    return rows


def _own_names(rows: pl.DataFrame, member: str) -> None:
    """Check that no region's code has the name of another region. Raises `LayoutChanged`."""
    names = dict(vocabulary("region").select("region_code", "name").iter_rows())
    own = pl.col("region_code").replace_strict(names, default=None)
    other = rows.filter(
        own.is_not_null() & (own != pl.col("area_name")) & pl.col("area_name").is_in(list(names.values()))
    )
    refuse_rows(
        other,
        LayoutChanged,
        "a region has the name of another",
        sheet=member,
        column=0,
        expected=lambda row: f"{names[row['region_code']]} for {row['region_code']}",
        found="{area_name}",
    )


def _by_grade(rows: pl.DataFrame, member: str) -> pl.DataFrame:
    rows = translate(rows, "GRADE", "grade", into="grade", sheet=member)
    rows = rows.with_columns(pl.concat_str(pl.lit("age: "), "AGE_BAND").alias("AGE_BAND"))
    rows = translate(rows, "AGE_BAND", "person_category", into="age_band", sheet=member)
    return rows.with_columns(
        region_code=pl.lit(None, pl.String),
        geography_level=pl.lit("England"),
        area_code=pl.lit("England"),
        area_name=pl.lit("England"),
    )


def _check(rows: pl.DataFrame, file: str) -> None:
    check_periods_named(rows, file)
    refuse_repeated(rows, NATIONAL_TURNOVER.key)
    checks.sections(rows, "area_code")
    _every_year_and_area(rows)
    cell = ["source_sheet", *checks.PERIOD, "area_code", "staff_group", "grade", "age_band"]
    checks.units(rows, cell, "area_code")
    _parts(rows)
    totals = rows.filter(checks.is_total(rows))
    for level, part in totals.group_by("geography_level", maintain_order=True):
        checks.balance(part, "area_code", ENGLAND_LIMIT, of=OPEN[str(level[0])])
    all_ages = rows.filter((pl.col("grade") == "All grades") & (pl.col("age_band") == "All age bands"))
    wide = vocabulary("staff_group").filter(pl.col("level").is_in(["main group", "group"]))["label"]
    of_england = (pl.col("geography_level") == "England") & pl.col("staff_group").is_in(wide.implode())
    known = ~pl.col("staff_group").str.starts_with("Unknown")
    checks.group_balance(all_ages.filter(of_england & known), OPEN_OF_A_GROUP)
    ages = rows.filter((pl.col("staff_group") == checks.ALL_STAFF) & (pl.col("grade") == "All grades"))
    named_age = ~pl.col("age_band").is_in(["All age bands", "Unknown"])
    checks.group_balance(ages.filter(named_age), OPEN_OF_AN_AGE_BAND, group="age_band")
    checks.flows_in_staff(rows.filter(pl.col("age_band") == "All age bands"), cell)
    _regions_of_england(totals)
    _continuity(totals.filter(geography_level="England"))


def _parts(rows: pl.DataFrame) -> None:
    """Check staff groups, age bands and grades against their printed totals. Raises `TotalsDisagree`."""
    same = ["source_sheet", *checks.PERIOD, "area_code", "grade", "age_band"]
    group = pl.col("staff_group")
    parents = dict(vocabulary("staff_group").select("label", "parent").drop_nulls().unique().iter_rows())
    whole = rows.filter(pl.col("grade") == "All grades").with_columns(
        parent=group.replace_strict(parents, default=None)
    )
    for total in sorted(set(parents.values())):
        checks.parts(
            whole.filter((group == total) | (pl.col("parent") == total)),
            same,
            group == total,
            group != total,
            f"parts of {total}",
        )
    age = pl.col("age_band") == "All age bands"
    by_age = rows.filter((~age).any().over("source_sheet"))
    checks.parts(by_age, [*same[:-1], "staff_group"], age, ~age, "age bands")
    _grades_of_total(rows.filter(pl.col("measure") == "fte"))


def _grades_of_total(fte: pl.DataFrame) -> None:
    """Check that the grades of a staff group add up to no more than all grades, and for managers to little less.

    The first published rows show no staff group with its grades, so the limit is wide. Raises `TotalsDisagree`.
    """
    value, is_total = pl.col("value"), pl.col("grade") == "All grades"
    sums = fte.group_by(*checks.PERIOD, "area_code", "staff_group", "age_band", "flow", maintain_order=True).agg(
        total=value.filter(is_total).sum(),
        grades=value.filter(~is_total).sum(),
        number=(~is_total).sum(),
        blank=value.is_null().any(),
        source_sheet=pl.col("source_sheet").first(),
        source_row=pl.col("source_row").min(),
    )
    is_whole = pl.col("staff_group").is_in(BY_BAND) & (pl.col("age_band") == "All age bands")
    too_few = is_whole & pl.col("flow").is_in(checks.FLOWS[:2]) & (pl.col("grades") < BAND_SHARE * pl.col("total"))
    wrong = sums.filter(
        (pl.col("number") > 0)
        & (pl.col("total") > 0)
        & ~pl.col("blank")
        & ((pl.col("grades") > pl.col("total") + checks.EXACT) | too_few)
    )
    refuse_rows(
        wrong,
        TotalsDisagree,
        "grades do not add up to their printed total",
        expected="about {total:,.2f} FTE ({staff_group}, {age_band}, {flow} to {period_end})",
        found="{grades:,.2f} in {number} grades",
    )


def _every_year_and_area(rows: pl.DataFrame) -> None:
    """Check that no year is missing and that each section has every area. Raises `IncompleteFile`."""
    ends = rows.group_by("period_end", "source_sheet").agg(pl.col("source_row").min()).sort("period_end")
    before = pl.col("period_end").shift(1)
    refuse_rows(
        ends.with_columns(before=before).filter(pl.col("period_end") - before > timedelta(days=366)),
        IncompleteFile,
        "a year is missing between two periods",
        expected="periods of twelve months without a gap",
        found="periods that end {before} and {period_end}, and none between",
        do=CUT_OFF,
    )
    areas = (
        rows.filter(checks.is_total(rows))
        .group_by(*checks.PERIOD, "flow", "measure")
        .agg(pl.col("area_code"), pl.col("source_sheet").first())
    )
    all_areas = rows["area_code"].unique().sort()
    refuse_rows(
        areas.filter(pl.col("area_code").list.n_unique() < len(all_areas)).sort("period_end", "flow"),
        IncompleteFile,
        "a section of the file lacks areas that the others have",
        expected=lambda _: ", ".join(all_areas),
        found="{area_code} for {flow} to {period_end}",
        do=CUT_OFF,
    )


def _regions_of_england(totals: pl.DataFrame) -> None:
    """Check that the regions add up to England, within the limits of `REGIONS`. Raises `TotalsDisagree`."""
    value, is_england = pl.col("value"), pl.col("area_code") == "England"
    sums = totals.group_by(*checks.PERIOD, "flow", "measure").agg(
        england=value.filter(is_england).sum(),
        regions=value.filter(~is_england).sum(),
        number=(~is_england).sum(),
        source_sheet=pl.col("source_sheet").first(),
        source_row=pl.col("source_row").min(),
    )
    share = pl.col("regions") / pl.col("england")
    least = pl.col("flow").replace_strict({flow: limits[0] for flow, limits in REGIONS.items()})
    most = pl.col("flow").replace_strict({flow: limits[1] for flow, limits in REGIONS.items()})
    wrong = sums.filter((pl.col("number") > 0) & ~share.is_between(least, most)).sort("source_row")
    refuse_rows(
        wrong,
        TotalsDisagree,
        "the regions do not add up to England",
        expected="about {england:,.0f} ({flow} to {period_end}, {measure})",
        found="{regions:,.0f} in {number} regions",
    )


def _continuity(england: pl.DataFrame) -> None:
    """Check staff in post at a start against the end of the period before. Raises `TotalsDisagree`."""
    after = england.filter(flow="in_post_at_start").select(
        "period_start", "measure", "value", "source_row", "source_sheet"
    )
    before = england.filter(flow="in_post_at_end").select(
        pl.col("period_end").alias("period_start"), "measure", pl.col("value").alias("before")
    )
    both = after.join(before, on=["period_start", "measure"], how="inner").sort("period_start")
    refuse_rows(
        both.filter((pl.col("value") - pl.col("before")).abs() > STAYS * pl.col("before")),
        TotalsDisagree,
        "staff in post at the start of a period differ too much from those at the end of the period before",
        expected="about {before:,.0f} ({measure} in England, {period_start})",
        found="{value:,.0f}",
    )


def _once(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """All rows, with figures that both tables print kept once. Raises `TotalsDisagree` if the two values differ."""
    rows = pl.concat(frames)
    named = list(NATIONAL_TURNOVER.key)
    two = rows.group_by(named).agg(
        pl.col("value").min().alias("least"),
        pl.col("value").max().alias("most"),
        pl.col("source_sheet", "source_row").first(),
    )
    refuse_rows(
        two.filter(pl.col("most") - pl.col("least") > checks.EXACT).sort(named),
        TotalsDisagree,
        "Turnover 1 and 2 print a figure of England with two values",
        expected=lambda row: f"one value for {', '.join(str(row[name]) for name in named)}",
        found="{least} and {most}",
        do="look at both members; one may be of another edition",
    )
    return rows.unique(named, keep="first", maintain_order=True)


READER = Reader(
    name="turnover-national",
    version=2,
    title="Turnover 1 and 2, England and regions, annual (.csv, or the .zip of all)",
    tables=(NATIONAL_TURNOVER,),
    recognise=recognise,
    read=read,
    # One file has the regions, another England by grade and age band.
    scopes=(Scope("national_turnover", ("period_start", "period_end", "area_code", "measure")),),
)
