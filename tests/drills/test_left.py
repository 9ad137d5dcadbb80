"""What the drills look at after an interruption is found where it is wrong."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.drills.left import wrong_after_next, wrong_with
from tests.drills.load import write_sums
from tests.drills.test_load import unfinished
from warehouse.folder import DataFolder
from warehouse.publish import install

NAME = "2026-01-01.1"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder with one release, whose warehouse says which build it is."""
    folder = DataFolder(tmp_path)
    partial = unfinished(folder, NAME)
    (partial / "workforce.duckdb").unlink()
    with duckdb.connect(partial / "workforce.duckdb") as con:
        con.execute("CREATE SCHEMA meta")
        con.execute(
            "CREATE TABLE meta.build AS SELECT 'b' AS build_id, '' AS built_at, 'published' AS figure_kind,"
            " '' AS fingerprint, '' AS code_version"
        )
    manifest = partial / "manifest.json"
    manifest.write_text(manifest.read_text().replace("{", '{"build_id": "b", ', 1))
    write_sums(partial)
    install(folder, partial, NAME)
    return folder


def test_a_whole_folder_has_nothing_wrong(folder: DataFolder) -> None:
    assert wrong_with(folder) == []
    assert wrong_after_next(folder) == []


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (f"releases/{NAME}/marts/vacancies.csv", f"{NAME}/marts/vacancies.csv is missing"),
        (f"releases/{NAME}/site/index.html", f"{NAME}/site/index.html is missing"),
        ("releases/latest", "latest leads to"),
        ("published/site", "site leads to"),
    ],
)
def test_what_is_missing_is_found(folder: DataFolder, place: str, wrong: str) -> None:
    (folder.root / place).unlink()
    assert wrong in "; ".join(wrong_after_next(folder))


def test_what_is_left_over_lost_locked_or_changed_is_found(folder: DataFolder) -> None:
    (folder.candidates / "1").mkdir(parents=True)
    assert wrong_after_next(folder) == []
    (folder.candidates / "1" / "workforce.duckdb").touch()
    assert "left over" in wrong_after_next(folder)[0]
    assert wrong_with(folder, records={"gone"}) == ["1 records of the archive are lost"]
    with folder.locked():
        assert "another refresh is running" in wrong_with(DataFolder(folder.root))[0]
    folder.public.unlink()
    folder.public.write_bytes(b"other figures")
    assert wrong_with(folder) == ["public/workforce.duckdb is of no release"]
