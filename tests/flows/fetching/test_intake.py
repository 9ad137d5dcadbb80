"""The one intake of `run --from` and the inbox: the same checks, and one bad file never ends a run."""

from __future__ import annotations

import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.fetching import intake
from flows.fetching.inbox import take_in
from flows.fetching.placed_files import place_folder
from tests.transforms.series.vacancies.vacancy_workbook import RECONSTRUCTED
from tests.transforms.series.wres.test_wres import ROWS
from transforms.published_file import PublishedFile
from transforms.series import wres
from warehouse.archive import Archive
from warehouse.folder import DataFolder

ADDRESS = "https://www.odsdatasearchandexport.nhs.uk/api/getReport?report=etr"
ETR = (
    b'"RJ1","GUY\'S AND ST THOMAS\' NHS FOUNDATION TRUST","Y56","QKK","TRUST OFFICES","GREAT MAZE POND","",'
    b'"LONDON","GREATER LONDON","SE1 9RT","19930401","","","","","","","","","","","","","","","",""\n'
)
SERIES = frozenset({"ods", "nhs-vacancy-statistics"})


class PanicException(BaseException):
    """What Polars and fastexcel raise where their Rust code panics."""


def zipped(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def bad_files(folder: Path) -> dict[str, str]:
    """Put files into the folder that no run may stumble over; what must be said of each."""
    folder.mkdir(parents=True, exist_ok=True)
    zipped(folder / "bomb.zip", {"figures.csv": b"0" * 60_000_000})
    zipped(folder / "outside.zip", {"../figures.csv": b"1"})
    (folder / "challenge.xlsx").write_bytes(b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>")
    (folder / "page.csv").write_bytes(b"<!DOCTYPE html><html><body>Not found</body></html>")
    (folder / "cut.xlsx").write_bytes(b"PK\x03\x04" + bytes(100))
    (folder / "empty.csv").write_bytes(b"")
    (folder / "letter.csv").write_bytes(b"Dear all,\nplease find attached\n")
    (folder / "letter.pdf").write_bytes(b"%PDF-1.7")
    os.mkfifo(folder / "pipe.csv")
    (folder / "link.csv").symlink_to(folder / "nowhere")
    return {
        "bomb.zip": "unpacks",
        "outside.zip": "leads outside",
        "challenge.xlsx": "a web page",
        "page.csv": "found html",
        "cut.xlsx": "its end is missing",
        "empty.csv": "0 bytes",
        "letter.csv": "no reader recognises",
        "letter.pdf": "files with this ending are not read",
        "pipe.csv": "not a regular file",
        "link.csv": "not a regular file",
    }


def test_placed_files_and_the_inbox_refuse_the_same_and_take_the_good_one(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    said = bad_files(folder.inbox)
    (folder.inbox / "etr-2025-07.csv").write_bytes(ETR)
    placed = {str(each.path): each for each in place_folder(folder.inbox, Archive(tmp_path / "archive"), series=SERIES)}
    taken = {each.path.name: each for each in take_in(folder, address=ADDRESS)}
    assert set(placed) == set(taken) == {*said, "etr-2025-07.csv"}
    for name, words in said.items():
        assert placed[name].outcome in {"refused", "not known"}
        assert taken[name].inbox_outcome == "left"
        for why in (placed[name].why, taken[name].why):
            assert words.lower() in why.lower()
            assert name in why
    assert placed["etr-2025-07.csv"].outcome == taken["etr-2025-07.csv"].outcome == "new"


@pytest.mark.parametrize("error", [ValueError("odd bytes"), RecursionError("deep"), PanicException("a panic in Rust")])
def test_any_error_about_one_file_is_its_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    for name in ("a-2025-07.csv", "etr-2025-07.csv"):
        (tmp_path / name).write_bytes(ETR)
    from transforms.series import reader_for

    def breaking(file: PublishedFile) -> object:
        if file.name.startswith("a-"):
            raise error
        return reader_for(file)

    monkeypatch.setattr("flows.fetching.intake.reader_for", breaking)
    outcomes = place_folder(tmp_path, Archive(tmp_path / "data" / "archive"), series=SERIES)
    assert [each.outcome for each in outcomes] == ["refused", "new"]
    assert str(error) in outcomes[0].why


def test_a_full_disk_is_no_files_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "etr-2025-07.csv").write_bytes(ETR)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Archive, "put", full)
    with pytest.raises(OSError, match="No space"):
        place_folder(tmp_path, Archive(tmp_path / "data" / "archive"), series=SERIES)


@pytest.mark.parametrize("name", ["UK Gender Pay Gap Data - 2019 to 2020.csv", "succ.csv"])
def test_a_file_under_the_name_of_another_kind_of_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "2025-07"
    folder.mkdir()
    for each in (name, "race equality.csv"):
        (folder / each).write_text(wres.template() + ROWS[0] + "\n")
    placed = place_folder(folder, Archive(tmp_path / "archive"), series=frozenset({"wres"}))
    found = {each.path.name: each for each in placed}
    assert found[name].outcome == "refused"
    assert f"{name}: the name of the file belongs to another kind of file than its content" in found[name].why
    assert "Found Workforce Race Equality Standard: intake file" in found[name].why
    assert found["race equality.csv"].outcome == "new"


def test_the_folder_that_is_given_dates_a_list_too(tmp_path: Path) -> None:
    folder = tmp_path / "2025-07 lists"
    folder.mkdir()
    (folder / "etr.csv").write_bytes(ETR)
    (placed,) = place_folder(folder, Archive(tmp_path / "archive"), series=SERIES)
    assert (placed.outcome, placed.edition) == ("new", "2025-07")


def test_a_file_that_says_it_is_illustrative_is_taken_only_as_that(published: Path, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.inbox.mkdir(parents=True)
    name = Path(RECONSTRUCTED).name
    (folder.inbox / name).write_bytes((published / RECONSTRUCTED).read_bytes())
    (left,) = take_in(folder, address="https://files.digital.nhs.uk/a/b/workbook.xlsx")
    assert left.inbox_outcome == "left"
    (refused,) = place_folder(folder.inbox, Archive(folder.archive), series=SERIES)
    assert refused.outcome == "refused"
    for why in (left.why, refused.why):
        assert f"{name}: the file states that its figures are illustrative" in why
        assert "--illustrative" in why
    assert Archive(folder.archive).records() == []
    moment = datetime(2026, 11, 27, tzinfo=UTC)
    (taken,) = place_folder(
        folder.inbox, Archive(folder.archive), series=SERIES, figure_kind="illustrative", now=moment
    )
    (record,) = Archive(folder.archive).records()
    assert (taken.outcome, record.figure_kind) == ("new", "illustrative")


def test_the_content_of_an_archived_file_is_not_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    check = intake.check_content
    monkeypatch.setattr(
        intake, "check_content", lambda path, name, *rest: (checked.append(name), check(path, name, *rest))
    )
    placed, archive = tmp_path / "placed", Archive(tmp_path / "archive")
    placed.mkdir()
    (placed / "etr-2025-07.csv").write_bytes(ETR)

    def outcomes() -> list[str]:
        checked.clear()
        return [each.outcome for each in place_folder(placed, archive, series=SERIES)]

    assert (outcomes(), checked) == (["new"], ["etr-2025-07.csv"])
    assert (outcomes(), checked) == (["unchanged"], [])
    (placed / "etr-2025-07.csv").rename(placed / "etr-2025-07.xlsx")
    assert (outcomes(), checked) == (["refused"], ["etr-2025-07.xlsx"])
    (placed / "etr-2025-07.xlsx").unlink()
    (placed / "etr-2025-07.csv").write_bytes(ETR * 2)
    outcomes()
    assert checked == ["etr-2025-07.csv"]
