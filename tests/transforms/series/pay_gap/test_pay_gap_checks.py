"""A year's pay gap file as a whole: exchanged columns, fractions and missing parts are refused by name.

The file is made up: 1,200 employers with names from A to Z, 60 of them NHS trusts, whose figures scatter about what the
published years have in common.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from transforms.errors import WorkforceError
from transforms.published_file import PublishedFile, read_tables
from transforms.series.pay_gap.checks import HOURLY, LETTERS, MEN, WOMEN
from transforms.series.pay_gap.reader import MEASURES, READER

NAME = "UK Gender Pay Gap Data - 2023 to 2024.csv"
Records = list[dict[str, str]]
Change = Callable[[Records], Records]


def employer(number: int, name: str, random: Random) -> dict[str, str]:
    is_trust = "NHS" in name
    level = random.gauss(78 if is_trust else 55, 8 if is_trust else 15)
    fall = random.gauss(10, 4)
    women = [max(2.0, min(98.0, level - step * fall / 2 + random.gauss(0, 2))) for step in range(4)]
    mean = 4 + fall + random.gauss(0, 2)
    median = mean - 3 + random.gauss(0, 2)
    paid = random.uniform(5, 40)
    bonus = (mean + random.uniform(5, 40), 0.0 if number % 5 == 0 else median + random.uniform(5, 30))
    figures = [mean, median, *bonus, paid + random.uniform(0.5, 4), paid]
    figures += [share for each in women for share in (100 - round(each, 1), each)]
    return {
        "EmployerName": name, "EmployerId": f"{number}", "Address": "", "PostCode": "", "CompanyNumber": "",
        "SicCodes": "1" if is_trust else "",
        **{column: f"{value:.1f}" for column, value in zip(MEASURES, figures, strict=True)},
        "CompanyLinkToGPGInfo": "", "ResponsiblePerson": "", "EmployerSize": "500 to 999", "CurrentName": name,
        "SubmittedAfterTheDeadline": "False", "DueDate": "2024/03/31 00:00:00", "DateSubmitted": "2024/03/04 09:00:00",
    }  # fmt: skip


@pytest.fixture(scope="module")
def records() -> Records:
    random = Random(7)
    names = [
        f"{letter[0]}{number:03} {'NHS TRUST' if number % 20 == 0 else 'SCHOOL'}"
        for letter, percent in LETTERS.items()
        for number in range(1, round(12 * percent) + 1)
    ]
    return [employer(number, name, random) for number, name in enumerate(names)]


def placed(tmp_path: Path, records: Records) -> PublishedFile:
    with (tmp_path / NAME).open("w", newline="", encoding="utf-8") as stream:
        rows = csv.DictWriter(stream, list(records[0]))
        rows.writeheader()
        rows.writerows(records)
    return PublishedFile(tmp_path / NAME, NAME)


def is_trust(record: dict[str, str]) -> bool:
    return "NHS" in record["EmployerName"]


def exchanged(*pairs: tuple[str, str], where: Callable[[dict[str, str]], bool] = lambda _: True) -> Change:
    swaps = dict(pairs) | {other: one for one, other in pairs}
    return lambda records: [
        record | {one: record[other] for one, other in swaps.items()} if where(record) else record for record in records
    ]


def times(factor: float, *columns: str, where: Callable[[dict[str, str]], bool] = lambda _: True) -> Change:
    return lambda records: [
        record | {name: f"{factor * float(record[name]):.4f}" for name in columns} if where(record) else record
        for record in records
    ]


def quarters(one: int, other: int) -> tuple[tuple[str, str], ...]:
    return (WOMEN[one], WOMEN[other]), (MEN[one], MEN[other])


def some_trusts(record: dict[str, str]) -> bool:
    return is_trust(record) and record["EmployerName"][0] in "CDEST"


LACKING: dict[str, Change] = {
    "first half": lambda records: records[: len(records) // 2],
    "nine tenths": lambda records: records[: len(records) * 9 // 10],
    "without the first tenth": lambda records: records[len(records) // 10 :],
    "without a part in the middle": lambda records: records[:500] + records[620:],
    "two hundred records": lambda records: records[:250],
}
CHANGES: dict[str, tuple[Change, str]] = {
    "women and men exchanged": (exchanged(*zip(WOMEN, MEN, strict=True)), "women and men, seem to be exchanged"),
    **{
        f"women and men exchanged in {women}": (exchanged((women, men)), "are not correlated")
        for women, men in zip(WOMEN, MEN, strict=True)
    },
    **{
        f"quarters {one} and {other} exchanged": (exchanged(*quarters(one, other)), "quarters, .* seem to be exchanged")
        for one, other in ((0, 1), (1, 2), (2, 3), (0, 3), (0, 2), (1, 3))
    },
    "women of two quarters exchanged": (exchanged(quarters(0, 3)[0]), "do not add up to 100"),
    "mean and median exchanged": (exchanged(HOURLY), "mean and median hourly gap seem to be exchanged"),
    "mean and median bonus exchanged": (
        exchanged(("DiffMeanBonusPercent", "DiffMedianBonusPercent")),
        "mean and median bonus gap seem to be exchanged",
    ),
    "bonuses of women and men exchanged": (
        exchanged(("MaleBonusPercent", "FemaleBonusPercent")),
        "bonuses seem to be exchanged",
    ),
    "hourly and bonus gap exchanged": (
        exchanged((HOURLY[0], "DiffMeanBonusPercent"), (HOURLY[1], "DiffMedianBonusPercent")),
        "gap",
    ),
    "women and men exchanged for some trusts": (
        exchanged(*zip(WOMEN, MEN, strict=True), where=some_trusts),
        "smaller part of a quarter|contradict",
    ),
    "quarters as fractions": (times(0.01, *WOMEN, *MEN), "do not add up to 100"),
    "quarters of some as fractions": (times(0.01, *WOMEN, *MEN, where=some_trusts), "do not add up to 100"),
    "hourly gaps as fractions": (times(0.01, *HOURLY), "not of the usual size"),
    "mean gaps as fractions": (times(0.01, HOURLY[0]), "not of the usual size"),
    "hourly gaps of some as fractions": (times(0.01, *HOURLY, where=some_trusts), "look like fractions of one"),
    "hourly gaps with the other sign": (times(-1, *HOURLY), "not of the usual size"),
    "hourly gaps ten times as large": (times(10, *HOURLY), "not of the usual size"),
    "shares of bonus paid as fractions": (
        times(0.01, "MaleBonusPercent", "FemaleBonusPercent"),
        "bonus look like fractions",
    ),
    "records twice": (lambda records: [*records, *records[40:60]], "in 20 places|in 40 places"),
}


def test_the_unchanged_file_is_read(records: Records, tmp_path: Path) -> None:
    frame = read_tables(READER, placed(tmp_path, records))["pay_gap"]
    assert frame["employer_name"].n_unique() == sum(map(is_trust, records)) >= 50


@pytest.mark.parametrize("kind", LACKING)
def test_a_file_without_a_part_is_refused(kind: str, records: Records, tmp_path: Path) -> None:
    with pytest.raises(WorkforceError, match=r"EmployerName: employers are missing.*Found") as error:
        read_tables(READER, placed(tmp_path, LACKING[kind](records)))
    assert len(str(error.value)) < 1200


@pytest.mark.parametrize("kind", CHANGES)
def test_a_changed_file_is_refused_and_names_its_columns(kind: str, records: Records, tmp_path: Path) -> None:
    change, says = CHANGES[kind]
    with pytest.raises(WorkforceError, match=says) as error:
        read_tables(READER, placed(tmp_path, change(records)))
    assert error.value.cell
    assert error.value.expected
    assert error.value.found


def test_few_employers_say_nothing_of_what_is_usual(records: Records, tmp_path: Path) -> None:
    few = exchanged(*zip(WOMEN, MEN, strict=True))([each for each in records if is_trust(each)][:10])
    assert read_tables(READER, placed(tmp_path, few))["pay_gap"].height == 140
