"""NHS Vacancy Statistics: vacancies and vacancy rates by quarter, region, sector and staff group; adverts by month.

Source: NHS England, NHS Vacancy Statistics England, `nhs-vac-stats-apr15-<mon><yy>-eng-tables.xlsx`: one sheet per
staff group (all staff, nursing, medical) with a block of vacancies and a block of rates, and the sheet "ESR source
data", which is absent from editions from October 2022 until September 2024; its absence is recorded.
Unfilled posts and published adverts are different measures and must not be added. A workbook with any inconsistency is
refused as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import polars as pl

from transforms.errors import LayoutChanged
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.grid import Grid, cell_name, read_grids
from transforms.reading.refuse import NEW_LAYOUT, OTHER_CONTENTS, refuse_rows
from transforms.reading.unread import unread_sheets, with_unread
from transforms.series.vacancies.adverts import has_adverts, no_adverts, read_adverts
from transforms.series.vacancies.arithmetic import checked
from transforms.series.vacancies.cells import no_stray_figures, read_blocks
from transforms.series.vacancies.layout import Block, find_blocks, headings, labels_of
from transforms.series.vacancies.quarters import MONTHS, quarter_end
from transforms.series.vacancies.tables import VACANCY, VACANCY_ADVERT
from transforms.tables.declare import Scope

FIRST_QUARTER = date(2018, 6, 30)
"""The sheets are named '2018 onwards'; a later first quarter means that quarters are missing."""
NAME = re.compile(r"vac[a-z]*-stats-.*-(?P<month>[a-z]{3})(?P<year>[0-9]{2})-", re.IGNORECASE)
SHEETS = re.compile(r"(total|nurs|medic).*(2018|onwards)|esr source", re.IGNORECASE)


def recognise(file: PublishedFile) -> Edition | None:
    """Recognises the workbook by name or sheets; the edition is the last quarter in the name, else in its labels."""
    if file.kind not in {"xlsx", "xls"}:
        return None
    named = NAME.search(file.plain_name)
    if not named and len([sheet for sheet in file.sheets if SHEETS.search(sheet)]) < 2:
        return None
    last = _named_quarter(file.plain_name) or _last_label(read_grids(file.path, file=file.name))
    if last is None:
        return None
    return Edition(f"{last:%Y-%m}", f"NHS Vacancy Statistics England, April 2015 to {last:%B %Y}", f"{last}")


def _named_quarter(name: str) -> date | None:
    named = NAME.search(name)
    month = MONTHS.get(named["month"].lower()) if named else None
    if named is None or month is None:
        return None
    return pl.select(pl.date(2000 + int(named["year"]), month, 1).dt.month_end()).item()  # type: ignore[no-any-return]


def _last_label(grids: Mapping[str, Grid]) -> date | None:
    labels = (label for grid in grids.values() for cells in labels_of(grid).values() for label in cells.values())
    return max((quarter[0] for quarter in map(quarter_end, labels) if quarter), default=None)


def read(file: PublishedFile) -> dict[str, pl.DataFrame]:
    """Rows of core.vacancy (posts in full-time equivalents, rates in percent) and core.vacancy_advert."""
    return read_workbook(read_grids(file.path, file=file.name), last_quarter=_named_quarter(file.plain_name))


def read_workbook(grids: Mapping[str, Grid], *, last_quarter: date | None = None) -> dict[str, pl.DataFrame]:
    """The same as `read`, from the workbook's sheets. `last_quarter` is the last quarter according to the file's name.

    Raises the `WorkforceError`s of modules layout, cells, arithmetic and adverts, with sheet and cell.
    """
    labels = {name: labels_of(grid) for name, grid in grids.items()}
    found = {name: find_blocks(grid, labels[name]) for name, grid in grids.items()}
    _every_block_there(grids, found)
    for name, blocks in found.items():
        if blocks:
            no_stray_figures(grids[name], blocks)
    cells = read_blocks((grids[name], block) for name, blocks in found.items() for block in blocks)
    _every_quarter_there(cells, last_quarter)
    if has_adverts(grids, labels):
        adverts, unread = read_adverts(grids, labels)
        _adverts_end_with(adverts, cells)
    else:
        adverts, unread = no_adverts(cells.select(pl.col("quarter_end").max()).item())
    unread += unread_sheets(grids, {*cells["source_sheet"].unique(), *adverts["source_sheet"].unique()})
    return with_unread({"vacancy": _tidy(checked(cells)), "vacancy_advert": adverts}, unread)


def _adverts_end_with(adverts: pl.DataFrame, cells: pl.DataFrame) -> None:
    last, quarter = pl.col("month").max(), cells["quarter_end"].dt.month_start().max()
    refuse_rows(
        adverts.filter(last != quarter, pl.col("month") == last).with_columns(quarter=pl.lit(quarter)),
        LayoutChanged,
        "the adverts do not end with the workbook's last quarter",
        expected="{quarter} as the last month",
        found="{month}",
        do="records may be missing; if the adverts of this edition end in another month, change the reader",
    )


def _tidy(cells: pl.DataFrame) -> pl.DataFrame:
    england = pl.col("region") == "England"
    return cells.with_columns(
        geography_level=pl.when(england).then(pl.lit("England")).otherwise(pl.lit("Region")),
        area_code=pl.when(england).then(pl.lit("England")).otherwise("region_code"),
    ).select(column.name for column in VACANCY.frame_columns)


def _every_block_there(grids: Mapping[str, Grid], found: Mapping[str, list[Block]]) -> None:
    blocks = [(name, block) for name, here in found.items() for block in here]
    there = [(block.staff_group, block.measure) for _, block in blocks]
    wanted = list(dict.fromkeys(headings().values()))
    missing = [pair for pair in wanted if pair not in there]
    twice = [(name, block) for place, (name, block) in enumerate(blocks) if there[place] in there[:place]]
    if not missing and not twice:
        return
    if twice:
        name, cell = twice[0][0], twice[0][1].heading
    else:
        near = [(name, block) for name, block in blocks if block.staff_group == missing[0][0]] or blocks
        name, cell = (near[-1][0], near[-1][1].heading) if near else (next(iter(grids), ""), (1, 1))
    raise LayoutChanged(
        "a block comes twice" if twice else "a block is missing",
        sheet=name,
        cell=cell_name(*cell),
        expected="vacancies and rates for " + ", ".join(dict.fromkeys(group for group, _ in wanted)),
        found="twice " + " ".join(there[-1]) if twice else "no " + ", ".join(" ".join(pair) for pair in missing),
        do=NEW_LAYOUT,
    )


def _every_quarter_there(cells: pl.DataFrame, last_quarter: date | None) -> None:
    """Check that every block has every quarter from `FIRST_QUARTER` or earlier to the last quarter of the edition."""
    first = pl.min_horizontal(pl.col("quarter_end").min(), pl.lit(FIRST_QUARTER))
    last = pl.lit(last_quarter) if last_quarter else pl.col("quarter_end").max()
    wanted = cells.select(quarter_end=pl.date_ranges(first, last, "3mo").explode().dt.month_end())
    blocks = cells.unique(["staff_group", "measure"], keep="first", maintain_order=True).drop("quarter_end")
    missing = blocks.join(wanted, how="cross").join(
        cells, on=["staff_group", "measure", "quarter_end"], how="anti", maintain_order="left"
    )
    refuse_rows(
        missing, LayoutChanged, "a quarter is missing", expected="a column for the quarter ending {quarter_end}"
    )
    refuse_rows(
        cells.filter(pl.col("quarter_end") > last_quarter) if last_quarter else cells.clear(),
        LayoutChanged,
        "a quarter is later than the file's name says",
        expected=f"{last_quarter} as the last quarter",
        found="{quarter_end}",
        do=OTHER_CONTENTS,
    )


READER = Reader(
    name="vacancies",
    version=4,
    title="NHS Vacancy Statistics: vacancies and rates by region and sector, adverts by month",
    tables=(VACANCY, VACANCY_ADVERT),
    recognise=recognise,
    read=read,
    scopes=(Scope("vacancy", ("quarter_end", "measure")), Scope("vacancy_advert", ("month",))),
)
