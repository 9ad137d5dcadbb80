"""The Organisation Data Service's reports: trusts, care trusts, sub-ICB locations, succession. CSV without header."""

from __future__ import annotations

from collections.abc import Iterator

from tests.sample_maker.figures.staff import facts, organisations
from tests.sample_maker.files.layout import Row, csv_file

COLUMNS = 27


def ods_report(report: str) -> bytes:
    """The report etr (trusts), ect (care trusts) or eccg (sub-ICB locations): 27 columns, of which 12 are known."""
    return csv_file((), sorted(_lines(report), key=lambda line: str(line[0])), quoted=True)


def succession_report() -> bytes:
    """The report succ: predecessor, successor, reason, date, indicator."""
    return csv_file((), [(*line.values(), "") for line in facts("successions")], quoted=True)


def _lines(report: str) -> Iterator[Row]:
    for one in organisations():
        kind = "eccg" if one.profile == "board" else "ect" if one.code.startswith("TA") else "etr"
        if kind == report != "eccg":
            dates = one.opened_on.replace("-", ""), one.closed_on.replace("-", "")
            yield _line(one.code, one.name, one.region_code, one.icb_code, one.postcode, *dates)
    for line in facts("ods_trusts"):
        if line["report"] == report:
            yield _line(*list(line.values())[1:])


def _line(code: str, name: str, region: str, system: str, postcode: str, opened_on: str, closed_on: str) -> Row:
    address = ("ILLUSTRATIVE EXTRACT", "", "", "", "")
    known = (code, name.upper(), region, system, *address, postcode, opened_on, closed_on)
    return (*known, *[""] * (COLUMNS - len(known)))
