"""What the file server gives to everyone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from flows.errors import WrongRequest
from flows.service.file_server import files_app
from flows.settings import Settings

WHOLE, PUBLIC = b"all series", b"public series"


@pytest.fixture
def served(tmp_path: Path) -> TestClient:
    """A data folder with three releases: with a public copy, all public, and one whose manifest does not say."""
    for release, left_out in (("1", {"s": ["t"]}), ("2", {}), ("3", None)):
        place = tmp_path / "releases" / release
        (place / "public").mkdir(parents=True)
        (place / "workforce.duckdb").write_bytes(WHOLE)
        (place / "manifest.json").write_text(
            json.dumps({} if left_out is None else {"left_out_of_public_copy": left_out})
        )
    (tmp_path / "releases" / "1" / "public" / "workforce.duckdb").write_bytes(PUBLIC)
    for name, content in (("published", WHOLE), ("public", PUBLIC)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "workforce.duckdb").write_bytes(content)
    return TestClient(files_app(tmp_path))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("published/workforce.duckdb", PUBLIC),
        ("releases/1/public/workforce.duckdb", PUBLIC),
        ("releases/2/workforce.duckdb", WHOLE),
    ],
)
def test_what_may_be_passed_on_is_served(served: TestClient, path: str, content: bytes) -> None:
    assert served.get(f"/{path}").content == content


@pytest.mark.parametrize(
    "path", ["1/workforce.duckdb", "1//workforce.duckdb", "1/public/../workforce.duckdb", "3/workforce.duckdb"]
)
def test_a_warehouse_with_other_series_is_not(served: TestClient, path: str) -> None:
    assert served.get(f"/releases/{path}").status_code == 403


def test_what_is_not_there_is_not_found(served: TestClient) -> None:
    assert served.get("/releases/4/workforce.duckdb").status_code == 404
    assert served.get("/releases/3/manifest.json").status_code == 200


def test_the_setting_names_series_of_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().passed_on == frozenset()
    monkeypatch.setenv("WORKFORCE_EXPORT_RESTRICTED", " nhs-staff-survey, ods ")
    assert Settings().passed_on == {"nhs-staff-survey", "ods"}
    monkeypatch.setenv("WORKFORCE_EXPORT_RESTRICTED", "true")
    with pytest.raises(WrongRequest, match="nhs-staff-survey"):
        assert Settings().passed_on
