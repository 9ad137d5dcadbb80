"""Both British clock changes: a daily schedule has one run on each day, also at an hour that is missing or repeated."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from prefect.server.schemas.schedules import CronSchedule

LONDON = ZoneInfo("Europe/London")
CHANGES = (date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31))
OURS = {
    schedule["cron"]
    for deployment in yaml.safe_load((Path(__file__).parents[3] / "deploy" / "prefect.yaml").read_text())["deployments"]
    for schedule in deployment["schedules"]
}
IN_THE_HOUR = {"30 1 * * *", "0 1 * * *", "0 2 * * *"}
"""What an operator may choose: between 01:00 and 02:00 there is no time in March, and twice the same in October."""


@pytest.mark.parametrize("cron", sorted(OURS | IN_THE_HOUR))
@pytest.mark.parametrize("change", CHANGES)
def test_a_day_has_one_run_whatever_the_clocks_do(cron: str, change: date) -> None:
    first, last = change - timedelta(days=3), change + timedelta(days=4)
    start, end = (datetime(each.year, each.month, each.day, tzinfo=LONDON) for each in (first, last))
    schedule = CronSchedule(cron=cron, timezone="Europe/London")
    runs = [each.astimezone(LONDON) for each in asyncio.run(schedule.get_dates(n=100, start=start, end=end))]
    days = [first + timedelta(days=number) for number in range(7)]
    wanted = cron.split()[-1]
    on = {"*": range(7), "1-5": range(5), "0": (6,)}[wanted]
    assert [each.date() for each in runs] == [day for day in days if day.weekday() in on]
    if cron in OURS:
        minute, hour = map(int, cron.split()[:2])
        assert {(each.hour, each.minute) for each in runs} == {(hour, minute)}
