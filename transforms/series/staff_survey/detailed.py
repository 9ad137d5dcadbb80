"""NHS Staff Survey, detailed spreadsheets: every question and every answer, by organisation or for all trusts.

Source: "NSS24 detailed spreadsheets organisational results.xlsx" and "… national results.xlsx". The sheet Notes states
the year of the survey; every other sheet holds one table:

    NHS Staff Survey 2024 - WEIGHTED Results |   |   | Q15 - Does your organisation …            |      | …
    ODS code | Organisation name | … | Weighting | % Yes | % No | % Don't know | Base (number of responses) | …

One row has the question above the first column of each block. The row of headings below it has the answers ('% …', or
'… - score') and, in the last column of a block, its base (number of responses). The columns before the blocks identify
the respondents: an organisation (ODS code, name, benchmarking group, region, ICS) or, in the national results, all
trusts or one group of their staff (breakdown, breakdown subgroup). Shares are percent, 0-100. '-' means that a result
is not shown (fewer than ten answers, or a question that was not asked), or that there is no region or ICS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from transforms.errors import LayoutChanged, NotWhatItClaims, TotalsDisagree, UnclearUnit, WorkforceError
from transforms.opening.opened import opened_workbooks, within_zip
from transforms.published_file import Edition, PublishedFile, Reader, reading
from transforms.reading.grid import ROW, Grid, normal, read_grids
from transforms.reading.refuse import CUT_OFF, NEW_LAYOUT, refuse_rows
from transforms.reading.symbols import value_and_status
from transforms.reading.unread import Unread, unread_sheets, with_unread
from transforms.series.staff_survey.questions import check_respondents, check_wording, mapped
from transforms.series.staff_survey.respondents import ABOUT, NONE, Respondents
from transforms.series.staff_survey.tables import STAFF_SURVEY_ANSWER
from transforms.tables import Scope

NOTES = "notes"
TITLE = r"NHS Staff Survey (20[0-9][0-9])"
KINDS = {"organisational results": "organisational", "organisation results": "organisational"} | {
    "national results": "national"
}
BASE = "base (number of responses)"
QUESTION = r"^(?P<question_number>\S.*?)\s+[-–—]\s+(?P<question_text>.+)$"
LARGEST = {"share_percent": 100.0, "score": 10.0}
ROUNDING = 1e-6
"""Largest rounding difference of a sum: shares have nine decimals; the differences of 2024 are far smaller."""


def recognise(file: PublishedFile) -> Edition | None:
    """Recognises a workbook of detailed spreadsheets by its sheet Notes, or a zip with such workbooks.

    The edition is the year of the survey.
    """
    if file.kind == "zip" and any(member.lower().endswith(".csv") for member in file.members):
        # A zip of CSV files is of another kind: a damaged workbook of notes in it must not raise an error here.
        return None
    with opened_workbooks(file) as books:
        found = [what for book in books.values() if (what := _year_and_kind(book))]
    if not found:
        return None
    year, kinds = max(year for year, _ in found), " and ".join(kind for _, kind in found)
    return Edition(f"{year}", f"NHS Staff Survey {year}, {kinds} results", f"{year}-11-30")


def read(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """Rows of core.staff_survey_answer, per answer and organisation or group of staff; percent (0-100), scores 0-10.

    In a zip, source_sheet is '<member> > <sheet>'. Raises `LayoutChanged` for a missing heading, question or base,
    `UnmappedLabel` for an unknown year, code or benchmark group, `UnreadableValue` for a cell that is neither number
    nor symbol, `UnclearUnit` for a share that is not 0-100 or a result of fewer than ten answers, `TotalsDisagree` if
    the answers to a question do not add up to 100, `NotWhatItClaims` for a sheet with another year or with other
    organisations than the first.
    """
    with opened_workbooks(file) as books:
        found = {member: what for member, book in books.items() if (what := _year_and_kind(book))}
        if len(found) != len(set(found.values())) or len({year for year, _ in found.values()}) != 1:
            raise NotWhatItClaims(
                "the workbooks of the zip are of different years, or two are of the same kind",
                expected="organisational and national results of one survey",
                found=", ".join(f"{kind} {year}" for year, kind in found.values()) or "none of them",
                do="place the workbooks one by one",
            )
        frames, unread = [], [Unread("member", member, member) for member in file.members if file.kind == "zip"]
        for member, (year, kind) in found.items():
            with reading(books[member], "reading"):
                rows, others = _read_workbook(books[member], year, kind)
            within = pl.format("{} > {}", pl.lit(member), "source_sheet") if member else pl.col("source_sheet")
            frames.append(rows.with_columns(source_sheet=within))
            unread += [replace(part, sheet=within_zip(member, part.sheet)) for part in others]
    parts = [part for part in unread if part.kind != "member" or part.name not in found]
    return with_unread({"staff_survey_answer": pl.concat(frames)}, parts)


def _year_and_kind(book: PublishedFile) -> tuple[int, str] | None:
    notes = [name for name in book.sheets if normal(name) == NOTES]
    if not notes or len(book.sheets) < 2:
        return None
    year, kind = _says(read_grids(book.path, file=book.name, sheets=notes)[notes[0]])
    return (year, kind) if year and kind else None


def _read_workbook(book: PublishedFile, year: int, kind: str) -> tuple[pl.DataFrame, list[Unread]]:
    """The rows of one workbook, and its sheets that are not read."""
    grids = read_grids(book.path, file=book.name)
    sheets = [grid for grid in grids.values() if _is_table(grid, kind)]
    if not sheets:
        raise LayoutChanged("no sheet holds results", expected=f"headings with {BASE!r}", do=NEW_LAYOUT)
    respondents = Respondents(kind)
    tables: list[_Table] = []
    try:
        for grid in sheets:
            tables.append(_table(grid, respondents, year, sum(table.blocks.height for table in tables)))
    finally:
        # Also if a later sheet has an error: the error of the first sheet with one is raised.
        if tables:
            _check_units([table.answers for table in tables])
    _check_same_rows(tables)
    questions = _questions(
        pl.concat([table.blocks.with_columns(source_sheet=pl.lit(table.sheet)) for table in tables]), year
    )
    rows = pl.concat([table.answers for table in tables])
    # Blocks are numbered from 1.
    question = questions["question"].gather(rows["block"] - 1)
    tidy = rows.with_columns(question, survey_year=pl.lit(year, pl.Int32)).select(
        column.name for column in STAFF_SURVEY_ANSWER.frame_columns
    )
    return tidy, unread_sheets(grids, [grid.sheet for grid in sheets])


def _says(notes: Grid) -> tuple[int | None, str | None]:
    """Year and kind in the sheet Notes, None if missing. Titles of the bank workers' survey are ignored."""
    lines = [normal(text) for _, cells in notes.rows() for text in cells.values()]
    titles = [line for line in lines if "detailed spreadsheet" in line and "bank" not in line.split()]
    year = next((found for line in titles if (found := re.search(TITLE, line, re.IGNORECASE))), None)
    kinds = [KINDS[line] for line in lines if line in KINDS]
    return int(year[1]) if year else None, kinds[0] if kinds else None


def _is_table(grid: Grid, kind: str) -> bool:
    """Whether a sheet is a table of results: it has at least one base column or one label column of its kind."""
    known = {BASE, *(set(ABOUT[kind]) - {"base"})}
    top = (normal(text) for _, cells in grid.rows(before=12) for text in cells.values())
    return normal(grid.sheet) != NOTES and any(text in known for text in top)


@dataclass(frozen=True)
class _Table:
    """The table of a sheet: the rows of respondents, the first column of each block, and the answers, row by row."""

    sheet: str
    rows: pl.DataFrame
    blocks: pl.DataFrame
    answers: pl.DataFrame


def _table(grid: Grid, respondents: Respondents, year: int, number: int) -> _Table:
    """The table of a sheet; `number` is the number of blocks in the sheets before."""
    header = grid.header([*ABOUT[respondents.kind], BASE])
    _check_year(grid, header, year)
    columns = _columns(grid, header, respondents.kind).with_columns(pl.col("block") + number)
    rows = respondents.rows(grid, header)
    answers, bases = (
        value_and_status(grid.melt_rows(rows, columns.filter(is_base=is_base)), sheet=grid.sheet, symbols={NONE: "x"})
        for is_base in (False, True)
    )
    # Both hold one column of the sheet after the other, with the same rows, and a block has one column of bases.
    row = pl.int_range(pl.len()) % max(rows.height, 1)
    place = answers.select((pl.col("block").cast(pl.Int64) - number - 1) * rows.height + row).to_series()
    # A base without a result means that the publisher suppressed the result.
    hidden = pl.col("value").is_null() & pl.col("respondents").is_not_null()
    return _Table(
        grid.sheet,
        rows,
        columns.unique("block", keep="first", maintain_order=True),
        answers.with_columns(respondents=bases["value"][place]).with_columns(
            value_status=pl.when(hidden).then(pl.lit("c")).otherwise("value_status"),
            source_sheet=pl.lit(grid.sheet),
        ),
    )


def _check_year(grid: Grid, header: int, year: int) -> None:
    titles = [text for _, cells in grid.rows(before=header) for text in cells.values()]
    years = {int(found[1]) for text in titles if (found := re.search(TITLE, text, re.IGNORECASE))}
    if years - {year}:
        raise NotWhatItClaims(
            "the sheet has another year than the workbook",
            sheet=grid.sheet,
            expected=f"NHS Staff Survey {year}, as the sheet Notes says",
            found=", ".join(map(str, sorted(years))),
            do="ask the publisher which year it is",
        )


def _columns(grid: Grid, header: int, kind: str) -> pl.DataFrame:
    """One row per column of figures.

    Columns: source_column, block (number), is_base, question_number, question_text, answer, measure, largest
    (value of the measure).
    """
    labels = {column: text for column, text in grid.row(header).items() if normal(text) not in ABOUT[kind]}
    titles = max((grid.row(row) for row in range(1, header)), key=lambda cells: len(cells.keys() & labels.keys()))
    names = pl.DataFrame(
        {"source_column": list(labels), "heading": list(labels.values()), "title": [titles.get(c) for c in labels]},
        schema={"source_column": pl.Int32, "heading": pl.String, "title": pl.String},
    ).sort("source_column")
    columns = names.with_columns(
        block=pl.col("title").is_not_null().cum_sum(),
        is_base=pl.col("heading").str.replace_all(r"\s+", " ").str.to_lowercase() == BASE,
        title=pl.col("title").forward_fill(),
        share=pl.col("heading").str.extract(r"^%\s*(.+)$"),
        score=pl.col("heading").str.extract(r"^(.+?)\s+[-–—]\s+score$"),
    ).with_columns(pl.col("title").str.extract_groups(QUESTION).struct.unnest())
    _check_blocks(grid, header, columns)
    is_score = pl.col("score") == pl.col("question_number")
    return columns.select(
        "source_column",
        "block",
        "is_base",
        "question_number",
        pl.col("question_text").str.replace_all(r"\s+", " "),
        answer=pl.when(is_score).then(pl.lit("score")).otherwise("share"),
        measure=pl.when(is_score).then(pl.lit("score")).otherwise(pl.lit("share_percent")),
        largest=pl.when(is_score).then(LARGEST["score"]).otherwise(LARGEST["share_percent"]),
    )


def _check_blocks(grid: Grid, header: int, columns: pl.DataFrame) -> None:
    """Check that each block has a question, answers or its score, and its base as the last column."""
    last = pl.col("block") != pl.col("block").shift(-1, fill_value=0)
    answers = pl.col("share").is_not_null() | (pl.col("score") == pl.col("question_number"))
    wrong = columns.filter(
        pl.col("question_number").is_null()
        | (pl.col("is_base") != last)
        | ~pl.col("is_base") & ~answers.fill_null(value=False)
        | pl.struct("block", "heading").is_duplicated()
    )
    refuse_rows(
        wrong.with_columns(pl.lit(header).alias(ROW)),
        LayoutChanged,
        "a column is neither an answer to the question above it nor the base that ends its block",
        file=grid,
        expected="above each block '<number> - <question>'; below it '% <answer>' or '<number> - score', each"
        " once, then 'Base (number of responses)'",
        found="{heading!r} below {title!r}",
        do=NEW_LAYOUT,
    )


def _check_units(tables: Sequence[pl.DataFrame]) -> None:
    """Check the answers of each table; raises the error of the first one with an error."""
    columns = ("source_sheet", ROW, "source_column", "block", "question_number", "largest", "value", "respondents")
    checked = [answers.select(columns) for answers in tables]
    try:
        # All at once, which takes far less time than one sheet after the other.
        _check_answers(pl.concat(checked, rechunk=True))
    except WorkforceError:
        for answers in checked:
            _check_answers(answers)
        raise


def _check_answers(answers: pl.DataFrame) -> None:
    check_respondents(answers)
    baseless = pl.col("value").is_not_null() & pl.col("respondents").is_null()
    refuse_rows(
        answers.filter(~pl.col("value").is_between(0, "largest") | baseless),
        UnclearUnit,
        "a share is not between 0 and 100, a score not between 0 and 10, or a result has no base",
        expected="0 to {largest:g}, and a number of responses",
        found="{value:g} of {respondents} responses",
        do=NEW_LAYOUT,
    )
    _check_sums(answers)


def _check_sums(answers: pl.DataFrame) -> None:
    """Check that the answers to a question add up to 100, except blocks with one answer (grounds of discrimination)."""
    sums = (
        answers.filter(largest=LARGEST["share_percent"])
        .group_by("block", ROW, maintain_order=True)
        .agg(
            pl.col("source_sheet", "question_number", "source_column").first(),
            answers=pl.len(),
            printed=pl.col("value").count(),
            total=pl.col("value").sum(),
        )
    )
    wrong = sums.filter(
        pl.col("answers") > 1,
        (pl.col("printed") > 0) & ((pl.col("total") - 100).abs() > ROUNDING)
        | (pl.col("printed") % pl.col("answers") > 0),
    )
    refuse_rows(
        wrong,
        TotalsDisagree,
        "the answers to {question_number} do not add up to 100 per cent",
        expected="shares that add up to 100, or none of them shown",
        found="{printed} of {answers} answers shown, {total:.4f} together",
        do="report it to the publisher; a share may be in the wrong column or belong to another question",
    )


def _check_same_rows(tables: Sequence[_Table]) -> None:
    """Check that every sheet has the organisations, or groups of staff, of the first sheet, to detect missing rows."""
    names = ["reporting_unit", "breakdown", "breakdown_group", "benchmark_group", "region", "ics"]
    first, *others = tables
    # Sheets with the same labels share one frame.
    for other in (table for table in others if table.rows is not first.rows):
        for one, two in ((first, other), (other, first)):
            astray = one.rows.join(two.rows, on=names, how="anti", nulls_equal=True).sort(ROW)
            refuse_rows(
                astray.with_columns(source_sheet=pl.lit(one.sheet), other=pl.lit(two.sheet)),
                NotWhatItClaims,
                "two sheets of the workbook do not hold the same rows",
                expected="the same organisations or groups as in sheet {other!r}",
                found=lambda row: " | ".join(str(row[name]) for name in names if row[name]),
                do=CUT_OFF,
            )


def _questions(blocks: pl.DataFrame, year: int) -> pl.DataFrame:
    """The blocks with `question`, our id of the question; NULL for questions without one."""
    printed = blocks.filter(~pl.col("is_base")).with_columns(
        variable=pl.col("question_number").str.to_lowercase(), description="question_text"
    )
    refuse_rows(
        printed.filter(pl.col("variable").is_duplicated()).reverse(),
        LayoutChanged,
        "two blocks of answers have the same question number",
        expected="each question once in the workbook",
        found="{question_number} twice",
        do=NEW_LAYOUT,
    )
    questions = mapped(year).filter(pl.col("ethnic_group") == "All", pl.col("asked_from") <= year)
    questions = questions.with_columns(pl.col("variable").str.to_lowercase())
    found = questions.join(printed, on="variable", how="left", maintain_order="left")
    check_wording(found.with_columns(cell="question_number"))
    ids = found.select("question_number", "question").drop_nulls()
    return blocks.with_columns(
        question=pl.col("question_number").replace_strict(ids["question_number"], ids["question"], default=None)
    )


DETAILED = Reader(
    name="staff-survey-detailed",
    version=1,
    title="NHS Staff Survey: detailed spreadsheets, organisational or national results (.xlsx, or a zip with them)",
    tables=(STAFF_SURVEY_ANSWER,),
    recognise=recognise,
    read=read,
    scopes=(Scope("staff_survey_answer", ("survey_year", "results_of", "question_number")),),
)
