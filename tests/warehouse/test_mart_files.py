"""The mart files: where they lie and what they are called."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from pathlib import Path

from warehouse.marts import marts

MARTS = Path(str(files("warehouse") / "marts"))


def test_every_sql_file_lies_in_the_folder_of_a_subject_and_is_a_mart_of_its_own_name() -> None:
    paths = sorted(MARTS.rglob("*.sql"))
    assert {len(path.relative_to(MARTS).parts) for path in paths} == {2}
    assert [mart.name for mart in marts()] == sorted(path.stem for path in paths)
    assert [name for name, count in Counter(path.stem for path in paths).items() if count > 1] == []


def test_no_subject_has_more_than_a_dozen_marts() -> None:
    crowded = {folder.name for folder in MARTS.iterdir() if len(list(folder.glob("*.sql"))) > 12}
    assert crowded == set()
