"""Settings that a message names exist, and the limits among them hold."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from flows.errors import UnsafeZip, WrongRequest
from flows.fetching.http.contents import check_zip
from flows.fetching.http.limits import MEGABYTE, SizeLimits
from flows.settings import Settings

FLOWS = Path(__file__).resolve().parents[2] / "flows"


def test_every_setting_that_the_code_names_is_one() -> None:
    # A name that follows WORKFORCE_ in a text is a setting's, not that of another program.
    text = "\n".join(path.read_text(encoding="utf-8") for path in FLOWS.rglob("*.py"))
    named = set(re.findall(r"\bWORKFORCE_([A-Z][A-Z_]*[A-Z])\b", text)) | set(re.findall(r'"(MAX_[A-Z_]+)"', text))
    identifiers = {"WORKFORCE_BY_TRUST".removeprefix("WORKFORCE_")}
    assert named - identifiers >= {"MAX_FILE_MEGABYTES", "MAX_ZIP_MEMBERS", "MAX_ZIP_RATIO", "MAX_ZIP_MEGABYTES"}
    assert {name.lower() for name in named - identifiers} <= set(Settings.model_fields)


def test_limits_are_those_of_the_settings_and_a_refusal_names_the_setting_to_raise(tmp_path: Path) -> None:
    assert SizeLimits.of(Settings()) == SizeLimits()
    assert SizeLimits.of(Settings(max_file_megabytes=7)).file_bytes == 7 * MEGABYTE
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "a")
        archive.writestr("b.csv", "b")
    check_zip(path, path.name, SizeLimits.of(Settings(max_zip_members=2)))
    with pytest.raises(UnsafeZip, match="raise WORKFORCE_MAX_ZIP_MEMBERS"):
        check_zip(path, path.name, SizeLimits.of(Settings(max_zip_members=1)))


@pytest.mark.parametrize(("text", "hours"), [("1,3,6", (1, 3, 6)), ("0.5", (0.5,)), ("", ())])
def test_the_hours_of_later_tries_are_read(text: str, hours: tuple[float, ...]) -> None:
    assert Settings(retry_after_hours=text).later_tries == hours


@pytest.mark.parametrize("text", ["3,1", "0,1", "1,1", "-1", "one"])
def test_hours_of_later_tries_that_do_not_increase_are_refused(text: str) -> None:
    with pytest.raises(WrongRequest, match="WORKFORCE_RETRY_AFTER_HOURS is not a list of hours"):
        _ = Settings(retry_after_hours=text).later_tries
