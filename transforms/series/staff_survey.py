"""NHS Staff Survey results by organisation: bullying, discrimination, fairness after errors, speaking up.

Source: Survey Coordination Centre for NHS England, "NSS Benchmark report excel data for 2021-2025" (.xlsx): one sheet
per benchmark group with a row per organisation, columns `org_id`, `org_name`, `<variable>_<year>` (the result),
`<variable>_n_<year>` (how many answers) and `…_sig` (not read); sheet Notes describes each variable. The workbook's
years are re-weighted to its newest one, so an edition is the newest year, and its earlier years are revisions.

Known from descriptions only. Question numbers move between years: transforms/vocabularies/staff_survey_variable.csv
says which variable is which question in which edition, and the description in Notes must bear it out. This workbook
prints shares as fractions of 1 (the publisher's detailed spreadsheets print 0-100, and are not taken); a share that is
no fraction stops the file. Results of fewer than ten answers are suppressed, and stay so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from transforms.errors import LayoutChanged, NotWhatItClaims, UnclearUnit, UnmappedLabel
from transforms.reading.grid import ROW, Grid, cell_name, normal, read_grids
from transforms.reading.organisation_codes import WITH_SECTORS, require_codes
from transforms.reading.symbols import value_and_status
from transforms.reading.vocabulary import vocabulary
from transforms.sources import Edition, PublishedFile, Reader
from transforms.tables import TABLES

SERIES = "nhs-staff-survey"
NOTES = "Notes"
WITHOUT_RESULTS = {"notes", "organisation benchmark groups"}
RESULT = re.compile(r"^(?P<variable>.+?)(?P<count>_n)?_(?P<year>20\d\d)$")
SIGNIFICANCE = re.compile(r"_sig(_|$)", re.IGNORECASE)
ABOUT_THE_ORGANISATION = {"org_id", "org_name", "org_type_reporting_name", "region_name", "region"}
SYMBOLS = {"<10": "c", "<11": "c", "-": "x", "na": "x"}
FEWEST = 10
LARGEST = {"share_percent": 1.0, "score": 10.0}
TEACH = "compare with the last edition; if the publisher changed the layout, teach the reader the new one"


def recognise(file: PublishedFile) -> Edition | None:
    """A workbook with Notes and sheets of trusts that have org_id and results by year; the edition is the newest."""
    trusts = [sheet for sheet in file.sheets if "trusts" in sheet.lower()]
    if file.kind != "xlsx" or NOTES not in file.sheets or not trusts:
        return None
    grid = read_grids(file.path, file=file.name, sheets=trusts[:1])[trusts[0]]
    top = {text.lower() for row in range(1, min(5, grid.text.height + 1)) for text in grid.row(row).values()}
    years = [int(found["year"]) for text in top if (found := RESULT.match(text))]
    if not {"org_id", "org_name"} <= top or not years:
        return None
    newest = max(years)
    return Edition(SERIES, f"{newest}", f"NHS Staff Survey {newest}, benchmark results", f"{newest}-11-30")


def read(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """One row per organisation, survey year and question; shares in percent (0-100), scores 0-10.

    Raises `LayoutChanged` for a missing sheet or column, or where Notes describes a variable as something else,
    `UnmappedLabel` for an edition or variable nobody has mapped, `UnreadableValue` for a cell that is no figure,
    `UnclearUnit` for a share that is no fraction of 1 or one of fewer than ten answers.
    """
    grids = read_grids(file.path, file=file.name)
    sheets = [grid for name, grid in grids.items() if normal(name) not in WITHOUT_RESULTS]
    columns = pl.concat(_columns(grid) for grid in sheets)
    edition = int(columns["year"].sort()[-1])
    questions = _questions(edition, file.name)
    _check_variables(columns, questions, file.name)
    _check_wording(grids, questions, file.name)
    rows = pl.concat(_results(grid, columns.filter(sheet=grid.sheet), questions) for grid in sheets)
    return {"staff_survey": rows.select(column.name for column in TABLES["staff_survey"].frame_columns)}


def _columns(grid: Grid) -> pl.DataFrame:
    """Each column with results: sheet, header, source_column, variable, year, is_count."""
    header = grid.header(["org_id", "org_name"])
    names = pl.DataFrame(
        list(grid.row(header).items()), schema={"source_column": pl.Int32, "name": pl.String}, orient="row"
    ).filter(~pl.col("name").str.to_lowercase().is_in(ABOUT_THE_ORGANISATION))
    names = names.filter(~pl.col("name").str.contains(f"(?i){SIGNIFICANCE.pattern}"))
    parts = (
        names.with_columns(pl.col("name").str.extract_groups(RESULT.pattern))
        .unnest("name")
        .with_columns(name=names["name"], sheet=pl.lit(grid.sheet), header=pl.lit(header, pl.Int32))
    )
    odd = parts.filter(pl.col("year").is_null())
    if odd.height:
        raise LayoutChanged(
            "a heading is neither about the organisation nor a result of a year",
            file=grid.file,
            sheet=grid.sheet,
            cell=cell_name(header, odd["source_column"][0]),
            expected="org_id, org_name, <variable>_<year>, <variable>_n_<year> or …_sig",
            found=repr(odd["name"][0]),
            do=TEACH,
        )
    return parts.select(
        "sheet",
        "header",
        "source_column",
        "variable",
        pl.col("year").cast(pl.Int32),
        is_count=pl.col("count").is_not_null(),
    )


def _questions(edition: int, file: str) -> pl.DataFrame:
    """The variables of this edition that are read: variable, asked_from, question, measure, described_by."""
    mapped = vocabulary("staff_survey_variable").filter(
        pl.lit(edition).is_between(pl.col("first_edition").cast(pl.Int32), pl.col("last_edition").cast(pl.Int32))
    )
    if mapped.is_empty():
        last = vocabulary("staff_survey_variable")["last_edition"].sort().to_list()[-1]
        raise UnmappedLabel(
            f"nobody has said which question is which in the survey of {edition}",
            file=file,
            expected=f"an edition up to {last}",
            found=str(edition),
            do="compare the questionnaires, then extend transforms/vocabularies/staff_survey_variable.csv",
        )
    return mapped.select("variable", pl.col("asked_from").cast(pl.Int32), "question").join(
        vocabulary("staff_survey_question").select("question", "measure", "described_by"), on="question", validate="1:1"
    )


def _check_variables(columns: pl.DataFrame, questions: pl.DataFrame, file: str) -> None:
    """Every variable is wanted or known not to be; every wanted one is there, with its number of answers."""
    known = "|".join(vocabulary("staff_survey_not_wanted")["variable"])
    strange = columns.filter(
        ~pl.col("variable").is_in(questions["variable"].implode())
        & ~pl.col("variable").str.contains(f"(?i)^({known})$")
    )
    if strange.height:
        raise UnmappedLabel(
            "a variable that nobody knows",
            file=file,
            sheet=strange["sheet"][0],
            cell=cell_name(strange["header"][0], strange["source_column"][0]),
            expected="a variable of transforms/vocabularies/staff_survey_variable.csv or staff_survey_not_wanted.csv",
            found=", ".join(strange["variable"].unique(maintain_order=True).head(5)),
            do="decide whether it is wanted and add a line to one of the two",
        )
    asked = columns.select("sheet", "year").unique().join(questions, how="cross")
    needed = asked.filter(pl.col("year") >= pl.col("asked_from"))
    both = needed.join(pl.DataFrame({"is_count": [False, True]}), how="cross")
    missing = both.join(columns, on=["sheet", "variable", "year", "is_count"], how="anti")
    missing = missing.sort("sheet", "variable", "year", "is_count")
    if missing.height:
        first = missing.row(0, named=True)
        raise LayoutChanged(
            f"{missing.height} columns of results are missing",
            file=file,
            sheet=first["sheet"],
            expected=f"{first['variable']}{'_n' if first['is_count'] else ''}_{first['year']} ({first['question']})",
            found="no such column",
            do=TEACH,
        )


def _check_wording(grids: Mapping[str, Grid], questions: pl.DataFrame, file: str) -> None:
    """What Notes says of each variable (first column its name, second its description) fits the question."""
    if NOTES not in grids:
        raise LayoutChanged("the sheet that describes the variables is missing", file=file, expected=NOTES, do=TEACH)
    text = grids[NOTES].text
    cells = [name for name in text.columns if name != ROW]
    described = text.select(
        ROW,
        variable=pl.col(cells[0]).str.to_lowercase().str.replace(r"_(year|20\d\d)$", ""),
        description=pl.concat_str(cells[1:] or [pl.lit("")], separator=" ", ignore_nulls=True).str.to_lowercase(),
    ).filter(pl.col("variable").is_not_null())
    found = questions.with_columns(pl.col("variable").str.to_lowercase().alias("_name")).join(
        described.unique("variable", keep="first"), left_on="_name", right_on="variable", how="left"
    )
    words = found.with_columns(pl.col("described_by").str.split(";")).explode("described_by")
    fits = pl.col("description").str.contains(pl.col("described_by"), literal=True)
    wrong = words.filter(~fits.fill_null(value=False))
    if wrong.height:
        first = wrong.row(0, named=True)
        raise LayoutChanged(
            f"{first['variable']} is not described as the question {first['question']}",
            file=file,
            sheet=NOTES,
            cell=f"row {first[ROW]}" if first[ROW] else "",
            expected=f"a description with {first['described_by']!r}",
            found=repr(first["description"]) if first["description"] else "no description",
            do="question numbers moved: correct transforms/vocabularies/staff_survey_variable.csv",
        )


def _results(grid: Grid, columns: pl.DataFrame, questions: pl.DataFrame) -> pl.DataFrame:
    wanted = columns.join(questions, on="variable", validate="m:1")
    header = wanted["header"][0]
    cells = grid.melt(rows=(header + 1, grid.text.height), columns=wanted["source_column"].to_list())
    organisations = _organisations(grid, header)
    cells = cells.join(organisations, on=ROW).join(wanted, on="source_column", validate="m:1")
    read = value_and_status(cells, file=grid.file, sheet=grid.sheet, symbols=SYMBOLS)
    counts = read.filter("is_count").select(ROW, "variable", "year", respondents="value")
    results = read.filter(~pl.col("is_count")).join(counts, on=[ROW, "variable", "year"], how="left", validate="1:1")
    _check_units(grid, results)
    few = pl.col("value").is_null() & (pl.col("respondents") < FEWEST)
    share = pl.col("measure") == "share_percent"
    return results.with_columns(
        value=pl.when(share).then((pl.col("value") * 100).round(10)).otherwise("value"),
        value_status=pl.when(few).then(pl.lit("c")).otherwise("value_status"),
        benchmark_group=pl.lit(grid.sheet),
        source_sheet=pl.lit(grid.sheet),
    ).rename({"variable": "printed_variable", "year": "survey_year"})


def _organisations(grid: Grid, header: int) -> pl.DataFrame:
    """The rows with an organisation: source_row, org_code, org_name."""
    places = {text.lower(): f"c{column}" for column, text in grid.row(header).items()}
    below = grid.text.filter((pl.col(ROW) > header) & pl.any_horizontal(pl.exclude(ROW).is_not_null()))
    rows = below.select(ROW, org_code=pl.col(places["org_id"]), org_name=pl.col(places["org_name"]))
    nameless, twice = rows.filter(pl.col("org_code").is_null()), rows.filter(pl.col("org_code").is_duplicated())
    if nameless.height or twice.height or rows.is_empty():
        bad = pl.concat([nameless, twice])
        raise NotWhatItClaims(
            "the rows of the sheet are not one for each organisation",
            file=grid.file,
            sheet=grid.sheet,
            cell=f"row {bad[ROW][0]}" if bad.height else "",
            expected="a code under org_id in each row with something in it, each code once",
            found=repr(bad["org_code"][0]) if bad.height else "no rows",
            do=TEACH,
        )
    place = int(places["org_id"][1:])
    require_codes(rows, "org_code", form=WITH_SECTORS, name="org_name", place=place, file=grid.file, sheet=grid.sheet)
    return rows


def _check_units(grid: Grid, results: pl.DataFrame) -> None:
    largest = pl.col("measure").replace_strict(LARGEST, return_dtype=pl.Float64)
    beyond = ~pl.col("value").is_between(0, largest)
    few = pl.col("value").is_not_null() & (pl.col("respondents") < FEWEST)
    bad = results.filter(beyond | few)
    if bad.height:
        first = bad.row(0, named=True)
        raise UnclearUnit(
            "a result is printed that should be suppressed"
            if 0 <= first["value"] <= LARGEST[first["measure"]]
            else "a share is no fraction of 1, or a score is not between 0 and 10",
            file=grid.file,
            sheet=grid.sheet,
            cell=cell_name(first[ROW], first["source_column"]),
            expected=f"0 to {LARGEST[first['measure']]:g}, of at least {FEWEST} answers",
            found=f"{first['value']:g} of {first['respondents']} answers",
            do="look at the column; if the workbook prints percent now, teach the reader: nothing is guessed",
        )


READER = Reader(
    name="staff-survey",
    version=2,
    title="NHS Staff Survey: benchmark report data by organisation (.xlsx)",
    tables=(TABLES["staff_survey"],),
    recognise=recognise,
    read=read,
)
