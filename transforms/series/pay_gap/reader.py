"""Gender pay gap of NHS employers in England: differences in pay, and women's and men's share of each pay quarter.

Source: Government Equalities Office, gender pay gap service, "UK Gender Pay Gap Data" (one CSV per year, all employers;
25 columns, 27 from 2021-22 on). The file of the current reporting year changes daily.

Which employers are kept: of those in transforms/vocabularies/pay_gap_employer.csv (reviewed by hand), trusts,
commissioners (clinical commissioning groups, integrated care boards, commissioning support units) and national NHS
bodies are kept, those marked 'not an NHS employer in England' are not. An employer that is not in the vocabulary is
kept, without a code, if it is not a company (no Companies House number) and
  * the name has the word NHS (also 'N H S'), or
  * the name has one of the phrases in `BODY`, or
  * the employer is marked as public sector (SIC code 1) and works in hospitals or medical practice (86101, 86210).
Employers without a certain match have no code. To list them:
`SELECT DISTINCT reporting_year, employer_name FROM core.pay_gap WHERE org_code IS NULL`.

Names of persons (`ResponsiblePerson`) and addresses are never read into a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from transforms.errors import LayoutChanged, UnreadableValue
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.records import as_number, melt_records, read_records, require_headings, set_apart
from transforms.reading.refuse import refuse_rows
from transforms.reading.symbols import BLANK
from transforms.reading.unread import Unread, with_unread
from transforms.reading.vocabulary import key, vocabulary
from transforms.series.pay_gap import checks
from transforms.series.pay_gap.tables import PAY_GAP
from transforms.tables.declare import Scope

MEASURES = {
    "DiffMeanHourlyPercent": "mean_hourly_pay_gap_percent",
    "DiffMedianHourlyPercent": "median_hourly_pay_gap_percent",
    "DiffMeanBonusPercent": "mean_bonus_pay_gap_percent",
    "DiffMedianBonusPercent": "median_bonus_pay_gap_percent",
    "MaleBonusPercent": "male_bonus_percent",
    "FemaleBonusPercent": "female_bonus_percent",
    "MaleLowerQuartile": "male_lower_quarter_percent",
    "FemaleLowerQuartile": "female_lower_quarter_percent",
    "MaleLowerMiddleQuartile": "male_lower_middle_quarter_percent",
    "FemaleLowerMiddleQuartile": "female_lower_middle_quarter_percent",
    "MaleUpperMiddleQuartile": "male_upper_middle_quarter_percent",
    "FemaleUpperMiddleQuartile": "female_upper_middle_quarter_percent",
    "MaleTopQuartile": "male_top_quarter_percent",
    "FemaleTopQuartile": "female_top_quarter_percent",
}
KEPT = {
    "EmployerName": "employer_name",
    "EmployerId": "employer_id",
    "EmployerSize": "employer_size",
    "CompanyNumber": "company_number",
    "SicCodes": "sic_codes",
    "DueDate": "due_date",
    "DateSubmitted": "date_submitted",
}
LEFT_OUT = (
    "Address",
    "PostCode",
    "CompanyLinkToGPGInfo",
    "ResponsiblePerson",
    "CurrentName",
    "SubmittedAfterTheDeadline",
)
LEFT_OUT_WHY = "addresses and names of persons are not read into a table"
NEW_IN_2021 = {"EmployerId", "PostCode"}
NHS = r"\bn\s?h\s?s\b"
BODY = (
    r"\bfoundation trust\b|\bhealth ?care trust\b|\bmental health trust\b|\bambulance service\b"
    r"|\bclinical commissioning group\b|\bccg\b|\bcommissioning support unit\b|\bcsu\b"
    r"|\bintegrated care board\b|\bicb\b"
)
COMPANY = r"^(?:[0-9]{8}|[A-Z]{2}[0-9]{6})$"
NOT_NHS = "not an NHS employer in England"


def recognise(file: PublishedFile) -> Edition | None:
    """Recognises a CSV by its columns; the edition is the year in the name, else the year of the due dates."""
    if not {"EmployerName", "DueDate", *MEASURES} <= set(file.columns):
        return None
    records = _records(file)
    start = _named_year(file) or _start(records, file)
    year = f"{start}-{(start + 1) % 100:02}"
    # An edition without reports does not cover any date yet.
    covers = f"{start}-03-31" if records.height else ""
    return Edition(year, f"UK gender pay gap data, {start} to {start + 1}", covers)


def read(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """Rows of core.pay_gap, one per NHS employer and measure; percent. A positive gap means that men are paid more.

    A file with headings only (at the start of a reporting year) gives no rows.

    Raises `LayoutChanged` for a missing column or if the years of the file's name and of its due dates differ,
    `UnreadableValue` for a figure that is not a number, and the errors of `checks.check`.
    """
    records = _records(file)
    headings = [*KEPT, *MEASURES, *LEFT_OUT]
    unread = require_headings(records, headings)
    records = set_apart(records, headings)
    unread += [Unread("column", "", column, LEFT_OUT_WHY, is_known=True) for column in LEFT_OUT]
    start = _start(records, file)
    if (named := _named_year(file)) not in {None, start}:
        raise LayoutChanged(
            "the file's name and its due dates have different years",
            expected=f"reports due in {(named or start) + 1}",
            found=f"reports due in {start + 1}",
            do="fetch the file of the year its name says, or give it its right name",
        )
    # The newest submission is taken over all employers of the file, not only those that are kept.
    employers = _nhs_employers(records.with_columns(was_due=_was_due(records)))
    figures = _figures(employers)
    checks.check(records, employers, file.name)
    frames = {
        PAY_GAP.name: figures.select(
            pl.lit(f"{start}-{(start + 1) % 100:02}").alias("reporting_year"),
            _snapshot(start).alias("snapshot_date"),
            *(pl.col(printed).alias(name) for printed, name in KEPT.items() if name.startswith("employer")),
            "org_code",
            "was_due",
            "measure",
            "value",
            "value_status",
            pl.lit("").alias("source_sheet"),
            "source_row",
            "source_column",
        )
    }
    return with_unread(frames, unread)


def _records(file: PublishedFile) -> pl.DataFrame:
    # The service prefixes an apostrophe to a name that a spreadsheet would interpret as a formula.
    name = pl.col("EmployerName").str.replace(r"^'([=@+\-])", "$1")
    records = read_records(file).with_columns(name)
    # Two columns are new from 2021-22 on; they are added at the end so that column numbers stay as printed.
    missing = [pl.lit(None, pl.String).alias(name) for name in sorted(NEW_IN_2021 - set(records.columns))]
    return records.with_columns(missing)


def _named_year(file: PublishedFile) -> int | None:
    named = re.search(r"(20[0-9][0-9])[ _-]+to[ _-]+(20[0-9][0-9])", file.plain_name)
    return int(named[1]) if named and int(named[2]) == int(named[1]) + 1 else None


def _start(records: pl.DataFrame, file: PublishedFile) -> int:
    """The year in which the reporting year starts: from the due dates, or from the name if there is no report yet."""
    if records.height:
        return _due(records) - 1
    if named := _named_year(file):
        return named
    raise LayoutChanged(
        "the file has headings only and its name does not say its year",
        expected="'UK Gender Pay Gap Data - 2026 to 2027.csv', or at least one report",
        do="give the file the name under which the service offers it",
    )


def _due(records: pl.DataFrame) -> int:
    """The year in which the reports were due. Raises `LayoutChanged` if they were due in different years."""
    due = records.select("source_row", "DueDate", year=_day("DueDate").dt.year())
    refuse_rows(
        due.filter(pl.col("year").is_null() | (pl.col("year") != pl.col("year").mode().max())),
        LayoutChanged,
        "the reports of the file are not all due in one year",
        cell="row {source_row}, DueDate",
        expected="one reporting year, dates as 31/03/2018 or 2024/03/31",
        found="{DueDate!r}",
        do="fetch the file again, one year at a time",
    )
    return int(due["year"][0])


def _was_due(records: pl.DataFrame) -> pl.Series:
    """Per report: whether the newest submission in the file was on or after the day the report was due.

    Raises `LayoutChanged` for an invalid submission date.
    """
    days = records.select("source_row", "DateSubmitted", due=_day("DueDate"), submitted=_day("DateSubmitted"))
    refuse_rows(
        days.filter(pl.col("submitted").is_null()),
        LayoutChanged,
        "the submission date of a report is invalid",
        cell="row {source_row}, DateSubmitted",
        expected="a date such as 30/03/2018 or 2024/03/04",
        found="{DateSubmitted!r}",
        do="look at the record; if the publisher changed the format of dates, change the reader",
    )
    return days.select(was_due=pl.col("submitted").max() >= pl.col("due"))["was_due"]


def _day(column: str) -> pl.Expr:
    """A date printed as 31/03/2018 (to 2020-21) or 2024/03/31, without the time after it; NULL for other text."""
    day = pl.col(column).str.head(10)
    return pl.coalesce(
        day.str.extract(r"^([0-9]{1,2}/[0-9]{1,2}/[0-9]{4})$").str.to_date("%d/%m/%Y", strict=False),
        day.str.extract(r"^([0-9]{4}/[0-9]{1,2}/[0-9]{1,2})$").str.to_date("%Y/%m/%d", strict=False),
    )


def _nhs_employers(records: pl.DataFrame) -> pl.DataFrame:
    name = pl.col("EmployerName").str.to_lowercase()
    health = pl.concat_list(pl.col("SicCodes").fill_null("").str.extract_all(r"[0-9]+"))
    public = health.list.contains("1") & (health.list.contains("86101") | health.list.contains("86210"))
    looks_like = name.str.contains(NHS) | name.str.contains(BODY) | public
    is_company = pl.col("CompanyNumber").fill_null("").str.contains(COMPANY)
    reviewed = vocabulary("pay_gap_employer").select(key(pl.col("printed")).alias("_key"), "org_code", "body")
    return (
        records.with_columns(key(pl.col("EmployerName")).alias("_key"))
        .join(reviewed, on="_key", how="left", validate="m:1", maintain_order="left")
        .filter(pl.when(pl.col("body").is_null()).then(looks_like & ~is_company).otherwise(pl.col("body") != NOT_NHS))
        .drop("_key", "body")
    )


def _figures(employers: pl.DataFrame) -> pl.DataFrame:
    long = melt_records(employers, MEASURES, into="measure").with_columns(
        value=as_number(pl.col("printed")),
        value_status=pl.when(pl.col("printed").is_null()).then(pl.lit(BLANK)),
    )
    refuse_rows(
        long.filter(pl.col("printed").is_not_null() & pl.col("value").is_null()),
        UnreadableValue,
        "a figure is not a number",
        expected="a percentage such as 18.3, or a blank",
        found="{printed!r}",
        do="look at the record; if the publisher prints a new symbol, change the reader",
    )
    return long


def _snapshot(start: int) -> pl.Expr:
    """The snapshot date: 31 March for public bodies, 5 April for others, distinguished by the day reports are due."""
    due = pl.col("DueDate").str.head(10)
    public = due.str.starts_with("31/03/") | due.str.ends_with("/03/31") | due.str.contains(r"30/03/|/03/30")
    return pl.when(public).then(pl.date(start, 3, 31)).otherwise(pl.date(start, 4, 5))


READER = Reader(
    name="pay_gap",
    version=5,
    title="Gender pay gap: all employers, one year (NHS employers are kept)",
    tables=(PAY_GAP,),
    recognise=recognise,
    read=read,
    scopes=(Scope("pay_gap", ("reporting_year",)),),
)
