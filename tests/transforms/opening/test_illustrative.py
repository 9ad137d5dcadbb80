"""Files that say of themselves that their figures are illustrative, and real files, which never do."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.series.vacancies.vacancy_workbook import RECONSTRUCTED
from transforms.opening import illustrative
from transforms.opening.illustrative import illustrative_statement
from transforms.published_file import PublishedFile


def said_by(path: Path) -> str:
    return illustrative_statement(PublishedFile(path, path.name))


def test_the_reconstructed_workbook_says_so_and_no_other_published_file_does(published: Path) -> None:
    endings = {".csv", ".xlsx", ".xls", ".zip", ".gz"}
    files = [path for path in sorted(published.rglob("*")) if path.suffix in endings]
    said = {str(path.relative_to(published)): words for path in files if (words := said_by(path))}
    assert said == {RECONSTRUCTED: "RECONSTRUCTED LAYOUT, ILLUSTRATIVE FIGURES: not a publication"}
    assert len(files) > 15


@pytest.mark.parametrize(
    "words",
    [
        "All figures in this workbook are illustrative.",
        "Illustrative figures only",
        "ILLUSTRATIVE",
        "This file contains test data.",
        "The numbers below are made up and stand for nothing",
        "dummy data, not a publication",
        "Synthetic test figures",
        "These are not real data",
        "The data in these tables are for illustrative purposes only",
    ],
)
def test_statements_about_the_figures_are_found_in_every_kind_of_file(words: str, tmp_path: Path) -> None:
    note = f'code,name,value\nRJ1,"St George\'s",5\n\n{words}\n'
    (tmp_path / "figures.csv").write_text(note)
    (tmp_path / "utf16.csv").write_text(note, encoding="utf-16")
    (tmp_path / "figures.csv.gz").write_bytes(gzip.compress(note.encode()))
    with zipfile.ZipFile(tmp_path / "figures.zip", "w") as archive:
        archive.writestr("figures.csv", "code,value\nRJ1,5\n")
        archive.writestr("read me.txt", words)
    for name, member, xml in (
        ("shared.xlsx", "xl/sharedStrings.xml", f"<sst><si><t>Notes</t></si><si><r><t>{words}</t></r></si></sst>"),
        ("inline.xlsx", "xl/worksheets/sheet1.xml", f"<row><c><is><t>Notes</t></is></c><c><is><t>{words}</t></is></c>"),
    ):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(member, xml)
    assert [path.name for path in sorted(tmp_path.iterdir()) if not said_by(path)] == []


@pytest.mark.parametrize(
    "words",
    [
        "Note 1: illustrative note text.",
        "Charts are for illustration; see the tables for figures",
        "The data are made up of returns from 212 trusts",
        "These figures are not illustrative",
        "These statistics are not official statistics but management information",
        "The chart is illustrative of the trend in the data",
        "Sample data: 12,989 respondents",
        "MOCKETTS WOOD SURGERY",
    ],
)
def test_notes_of_real_files_are_no_such_statement(words: str, tmp_path: Path) -> None:
    (tmp_path / "figures.csv").write_text(f"code,name,value\nRJ1,A,5\n\n{words}\n")
    assert said_by(tmp_path / "figures.csv") == ""


@given(st.from_regex(illustrative._STATEMENT))
def test_no_statement_is_overlooked_for_its_words(words: str) -> None:
    text = f"code,value\n{words}\nRJ1,5"
    assert bool(illustrative._said_in(text)) == bool(illustrative._STATEMENT.search(text))


def test_a_name_may_say_so_too(tmp_path: Path) -> None:
    (tmp_path / "wres-2024-illustrative.csv").write_text("code,value\nRJ1,5\n")
    assert said_by(tmp_path / "wres-2024-illustrative.csv") == "illustrative (in the file's name)"


def test_open_brackets_and_long_texts_are_searched_in_time_that_grows_with_their_length(tmp_path: Path) -> None:
    """A pattern that looks for the end of each of a million brackets would need hours."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        texts = b"<si><t>A</t></si>" * 90_000 + b"<si><t>These figures are ill" + b"ustrative.</t></si>"
        archive.writestr("xl/sharedStrings.xml", b"<" * 1_000_000 + texts)
    assert "These figures are illustrative" in illustrative_statement(PublishedFile(path, "a.xlsx"))
