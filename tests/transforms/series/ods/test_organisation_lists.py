"""Lists of the Organisation Data Service: contents decide what a list is; cut, mixed and exchanged ones are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from transforms.errors import WorkforceError
from transforms.published_file import PublishedFile, read_tables
from transforms.series.ods.readers import LIST_READER

READER = LIST_READER
Record = list[str]


def record(code: str, name: str, opened: str = "20010401", closed: str = "") -> Record:
    return [code, name, "Y56", "QKK", "", "", "", "", "", "SE1 9RT", opened, closed, *[""] * 15]


def trusts() -> list[Record]:
    letters = "0123456789ABCDEFGHJKLMNPQRSTUVWXY"
    codes = [f"R{first}{last}" for first in letters for last in "ADEH"]
    return [record(code, f"{code} NHS TRUST", closed="20100401" if code[2] == "H" else "") for code in codes]


def placed(tmp_path: Path, records: list[Record], name: str = "etr.csv") -> PublishedFile:
    folder = tmp_path / "2025-12"
    folder.mkdir()
    (folder / name).write_text("".join(f'"{"|".join(each)}"\n'.replace("|", '","') for each in records))
    return PublishedFile(folder / name, name)


def of_row(place: int, **changes: str) -> Callable[[list[Record]], list[Record]]:
    columns = {"code": 0, "name": 1, "opened": 10, "closed": 11}

    def change(records: list[Record]) -> list[Record]:
        row = list(records[place])
        for name, text in changes.items():
            row[columns[name]] = text
        return [*records[:place], row, *records[place + 1 :]]

    return change


CHANGES: dict[str, tuple[Callable[[list[Record]], list[Record]], str]] = {
    "a commissioner among trusts": (
        lambda rows: [*rows, record("00C", "NHS DARLINGTON CCG")],
        "row 133.*NHS trusts, not of another list",
    ),
    "a name that is none": (of_row(7, name="-"), "row 8: name .* Found '-'"),
    "another body among trusts": (of_row(7, name="LONDON"), "row 8: name .* Found 'LONDON'"),
    "letter O for a zero": (of_row(1, code="ROD"), "A2: .*has digits where this has a letter O or I.*'ROD'"),
    "letter O for every zero": (
        lambda rows: [[row[0].replace("0", "O"), *row[1:]] for row in rows],
        "has digits where this has a letter O or I",
    ),
    "letter I for a one": (of_row(5, code="RIZ"), "has digits where this has a letter O or I.*'RIZ'"),
    "small letters": (lambda rows: [[row[0].lower(), *row[1:]] for row in rows], "does not hold a valid code.*'r0a'"),
    "a dash": (of_row(3, code="-"), "does not hold a valid code.*'-'"),
    "a total": (lambda rows: [*rows, record("X99", "TOTAL")], "a row that holds a total"),
    "cut off": (lambda rows: rows[:-8], "missing at the beginning or end.*begin with RY"),
    "cut off in the middle": (lambda rows: rows[:110], "missing at the beginning or end.*begin with RY"),
    "without its first part": (lambda rows: rows[20:], "missing at the beginning or end.*begin with R"),
    "opened in a century to come": (of_row(4, opened="20991001"), "row 5: opened on .*2099-10-01"),
    "opened in a century past": (of_row(4, opened="18221001"), "row 5: opened on .*1822-10-01"),
    "all closed": (
        lambda rows: [record(row[0], row[1], closed="20240401") for row in rows],
        "organisations that are open",
    ),
    "opening and closing exchanged": (
        lambda rows: [record(row[0], row[1], row[11], row[10]) if row[11] else row for row in rows],
        "a date after the opening date",
    ),
}  # fmt: skip


def test_the_unchanged_list_is_read(tmp_path: Path) -> None:
    assert read_tables(READER, placed(tmp_path, trusts()))["organisation"].height == len(trusts()) == 132


@pytest.mark.parametrize("kind", CHANGES)
def test_a_changed_list_is_refused_and_says_where(kind: str, tmp_path: Path) -> None:
    change, says = CHANGES[kind]
    file = placed(tmp_path, change(trusts()))
    assert READER.recognise(file) is not None
    with pytest.raises(WorkforceError, match=says):
        read_tables(READER, file)


def sites(*, with_trusts: bool) -> list[Record]:
    return [record(f"RJ1{end}", f"SITE {end}") for end in ("01", "02", "A3")] + (
        [record("RJ1", "A NHS TRUST")] if with_trusts else []
    )


@pytest.mark.parametrize(("name", "with_trusts"), [("ets.csv", False), ("etrust.csv", True)])
def test_lists_of_sites_are_read_under_their_own_name(name: str, with_trusts: bool, tmp_path: Path) -> None:
    rows = read_tables(READER, placed(tmp_path, sites(with_trusts=with_trusts), name))["organisation"]
    assert rows.height == 3 + with_trusts


@pytest.mark.parametrize(("name", "with_trusts"), [("ets.csv", True), ("etrust.csv", False)])
def test_lists_of_sites_under_the_name_of_the_other_are_refused(name: str, with_trusts: bool, tmp_path: Path) -> None:
    with pytest.raises(WorkforceError, match="the file is named as the list of"):
        read_tables(READER, placed(tmp_path, sites(with_trusts=with_trusts), name))


def test_a_short_list_of_trusts_is_read(tmp_path: Path) -> None:
    assert read_tables(READER, placed(tmp_path, trusts()[:10]))["organisation"].height == 10
