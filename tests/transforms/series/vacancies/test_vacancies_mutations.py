"""The vacancy workbook, changed in every way that can be thought of: it reads the same, or it stops at a cell.

No change may give a table that is silently another. What carries no meaning must read the same; what carries meaning
must stop. Most changes are made to the cells in memory; a few go through a real file.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping
from copy import copy
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transforms.series.vacancies.vacancy_changes_harmful import STOPS
from tests.transforms.series.vacancies.vacancy_changes_harmless import EITHER, SAME
from tests.transforms.series.vacancies.vacancy_places import NURSING, headers
from tests.transforms.series.vacancies.vacancy_workbook import (
    RECONSTRUCTED,
    Book,
    book_of,
    grid_of,
    later_edition,
    write,
)
from transforms.errors import WorkforceError
from transforms.published_file import PublishedFile, read_tables
from transforms.reading.grid import Grid, read_grids
from transforms.series import TABLES
from transforms.series.vacancies.reader import READER, read_workbook

PLACE = ["source_sheet", "source_row", "source_column"]
TRIES = 7
"""Changes of each kind; those with few possibilities give fewer."""


@pytest.fixture(scope="module")
def book(published: Path) -> Book:
    return book_of(read_grids(published / RECONSTRUCTED))


@pytest.fixture(scope="module")
def grids(book: Book) -> dict[str, Grid]:
    return {name: grid_of(name, cells) for name, cells in book.items()}


@pytest.fixture(scope="module")
def right(grids: Mapping[str, Grid]) -> dict[str, pl.DataFrame]:
    return meaning(read_workbook(grids))


def meaning(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables without the place each figure was read at, in one order.

    The marker is kept aside: it is what the publisher added to a quarter, and no part of its figures.
    """
    return {
        name: frame.select(pl.exclude(*PLACE, "quarter_marker")).sort(TABLES[name].key)
        for name, frame in tables.items()
        if name in TABLES
    }


def outcome(changed: Book, whole: Book, grids: Mapping[str, Grid], right: Mapping[str, pl.DataFrame]) -> str:
    """'same', 'stopped', or what went wrong."""
    there = {
        name.strip(): grids[name] if cells == whole.get(name) else grid_of(name.strip(), cells)
        for name, cells in changed.items()
    }
    try:
        read = meaning(read_workbook(there))
    except WorkforceError as error:
        return "stopped" if error.sheet and error.cell and error.do else f"no sheet or cell in: {error}"
    return "same" if all(alike(read[name], right[name]) for name in right) else "silently another table"


def alike(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """The same rows; a value may differ by what writing a binary fraction as decimals does to its last digit."""
    off = (one["value"] - other["value"]).abs().max() if one.height == other.height else None
    return one.drop("value").equals(other.drop("value")) and (
        one["value"].is_null().equals(other["value"].is_null()) and isinstance(off, float) and off < 1e-9
    )


def copied(book: Book) -> Book:
    return {name: [copy(row) for row in cells] for name, cells in book.items()}


@pytest.mark.slow
def test_every_change_reads_the_same_or_stops_at_a_cell(
    book: Book, grids: dict[str, Grid], right: dict[str, pl.DataFrame], capsys: pytest.CaptureFixture[str]
) -> None:
    tally: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    allowed = [(SAME, {"same"}), (STOPS, {"stopped"}), (EITHER, {"same", "stopped"})]
    kinds = {name: results for changes, results in allowed for name in changes}

    def attempt(name: str) -> Callable[[], None]:
        @settings(max_examples=TRIES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        @given(st.integers(min_value=0, max_value=2**32))
        def one(seed: int) -> None:
            changed = copied(book)
            (SAME | STOPS | EITHER)[name](changed, Random(seed))
            result = outcome(changed, book, grids, right)
            tally[name, result if result in {"same", "stopped"} else "WRONG"] += 1
            if result not in kinds[name]:
                wrong.append(f"{name} (seed {seed}): {result}")

        return one

    for name in kinds:
        attempt(name)()
    lines = [
        f"  {tally[name, 'same']:4} / {tally[name, 'stopped']:4} / {tally[name, 'WRONG']:4}  {name}" for name in kinds
    ]
    head = f"\n{sum(tally.values())} changes of the vacancy workbook: read the same / stopped / silently another"
    with capsys.disabled():
        sys.stdout.write("\n".join([head, *lines, ""]))
    assert not wrong, "\n".join(wrong)
    assert sum(tally.values()) >= 300


def test_a_marked_quarter_keeps_its_marker(book: Book) -> None:
    marked = copied(book)
    marked[NURSING][headers(marked[NURSING])[0]][33] = "2025/26 Q4 (Mar-26) [p]"
    read = read_workbook({name: grid_of(name, cells) for name, cells in marked.items()})["vacancy"]
    found = read.filter(pl.col("quarter_marker").is_not_null())
    assert found.select("quarter_marker", "staff_group", "measure").unique().rows() == [
        ("p", "Registered nursing", "vacancy_fte")
    ]
    assert found["quarter_end"].unique().dt.to_string().to_list() == ["2026-03-31"]
    assert found.height == 43


@pytest.mark.parametrize(
    "name", ["a blank column more", "blocks moved", "rates as percent", "region codes in brackets"]
)
def test_a_changed_file_on_disk_reads_the_same(
    book: Book, right: dict[str, pl.DataFrame], tmp_path: Path, name: str
) -> None:
    changed = copied(book)
    SAME[name](changed, Random(7))
    path = write(changed, tmp_path / "nhs-vac-stats-apr15-mar26-eng-tables.xlsx")
    read = meaning(read_tables(READER, PublishedFile(path, path.name)))
    assert all(alike(read[table], right[table]) for table in right)


def test_a_broken_file_on_disk_stops_with_its_name(book: Book, tmp_path: Path) -> None:
    changed = copied(book)
    STOPS["a total broken"](changed, Random(7))
    path = write(changed, tmp_path / "nhs-vac-stats-apr15-mar26-eng-tables.xlsx")
    with pytest.raises(WorkforceError) as stopped:
        read_tables(READER, PublishedFile(path, path.name))
    assert stopped.value.file == path.name
    assert stopped.value.sheet


def test_a_later_edition_with_a_changed_past_reads_whole(
    published: Path, right: dict[str, pl.DataFrame], tmp_path: Path
) -> None:
    path = later_edition(published, tmp_path)
    file = PublishedFile(path, path.name)
    edition = READER.recognise(file)
    assert edition is not None
    assert edition.edition == "2026-06"
    later = meaning(read_tables(READER, file))["vacancy"]
    key = list(TABLES["vacancy"].key)
    both = right["vacancy"].join(later, on=key)
    revised = both.filter(pl.col("value").round(9) != pl.col("value_right").round(9))
    assert both.height == right["vacancy"].height
    assert later.height == both.height + 258
    assert revised.height == 6
    assert revised["area_code"].unique().sort().to_list() == ["England", "Y56"]


def until(book: Book, last: str) -> Book:
    """The book as the edition that ended with a quarter had it: later quarters and the adverts are not there."""
    shorter = {name: [list(row) for row in rows] for name, rows in book.items() if name != "ESR source data"}
    for rows in shorter.values():
        header = next((row for row in rows if last in row), None)
        if header:
            for row in rows:
                del row[header.index(last) + 1 :]
    return shorter


@pytest.mark.parametrize(
    ("last", "known"), [("2022/23 Q2 (Sep-22)", True), ("2023/24 Q4 (Mar-24)", True), ("2025/26 Q4 (Mar-26)", False)]
)
def test_a_workbook_without_the_sheet_of_adverts_reads_and_its_absence_is_recorded(
    book: Book, grids: Mapping[str, Grid], last: str, known: bool
) -> None:
    shorter = {name: grid_of(name, cells) for name, cells in until(book, last).items()}
    tables = read_workbook(shorter)
    whole = read_workbook(grids)["vacancy"]
    newest = tables["vacancy"]["quarter_end"].max()
    assert tables["vacancy_advert"].is_empty()
    assert (
        tables["vacancy"]
        .drop(PLACE)
        .sort(TABLES["vacancy"].key)
        .equals(whole.filter(pl.col("quarter_end") <= newest).drop(PLACE).sort(TABLES["vacancy"].key))
    )
    absent = tables["unread_part"].filter(pl.col("kind") == "absent sheet")
    assert absent.select("name", "is_known").rows() == [("ESR source data", known)]


def test_a_sheet_of_adverts_that_lost_its_headings_is_no_absent_one(book: Book) -> None:
    headless = {name: [row for row in rows if row[0] != "Published month"] for name, rows in book.items()}
    with pytest.raises(WorkforceError, match="no sheet has the header of the advertised vacancies"):
        read_workbook({name: grid_of(name, cells) for name, cells in headless.items()})


def test_a_table_of_adverts_under_another_name_is_no_absent_one(book: Book) -> None:
    renamed = {"Source data" if name == "ESR source data" else name: cells for name, cells in book.items()}
    tables = read_workbook({name: grid_of(name, cells) for name, cells in renamed.items()})
    assert tables["vacancy_advert"].height == 1680
