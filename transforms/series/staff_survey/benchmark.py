"""NHS Staff Survey, benchmark workbook: results by organisation on culture, five years, and by ethnic group.

Source: "Benchmark report Excel data for 2020-2024" and those of other years (.xlsx): a sheet Notes (variable in the
first column, its description in the next), then sheets with a row per organisation. Their headings are

    org_id  org_name  org_type_reporting_name  q14a_2024  q14a_n_2024  …  har_from_pat_eth_summary_1_2024

`<variable>_<year>` is the result, `<variable>_n_<year>` how many answered, `…_sig` is not read. The column
org_type_reporting_name is the organisation's benchmark group; in a workbook without it, the sheet's name is used.
`…_eth_summary_1` and `_2` are the results of white staff and of all other ethnic groups combined, unweighted: the
indicators 5 to 8 of the Workforce Race Equality Standard. A workbook's years are re-weighted to its newest one, so an
edition is the newest year, and its earlier years are revisions.

Status: written from published headings and a reconstruction; no original workbook was available to test. Shares are
printed as fractions of 1 (the detailed spreadsheets print 0-100); a share above 1 stops the file. Results of fewer than
ten answers are suppressed by the publisher and remain NULL. An unknown variable or heading is not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from transforms.errors import LayoutChanged, NotWhatItClaims, UnclearUnit
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.grid import DECIMALS_OF_TEXT, ROW, Grid, normal, read_grids
from transforms.reading.refuse import NEW_LAYOUT, as_first, refuse_rows
from transforms.reading.symbols import value_and_status
from transforms.reading.unread import NOT_KNOWN, Unread, unread_sheets, with_unread
from transforms.reading.vocabulary import key, vocabulary
from transforms.series.staff_survey.questions import (
    FEWEST,
    check_respondents,
    check_wording,
    mapped,
    organisations,
)
from transforms.series.staff_survey.tables import STAFF_SURVEY
from transforms.tables import Scope

NOTES, GROUPS = "notes", "organisation benchmark groups"
LIST_OF_GROUPS = "it lists each organisation's group, which is also in the sheets with results"
RESULT = r"^(?P<variable>.+?)(?P<count>_n)?(?P<group>_[12])?_(?P<year>20[0-9][0-9])$"
"""A heading of results; in `har_from_pat_eth_summary_n_1_2024` the mark `_n` of a count precedes the group."""
GROUP = "org_type_reporting_name"
ABOUT_THE_ORGANISATION = ("org_id", "org_name", GROUP, "region_name", "region")
SIGNIFICANCE = r"(?i)_sig(_|$)"
NOT_WANTED = "a result on another subject, a test of significance or a response rate"
SYMBOLS = {"<10": "c", "<11": "c", "-": "x", "na": "x"}
LARGEST = {"share_percent": 1.0, "score": 10.0}
ENOUGH = 30
"""Smallest number of organisations for comparing the columns of the ethnic groups with the result of all staff."""


def recognise(file: PublishedFile) -> Edition | None:
    """Recognises a workbook with Notes and a sheet with org_id and results by year; the edition is the newest year.

    The workbook of the bank workers' survey has the same headings; it is excluded by its name or title.
    """
    if file.kind not in {"xlsx", "xls"} or NOTES not in map(normal, file.sheets):
        return None
    for sheet in file.sheets:
        if normal(sheet) == NOTES:
            continue
        # Only words are looked at: the numbers are not loaded.
        grid = read_grids(file.path, file=file.name, sheets=[sheet], decimals=DECIMALS_OF_TEXT)[sheet]
        top = {text.lower() for row in range(1, min(5, grid.text.height + 1)) for text in grid.row(row).values()}
        years = [int(found["year"]) for text in top if (found := re.match(RESULT, text))]
        if {"org_id", "org_name"} <= top and years and not _of_bank_workers(file):
            newest = max(years)
            return Edition(f"{newest}", f"NHS Staff Survey {newest}, benchmark results", f"{newest}-11-30")
        if {"base (number of responses)"} & {text.lower() for text in _row(grid, 5)}:
            return None  # the detailed spreadsheets: no need to open sixteen sheets
    return None


def read(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """Rows of core.staff_survey: organisation, survey year, question, ethnic group; percent (0-100), scores 0-10.

    Raises `LayoutChanged` for a missing sheet or column or a variable that Notes describes differently, `UnmappedLabel`
    for an unknown edition, code or benchmark group, `UnreadableValue` for a cell that is neither number nor symbol,
    `UnclearUnit` for a share that is not a fraction of 1 or is of fewer than ten answers, `NotWhatItClaims` for an
    organisation in two rows, or if the columns of two ethnic groups seem to be exchanged.
    """
    grids = read_grids(file.path, file=file.name)
    sheets = [grid for grid in grids.values() if _has_results(grid)]
    if not sheets:
        raise LayoutChanged("no sheet holds results", expected="<variable>_<year>", do=NEW_LAYOUT)
    columns = pl.concat(_columns(grid) for grid in sheets)
    questions = mapped(int(columns["year"].sort()[-1]))
    questions = _described(grids, questions, columns)
    _check_columns(columns, questions)
    rows = pl.concat(_results(grid, columns.filter(sheet=grid.sheet), questions) for grid in sheets)
    _check_organisations(rows)
    _check_ethnic_groups(rows)
    tidy = rows.select(column.name for column in STAFF_SURVEY.frame_columns)
    others = unread_sheets(grids, [grid.sheet for grid in sheets])
    _refuse_groups_without_results([grids[part.name] for part in others])
    lists = [replace(part, why=LIST_OF_GROUPS, is_known=True) for part in others if normal(part.name) == GROUPS]
    unread = [*(part for part in others if normal(part.name) != GROUPS), *lists, *_beside(sheets, questions)]
    return with_unread({"staff_survey": tidy}, unread)


def _refuse_groups_without_results(others: list[Grid]) -> None:
    """Raise `LayoutChanged` for a benchmark group's sheet without headings, as it would otherwise be left unread."""
    groups = vocabulary("staff_survey_group").select(key(pl.col("printed")))["printed"].to_list()
    lost = [grid for grid in others if grid.text.height and pl.select(key(pl.lit(grid.sheet))).item() in groups]
    if lost:
        raise LayoutChanged(
            "the sheet of a benchmark group has no headings of results",
            file=lost[0].file,
            sheet=lost[0].sheet,
            cell="row 1",
            expected="org_id, org_name, <variable>_<year>",
            found=", ".join(_row(lost[0], 1)) or "nothing",
            do=NEW_LAYOUT,
        )


def _of_bank_workers(file: PublishedFile) -> bool:
    notes = next(name for name in file.sheets if normal(name) == NOTES)
    grid = read_grids(file.path, file=file.name, sheets=[notes])[notes]
    titles = [text for _, cells in grid.rows(before=4) for text in cells.values()]
    words = " ".join((file.name, *titles)).lower()
    return re.search(r"(?<![a-z])(bank(?![a-z])|nssb[0-9])", words) is not None


def _row(grid: Grid, number: int) -> list[str]:
    return list(grid.row(number).values()) if number <= grid.text.height else []


def _has_results(grid: Grid) -> bool:
    """Whether one of the first rows has several headings with a year; the name of the sheet does not matter.

    A single such heading is ignored, as it may be a remark.
    """
    top = [text for row in range(1, min(5, grid.text.height) + 1) for text in grid.row(row).values()]
    return normal(grid.sheet) != NOTES and sum(re.match(RESULT, text.lower()) is not None for text in top) > 1


def _headings(grid: Grid) -> pl.DataFrame:
    """The headings of a sheet: sheet, header (row), source_column, name, variable, year, is_count.

    variable and year are NULL for a heading that is not one of results.
    """
    header = grid.header(["org_id", "org_name"])
    names = pl.DataFrame(
        list(grid.row(header).items()), schema={"source_column": pl.Int32, "name": pl.String}, orient="row"
    )
    found = names.with_columns(pl.col("name").str.extract_groups(f"(?i){RESULT}").alias("found")).unnest("found")
    return found.select(
        "source_column",
        "name",
        sheet=pl.lit(grid.sheet),
        header=pl.lit(header, pl.Int32),
        variable=pl.concat_str("variable", pl.col("group").fill_null("")),
        year=pl.col("year").cast(pl.Int32),
        is_count=pl.col("count").is_not_null(),
    )


def _columns(grid: Grid) -> pl.DataFrame:
    """The rows of `_headings` for columns with results."""
    return _headings(grid).filter(pl.col("year").is_not_null())


def _beside(sheets: Sequence[Grid], questions: pl.DataFrame) -> list[Unread]:
    """The columns that are not read, each heading once; `is_known` if listed in staff_survey_not_wanted.csv."""
    known = "|".join(vocabulary("staff_survey_not_wanted")["variable"])
    names = pl.concat(_headings(grid) for grid in sheets).unique("name", keep="first", maintain_order=True)
    beside = names.filter(
        ~pl.col("variable").is_in(questions["variable"].implode()).fill_null(value=False),
        ~pl.col("name").str.to_lowercase().is_in(ABOUT_THE_ORGANISATION),
    ).with_columns(
        is_known=pl.col("variable").str.contains(f"(?i)^({known})$").fill_null(value=False)
        | pl.col("name").str.contains(SIGNIFICANCE)
    )
    rows = beside.select("sheet", "name", "is_known").iter_rows()
    return [
        Unread("column", sheet, name, NOT_WANTED if is_known else NOT_KNOWN, is_known) for sheet, name, is_known in rows
    ]


def _described(grids: Mapping[str, Grid], questions: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """`questions` without those by ethnic group that Notes does not describe; all descriptions are checked.

    A column `…_eth_summary_1` without a description is not read, as it is not known which group it is of.
    """
    notes = next((grid for name, grid in grids.items() if normal(name) == NOTES), None)
    if notes is None:
        raise LayoutChanged("the sheet that describes the variables is missing", expected="Notes", do=NEW_LAYOUT)
    cells = [name for name in notes.text.columns if name != ROW]
    described = notes.text.select(
        cell=pl.format("row {}", ROW),
        name=pl.col(cells[0]).str.to_lowercase().str.replace(r"_(year|20[0-9][0-9])$", ""),
        description=pl.concat_str(cells[1:] or [pl.lit(None, pl.String)], separator=" ", ignore_nulls=True),
    ).filter(pl.col("name").is_not_null())
    found = questions.with_columns(name=pl.col("variable").str.to_lowercase(), source_sheet=pl.lit(notes.sheet)).join(
        described.unique("name", keep="first"), on="name", how="left", maintain_order="left"
    )
    whole = pl.col("ethnic_group") == "All"
    check_wording(found.filter(whole))
    groups = found.filter(~whole, pl.col("description") != "", pl.col("variable").is_in(columns["variable"].implode()))
    _check_groups(groups)
    return questions.filter((pl.col("ethnic_group") == "All") | pl.col("variable").is_in(groups["variable"].implode()))


def _check_groups(found: pl.DataFrame) -> None:
    """Check that the description of each variable by ethnic group names its group and no other."""
    labels = vocabulary("staff_survey_ethnic_group")
    named = {
        group: pl.any_horizontal(
            key(pl.col("description")).str.contains(label, literal=True)
            for label in labels.filter(label=group).select(key(pl.col("printed")))["printed"]
        )
        for group in labels["label"].unique()
    }
    right = pl.any_horizontal(
        (pl.col("ethnic_group") == group)
        & pl.all_horizontal(holds if other == group else ~holds for other, holds in named.items())
        for group in named
    )
    printed = labels.group_by("label").agg(pl.col("printed").str.join(" or ").alias("groups"))
    refuse_rows(
        found.filter(~right).join(printed, left_on="ethnic_group", right_on="label", maintain_order="left"),
        LayoutChanged,
        "{variable} is not described as the answers of {ethnic_group} staff",
        cell="{cell}",
        expected="{groups}",
        found="{description!r}",
        do="if the publisher renamed the group, add the name to staff_survey_ethnic_group.csv in"
        " transforms/vocabularies; if the numbers of the groups changed, correct staff_survey_variable.csv",
    )


def _check_columns(columns: pl.DataFrame, questions: pl.DataFrame) -> None:
    """Check that every variable to be read has one column of results and one of counts per year."""
    place = ["sheet", "variable", "year", "is_count"]
    wanted = pl.col("variable").is_in(questions["variable"].implode())
    refuse_rows(
        columns.filter(pl.struct(place).is_duplicated(), wanted)
        .reverse()
        .rename({"sheet": "source_sheet", "header": ROW}),
        LayoutChanged,
        "two columns have the same heading",
        expected="each result of a year once",
        found="{variable} of {year} twice",
        do=NEW_LAYOUT,
    )
    asked = columns.select("sheet", "year").unique().join(questions, how="cross")
    needed = asked.filter(pl.col("year") >= pl.col("asked_from"))
    both = needed.join(pl.DataFrame({"is_count": [False, True]}), how="cross")
    refuse_rows(
        both.join(columns, on=place, how="anti").sort(place).rename({"sheet": "source_sheet"}),
        LayoutChanged,
        "a column of results is missing",
        expected=lambda row: f"{row['variable']}{'_n' if row['is_count'] else ''}_{row['year']} ({row['question']})",
        found="no such column",
        do=NEW_LAYOUT,
    )


def _results(grid: Grid, columns: pl.DataFrame, questions: pl.DataFrame) -> pl.DataFrame:
    wanted = columns.join(questions, on="variable", validate="m:1")
    header = wanted["header"][0]
    cells = grid.melt(rows=(header + 1, grid.text.height), columns=wanted["source_column"].to_list())
    cells = cells.join(_organisations(grid, header), on=ROW).join(wanted, on="source_column", validate="m:1")
    read = value_and_status(cells, sheet=grid.sheet, symbols=SYMBOLS)
    counts = read.filter("is_count").select(ROW, "variable", "year", respondents="value")
    results = read.filter(~pl.col("is_count")).join(counts, on=[ROW, "variable", "year"], how="left", validate="1:1")
    _check_units(grid, results)
    few = pl.col("value").is_null() & (pl.col("respondents") < FEWEST)
    share = pl.col("measure") == "share_percent"
    return results.with_columns(
        value=pl.when(share).then((pl.col("value") * 100).round(10)).otherwise("value"),
        value_status=pl.when(few).then(pl.lit("c")).otherwise("value_status"),
        weighting=pl.when(pl.col("ethnic_group") != "All").then(pl.lit("Unweighted")),
        source_sheet=pl.lit(grid.sheet),
    ).rename({"variable": "printed_variable", "year": "survey_year"})


def _organisations(grid: Grid, header: int) -> pl.DataFrame:
    """The rows with an organisation: source_row, reporting_unit, org_code, org_name, benchmark_group."""
    places = {text.lower(): column for column, text in grid.row(header).items()}
    below = grid.text.filter((pl.col(ROW) > header) & pl.any_horizontal(pl.exclude(ROW).is_not_null()))
    group = pl.col(f"c{places[GROUP]}") if GROUP in places else pl.lit(None, pl.String)
    rows = below.select(
        ROW,
        reporting_unit=pl.col(f"c{places['org_id']}"),
        org_name=pl.col(f"c{places['org_name']}"),
        benchmark_group=group.fill_null(grid.sheet),
    )
    return organisations(rows, sheet=grid.sheet, column=places["org_id"])


def _check_units(grid: Grid, results: pl.DataFrame) -> None:
    check_respondents(results, sheet=grid.sheet)
    largest = pl.col("measure").replace_strict(LARGEST, return_dtype=pl.Float64)
    refuse_rows(
        results.filter(~pl.col("value").is_between(0, largest)).with_columns(largest=largest),
        UnclearUnit,
        "a share is not a fraction of 1, or a score is not between 0 and 10",
        file=grid,
        expected="0 to {largest:g}",
        found="{value:g}",
        do="look at the column; if the workbook now prints percent, change the reader",
    )


def _check_organisations(rows: pl.DataFrame) -> None:
    """Check that no organisation is in two sheets."""
    sheets = rows.select("reporting_unit", "source_sheet", ROW).unique(["reporting_unit", "source_sheet"])
    twice = sheets.filter(pl.col("reporting_unit").is_duplicated()).sort("reporting_unit", "source_sheet")
    refuse_rows(
        as_first(twice, ["reporting_unit"]),
        NotWhatItClaims,
        "an organisation is in two sheets",
        expected="each organisation in one benchmark group",
        found="{reporting_unit} in sheet {source_sheet!r}",
        do=NEW_LAYOUT,
        shown=2,
    )


def _check_ethnic_groups(rows: pl.DataFrame) -> None:
    """Check that results of white staff are closer to those of all staff than results of other ethnic groups.

    Most staff are white, so this holds on average over many organisations unless the two columns are exchanged. Only
    questions that are printed both for all staff and by ethnic group are checked.
    """
    wide = rows.pivot("ethnic_group", index=["survey_year", "question", "reporting_unit"], values="value")
    if not {"All", "White", "BME"} <= set(wide.columns):
        return
    apart = wide.drop_nulls(["All", "White", "BME"]).group_by("survey_year", "question", maintain_order=True)
    means = apart.agg(
        n=pl.len(),
        white=(pl.col("White") - pl.col("All")).abs().mean(),
        other=(pl.col("BME") - pl.col("All")).abs().mean(),
    )
    refuse_rows(
        means.filter(pl.col("n") >= ENOUGH, pl.col("white") > pl.col("other")),
        NotWhatItClaims,
        "the columns of white staff and of all other ethnic groups seem to be exchanged",
        cell="{question} of {survey_year}",
        expected="results of white staff, the majority, to be closer to the result of all staff",
        found="{white:.2f} points apart on average, and {other:.2f} for the other groups",
        do="compare with the publisher's reports of two organisations; if the columns are exchanged, report it",
    )


BENCHMARK = Reader(
    name="staff-survey",
    version=3,
    title="NHS Staff Survey: benchmark report data by organisation (.xlsx)",
    tables=(STAFF_SURVEY,),
    recognise=recognise,
    read=read,
    scopes=(Scope("staff_survey", ("survey_year", "question", "measure")),),
)
