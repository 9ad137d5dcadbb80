"""The run of changed copies itself, and a few changes of some readers' files."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.fetching.http.limits import SizeLimits
from flows.fetching.inspection import digest
from flows.fetching.intake import recognise
from tests.mutations.books import Book, load
from tests.mutations.judging import IDENTICAL, OUTCOMES, READER, REVISED, SILENT, Judge
from tests.mutations.running import changed_copies, run
from tests.mutations.subjects import SUBJECTS
from transforms.published_file import read_tables
from transforms.reading.unread import UNREAD_PART
from transforms.series import READERS
from warehouse.asking.trial import trial_warehouse

pytestmark = pytest.mark.slow


def test_every_reader_has_a_file() -> None:
    assert set(SUBJECTS) == {reader.name for reader in READERS}


def test_the_same_seed_makes_the_same_changes() -> None:
    book = SUBJECTS["wres-intake"].book()
    first, again = (
        [(kind, place) for kind, place, _ in changed_copies(book, 8, "wres-intake 3", ["a row removed"])]
        for _ in range(2)
    )
    assert len(set(first)) > 4
    assert first == again


@pytest.mark.parametrize("reader", ["ods_list", "vacancies"])
def test_a_file_written_anew_reads_as_the_published_one(published: Path, tmp_path: Path, reader: str) -> None:
    subject = SUBJECTS[reader]
    book = subject.book()
    content = (published.parent / subject.path).read_bytes()
    with trial_warehouse() as con:
        judged = Judge(con, book, tmp_path).judge(Book(book.name, book.hint, book.kind, {}, bytes_changed=content))
    assert judged.outcome == IDENTICAL


def test_a_book_keeps_a_code_that_looks_like_a_number(tmp_path: Path) -> None:
    book = Book("codes.xlsx", "", "xlsx", {"Sheet": [["5E1", 12.5, None, "0.1"]]})
    (tmp_path / "codes.xlsx").write_bytes(book.content())
    assert load(tmp_path / "codes.xlsx").tables["Sheet"][0][:2] == ["5E1", 12.5]


@pytest.mark.parametrize(("printed", "outcome"), [("76.0000051", IDENTICAL), ("76.000007", REVISED), ("-76.0", READER)])
def test_figures_are_the_same_as_far_as_they_are_to_the_warehouse(tmp_path: Path, printed: str, outcome: str) -> None:
    book = SUBJECTS["wres-intake"].book()
    (table,) = book.tables
    # Just below the middle between two numbers of five decimal places; without numerator and denominator.
    first = book.own(table)[1]
    first[8:11] = [None, None, "76.0000049"]
    changed = book.copy()
    changed.own(table)[1][10] = printed
    with trial_warehouse() as con:
        judged = Judge(con, book, tmp_path).judge(changed, quick=True)
    assert judged.outcome == outcome


@pytest.mark.parametrize("quick", [True, False])
def test_a_row_added_to_a_file_published_again_is_reported(tmp_path: Path, quick: bool) -> None:
    book = SUBJECTS["wres-intake"].book()
    changed = book.copy()
    (table,) = book.tables
    heading, row = book.tables[table][0], next(row for row in book.tables[table] if row[0] == "2018")
    assert "2019" not in {row[0] for row in book.tables[table]}
    changed.own(table).append(["2019", *row[1:]])
    with trial_warehouse() as con:
        judged = Judge(con, book, tmp_path).judge(changed, quick=quick)
    assert heading[0] == "wres_year"
    assert (judged.outcome, judged.why) == (REVISED, "1 reported")


@pytest.mark.parametrize("quick", [True, False])
def test_one_file_under_the_names_of_two_months_is_reported(published: Path, tmp_path: Path, quick: bool) -> None:
    book = SUBJECTS["sub_icb_locations"].book()
    changed = book.copy()
    changed.name = book.name.replace("2022", "2023")
    with trial_warehouse() as con:
        judged = Judge(con, book, tmp_path).judge(changed, quick=quick)
    assert judged.outcome == REVISED


@pytest.mark.slow
@pytest.mark.parametrize(("reader", "seed"), [("vacancies", 1)])
def test_no_change_is_published_without_a_word_after_the_unchanged_file(
    published: Path, reader: str, seed: int
) -> None:
    outcomes = [each.judged.outcome for each in run(reader, changes=12, seed=seed)]
    assert len(outcomes) == 12
    assert set(outcomes) <= set(OUTCOMES) - {SILENT}


def test_the_results_say_where_the_file_is_no_whole_published_one() -> None:
    assert SUBJECTS["vacancies"].note == ""
    assert SUBJECTS["wres-intake"].note == "; of the sample's file"
    assert SUBJECTS["pay_gap"].note == "; of an excerpt: records with NHS in the first column"


RENAMED = {
    "ethnicity": "category",
    "pay_gap": "org_code",
    "integrated_care_boards": "region_code",
    "sub_icb_locations": "icb_code",
    "organisation_membership": "region_name",
    "organisation_succession": "effective_on",
    "turnover-benchmarking": "org_code",
    "turnover-national": "measure",
    "core-csv": "staff_group",
    "wres-intake": "org_code",
}
"""By the name of a reader of CSV files with headings, a column of its table or of its working that it adds itself."""


@pytest.mark.parametrize("heading", ["source_row", ""])
@pytest.mark.parametrize("reader", RENAMED)
def test_a_printed_column_is_not_taken_for_a_column_that_the_reader_adds(
    published: Path, tmp_path: Path, reader: str, heading: str
) -> None:
    book = SUBJECTS[reader].book()
    book.tables = {name: cells for name, cells in book.tables.items() if len(cells) > 2}
    changed = book.copy()
    for name in changed.tables:
        for number, row in enumerate(changed.own(name)):
            row.append("1" if number else heading or RENAMED[reader])
    read = [_read(each, tmp_path / name) for name, each in (("as printed", book), ("changed", changed))]
    assert read[0] == read[1]


def _read(book: Book, folder: Path) -> dict[str, str]:
    """A digest of each table of the file."""
    path = folder / (book.hint or "inbox") / book.name
    path.parent.mkdir(parents=True)
    path.write_bytes(book.content())
    known = recognise(path, hint=book.hint, address=book.name, limits=SizeLimits())
    frames = read_tables(known.reader, known.file)
    return {name: digest(frame) for name, frame in frames.items() if name != UNREAD_PART}
