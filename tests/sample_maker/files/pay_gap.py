"""The gender pay gap service's yearly CSV of employers, in its layouts to 2020-21 and from 2021-22."""

from __future__ import annotations

from tests.sample_maker.figures.arithmetic import wobble
from tests.sample_maker.figures.staff import facts
from tests.sample_maker.files.layout import Row, csv_file

QUARTERS = ("LowerQuartile", "LowerMiddleQuartile", "UpperMiddleQuartile", "TopQuartile")
WOMEN_MORE_OR_FEWER = (24, 41, 12, -77)
"""Per thousand, against the employer's whole staff: more women in the lower quarters than in the top one."""
HEADER = (
    "EmployerName",
    "EmployerId",
    "Address",
    "PostCode",
    "CompanyNumber",
    "SicCodes",
    "DiffMeanHourlyPercent",
    "DiffMedianHourlyPercent",
    "DiffMeanBonusPercent",
    "DiffMedianBonusPercent",
    "MaleBonusPercent",
    "FemaleBonusPercent",
    *(f"{sex}{quarter}" for quarter in QUARTERS for sex in ("Male", "Female")),
    "CompanyLinkToGPGInfo",
    "ResponsiblePerson",
    "EmployerSize",
    "CurrentName",
    "SubmittedAfterTheDeadline",
    "DueDate",
    "DateSubmitted",
)
NEW_IN_2021 = ("EmployerId", "PostCode")


def pay_gap_csv(start: int) -> bytes:
    """The file of the year that begins in `start`: a few trusts and a few companies that do not exist."""
    shown = [place for place, name in enumerate(HEADER) if start >= 2021 or name not in NEW_IN_2021]
    rows = [_employer(number, line, start) for number, line in enumerate(facts("pay_gap_employers"), start=1)]
    return csv_file(
        [HEADER[place] for place in shown],
        [[row[place] for place in shown] for row in rows],
        quoted=start >= 2019,
    )


def _employer(number: int, line: dict[str, str], start: int) -> Row:
    name, public = line["employer"], bool(line["org_code"])
    years = start - 2017
    gap = 170 - 6 * years + wobble(name, start, "mean", by=35)
    quarters: list[str] = []
    for quarter, women in zip(QUARTERS, WOMEN_MORE_OR_FEWER, strict=True):
        nearer = 4 * years if quarter == "TopQuartile" else 0
        share = int(line["women_per_thousand"]) + women + nearer + wobble(name, start, quarter, by=12)
        quarters += [_percent(1000 - share), _percent(share)]
    due = (f"{start + 1}/03/30" if public else f"{start + 1}/04/04") if start >= 2021 else ""
    due = due or (f"30/03/{start + 1}" if public else f"04/04/{start + 1}")
    return (
        name,
        str(90_000 + number),
        "1 Example Street,\nExampleton",
        "ZZ99 9ZZ",
        line["company_number"],
        line["sic_codes"],
        _percent(gap),
        _percent(gap * 6 // 10 + wobble(name, start, "median", by=30)),
        "" if public else _percent(gap * 2),
        "" if public else _percent(gap),
        _percent(0 if public else 310),
        _percent(0 if public else 290),
        *quarters,
        "",
        "",
        line["employer_size"],
        name,
        "False",
        f"{due} 00:00:00",
        f"{due} 00:00:00",
    )


def _percent(per_thousand: int) -> str:
    return f"{per_thousand / 10:.1f}"
