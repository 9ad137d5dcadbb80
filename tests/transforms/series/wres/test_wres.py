from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from transforms.errors import (
    LayoutChanged,
    NotWhatItClaims,
    RepeatedFigure,
    TotalsDisagree,
    UnclearUnit,
    UnreadableValue,
)
from transforms.published_file import PublishedFile, read_tables
from transforms.series import reader_for, wres

RATIO = '2031,Organisation,RXX,2,,All,likelihood_ratio,White / BME,,,1.45,"WRES report 2031, page 4"'
ROWS = [
    RATIO,
    "2031,Organisation,RXX,2,White,All,percent,,58,400,14.5,WRES report 2031",
    "2031,Organisation,RXX,2,BME,All,percent,,30,300,10.0,WRES report 2031",
    "2031,Organisation,RXX,3,,All,likelihood_ratio,BME / White,,,0.9,WRES report 2031",
    "2031,Organisation,RXX,1,BME,Non-clinical: VSM,percent,,3,24,12.5,WRES report 2031",
    "2031,Organisation,RXX,1,BME,Non-clinical: VSM,headcount,,,,3,WRES report 2031",
    "2031,Organisation,RXX,6,BME,All,percent,,,,*,WRES report 2031",
    "2030,England,England,9,BME,All,percentage_points,,,,-10.2,WRES report 2030",
    "2030,Region,Y56,9,BME,Voting members,percent,,,,,WRES report 2030",
]


def intake(folder: Path, rows: list[str], heading: str = "") -> PublishedFile:
    path = folder / "wres.csv"
    path.write_text((heading or wres.template()) + "\n".join(rows) + "\n")
    return PublishedFile(path, "our WRES figures.csv")


def test_an_intake_file_is_recognised_by_its_headings_and_dated_by_its_newest_year(tmp_path: Path) -> None:
    reader, edition = reader_for(intake(tmp_path, ROWS))
    assert reader is wres.INTAKE
    assert (edition.series, edition.edition) == ("wres", "2031")


def test_another_csv_is_not_recognised(tmp_path: Path) -> None:
    assert wres.INTAKE.recognise(intake(tmp_path, ["1,2"], "year,indicator\n")) is None


def test_an_intake_file_named_after_another_year_is_refused(tmp_path: Path) -> None:
    file = intake(tmp_path, ROWS)
    newest = int(wres.INTAKE.recognise(file).edition)
    for name, year in (("wres-{}-north.csv", newest), ("WRES {} report of 2031.csv", newest), ("race-{}.csv", 2017)):
        assert wres.INTAKE.recognise(PublishedFile(file.path, name.format(year))).edition == f"{newest}"
    with pytest.raises(NotWhatItClaims, match=f"Expected {newest + 1}. Found {newest}"):
        wres.INTAKE.recognise(PublishedFile(file.path, f"wres-{newest + 1}.csv"))


def test_an_intake_file_gives_one_row_per_figure(tmp_path: Path) -> None:
    rows = read_tables(wres.INTAKE, intake(tmp_path, ROWS))["wres_indicator"]
    columns = [
        "wres_year",
        "area_code",
        "org_code",
        "indicator",
        "ethnic_group",
        "measure",
        "numerator",
        "value",
        "value_status",
    ]
    assert rows.select(columns).rows() == [
        (2031, "RXX", "RXX", "2", "White / BME", "likelihood_ratio", None, 1.45, None),
        (2031, "RXX", "RXX", "2", "White", "percent", 58.0, 14.5, None),
        (2031, "RXX", "RXX", "2", "BME", "percent", 30.0, 10.0, None),
        (2031, "RXX", "RXX", "3", "BME / White", "likelihood_ratio", None, 0.9, None),
        (2031, "RXX", "RXX", "1", "BME", "percent", 3.0, 12.5, None),
        (2031, "RXX", "RXX", "1", "BME", "headcount", None, 3.0, None),
        (2031, "RXX", "RXX", "6", "BME", "percent", None, None, "c"),
        (2030, "England", None, "9", "BME", "percentage_points", None, -10.2, None),
        (2030, "Y56", None, "9", "BME", "percent", None, None, "x"),
    ]
    assert rows.select("source_row", "source_column").row(0) == (2, 11)


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("2031,Organisation,RXX,3", "31,Organisation,RXX,3", UnreadableValue, r"row 5, wres_year.*'31'"),
        ("RXX,3", "RXX,10", UnreadableValue, "row 5, indicator.*'10'"),
        ("RXX,3", "Guy's,3", UnreadableValue, "row 5, area_code"),
        ("Organisation,RXX,3", "Trust,RXX,3", UnreadableValue, "row 5, geography_level"),
        (
            "1,BME,Non-clinical: VSM,percent",
            "1,Black,Non-clinical: VSM,percent",
            UnreadableValue,
            "row 6, ethnic_group",
        ),
        ("Non-clinical: VSM,headcount", "VSM,headcount", UnreadableValue, "row 7, pay_cluster"),
        (",0.9,", ",0.9%,", UnreadableValue, "row 5, value.*'0.9%'"),
        (",0.9,WRES report 2031", ",0.9,", UnreadableValue, "row 5, source"),
        (",3,24,", ",3.5,24,", UnreadableValue, "row 6, numerator"),
        ("BME / White,,,0.9", "White / BME,,,0.9", UnclearUnit, "row 5.*3: BME / White"),
        ("White / BME,,,1.45", "BME / White,,,1.45", UnclearUnit, "2: White / BME"),
        (
            "3,,All,likelihood_ratio,BME / White",
            "3,BME,All,likelihood_ratio,BME / White",
            UnreadableValue,
            "row 5, ethnic_group",
        ),
        ("6,BME,All,percent", "6,,All,percent", UnreadableValue, "has neither.*"),
        ("6,BME,All,percent", "6,BME,All,headcount", UnreadableValue, "no such measure"),
        ("6,BME,All", "6,BME,Voting members", UnreadableValue, "pay_cluster: All"),
        ("2030,England,England", "2030,England,RXX", UnreadableValue, "does not fit the geography level"),
        (",3,24,12.5", ",3,24,12.6", TotalsDisagree, r"numerator and denominator.*12\.6"),
        (",3,24,12.5", ",3,24,0.125", TotalsDisagree, r"0\.125"),
        (",3,24,12.5", ",,24,12.5", UnreadableValue, "numerator or denominator is missing"),
        (",3,24,12.5", ",25,24,104.2", UnreadableValue, "numerator exceeds the denominator"),
        ("headcount,,,,3,", "headcount,,,,3.5,", UnreadableValue, "is not whole"),
        (",,,1.45,", ",,,0.69,", TotalsDisagree, r"two likelihoods.*1\.45"),
        (",,,1.45,", ",,,0,", UnclearUnit, "not a ratio"),
        ("percentage_points,,,,-10.2", "percentage_points,,,,-102", UnreadableValue, "-100 to 100"),
        ("2,BME,All,percent", "2,White,All,percent", RepeatedFigure, "row 3, row 4"),
    ],
)
def test_a_row_that_cannot_be_right_stops_the_file_and_is_named(
    old: str, new: str, error: type[Exception], message: str, tmp_path: Path
) -> None:
    text = "\n".join(ROWS)
    assert old in text
    with pytest.raises(error, match=message):
        wres.INTAKE.read(intake(tmp_path, text.replace(old, new, 1).split("\n")))


@given(people=st.integers(1, 5000), share=st.floats(0, 1), decimals=st.integers(0, 3), off=st.sampled_from([0, 1, -1]))
@settings(max_examples=60)
def test_a_value_agrees_with_its_people_to_the_decimals_printed(
    tmp_path_factory: pytest.TempPathFactory, people: int, share: float, decimals: int, off: int
) -> None:
    counted = round(people * share)
    exact = Decimal(100 * counted) / people
    unit = Decimal(1).scaleb(-decimals)
    value = exact.quantize(unit) + off * unit
    assume(0 <= value <= 100)
    row = f"2031,Organisation,RXX,1,BME,Non-clinical: VSM,percent,,{counted},{people},{value},page 7"
    file = intake(tmp_path_factory.mktemp("wres"), [row])
    if abs(value - exact) <= unit / 2:
        assert wres.INTAKE.read(file)["wres_indicator"]["value"].item() == float(value)
    else:
        with pytest.raises(TotalsDisagree):
            wres.INTAKE.read(file)


def test_a_changed_heading_stops_the_file_and_is_named(tmp_path: Path) -> None:
    with pytest.raises(LayoutChanged, match="missing: direction; unknown: way"):
        wres.INTAKE.read(intake(tmp_path, ROWS, wres.template().replace("direction", "way")))


def test_an_intake_file_without_rows_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableValue, match="no rows"):
        wres.INTAKE.read(intake(tmp_path, []))


def test_a_share_that_may_be_a_fraction_is_refused_unless_its_numbers_bear_it_out(tmp_path: Path) -> None:
    with pytest.raises(UnclearUnit, match="may be a fraction") as stopped:
        read_tables(wres.INTAKE, intake(tmp_path, ["2031,Organisation,RXX,5,BME,All,percent,,,,0.1716,page"]))
    assert "K2" in stopped.value.cell
    borne_out = read_tables(wres.INTAKE, intake(tmp_path, ["2031,Organisation,RXX,3,BME,All,percent,,1,500,0.2,page"]))
    assert borne_out["wres_indicator"]["value"].to_list() == [0.2]


def test_a_column_more_is_recorded_and_stops_nothing(tmp_path: Path) -> None:
    frames = read_tables(wres.INTAKE, intake(tmp_path, [ROWS[-1] + ",x"], wres.template().strip() + ",Checked by\n"))
    assert frames["unread_part"].select("kind", "name", "is_known").rows() == [("column", "Checked by", False)]
    assert frames["wres_indicator"].height == 1


def _of_staff(white: int, bme: int, level: str = "Organisation", areas: int = 20) -> list[str]:
    codes = ["England"] if level == "England" else [f"R{number:02}" for number in range(areas)]
    return [
        f"2031,{level},{code},1,{group},All,headcount,,,,{people},WRES report 2031"
        for code in codes
        for group, people in (("White", white), ("BME", bme))
    ]


def test_more_white_than_bme_staff_over_many_trusts_and_one_trust_the_other_way_are_read(tmp_path: Path) -> None:
    rows = [*_of_staff(300, 100), *_of_staff(900, 300, "England")]
    assert read_tables(wres.INTAKE, intake(tmp_path, rows))["wres_indicator"].height == 42
    assert read_tables(wres.INTAKE, intake(tmp_path, _of_staff(80, 120, areas=3)))["wres_indicator"].height == 6


@pytest.mark.parametrize("rows", [_of_staff(100, 300), _of_staff(300, 900, "England")])
def test_white_and_bme_staff_exchanged_are_refused(rows: list[str], tmp_path: Path) -> None:
    with pytest.raises(
        NotWhatItClaims, match=r"row 2: figures of white and of BME staff seem to be exchanged.*more white"
    ):
        read_tables(wres.INTAKE, intake(tmp_path, rows))


@pytest.mark.parametrize("ratio", ["145", "0.0145"])
def test_a_ratio_printed_as_a_percentage_is_refused(ratio: str, tmp_path: Path) -> None:
    with pytest.raises(UnclearUnit, match="K2: the value is not a ratio of two likelihoods"):
        read_tables(wres.INTAKE, intake(tmp_path, [RATIO.replace("1.45", ratio)]))
