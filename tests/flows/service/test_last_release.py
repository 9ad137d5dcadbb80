from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.variables import Variable

from flows.errors import OtherDataFolder
from flows.service.last_release import VARIABLE, refuse_other_folder, remember_release
from warehouse.folder import DataFolder
from warehouse.publish import install

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def no_variable(prefect_server: None) -> Iterator[None]:
    yield
    Variable.unset(VARIABLE)


def published(root: Path, build_id: str) -> DataFolder:
    folder = DataFolder(root)
    partial = folder.releases / ".partial"
    (partial / "site").mkdir(parents=True)
    (partial / "manifest.json").write_text(f'{{"build_id": "{build_id}"}}')
    (partial / "LICENCE.txt").write_text("OGL")
    (partial / "workforce.duckdb").write_text(build_id)
    install(folder, partial, "2026-11-22.1")
    return folder


def test_a_worker_with_another_data_folder_is_refused(tmp_path: Path) -> None:
    one, other = published(tmp_path / "one", "a"), published(tmp_path / "other", "b")
    refuse_other_folder(other)
    remember_release(one)
    refuse_other_folder(one)
    for folder in (other, DataFolder(tmp_path / "empty")):
        with pytest.raises(OtherDataFolder, match=r"2026-11-22\.1, published from .*one"):
            refuse_other_folder(folder)


def test_a_restored_folder_is_accepted_once_the_variable_is_deleted(tmp_path: Path) -> None:
    remember_release(published(tmp_path / "lost", "a"))
    Variable.unset(VARIABLE)
    restored = published(tmp_path / "restored", "b")
    refuse_other_folder(restored)
    remember_release(restored)
    refuse_other_folder(restored)
