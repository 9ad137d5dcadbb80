"""The operator's lists: what is read, what is refused and how, and what stands beside the packaged lines."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.facts import make_facts
from expectations.hand_kept import CSV_TABLES, configuration, example, merged, packaged, read_lines, read_operators

KNOWN = "rule_id,figure,owner,reason,until\n"
TOLERANCE = "series,rows_lost_percent,rows_gained_percent,quarter_change_percent,share_move_factor,reason\n"


@pytest.mark.parametrize("name", CSV_TABLES)
def test_the_commented_example_of_each_list_is_a_line_once_it_is_no_comment(name: str) -> None:
    text = example(name)
    assert read_lines(name, text, file="") == ([], [])
    *about, heading = text.splitlines()
    [line], errors = read_lines(name, f"{heading}\n{about[-1].removeprefix('#')}\n", file=CSV_TABLES[name].file)
    assert errors == []
    assert line.place == f"config/{CSV_TABLES[name].file}:2"


@pytest.mark.parametrize(
    ("name", "text", "place", "expected", "found"),
    [
        ("known_failure", "rule,figure\n", "line 1", "rule_id,figure,owner,reason,until", "rule,figure"),
        ("known_failure", KNOWN + "\nedition.scale,*,me,why\n", "line 3", "5 values", "4 values"),
        (
            "known_failure",
            KNOWN + "edition.scales,*,me,why,2027-01-31\n",
            "line 2, rule_id",
            "a rule",
            "edition.scales",
        ),
        ("known_failure", KNOWN + "edition.scale,*,me,why,31/01/2027\n", "line 2, until", "2027-03-31", "31/01/2027"),
        ("known_failure", KNOWN + "edition.scale,*,,why,2027-01-31\n", "line 2, owner", "a text", "nothing"),
        ("tolerance", TOLERANCE + "gender,0,0,0,0,why\n", "line 2, series", "gender-pay-gap", "gender"),
        ("tolerance", TOLERANCE + "ods,-1,0,0,0,why\n", "line 2, rows_lost_percent", "at least 0", "-1"),
        ("tolerance", TOLERANCE + "ods,nan,0,0,0,why\n", "line 2, rows_lost_percent", "at least 0", "nan"),
        ("tolerance", TOLERANCE + "ods,1,0,0,0,a\nods,2,0,0,0,b\n", "line 3", "one line for each series", "ods"),
    ],
)
def test_a_wrong_line_is_an_error_with_file_line_and_what_was_expected(
    name: str, text: str, place: str, expected: str, found: str
) -> None:
    _, [error] = read_lines(name, text, file="config/list.csv")
    assert (error.file, error.cell) == ("config/list.csv", place)
    assert expected in error.expected
    assert found in error.found
    assert error.do


def test_the_right_lines_of_a_file_are_read_beside_wrong_ones_and_all_errors_are_given() -> None:
    lines, errors = read_lines("tolerance", TOLERANCE + "x,1,1,1,1,a\nods,1,2,3,4,b\ny,1,1,1,1,c\n", file="f")
    assert [line.values for line in lines] == [("ods", 1.0, 2.0, 3.0, 4.0, "b")]
    assert [error.cell for error in errors] == ["line 2, series", "line 4, series"]


def test_an_operators_line_takes_the_place_of_the_packaged_one_and_says_where_it_is_from(tmp_path: Path) -> None:
    (tmp_path / "tolerances.csv").write_text(TOLERANCE + 'ods,7,10,30,3,"lists, restated"\nwres,1,1,1,1,new\n')
    (tmp_path / "known_failures.csv").write_text(KNOWN + "edition.scale,gender-pay-gap 2023-24,me,real,2027-03-31\n")
    own, errors = read_operators(tmp_path)
    assert errors == {"tolerances.csv": [], "known_failures.csv": []}
    assert len(merged(own)["tolerance"]) == len(packaged()["tolerance"])
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS gate")
        make_facts(con, date(2026, 1, 1), own)
        lost = con.execute("SELECT rows_lost_percent, reason FROM gate.tolerance WHERE series = 'ods'").fetchall()
        known = con.execute("SELECT rule_id, until FROM gate.known_failure").fetchall()
    assert lost == [(7.0, "lists, restated")]
    assert known == [("edition.scale", date(2027, 3, 31))]
    rows = configuration(own)
    listed = rows.filter(file_name="tolerances.csv", origin="operator")
    assert listed["place"].to_list() == ["config/tolerances.csv:2", "config/tolerances.csv:3"]
    assert json.loads(listed["entry"][0])["rows_lost_percent"] == 7.0
    assert rows.filter(origin="packaged").height == sum(map(len, packaged().values())) - 2
