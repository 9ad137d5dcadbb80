"""Gender pay gap reports of NHS employers, as a table."""

from __future__ import annotations

import polars as pl

from transforms.tables.declare import VALUE, VALUE_STATUS, Column, Table, date, text

PAY_QUARTERS = ("lower", "lower_middle", "upper_middle", "top")
PAY_GAPS = (
    "mean_hourly_pay_gap_percent",
    "median_hourly_pay_gap_percent",
    "mean_bonus_pay_gap_percent",
    "median_bonus_pay_gap_percent",
)
PAY_SHARES = (
    "male_bonus_percent",
    "female_bonus_percent",
    *(f"{sex}_{quarter}_quarter_percent" for quarter in PAY_QUARTERS for sex in ("male", "female")),
)

PAY_GAP = Table(
    name="pay_gap",
    grain="reporting year x employer x measure",
    description=(
        "Gender pay gap reports of NHS employers in England: women's and men's shares of each pay quarter,"
        " differences in pay. Only NHS employers are kept; org_code comes from the reviewed file"
        " reference.pay_gap_employer."
    ),
    columns=(
        text(
            "reporting_year",
            "Publisher's year, '2017-18': snapshot of 31 March (public sector) 2017.",
            is_period=True,
        ),
        date("snapshot_date", "Day the figures are of: 31 March for public bodies."),
        text("employer_name", "Employer's name as printed."),
        text("employer_id", "Publisher's own id (from 2021-22 on).", required=False),
        text(
            "org_code",
            "ODS code at the snapshot date; NULL where no reviewed match exists.",
            required=False,
            refers_to="organisation",
        ),
        text("employer_size", "Size class as printed.", required=False),
        Column(
            "was_due",
            pl.Boolean(),
            "Whether the employer's report was due when the publisher made the file: the newest report in the file was"
            " submitted on or after that day. False: the year was still open, and employers are missing.",
        ),
        text(
            "measure",
            "All in percent, 0-100. *_pay_gap_percent: men's less women's pay as a share of men's (negative: women are"
            " paid more); *_bonus_percent: share of that sex who got a bonus; *_quarter_percent: share of that sex"
            " among the staff of the pay quarter.",
            allowed=(*PAY_GAPS, *PAY_SHARES),
        ),
        VALUE,
        VALUE_STATUS,
    ),
    key=("reporting_year", "employer_name", "measure"),
    percents=PAY_SHARES,
    differences=PAY_GAPS,
    organisation_name="employer_name",
)
